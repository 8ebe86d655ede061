"""Comments and attachments on their way."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from sync.engine.parts import Copy, KnownPart, PartView, due, leaving, version_of, without_header
from sync.engine.types import AddComment, EditComment, Part, PartKind
from tests.sync.engine import sides
from tests.sync.engine.sides import QUIET, comment, link, rules


def known(part: Part, number: int = 1, *, there: str | None = None) -> KnownPart:
    """A part of side a; `there` = the version that side b shows."""
    found = KnownPart(number, part.kind, 1, 1, part.id, part.at, part.public)
    found.copies[1] = Copy(part.id, version_of(part))
    if there is not None:
        found.copies[2] = Copy(f"copy-{part.id}", there)
    return found


def view(part: Part, number: int = 1) -> PartView:
    """How side a shows it."""
    return PartView(number, part.kind, part.at, "Ann", part.body, version=version_of(part), public=part.public)


def left(part: Part, here: KnownPart) -> tuple[list[PartView], list[str]]:
    """What leaves side a of one part, and the disposition of what stays."""
    out, stay = leaving(link(), "a", [here], {1: view(part)})
    return out, [refusal.disposition for refusal in stay]


def test_a_new_comment_leaves() -> None:
    part = comment("7", "hello")
    assert left(part, known(part)) == ([view(part)], [])


def test_a_private_comment_never_leaves() -> None:
    part = comment("7", "hello", public=False)
    assert left(part, known(part)) == ([], ["filtered"])


def test_a_comment_that_turned_private_never_leaves() -> None:
    part = comment("7", "hello")
    now = replace(part, body="secret", public=False)
    assert left(now, known(part)) == ([], ["filtered"])


def test_an_edit_of_a_comment_that_turned_private_stays() -> None:
    part = comment("7", "hello")
    now = replace(part, body="secret", public=False)
    assert left(now, known(part, there=version_of(part))) == ([], ["filtered"])


def test_what_stands_there_is_done_and_an_edit_leaves_again() -> None:
    part = comment("7", "hello")
    here = known(part, there=version_of(part))
    assert left(part, here) == ([], [])
    edited = replace(part, body="hello again", edited_at=sides.at(5))
    assert left(edited, here) == ([view(edited)], [])


def test_a_rulebook_that_sends_no_comments_and_a_grant_that_is_missing() -> None:
    part = comment("7", "hello")
    quiet = leaving(link(a=rules(parts=QUIET)), "a", [known(part)], {1: view(part)})[1]
    ungranted = leaving(link(granted=("summary",)), "a", [known(part)], {1: view(part)})[1]
    assert [one.disposition for one in (*quiet, *ungranted)] == ["filtered", "withheld"]


def test_a_copy_is_left_to_its_origins_own_link() -> None:
    here = KnownPart(1, PartKind.COMMENT, 5, 5, "x", sides.MORNING, True)
    here.copies = {5: Copy("x", "v"), 1: Copy("7", "v")}
    part = comment("7", "hello")
    assert leaving(link(), "a", [here], {1: view(part)}, frozenset({5})) == ([], [])
    assert leaving(link(), "a", [here], {1: view(part)})[0] == [view(part)]


def test_a_copy_never_turns_back_an_edit() -> None:
    old, new = (version_of(replace(comment("7", body), edited_at=sides.at(n))) for n, body in enumerate("ab"))
    here = KnownPart(1, PartKind.COMMENT, 5, 5, "x", sides.MORNING, True)
    here.copies = {5: Copy("x", new), 1: Copy("7", old), 2: Copy("9", new)}
    assert leaving(link(), "a", [here], {1: replace(view(comment("7", "a")), version=old)}) == ([], [])


def test_a_comment_says_who_wrote_it_where() -> None:
    part = comment("7", "hello")
    steps, _ = due(link(), "a", [view(part)], {1: known(part)}, {}, can_edit=True)
    assert steps[0].step == AddComment("**Ann** (Aster) wrote:\n\nhello")
    assert steps[0].version == version_of(part)


def test_an_edit_edits_where_the_tracker_can_and_is_a_note_elsewhere() -> None:
    part = comment("7", "hello")
    here = {1: known(part, there="old")}
    can, _ = due(link(), "a", [view(part)], here, {}, can_edit=True)
    cannot, _ = due(link(), "a", [view(part)], here, {}, can_edit=False)
    assert can[0].step == EditComment("copy-7", "**Ann** (Aster) wrote:\n\nhello")
    assert cannot[0].step == AddComment("**Ann** (Aster) wrote: (edited)\n\nhello")


def test_closed_items_take_no_news_and_their_state_is_not_told() -> None:
    part = comment("7", "hello")
    closed = link(b=rules(closed=("done",)))
    steps, refused = due(closed, "a", [view(part)], {1: known(part)}, {"status": "done"}, can_edit=True)
    assert steps == []
    assert [one.disposition for one in refused] == ["filtered"]
    assert "done" not in refused[0].cause


def test_beyond_the_next_hop_nobody_reads_who_wrote_it() -> None:
    headers = ["**{author}** ({company}) wrote:"]
    assert without_header("**Ann** (Aster) wrote:\n\nhello", headers) == "hello"
    assert without_header("**Ann** (Aster) wrote: (edited)\n\nhello", headers) == "hello"
    assert without_header("hello\n\nthere", headers) == "hello\n\nthere"
    assert without_header("hello", [""]) == "hello"


@given(st.text(max_size=30), st.text(max_size=30), st.integers(0, 10**6))
def test_a_version_changes_with_what_is_said_and_sorts_by_time(one: str, two: str, seconds: int) -> None:
    part = comment("7", one)
    later = replace(part, body=two, edited_at=part.at + timedelta(seconds=seconds))
    assert (version_of(part) == version_of(later)) == (one == two and seconds == 0)
    assert version_of(part).split(".")[0] <= version_of(later).split(".")[0]
    assert len(version_of(later)) <= 64


@given(st.permutations(range(6)))
def test_parts_leave_in_origin_order(order: list[int]) -> None:
    parts = [comment(str(n), f"c{n}", minutes=n // 2) for n in range(6)]
    out, _ = leaving(
        link(), "a", [known(parts[n], n) for n in order], {n: view(part, n) for n, part in enumerate(parts)}
    )
    assert [one.id for one in out] == list(range(6))
