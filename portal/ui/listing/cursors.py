"""Pages of a list sorted by several columns: found by the values of their first or last row, never by counting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core import signing
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import Combinable

from portal.ui.listing.declare import Listing

SALT = "portal.ui.listing"
Scalar = str | int | float | bool | date | datetime
Sort = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Between two rows: the sort values and the id of the row before (`on`) or after (not `on`) it."""

    on: bool
    values: tuple[Scalar, ...]
    pk: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page; `further` and `back` are sealed places, "" where the list ends."""

    rows: list[Any]
    further: str
    back: str


def sorted_rows(listing: Listing, rows: QuerySet[Any], sort: Sort) -> QuerySet[Any]:
    """The rows with what they are sorted by as `_sort0`, `_sort1` …"""
    for n, (key, _) in enumerate(sort):
        column = listing.column(key)
        by = column.sort if column else None
        if by is not None:
            rows = rows.annotate(**{f"_sort{n}": by if isinstance(by, Combinable) else F(by)})
    return rows


def ordering(sort: Sort, *, turned: bool = False) -> list[str]:
    """The order of sorted rows; equal ones by id, in the direction of the last column."""
    last = sort[-1][1] if sort else False
    ways = [*((f"_sort{n}", down) for n, (_, down) in enumerate(sort)), ("pk", last)]
    return [f"{'-' if down != turned else ''}{name}" for name, down in ways]


def page_of(listing: Listing, rows: QuerySet[Any], sort: Sort, *, at: str, size: int) -> Page | None:
    """The page at a sealed place, the first one for "", None for a place that is not one of ours.

    1. open the place; 2. ask for rows beyond it in the list's order, or backwards; 3. take one more than the page
    holds to know whether it goes on; 4. turn a page read backwards round.
    """
    place = opened(listing, sort, at) if at else None
    if at and place is None:
        return None
    back = place is not None and not place.on
    rows = sorted_rows(listing, rows, sort).order_by(*ordering(sort, turned=back))
    if place is not None:
        rows = rows.filter(beyond(sort, place))
    found = list(rows[: size + 1])
    more, found = len(found) > size, found[:size]
    if back:
        found.reverse()
    further = bool(found) and (more or back)
    behind = bool(found) and (more if back else place is not None)
    return Page(
        found,
        sealed(listing, sort, found[-1], on=True) if further else "",
        sealed(listing, sort, found[0], on=False) if behind else "",
    )


def beyond(sort: Sort, place: Place) -> Q:
    """The condition for rows beyond a place; its first part lets an index begin there."""
    last = sort[-1][1] if sort else False
    names = [*(f"_sort{n}" for n in range(len(sort))), "pk"]
    downs = [*(down for _, down in sort), last]
    values = [*place.values, place.pk]
    condition = Q()
    for name, down, value in reversed(list(zip(names, downs, values, strict=True))):
        how = "lt" if down == place.on else "gt"
        after = Q(**{f"{name}__{how}": value})
        condition = after | (Q(**{name: value}) & condition) if condition else after
    how = "lte" if downs[0] == place.on else "gte"
    return Q(**{f"{names[0]}__{how}": values[0]}) & condition


def sealed(listing: Listing, sort: Sort, row: Any, *, on: bool) -> str:
    """A row's place as it stands in an address, signed, so that the values have the types of their columns."""
    values = [packed(getattr(row, f"_sort{n}")) for n in range(len(sort))]
    return signing.dumps([on, values, row.pk], salt=salt(listing, sort), compress=True)


def opened(listing: Listing, sort: Sort, text: str) -> Place | None:
    """The place in an address, or None when it is not one of this list in this order."""
    try:
        on, values, pk = signing.loads(text, salt=salt(listing, sort))
        return Place(on, tuple(unpacked(value) for value in values), pk)
    except (signing.BadSignature, ValueError, TypeError):
        return None


def salt(listing: Listing, sort: Sort) -> str:
    """What a place is bound to."""
    return f"{SALT}:{listing.key}:{','.join(f'{key}{int(down)}' for key, down in sort)}"


def packed(value: Scalar) -> Sequence[object]:
    """A value and its kind, as JSON holds it."""
    if isinstance(value, datetime):
        return ["t", value.isoformat()]
    return ["d", value.isoformat()] if isinstance(value, date) else ["", value]


def unpacked(pair: Sequence[Any]) -> Scalar:
    """The value again."""
    kind, value = pair
    if kind == "t":
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if kind == "d" else value
