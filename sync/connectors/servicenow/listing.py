"""Which records changed, and which carry a key: keyset pages over (sys_updated_on, sys_id)."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta

from portal.core.errors import BadInput, Rejected, Unavailable
from sync.connectors.servicenow.answers import moment, text
from sync.connectors.servicenow.home import MAX_PAGES, PAGE, Batch, Home
from sync.connectors.servicenow.people import BATCH
from sync.connectors.servicenow.reading import MARKER, PRODUCT, ROOM, key_of
from sync.connectors.wire import Json
from sync.engine.types import Listed, Page

#: seconds re-read at every poll: a record is stamped when its transaction begins and seen when it ends
OVERLAP = 300.0
FIELDS = "sys_id,sys_updated_on,sys_mod_count,sys_class_name"
#: characters of both marker columns together
LONGEST = ROOM + 100


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the list stands: `mark` newest change of finished runs, `seen` of this one, its last row."""

    mark: datetime
    seen: datetime
    at: str = ""
    id: str = ""

    @classmethod
    def parse(cls, given: str) -> "Cursor":
        """From its stored text. Raises BadInput for a text that is none of ours."""
        try:
            data = json.loads(given)
            mark, seen = (datetime.fromisoformat(data[name]).astimezone(UTC) for name in ("mark", "seen"))
            return cls(mark, seen, str(data["at"]), str(data["id"]))
        except (ValueError, KeyError, TypeError) as error:
            raise BadInput("The stored place in ServiceNow's list cannot be read. Start it anew.") from error

    def text(self) -> str:
        """As it is stored."""
        return json.dumps(asdict(self), default=lambda at: at.isoformat())


def changes(home: Home, cursor: str, now: datetime) -> Page:
    """One page of the records changed since `cursor`, oldest first; rows repeat by the overlap.

    1. "" begins with ServiceNow's clock where that is behind ours; 2. a run begins at the mark less the overlap,
    with records that got a file, whose own time stays as it was; 3. first the rest of the last row's second, then
    what is later; 4. at its end the mark moves to the newest change seen.
    """
    if not cursor:
        start = min(now, home.clock() or now)
        return Page((), Cursor(mark=start, seen=start).text(), more=False)
    place = Cursor.parse(cursor)
    since = place.mark - timedelta(seconds=OVERLAP)
    found, last, more = _page(home, place, since)
    files = _files(home, since)
    if not place.at:
        found += _owners(home, set(files) - {text(row.get("sys_id")) for row in found})
    rows = [_listed(home, row, files) for row in found]
    seen = max([place.seen, *(row.updated_at for row in rows)])
    if more:
        return Page(tuple(rows), replace(last, seen=seen).text(), more=True)
    return Page(tuple(rows), Cursor(mark=seen, seen=seen).text(), more=False)


def _page(home: Home, place: Cursor, since: datetime) -> tuple[list[Json], Cursor, bool]:
    """The rows after `place`, where they end, and whether there are more."""
    found: list[Json] = []
    for query in _queries(home, place, since):
        batch = _seen(home, _of_ours(home) + query)
        _held(batch.rows, since)
        found += batch.rows
        if batch.more and batch.rows:
            end = batch.rows[-1]
            return found, replace(place, at=text(end.get("sys_updated_on")), id=text(end.get("sys_id"))), True
    return found, place, False


def _seen(home: Home, query: str) -> Batch:
    """The first page of which we may see a row: rights are applied after the page was cut."""
    batch = Batch([], more=True, total=0)
    for number in range(MAX_PAGES):
        batch = home.page(_source(home), query, FIELDS, offset=number * PAGE)
        if batch.rows or not batch.more:
            break
    return batch


def _queries(home: Home, place: Cursor, since: datetime) -> Iterator[str]:
    """Two plain queries and no "or": the rest of the last row's second, then the later ones."""
    order = "^ORDERBYsys_updated_on^ORDERBYsys_id"
    if not place.at:
        yield f"sys_updated_on>={home.literal(since)}{order}"
        return
    at = home.literal(moment(place.at))
    yield f"sys_updated_on={at}^sys_id>{place.id}^ORDERBYsys_id"
    yield f"sys_updated_on>{at}{order}"


def _source(home: Home) -> str:
    """The table that lists: the only one, or `task`, of which all are children."""
    return home.tables[0] if len(home.tables) == 1 else "task"


def _of_ours(home: Home) -> str:
    return "" if len(home.tables) == 1 else f"sys_class_nameIN{','.join(home.tables)}^"


def _held(rows: list[Json], since: datetime) -> None:
    """ServiceNow drops a condition that it does not understand and answers with everything: that is no answer."""
    early = since.replace(microsecond=0) - timedelta(seconds=1)
    if any(moment(row.get("sys_updated_on")) < early for row in rows):
        raise Unavailable("ServiceNow lists records that were not asked for. Check the time zone of the account.")


def _listed(home: Home, row: Json, files: Mapping[str, Json]) -> Listed:
    """One row. A file moves neither the record's time nor its count, so a new one is part of the version."""
    number, at = text(row.get("sys_id")), text(row.get("sys_updated_on"))
    if len(home.tables) > 1:
        home.learn(number, text(row.get("sys_class_name")))
    file = files.get(number, {})
    newest = max(moment(at), moment(file.get("sys_created_on"))) if file else moment(at)
    return Listed(number, f"{at}/{text(row.get('sys_mod_count'))}/{text(file.get('sys_id'))[:8]}", newest)


def _files(home: Home, since: datetime) -> dict[str, Json]:
    """The newest file since then of each record that got one."""
    query = f"table_nameIN{','.join(home.tables)}^sys_created_on>={home.literal(since)}^ORDERBYsys_created_on"
    rows = home.rows("sys_attachment", query, "sys_id,table_sys_id,sys_created_on")
    return {text(row.get("table_sys_id")): row for row in rows}


def _owners(home: Home, numbers: Iterable[str]) -> list[Json]:
    """The rows of records by their ids."""
    asked = sorted(numbers)
    return [
        row
        for start in range(0, len(asked), BATCH)
        for row in home.rows(
            _source(home), f"{_of_ours(home)}sys_idIN{','.join(asked[start : start + BATCH])}", FIELDS
        )
    ]


def marker(key: str) -> dict[str, str]:
    """The columns that carry a key. Raises Rejected for a key that is longer than both take."""
    if len(key) > LONGEST:
        raise Rejected(f"ServiceNow keeps markers of at most {LONGEST} characters.")
    return {"correlation_id": MARKER + key[:ROOM], "correlation_display": key[ROOM:] or PRODUCT}


def find(home: Home, kind: str, key: str) -> tuple[str, ...]:
    """Ids of records that carry `key`; a strong read."""
    table, marks = home.known(kind), marker(key)
    fields = "sys_id,correlation_id,correlation_display"
    rows = home.rows(table, f"correlation_id={marks['correlation_id']}^ORDERBYsys_id", fields)
    return tuple(text(row.get("sys_id")) for row in rows if key_of(row) == key)
