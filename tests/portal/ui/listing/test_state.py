"""The state of a list in its address: whatever the address, a state comes back, and it comes back the same."""

from datetime import date
from typing import Any

from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from governance.dictionary.listing import TERMS
from governance.register.listing.people import PEOPLE
from governance.register.listing.systems import SYSTEMS
from portal.ui.listing.declare import Listing
from portal.ui.listing.state import Days, State, address, parse

LISTS = st.sampled_from([PEOPLE, TERMS, SYSTEMS])
NAMES = ["q", "sort", "show", "size", "dense", "at", "view", "name", "role", "suspended", "last_login-from", "path"]


def asked(query: str) -> dict[str, Any]:
    """The parameters of an address."""
    return dict(QueryDict(query).lists())


def state(query: str, listing: Listing = PEOPLE) -> State:
    """The state in an address."""
    return parse(listing, asked(query))


@given(LISTS, st.dictionaries(st.sampled_from(NAMES) | st.text(), st.lists(st.text(), max_size=4), max_size=6))
def test_any_parameters_give_a_state_that_comes_back_the_same(listing: Listing, given: dict[str, list[str]]) -> None:
    found = parse(listing, given)
    again = parse(listing, asked(address(listing, found)))
    assert (again.q, dict(again.filters), again.sort, again.show) == (
        found.q, dict(found.filters), found.sort, found.show,
    )  # fmt: skip
    assert not again.said


@given(LISTS, st.text())
def test_any_text_behind_the_question_mark_gives_a_state(listing: Listing, query: str) -> None:
    assert parse(listing, asked(query.encode("utf-8", "ignore").decode())).show


def test_an_address_without_parameters_is_the_list_as_it_is() -> None:
    assert state("") == State(sort=PEOPLE.order, show=("name", "email", "role", "job", "stand_in", "state"))


def test_a_choice_may_come_several_times_and_an_unknown_one_is_told() -> None:
    found = state("role=viewer&role=operator&role=king")
    assert found.filters == {"role": ("viewer", "operator")}
    assert found.said == ("Role has no choice “king”; it is left out.",)


def test_a_day_that_is_none_is_told_and_left_out() -> None:
    found = state("last_login-from=2026-02-30&last_login-to=2026-03-01")
    assert found.filters == {"last_login": Days(None, date(2026, 3, 1))}
    assert "is no day such as" in found.said[0]


def test_an_unknown_column_is_told_quietly() -> None:
    assert "has no column “colour”" in state("colour=red").said[0]


def test_sorting_takes_three_columns_and_keeps_their_order() -> None:
    assert state("sort=role,-name,job,email").sort == (("role", False), ("name", True), ("job", False))


def test_a_click_on_a_heading_puts_it_first_and_a_second_one_turns_it_round() -> None:
    once = state("").sorted_by("role")
    assert once.sort == (("role", False), ("name", False))
    assert once.sorted_by("role").sort == (("role", True), ("name", False))


def test_the_first_column_is_always_shown_and_the_order_is_the_lists_own() -> None:
    assert state("show=job,role").show == ("name", "role", "job")
