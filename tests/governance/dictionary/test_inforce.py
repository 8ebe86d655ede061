"""What live rules keep of the words they went live under, when the dictionary moves on."""

from dataclasses import replace

import pytest

from governance.dictionary.inforce import AgreedTerm, Pin, in_force, losses

TITLE = AgreedTerm("title", "Title", "text", False, 150, (), None)
STATUS = AgreedTerm("status", "Status", "choice", True, None, ("new", "open", "done"), None)


@pytest.mark.parametrize(
    ("new", "words"),
    [
        (None, ("is no longer there",)),
        (replace(TITLE, max_length=80), ("takes 80 characters instead of 150",)),
        (replace(TITLE, type="rich"), ("holds something else",)),
        (replace(TITLE, max_length=200), ()),
        (replace(TITLE, max_length=None), ()),
        (replace(TITLE, label="Headline", classification="personal", source_of_truth=7), ()),
    ],
)
def test_only_what_is_taken_away_is_a_loss(new: AgreedTerm | None, words: tuple[str, ...]) -> None:
    assert losses(TITLE, new) == words


def test_a_list_loses_values_and_may_gain_some() -> None:
    assert losses(STATUS, replace(STATUS, allowed=("new", "open", "waiting", "done"))) == ()
    assert losses(STATUS, replace(STATUS, allowed=("new",))) == ("loses open, done",)
    assert losses(STATUS, replace(STATUS, path=False)) == ("is no longer delivered step by step",)
    assert losses(TITLE, replace(TITLE, max_length=5)) == ("takes 5 characters instead of 150",)
    assert losses(replace(TITLE, max_length=None), TITLE) == ("takes 150 characters instead of any length",)


def test_live_rules_keep_what_they_name_and_nothing_else() -> None:
    versions = {1: [TITLE, STATUS], 2: [replace(STATUS, allowed=("new",), source_of_truth=7)]}
    kept = in_force(2, versions, [Pin(1, frozenset({"title"}))])
    assert {term.name: term.allowed for term in kept} == {"status": ("new",), "title": ()}


def test_whose_value_wins_is_the_newest_word_at_once() -> None:
    versions = {1: [STATUS], 2: [replace(STATUS, allowed=("new",), source_of_truth=7)]}
    [kept] = in_force(2, versions, [Pin(1, frozenset({"status"}))])
    assert (kept.allowed, kept.source_of_truth) == (STATUS.allowed, 7)


def test_what_is_widened_counts_at_once() -> None:
    versions = {1: [TITLE], 2: [replace(TITLE, max_length=300)]}
    [kept] = in_force(2, versions, [Pin(1, frozenset({"title"}))])
    assert kept.max_length == 300


def test_of_two_sides_the_older_word_counts() -> None:
    versions = {1: [TITLE], 2: [replace(TITLE, max_length=100)], 3: [replace(TITLE, max_length=50)]}
    [kept] = in_force(3, versions, [Pin(1, frozenset({"title"})), Pin(2, frozenset({"title"}))])
    assert kept.max_length == 150
    [kept] = in_force(3, versions, [Pin(2, frozenset({"title"})), Pin(3, frozenset({"title"}))])
    assert kept.max_length == 100
    [kept] = in_force(3, versions, [Pin(3, frozenset({"title"}))])
    assert kept.max_length == 50
