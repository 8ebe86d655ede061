"""The page of a list: the state out of the address, one page of rows, and everything that the toolbar needs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from portal.access.subject import Subject
from portal.ui.listing.declare import Column, Filter, Listing, Row, Value, listing_of
from portal.ui.listing.edits import MOST
from portal.ui.listing.models import SavedView
from portal.ui.listing.selectors import COUNTED, counted, rows_of, shown_page, views_of
from portal.ui.listing.state import SIZES, Days, State, address, parse
from portal.ui.pages import is_htmx, subject_of
from portal.ui.templatetags.ui import zone_of

#: this value of `view` opens a list without the default view
ALL = "all"


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's head: its link turns the order; `place` tells the second and third column of an order."""

    column: Column
    url: str
    way: str
    place: int


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as the template draws it."""

    column: Column
    value: Value
    word: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One filter as the form shows it, with what is asked of it now."""

    column: Column
    value: Any
    choices: Sequence[tuple[str, str]] = ()

    @property
    def said(self) -> str:
        """The filter as a word on its chip."""
        if isinstance(self.value, bool):
            return "yes" if self.value else "no"
        if isinstance(self.value, Days):
            ends = (self.value.first, self.value.last)
            return f"{ends[0] or '…'} to {ends[1] or '…'}"
        if isinstance(self.value, tuple):
            return ", ".join(word for key, word in self.choices if key in self.value)
        return f"“{self.value}”"


@dataclass(frozen=True, slots=True)
class Opened:
    """A list as it was asked for: the state, and the view it came from."""

    state: State
    view: SavedView | None
    views: list[SavedView]


def opened(listing: Listing, asked: QueryDict, *, by: Subject) -> Opened:
    """What an address asks for.

    1. without any parameter, the default view; 2. with `view` alone (and a place), that view; 3. else what the
    address says, and `view` only tells where it began.
    """
    views = views_of(listing, by=by)
    named = asked.get("view", "")
    view = next((one for one in views if str(one.uid) == named), None)
    rest = {name for name in asked if name not in {"view", "at"}}
    if not rest and not named:
        view = next((one for one in views if one.opens_here), None)  # type: ignore[attr-defined]
    if view is not None and not rest:
        state = parse(listing, dict(QueryDict(view.query).lists()))
        return Opened(replace(state, at=asked.get("at", "")[:2000]), view, views)
    state = parse(listing, dict(asked.lists()))
    if named and named != ALL and view is None:
        state = replace(state, said=(*state.said, "This view is gone or no longer shared; all rows are shown."))
    return Opened(state, view, views)


def show_listing(request: HttpRequest, listing: Listing) -> HttpResponse:
    """The page of a list; for htmx only its table, and the address that belongs to it."""
    by = subject_of(request)
    asked = opened(listing, request.GET, by=by)
    state, zone = asked.state, zone_of(request)
    page = shown_page(listing, state, by=by, zone=zone)
    if page is None:
        state = state.moved(said=(*state.said, "That place in the list is gone; this is the first page."))
        page = shown_page(listing, state, by=by, zone=zone)
    found = counted(rows_of(listing, state, by=by, zone=zone)) if page and (page.further or page.back) else None
    here = reverse(listing.address)
    changes = listing.changes(by)
    whole = {
        "listing": listing,
        "state": state,
        "here": here,
        "query": address(listing, state.moved()),
        "headings": headings(listing, state, here, asked.view),
        "rows": [(row, cells(listing, state, row)) for row in page.rows] if page else [],
        "within": listing.within(state.filters, page.rows) if page else None,
        "count": str(found) if found else str(len(page.rows) if page else 0),
        "many": (found.rows if found else len(page.rows) if page else 0) != 1,
        "further": link(here, listing, replace(state, at=page.further), asked.view) if page and page.further else "",
        "back": link(here, listing, replace(state, at=page.back), asked.view) if page and page.back else "",
        "filters": filters_of(listing, state),
        "chips": chips(listing, state, here),
        "shown_columns": set(state.show),
        "sizes": SIZES,
        "views": asked.views,
        "view": asked.view,
        "moved": asked.view is not None and asked.view.query != address(listing, state.moved()),
        "edits": listing.edits if changes else (),
        "imports": listing.importer is not None and not listing.importer.inside and changes,
        "all_may_be_edited": found is not None and found.rows <= MOST,
        "counted": COUNTED,
    }
    if not is_htmx(request):
        return render(request, "portal/listing/list.html", whole)
    part = render(request, "portal/listing/table.html", whole)
    part["HX-Push-Url"] = link(here, listing, state, asked.view)
    return part


def link(here: str, listing: Listing, state: State, view: SavedView | None = None) -> str:
    """The address of a state."""
    query = address(listing, state)
    began = f"view={view.uid}" if view else ""
    whole = "&".join(part for part in (query, began) if part)
    return f"{here}?{whole}" if whole else f"{here}?view={ALL}"


def headings(listing: Listing, state: State, here: str, view: SavedView | None) -> list[Heading]:
    """The heads of the columns that are shown."""
    ways = {key: (n, down) for n, (key, down) in enumerate(state.sort)}
    found = []
    for column in columns_of(listing, state):
        n, down = ways.get(column.key, (-1, False))
        way = "" if n < 0 else "descending" if down else "ascending"
        url = link(here, listing, state.sorted_by(column.key), view) if column.sort is not None else ""
        found.append(Heading(column, url, way, n + 1))
    return found


def columns_of(listing: Listing, state: State) -> list[Column]:
    """The columns that a state shows."""
    return [column for column in listing.columns if column.key in state.show]


def cells(listing: Listing, state: State, row: Row) -> list[Cell]:
    """One row's cells."""
    shown = columns_of(listing, state)
    return [
        Cell(
            column,
            column.value(row),
            column.word(row) if column.word else "",
            listing.link(row) if column is shown[0] else "",
        )
        for column in shown
    ]


def filters_of(listing: Listing, state: State) -> list[Asked]:
    """Every filter of a list with what is asked of it."""
    return [
        Asked(column, state.filters.get(column.key), column.offered() if column.filter is Filter.CHOICE else ())
        for column in listing.columns
        if column.filter is not Filter.NONE
    ]


def chips(listing: Listing, state: State, here: str) -> list[tuple[Asked, str]]:
    """The filters that are on, each with the address without it."""
    return [
        (
            one,
            link(
                here,
                listing,
                state.moved(filters={key: value for key, value in state.filters.items() if key != one.column.key}),
            ),
        )
        for one in filters_of(listing, state)
        if one.value is not None
    ]


def listing_or_404(key: str, *, by: Subject) -> Listing:
    """A list by its key, for somebody who acts for a company."""
    found = listing_of(key)
    if found is None or not by.company:
        raise Http404
    return found
