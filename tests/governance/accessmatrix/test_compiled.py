"""The compiled table: never more than the cells say, and more in a cell never means less anywhere."""

from hypothesis import given
from hypothesis import strategies as st

from governance.accessmatrix.compiled import DEFAULTS, Cell, Level, compiled, job_of, level_of

WORDS = st.sampled_from([level.word for level in Level])
HOLDERS = st.one_of(st.integers(1, 3), st.sampled_from(["viewer", "operator", "job:agent"]))
CELLS = st.builds(
    Cell, st.integers(1, 2), HOLDERS, st.sampled_from(["title", "email"]), WORDS, st.one_of(st.just(""), WORDS)
)


@given(st.lists(CELLS))
def test_a_partner_never_gets_more_than_a_cell_says_and_never_full(cells: list[Cell]) -> None:
    table = compiled(cells)
    for company in (1, 2):
        for grantee in (1, 2, 3):
            for term in ("title", "email"):
                told = [level_of(c.level) for c in cells if (c.company, c.holder, c.term) == (company, grantee, term)]
                assert table.partner(company, grantee, term) <= min([*told, Level.WRITE] if told else [Level.NONE])


@given(st.lists(CELLS), st.sampled_from(["viewer", "operator"]), st.sampled_from(["", "Agent", "agent "]))
def test_own_people_never_get_more_than_their_cell_or_default(cells: list[Cell], role: str, job: str) -> None:
    table = compiled(cells)
    level = table.person(1, role, job, "email")
    held = {role, job_of(job)}
    told = [level_of(c.level) for c in cells if c.company == 1 and c.holder in held and c.term == "email"]
    assert level <= max([*told, DEFAULTS[role]])


@given(st.lists(CELLS, unique_by=lambda c: (c.company, c.holder, c.term)), st.integers(0, 20))
def test_raising_one_cell_lowers_nobody(cells: list[Cell], place: int) -> None:
    before = compiled(cells)
    if not cells:
        return
    chosen = cells[place % len(cells)]
    raised = [one._replace(level="full", lowered="") if one is chosen else one for one in cells]
    after = compiled(raised)
    for key, level in before.cells.items():
        assert after.cells[key] >= level
    for role in ("viewer", "operator"):
        for job in ("", "agent"):
            assert after.person(1, role, job, "email") >= before.person(1, role, job, "email")


@given(st.lists(CELLS))
def test_what_the_engine_obeys_is_exactly_what_partners_have(cells: list[Cell]) -> None:
    table = compiled(cells)
    for (company, grantee, term), word in table.sent().items():
        assert table.partner(company, grantee, term).word == word
        assert word in ("read", "write")


def test_a_cell_of_the_job_stands_before_that_of_the_role() -> None:
    table = compiled([Cell(1, "viewer", "email", "read"), Cell(1, "job:agent", "email", "none")])
    assert table.person(1, "viewer", " Agent ", "email") is Level.NONE
    assert table.person(1, "viewer", "clerk", "email") is Level.READ


def test_what_was_taken_back_counts_and_cannot_raise() -> None:
    table = compiled([Cell(1, 2, "email", "write", "read"), Cell(1, 3, "email", "read", "write")])
    assert (table.partner(1, 2, "email"), table.partner(1, 3, "email")) == (Level.READ, Level.READ)


def test_on_kinds_of_object_no_cell_means_none() -> None:
    assert compiled([]).person(1, "administrator", "", "on-system") is Level.NONE
