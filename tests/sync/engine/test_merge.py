"""Whose value goes where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.engine.agreement import TermInfo
from sync.engine.merge import Base, Merged, Stand, Verdict, contained, equal, merged
from tests.sync.engine import sides

ENDS = (sides.link().a, sides.link().b)
TERM = TermInfo("summary")
BASE = Base("old", "old", roots=(("1", 1),))
VALUES = st.sampled_from(["old", "x", "y", None])


def stand(value: str | None, *, edit: int = 0, item: str = "1", minutes: int = 0, flows: bool = True) -> Stand:
    """A side that people edited (`edit` = the change's number), or that stands as agreed."""
    roots = (("1", 1), (item, edit)) if edit else (("1", 1),)
    return Stand(value, bool(edit), sides.at(minutes) if edit else None, flows, tuple(sorted(dict(roots).items())))


def decided(a: Stand, b: Stand, *, base: Base | None = BASE, owner: int | None = None, born: str = "a") -> Merged:
    """The verdict of one term."""
    return merged(base, a, b, TermInfo("summary", owner=owner), ENDS, born)


def test_what_nobody_changed_stays() -> None:
    assert decided(stand("old"), stand("old")).verdict is Verdict.NEITHER


def test_the_only_side_that_changed_wins() -> None:
    assert decided(stand("new", edit=2), stand("old")).verdict is Verdict.A
    assert decided(stand("old"), stand("new", edit=2, item="2")).verdict is Verdict.B


def test_both_changed_to_the_same_settles_without_a_write() -> None:
    found = decided(stand("new", edit=2), stand("new", edit=2, item="2"))
    assert found.verdict is Verdict.NEITHER
    assert found.settled


def test_the_later_of_two_changes_wins_and_the_other_is_named() -> None:
    found = decided(stand("x", edit=2, minutes=1), stand("y", edit=2, item="2", minutes=5))
    assert (found.verdict, found.lost) == (Verdict.B, "a")


def test_the_source_of_truth_wins_over_the_later_change() -> None:
    found = decided(stand("x", edit=2, minutes=1), stand("y", edit=2, item="2", minutes=5), owner=1)
    assert (found.verdict, found.lost) == (Verdict.A, "b")
    assert "Aster" in found.why


def test_a_value_that_came_round_is_not_written_again() -> None:
    there = Stand("lossy", True, None, True, (("1", 2),))
    found = decided(stand("exact", edit=2), there)
    assert found.verdict is Verdict.NEITHER
    assert found.settled


def test_without_a_base_the_side_of_birth_gives_the_value() -> None:
    a, b = (Stand(value, False, None, True) for value in ("mine", "theirs"))
    assert decided(a, b, base=None, born="b").verdict is Verdict.B
    assert decided(a, b, base=None, born="a").verdict is Verdict.A


def test_an_edit_of_a_new_twin_wins_over_what_it_was_born_with() -> None:
    home = Stand("mine", False, None, True, (("1*", 1),))
    twin = Stand("edited", True, sides.at(1), True, (("2", 3),))
    assert decided(home, twin, base=None).verdict is Verdict.B


def test_a_side_that_may_not_travel_never_wins() -> None:
    assert decided(stand("old"), stand("new", edit=2, item="2", flows=False)).verdict is Verdict.NEITHER


def test_a_value_without_an_entry_keeps_its_base() -> None:
    stuck = Stand(None, False, None, False, (("1", 1), ("2", 4)), stuck=True)
    changed = Stand("x", True, None, True, (("1", 1),))
    found = decided(changed, stuck)
    assert found.verdict is Verdict.NEITHER
    assert not found.settled
    assert found.why


def test_a_change_without_history_counts_once() -> None:
    first = contained(BASE, "1", (("1", 1),), differs=True)
    assert first == (("1", 1), ("1?", 1))
    assert contained(Base(roots=first), "1", first, differs=False) == first
    assert contained(Base(roots=first), "1", first, differs=True) == (("1", 1), ("1?", 2))


@given(VALUES, VALUES, st.integers(0, 3), st.integers(0, 3), st.sampled_from([None, 1, 2]))
def test_an_edit_is_final_or_named_or_seen(a: str | None, b: str | None, x: int, y: int, owner: int | None) -> None:
    one, two = stand(a, edit=x and x + 1), stand(b, edit=y and y + 1, item="2")
    found = decided(one, two, owner=owner)
    for side, mine, theirs in (("a", one, two), ("b", two, one)):
        if mine.changed and not equal(mine.value, theirs.value):
            assert side in {found.verdict.value, found.lost}


@given(VALUES, VALUES, st.integers(0, 3), st.integers(0, 3))
def test_the_mirror_image_is_decided_the_same(a: str | None, b: str | None, x: int, y: int) -> None:
    one, two = stand(a, edit=x, minutes=1), stand(b, edit=y, item="2", minutes=2)
    there, back = decided(one, two, owner=1), merged(BASE, two, one, TermInfo("t", owner=1), ENDS[::-1], "b")
    turned = {Verdict.A: Verdict.B, Verdict.B: Verdict.A, Verdict.NEITHER: Verdict.NEITHER}
    assert back.verdict is turned[there.verdict]


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("two words", "two  words", True),
        ("*it*", "_it_", True),
        ("a", "b", False),
        (("x", "y"), ("y", "x"), True),
        ((), None, True),
        ("", None, True),
        (1, 1.0, True),
        (0, None, False),
    ],
)
def test_values_are_compared_as_people_see_them(one: object, two: object, same: bool) -> None:
    assert equal(one, two) is same  # type: ignore[arg-type]
