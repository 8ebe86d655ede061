"""What somebody asked of a list, read out of an address and written back into one. Pure; never fails.

The address is `?q=…&<column>=…&sort=name,-created&show=name,email&size=50&dense=1&at=…`. A choice may come several
times, days come as `<column>-from` and `<column>-to`. What cannot be read is left out and told in a sentence.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import urlencode

from portal.ui.listing.declare import Column, Filter, Listing

SIZES = (25, 50, 100, 200)
SIZE, LONGEST, SORTS, TOLD = 50, 200, 3, 5
#: names of parameters that are no column's
RESERVED = frozenset({"q", "sort", "show", "size", "dense", "at", "view"})
YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Days:
    """From one day to another, both included; None = open."""

    first: date | None = None
    last: date | None = None


Narrowing = str | tuple[str, ...] | bool | Days


@dataclass(frozen=True, slots=True)
class State:
    """One way to look at a list. `sort` holds (column, descending); `show` the columns in their order."""

    q: str = ""
    filters: Mapping[str, Narrowing] = field(default_factory=dict)
    sort: tuple[tuple[str, bool], ...] = ()
    show: tuple[str, ...] = ()
    size: int = SIZE
    dense: bool = False
    #: place in the list, sealed by portal.ui.listing.cursors
    at: str = ""
    #: sentences about what was left out
    said: tuple[str, ...] = ()

    @property
    def narrowed(self) -> bool:
        """Whether anything hides rows."""
        return bool(self.q or self.filters)

    def moved(self, **changes: object) -> "State":
        """The same look, changed, from its first page."""
        return replace(self, **{"at": "", "said": (), **changes})  # type: ignore[arg-type]

    def sorted_by(self, key: str) -> "State":
        """After a click on a heading: first by this column, then as before; a second click turns it round."""
        down = bool(self.sort and self.sort[0] == (key, False))
        rest = tuple(one for one in self.sort if one[0] != key)
        return self.moved(sort=((key, down), *rest)[:SORTS])


def parse(listing: Listing, asked: Mapping[str, Sequence[str]]) -> State:
    """The state in an address, given as name → values; whatever they are, a state comes back.

    1. read each reserved name; 2. read each column's filter; 3. tell what nobody knows, at most five sentences.
    """
    told: list[str] = []
    last = {name: clean(values[-1]) for name, values in asked.items() if values}
    filters = {
        column.key: found
        for column in listing.columns
        if column.filter is not Filter.NONE and (found := narrowing(column, asked, told)) is not None
    }
    state = State(
        q=last.get("q", "")[:LONGEST],
        filters=filters,
        sort=sorting(listing, last.get("sort", ""), told),
        show=showing(listing, asked.get("show", ()), told),
        size=sizing(last.get("size", ""), told),
        dense=last.get("dense", "") in {"1", YES},
        at=last.get("at", "")[:2000],
    )
    for name in asked:
        if name not in RESERVED and not is_of_a_column(listing, name):
            told.append(f"This list has no column “{clean(name)[:40]}”; that part of the address is left out.")
    return replace(state, said=tuple(dict.fromkeys(told))[:TOLD])


def clean(text: str) -> str:
    """Text that a database takes: without NUL and broken surrogates, without space at its ends."""
    return text.encode("utf-8", "ignore").decode().replace("\x00", "").strip()


def is_of_a_column(listing: Listing, name: str) -> bool:
    """Whether a parameter narrows one of the columns."""
    for column in listing.columns:
        if column.filter is Filter.DAYS and name in {f"{column.key}-from", f"{column.key}-to"}:
            return True
        if column.filter not in {Filter.NONE, Filter.DAYS} and name == column.key:
            return True
    return False


def narrowing(column: Column, asked: Mapping[str, Sequence[str]], told: list[str]) -> Narrowing | None:
    """How one column is narrowed, or None."""
    if column.filter is Filter.DAYS:
        first, last = (day(column, asked.get(f"{column.key}-{end}", ()), told) for end in ("from", "to"))
        return Days(first, last) if first or last else None
    values = [value for raw in asked.get(column.key, ()) if (value := clean(raw))]
    if not values:
        return None
    if column.filter is Filter.TEXT:
        return values[-1][:LONGEST]
    if column.filter is Filter.YES_NO:
        if values[-1] in {YES, NO}:
            return values[-1] == YES
        told.append(f"{column.label} is yes or no; “{values[-1][:40]}” is left out.")
        return None
    known = {key for key, _ in column.offered()}
    for value in values:
        if value not in known:
            told.append(f"{column.label} has no choice “{value[:40]}”; it is left out.")
    return tuple(dict.fromkeys(value for value in values if value in known)) or None


def day(column: Column, values: Sequence[str], told: list[str]) -> date | None:
    """One end of a stretch of days."""
    text = clean(values[-1]) if values else ""
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if 1970 <= found.year <= 2200:
        return found
    told.append(f"{column.label}: “{text[:40]}” is no day such as 2026-11-21; it is left out.")
    return None


def sorting(listing: Listing, text: str, told: list[str]) -> tuple[tuple[str, bool], ...]:
    """The order asked for, or the list's own."""
    found: dict[str, bool] = {}
    for part in filter(None, text.split(",")):
        key = part.strip().removeprefix("-")
        column = listing.column(key)
        if column is None or column.sort is None:
            told.append(f"This list cannot be sorted by “{key[:40]}”.")
        else:
            found.setdefault(key, part.strip().startswith("-"))
    return tuple(found.items())[:SORTS] or listing.order


