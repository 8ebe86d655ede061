"""What a value contains."""

from hypothesis import given
from hypothesis import strategies as st

from sync.engine.lineage import born, changes, covers, joined, undecided

NAMES = st.sampled_from(["1", "2", "3", "1#", "2*", "!7", "3?"])
ROOTS = st.dictionaries(NAMES, st.integers(1, 9)).map(lambda found: tuple(sorted(found.items())))


@given(ROOTS, ROOTS)
def test_what_is_joined_contains_both(one: tuple[tuple[str, int], ...], two: tuple[tuple[str, int], ...]) -> None:
    both = joined(one, two)
    assert covers(both, one)
    assert covers(both, two)


@given(ROOTS, ROOTS, ROOTS)
def test_containing_is_handed_on(
    one: tuple[tuple[str, int], ...], two: tuple[tuple[str, int], ...], three: tuple[tuple[str, int], ...]
) -> None:
    if covers(one, two) and covers(two, three):
        assert covers(one, three)


@given(ROOTS, ROOTS)
def test_the_order_of_joining_does_not_matter(
    one: tuple[tuple[str, int], ...], two: tuple[tuple[str, int], ...]
) -> None:
    assert joined(one, two) == joined(two, one)


def test_an_items_change_contains_its_earlier_places_on_the_way() -> None:
    assert covers((("4", 7),), (("4#", 6),))
    assert not covers((("4", 5),), (("4#", 6),))


def test_births_and_places_are_no_changes() -> None:
    assert changes(joined(born("4"), (("4#", 2), ("5", 1)))) == (("5", 1),)


def test_a_late_write_brings_no_decision() -> None:
    assert undecided((("!3", 1), ("4", 2))) == (("4", 2),)
