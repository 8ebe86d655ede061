"""Reads of lists: the rows that a state asks for, how many there are, saved views, import plans."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet

from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.ui.listing.cursors import Page, ordering, page_of, sorted_rows
from portal.ui.listing.declare import Column, Filter, Listing, Row
from portal.ui.listing.models import DefaultView, ImportLine, ImportPlan, SavedView
from portal.ui.listing.state import Days, Narrowing, State

#: a list counts so far; beyond, it says "more than"
COUNTED = 10_000
#: rows that an export reads at once
CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows fit, exactly up to COUNTED."""

    rows: int

    @property
    def more(self) -> bool:
        """Whether there are more than were counted."""
        return self.rows > COUNTED

    def __str__(self) -> str:
        return f"more than {COUNTED:,}" if self.more else f"{self.rows:,}"


def rows_of(listing: Listing, state: State, *, by: Subject, zone: ZoneInfo) -> QuerySet[Any]:
    """The rows that fit the search and the filters, in no order."""
    rows = listing.rows(by)
    for key, value in state.filters.items():
        column = listing.column(key)
        if column is not None:
            rows = rows.filter(condition(column, value, zone))
    for word in state.q.split()[:5]:
        found = Q()
        for path in listing.find:
            found |= Q(**{f"{path}__icontains": word})
        rows = rows.filter(found)
    return rows


def condition(column: Column, value: Narrowing, zone: ZoneInfo) -> Q:
    """One filter as a condition."""
    if column.narrow is not None:
        return column.narrow(value)
    path = column.lookup or column.key
    if isinstance(value, bool):
        where = column.where if column.where is not None else Q(**{path: True})
        return where if value else ~where
    if isinstance(value, Days):
        found = Q()
        if value.first:
            found &= Q(**{f"{path}__gte": datetime.combine(value.first, time(), zone)})
        if value.last:
            found &= Q(**{f"{path}__lt": datetime.combine(value.last + timedelta(days=1), time(), zone)})
        return found
    if isinstance(value, tuple):
        return Q(**{f"{path}__in": value})
    return Q(**{f"{path}__icontains": value}) if column.filter is Filter.TEXT else Q(**{path: value})


def shown_page(listing: Listing, state: State, *, by: Subject, zone: ZoneInfo) -> Page | None:
    """One page of the list, its rows prepared; None when the place in the address is not of this list."""
    rows = rows_of(listing, state, by=by, zone=zone)
    page = page_of(listing, rows, state.sort, at=state.at, size=state.size)
    if page is not None and page.rows:
        listing.prepare(page.rows, by)
    return page


def counted(rows: QuerySet[Any]) -> Count:
    """How many rows there are, without reading more than COUNTED + 1 of them."""
    return Count(rows.order_by().values("pk")[: COUNTED + 1].count())


def every_row(listing: Listing, state: State, *, by: Subject, zone: ZoneInfo) -> Iterator[Row]:
    """All rows that fit, in the list's order, read and prepared chunk by chunk."""
    rows = sorted_rows(listing, rows_of(listing, state, by=by, zone=zone), state.sort)
    chunk: list[Row] = []
    for row in rows.order_by(*ordering(state.sort)).iterator(chunk_size=CHUNK):
        chunk.append(row)
        if len(chunk) == CHUNK:
            listing.prepare(chunk, by)
            yield from chunk
            chunk = []
    if chunk:
        listing.prepare(chunk, by)
        yield from chunk


def views_of(listing: Listing, *, by: Subject) -> list[SavedView]:
    """The views of a list that the subject may open, own ones first; `opens_here` marks their default. One query."""
    default = DefaultView.objects.filter(view=OuterRef("uid"), user_id=by.user_id or 0, company_id=by.company)
    rows = visible_to(SavedView.objects.filter(company_id=by.company, listing=listing.key), by)
    found = rows.select_related("owner").annotate(opens_here=Exists(default)).order_by("name", "pk")
    return sorted(found, key=lambda view: view.owner_id != by.user_id)


def plans_of(listing: Listing, *, by: Subject) -> list[ImportPlan]:
    """The last import plans of a list in the acting company."""
    rows = visible_to(ImportPlan.objects.filter(company_id=by.company, listing=listing.key), by)
    return list(rows.order_by("-made")[:10])


def lines_of(plan: ImportPlan, *, by: Subject, verdict: str = "") -> QuerySet[ImportLine]:
    """The rows of a plan, of one verdict or of all, in the file's order."""
    rows = visible_to(ImportLine.objects.filter(plan=plan), by)
    return (rows.filter(verdict=verdict) if verdict else rows).order_by("n")


def chosen_rows(listing: Listing, uids: list[UUID], *, by: Subject) -> list[Row]:
    """The rows with these uids that the subject may see."""
    return list(listing.rows(by).filter(uid__in=uids).order_by("pk"))
