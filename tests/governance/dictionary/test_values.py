"""Value lists: stable keys, labels for people, as they are typed and read."""

import pytest

from governance.dictionary.values import ValueList, read, value_list, wrong


def test_a_list_is_typed_and_read_the_same() -> None:
    typed = ("P1 = Critical", "P2", " ", "in progress = Being worked on")
    values = read(typed)
    assert values.keys == ("P1", "P2", "in progress")
    assert values.pairs[2] == ("in progress", "Being worked on")
    assert read(values.lines) == values


def test_keys_that_are_their_own_labels_have_none() -> None:
    assert read(["new", "done = done"]) == ValueList(("new", "done"))
    assert value_list(["a"], ["a"]).labels == ()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (ValueList(("a", "a")), "each value once"),
        (ValueList(("",)), "each value once"),
        (ValueList(("a", "b"), ("x" * 81, "B")), "under 80"),
        (ValueList(("a", "b"), ("High", "high")), "same label"),
        (ValueList(("a", "b"), ("Low", "High")), ""),
    ],
)
def test_what_people_could_not_tell_apart_is_refused(values: ValueList, sentence: str) -> None:
    assert sentence in wrong(values)
    assert bool(sentence) == bool(wrong(values))
