"""The checks of a RACI over any frozen matrix."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from governance.raci.rules import (
    LETTERS,
    MOST_A,
    Frozen,
    Holder,
    Row,
    Someone,
    differences,
    findings,
    fingerprint,
    ordered,
    present,
)

ASTER, BIRCH = 1, 2
ADA, BEN, CLEO = (Someone(n, name, company) for n, name, company in ((1, "Ada", 1), (2, "Ben", 2), (3, "Cleo", 1)))
HOLDERS = (
    Holder("person:ada", "person", "Ada", ASTER, (1,)),
    Holder("person:ben", "person", "Ben", BIRCH, (2,)),
    Holder("role:aster:operator", "role", "Operators, Aster", ASTER, (3,)),
)
ROWS = (Row("go-live", "Go live"), Row("train", "Train", each=True))


def frozen(**cells: str) -> Frozen:
    """A matrix of two activities; cells as live_ada="RA" are named by row and person."""
    names = {"ada": HOLDERS[0].key, "ben": HOLDERS[1].key, "operators": HOLDERS[2].key}
    rows = {"live": "go-live", "train": "train"}
    filled = {(rows[row], names[who]): cells[name] for name in cells for row, who in [name.split("_")]}
    return Frozen(1, {ASTER: "Aster", BIRCH: "Birch"}, ROWS, HOLDERS, filled, {1: ADA, 2: BEN, 3: CLEO})


def kinds(matrix: Frozen) -> set[str]:
    """The kinds of what was found."""
    return {one.kind for one in findings(matrix)}


WHOLE = frozen(live_ada="RA", live_ben="C", train_ada="RA", train_ben="RA")
people = st.integers(1, 8)
absent = st.builds(
    lambda here, stand_ins: {n: Someone(n, str(n), ASTER, n in here, "", stand_ins.get(n)) for n in range(1, 9)},
    st.sets(people),
    st.dictionaries(people, people),
)
letters = st.text(alphabet=LETTERS, max_size=8)
grids = st.dictionaries(
    st.tuples(st.sampled_from([row.key for row in ROWS]), st.sampled_from([one.key for one in HOLDERS])),
    letters.map(ordered),
)


def test_a_whole_matrix_has_no_finding() -> None:
    assert findings(WHOLE) == []


def test_an_activity_without_an_a_blocks_a_signature() -> None:
    found = [one for one in findings(frozen(live_ada="R", train_ada="RA", train_ben="RA")) if one.kind == "no-a"]
    assert [(one.row, one.blocks) for one in found] == [("go-live", True)]


def test_two_as_are_named_both() -> None:
    (found,) = findings(replace(WHOLE, cells={**WHOLE.cells, ("go-live", "person:ben"): "A"}))
    assert (found.kind, found.blocks) == ("two-a", True)
    assert "Ada and Ben" in found.sentence


def test_an_activity_of_each_company_needs_an_a_in_each() -> None:
    found = [one for one in findings(frozen(live_ada="RA", train_ada="RA")) if one.kind == "no-a"]
    assert [(one.row, one.company) for one in found] == [("train", BIRCH)]


def test_an_a_without_an_r_is_named() -> None:
    assert kinds(frozen(live_ada="A", train_ada="RA", train_ben="RA")) == {"a-without-r"}


def test_an_activity_that_nobody_does_is_named() -> None:
    assert "no-r" in kinds(frozen(live_ben="I", train_ada="RA", train_ben="RA"))


def test_somebody_away_is_a_vacancy_and_the_stand_in_is_named() -> None:
    gone = replace(ADA, here=False, why="away until 3 December", stand_in=3)
    (found,) = findings(replace(WHOLE, people={1: gone, 2: BEN, 3: CLEO}))
    assert (found.kind, found.sentence) == ("vacancy", "Ada is away until 3 December. Cleo stands in.")


def test_somebody_who_left_is_a_vacancy() -> None:
    holders = (replace(HOLDERS[0], people=()), *HOLDERS[1:])
    (found,) = findings(replace(WHOLE, holders=holders))
    assert found.sentence == "Ada has left. Nobody stands in."


def test_a_role_with_nobody_in_it_is_a_vacancy() -> None:
    matrix = frozen(live_ada="A", live_operators="R", train_ada="RA", train_ben="RA")
    holders = (*HOLDERS[:2], replace(HOLDERS[2], people=()))
    assert [one.sentence for one in findings(replace(matrix, holders=holders))] == [
        "Nobody is in Operators, Aster. Nobody stands in."
    ]


def test_nothing_is_said_about_who_is_in_another_companys_role() -> None:
    matrix = frozen(live_ada="A", live_operators="R", train_ada="RA", train_ben="RA")
    holders = (*HOLDERS[:2], replace(HOLDERS[2], people=(), hidden=True))
    assert findings(replace(matrix, holders=holders)) == []


def test_who_answers_for_too_much_is_overloaded() -> None:
    rows = tuple(Row(f"row-{n}", f"Row {n}") for n in range(MOST_A + 1))
    cells = {(row.key, HOLDERS[0].key): "RA" for row in rows}
    assert "overload" in kinds(replace(WHOLE, rows=rows, cells=cells))


@given(absent, people)
def test_who_is_present_is_here_or_nobody_and_circles_end(known: dict[int, Someone], person: int) -> None:
    found = present(person, known)
    assert found is None or known[found].here
    assert found == person or not known[person].here


@given(grids)
def test_a_matrix_can_be_signed_exactly_when_every_a_stands_once(cells: dict[tuple[str, str], str]) -> None:
    blocked = any(one.blocks for one in findings(replace(WHOLE, cells=cells)))
    counts = [sum("A" in cells.get(("go-live", one.key), "") for one in HOLDERS)]
    counts += [
        sum("A" in cells.get(("train", one.key), "") for one in HOLDERS if one.company == company)
        for company in (ASTER, BIRCH)
    ]
    assert blocked == any(count != 1 for count in counts)


@given(grids, grids)
def test_versions_differ_exactly_where_their_cells_do(
    old: dict[tuple[str, str], str], new: dict[tuple[str, str], str]
) -> None:
    before, after = replace(WHOLE, cells=old), replace(WHOLE, cells=new)
    same = {cell: letters for cell, letters in old.items() if letters} == {
        cell: letters for cell, letters in new.items() if letters
    }
    assert (differences(before, after) == []) is same
    assert (fingerprint(before) == fingerprint(after)) is same


@given(letters, st.sampled_from(["", " ", "/", ", "]))
def test_letters_are_read_in_any_order_and_case(text: str, between: str) -> None:
    assert ordered(between.join(text.lower())) == "".join(one for one in LETTERS if one in text)


def test_what_is_no_letter_is_refused_with_the_letters_that_are() -> None:
    try:
        ordered("R, boss")
    except ValueError as fault:
        assert str(fault) == "R, boss is no cell of a RACI: use R, A, C, I and Q."
    else:
        raise AssertionError
