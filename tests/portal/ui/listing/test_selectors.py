"""Rows of lists: every page exactly once in every order, filters, honest counts, nobody else's rows."""

from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict

from governance.register.listing.people import PEOPLE
from governance.register.listing.systems import SYSTEMS
from governance.register.models import Person
from portal.access.subject import Subject
from portal.ui.listing import selectors
from portal.ui.listing.declare import Listing
from portal.ui.listing.selectors import counted, every_row, rows_of, shown_page, views_of
from portal.ui.listing.services import change_view, open_with, save_view
from portal.ui.listing.state import State, parse
from tests import factories
from tests.characters import Character, as_subject

UTC = ZoneInfo("UTC")
JOBS = ("Lead", "lead", "Ärztin", "", "Agent")


def state(query: str, listing: Listing = PEOPLE) -> State:
    """The state in an address."""
    return parse(listing, dict(QueryDict(query).lists()))


def crowd(who: Character, size: int = 23) -> None:
    """People of a company with names, jobs and stand-ins that sort equal here and there."""
    people = [
        Person(
            company=who.company, name=f"Person {n % 7}", email=f"p{n}@crowd.example", job=JOBS[n % 5],
            stand_in=who.person if n % 3 == 0 else None, readers=[who.company.pk],
        )
        for n in range(size)
    ]  # fmt: skip
    Person.objects.bulk_create(people)


def walked(query: str, by: Subject, *, backwards: bool = False) -> list[int]:
    """The ids of all rows, page by page."""
    asked = state(query)
    found: list[int] = []
    page = shown_page(PEOPLE, asked, by=by, zone=UTC)
    pages: list[Sequence[int]] = []
    while page is not None:
        pages.append([row.pk for row in page.rows])
        way = page.back if backwards else page.further
        if not way:
            break
        page = shown_page(PEOPLE, replace(asked, at=way), by=by, zone=UTC)
    for ids in reversed(pages) if backwards else pages:
        found.extend(ids)
    return found


@pytest.mark.parametrize("sort", ["name", "-name", "job,-name", "-stand_in,job,name", "role,-job", "-email"])
def test_the_pages_hold_every_row_once_in_the_lists_order(sort: str, ada: Character) -> None:
    crowd(ada, size=60)
    with as_subject(ada.subject):
        every = [row.pk for row in every_row(PEOPLE, state(f"sort={sort}"), by=ada.subject, zone=UTC)]
        assert walked(f"sort={sort}&size=25", ada.subject) == every
        assert len(set(every)) == 61


@pytest.mark.parametrize("sort", ["name", "-stand_in,job"])
def test_going_back_shows_the_same_pages(sort: str, ada: Character) -> None:
    crowd(ada, size=60)
    with as_subject(ada.subject):
        asked = state(f"sort={sort}&size=25")
        first = shown_page(PEOPLE, asked, by=ada.subject, zone=UTC)
        assert first is not None
        second = shown_page(PEOPLE, replace(asked, at=first.further), by=ada.subject, zone=UTC)
        assert second is not None
        again = shown_page(PEOPLE, replace(asked, at=second.back), by=ada.subject, zone=UTC)
        assert again is not None
        assert (again.rows, again.back) == (first.rows, "")


def test_a_place_of_another_order_or_made_up_is_no_place(ada: Character) -> None:
    crowd(ada, size=60)
    with as_subject(ada.subject):
        first = shown_page(PEOPLE, state("size=25"), by=ada.subject, zone=UTC)
        assert first is not None
        for query in (f"sort=job&at={first.further}", "at=made-up", "at=a:b:c"):
            assert shown_page(PEOPLE, state(query), by=ada.subject, zone=UTC) is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("role=viewer", 23), ("role=administrator&role=viewer", 24), ("job=lead", 10), ("suspended=yes", 0),
        ("suspended=no", 24), ("q=person+3@crowd", 2), ("stand_in=Ada", 8), ("q=p1@crowd", 1), ("name=%25", 0),
        ("signs_in=no", 23), ("last_login-from=2026-01-01&last_login-to=2199-12-31", 1),
    ],
)  # fmt: skip
def test_filters_find_what_they_say(query: str, found: int, ada: Character) -> None:
    crowd(ada)
    with as_subject(ada.subject):
        assert rows_of(PEOPLE, state(query), by=ada.subject, zone=UTC).count() == found


def test_a_long_list_says_more_than_and_counts_no_further(ada: Character, monkeypatch: pytest.MonkeyPatch) -> None:
    crowd(ada)
    monkeypatch.setattr(selectors, "COUNTED", 10)
    with as_subject(ada.subject):
        count = counted(PEOPLE.rows(ada.subject))
        assert (count.rows, str(count)) == (11, "more than 10")


def test_nobody_reads_rows_of_others_not_even_by_search(ada: Character, ben: Character, dan: Character) -> None:
    crowd(ada)
    for other in (ben, dan):
        with as_subject(other.subject):
            for listing in (PEOPLE, SYSTEMS):
                rows = rows_of(listing, state("q=person", listing), by=other.subject, zone=UTC)
                assert rows.count() == 0


def test_a_view_is_private_until_it_is_shared_and_never_leaves_the_company(
    ada: Character, cleo: Character, ben: Character
) -> None:
    with as_subject(ada.subject):
        view = save_view(by=ada.subject, listing=PEOPLE, name="Viewers", query="role=viewer")
        open_with(by=ada.subject, listing=PEOPLE, view=view)
        assert [one.opens_here for one in views_of(PEOPLE, by=ada.subject)] == [True]  # type: ignore[attr-defined]
    with as_subject(cleo.subject):
        assert views_of(PEOPLE, by=cleo.subject) == []
    with as_subject(ada.subject):
        change_view(by=ada.subject, view=view, name="Viewers", shared=True)
    with as_subject(cleo.subject):
        assert [one.opens_here for one in views_of(PEOPLE, by=cleo.subject)] == [False]  # type: ignore[attr-defined]
    with as_subject(ben.subject):
        assert views_of(PEOPLE, by=ben.subject) == []


def test_a_list_made_of_nothing_has_one_empty_page(ada: Character) -> None:
    factories.company("Elsewhere")
    with as_subject(ada.subject):
        page = shown_page(SYSTEMS, state("", SYSTEMS), by=ada.subject, zone=UTC)
        assert page is not None
        assert (page.rows, page.further, page.back) == ([], "", "")
