"""The marks of one item: its own values, what the partner sent, and how the two sides stand."""

from collections.abc import Mapping

import pytest

from governance.rulebook.rules import Line
from sync.engine.quality import Bounds, Known, marked
from sync.engine.types import Fields
from tests.sync.engine.sides import link, rules

HELD: Fields = {"title": "Slow", "status": "work"}
SENT: Fields = {"summary": "Slow", "status": "busy"}
AGREED = {"summary": ("Slow", "Slow"), "status": ("busy", "busy")}


def of(known: Known, bounds: Mapping[str, Bounds] | None = None) -> set[str]:
    """The marks of side a's item."""
    return set(marked(link(), "a", bounds or {}, known).marks)


def test_an_item_as_it_was_agreed_is_full_and_in_step() -> None:
    assert of(Known(HELD, SENT, None, AGREED)) == {
        "full:summary",
        "full:status",
        "equal:summary",
        "equal:status",
    }


def test_a_value_map_that_loses_something_keeps_the_sides_in_step() -> None:
    known = Known(HELD, SENT, {"status": "open"}, {"status": ("busy", "open")})
    assert "equal:status" in of(known)


@pytest.mark.parametrize(("waits", "mark"), [(True, "transit:status"), (False, "differs:status")])
def test_a_value_that_moved_on_is_in_transit_while_work_waits(waits: bool, mark: str) -> None:
    known = Known({**HELD, "status": "done"}, SENT, None, AGREED, waits)
    assert mark in of(known)


def test_what_the_partner_changed_and_nobody_took_over_differs() -> None:
    assert "differs:summary" in of(Known(HELD, SENT, {"summary": "Fast"}, AGREED))


def test_both_sides_saying_the_same_are_in_step_without_any_base() -> None:
    assert "equal:summary" in of(Known(HELD, SENT, {"summary": "Slow"}))


def test_a_value_without_an_entry_is_a_gap_and_never_in_step() -> None:
    found = of(Known({**HELD, "status": "odd"}, SENT, None, AGREED))
    assert {"gap:status", "differs:status"} <= found


def test_a_value_that_came_from_the_partner_is_in_step_though_it_was_never_sent_back() -> None:
    found = of(Known(HELD, None, {"summary": "Slow"}))
    assert "equal:summary" in found
    assert "unsent:summary" not in found
    assert "differs:summary" in of(Known(HELD, None, {"summary": "Fast"}))


def test_a_term_without_a_grant_is_withheld_and_one_that_no_envelope_held_was_never_sent() -> None:
    narrow = link(granted=("summary",))
    found = set(marked(narrow, "a", {}, Known(HELD, {}, None, {})).marks)
    assert {"withheld:status", "unsent:summary"} <= found


def test_limits_of_the_dictionary_are_looked_at_in_ones_own_words_and_in_the_partners() -> None:
    bounds = {"status": Bounds(frozenset({"open"})), "summary": Bounds(max_length=3)}
    found = of(Known(HELD, SENT, {"status": "busy", "summary": "Slower"}, AGREED), bounds)
    assert {"alien:status", "long:summary", "in-alien:status", "in-long:summary"} <= found


def test_of_a_value_that_identifies_an_item_a_digest_is_kept_and_no_value() -> None:
    prints = marked(link(), "a", {"summary": Bounds(unique=True)}, Known(HELD, SENT)).prints
    assert list(prints) == ["summary"]
    assert "Slow" not in prints["summary"]


def test_of_a_term_that_is_only_taken_in_it_is_told_whether_the_field_is_filled() -> None:
    taking = link(rules(outgoing=()))
    found = set(marked(taking, "a", {"status": Bounds(frozenset({"open"}))}, Known(HELD, None, SENT, AGREED)).marks)
    assert {"full:status", "in-full:status", "in-alien:status"} <= found
    assert "alien:status" not in found


def test_an_item_whose_versions_are_gone_is_judged_by_what_it_sent_last() -> None:
    assert of(Known(None, SENT, None, AGREED)) == {"equal:summary", "equal:status"}


def test_a_term_that_leaves_and_is_not_taken_is_compared_with_what_was_let_out() -> None:
    only = (Line("summary", "title"),)
    deaf = link(b=rules(outgoing=only, incoming=only))
    assert "equal:status" in set(marked(deaf, "a", {}, Known(HELD, SENT, None, {})).marks)
    moved = Known({**HELD, "status": "done"}, SENT, None, {})
    assert "differs:status" in set(marked(deaf, "a", {}, moved).marks)