def showing(listing: Listing, values: Sequence[str], told: list[str]) -> tuple[str, ...]:
    """The columns asked for, in the list's order; the first one is always there."""
    wanted = {part.strip() for value in values for part in clean(value).split(",") if part.strip()}
    known = [column.key for column in listing.columns]
    for key in sorted(wanted - set(known)):
        told.append(f"This list has no column “{key[:40]}”.")
    chosen = tuple(key for key in known if key in wanted)
    if not chosen:
        chosen = tuple(column.key for column in listing.columns if column.shown)
    return chosen if chosen[0] == known[0] else (known[0], *chosen)


def sizing(text: str, told: list[str]) -> int:
    """Rows on a page."""
    if not text:
        return SIZE
    if text.isascii() and text.isdigit() and int(text[:6]) in SIZES:
        return int(text[:6])
    told.append(f"A page holds {', '.join(str(size) for size in SIZES)} rows; {SIZE} are shown.")
    return SIZE


def address(listing: Listing, state: State) -> str:
    """The state as the query of an address; what is as the list has it by itself is left out."""
    return urlencode(list(pairs(listing, state)))


def pairs(listing: Listing, state: State) -> Iterator[tuple[str, str]]:
    """Name and value of each parameter."""
    if state.q:
        yield "q", state.q
    for key, value in state.filters.items():
        yield from narrowed(key, value)
    if state.sort != listing.order:
        yield "sort", ",".join(f"{'-' if down else ''}{key}" for key, down in state.sort)
    if state.show != tuple(column.key for column in listing.columns if column.shown):
        yield "show", ",".join(state.show)
    if state.size != SIZE:
        yield "size", str(state.size)
    if state.dense:
        yield "dense", "1"
    if state.at:
        yield "at", state.at


def narrowed(key: str, value: Narrowing) -> Iterator[tuple[str, str]]:
    """One filter as parameters."""
    if isinstance(value, bool):
        yield key, YES if value else NO
    elif isinstance(value, Days):
        if value.first:
            yield f"{key}-from", value.first.isoformat()
        if value.last:
            yield f"{key}-to", value.last.isoformat()
    elif isinstance(value, str):
        yield key, value
    else:
        yield from ((key, one) for one in value)
