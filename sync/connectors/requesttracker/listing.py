"""Which tickets changed, and which carry a key: by the numbers of transactions, which no time zone can bend."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from portal.core.errors import BadInput
from sync.connectors.answers import moment, record, records, text
from sync.connectors.requesttracker.home import PAGE, Home, quoted
from sync.connectors.requesttracker.reading import in_queue
from sync.engine.types import Listed, Page

#: seconds of transactions that are read again at every poll: their numbers are given before they are committed
OVERLAP = 60.0


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the list stands: `back` is the number that every poll begins after, `place` that of this run's last
    row; `back` moves up to the newest transaction that is older than OVERLAP."""

    back: int
    place: int

    @classmethod
    def parse(cls, given: str) -> "Cursor":
        """From its stored text. Raises BadInput for a text that is none of ours."""
        try:
            data = json.loads(given)
            return cls(int(data["back"]), int(data["place"]))
        except (ValueError, KeyError, TypeError) as error:
            raise BadInput("The stored place in RT's list of changes cannot be read. Start it anew.") from error

    def text(self) -> str:
        """As it is stored."""
        return json.dumps(asdict(self))


def changes(home: Home, cursor: str, now: datetime) -> Page:
    """One page of the tickets changed since `cursor`, oldest first; rows repeat, none is left out."""
    if not cursor:
        newest = _newest(home)
        return Page(rows=(), cursor=Cursor(newest, newest).text(), more=False)
    place = Cursor.parse(cursor)
    asked: dict[str, str | int] = {
        "query": f"id > {place.place} AND {in_queue(home)}",
        "orderby": "id",
        "per_page": PAGE,
        "fields": "ObjectId,Created",
    }
    answer = home.get("transactions", **asked)
    told = [(int(text(row.get("id"))), row) for row in records(answer.get("items"))]
    rows: dict[str, Listed] = {}
    back = place.back
    for number, row in sorted(told, key=lambda one: one[0]):
        ticket, at = (
            text(row.get("ObjectId")),
            moment(row.get("Created")),
        )
        rows.pop(ticket, None)
        rows[ticket] = Listed(ticket, str(number), at)
        if at < now - timedelta(seconds=OVERLAP):
            back = max(back, number)
    last = max((number for number, _ in told), default=place.place)
    more = bool(told) and (len(told) >= PAGE or answer.get("pages") is None)
    return Page(rows=tuple(rows.values()), cursor=Cursor(back, last if more else back).text(), more=more)


def _newest(home: Home) -> int:
    """The number of the newest transaction of the queue that the account sees, 0 for none."""
    asked: dict[str, str | int] = {
        "query": in_queue(home),
        "orderby": "id",
        "order": "DESC",
        "per_page": 1,
        "fields": "Created",
    }
    rows = records(home.get("transactions", **asked).get("items"))
    return int(text(rows[0].get("id"))) if rows else 0


def clock(home: Home) -> datetime | None:
    """RT's own time, None where its server does not tell."""
    answer = home.wire.send("GET", "REST/2.0/rt", headers={"Accept": "application/json"})
    try:
        return parsedate_to_datetime(answer.headers.get("date", "")).astimezone(UTC)
    except (ValueError, TypeError):
        return None


def find(home: Home, key: str) -> tuple[str, ...]:
    """Tickets that we made with this key; a strong read of the database, in which deleted ones never are."""
    name = home.marker()[1].replace("}", "\\}")
    query = f"Queue = {quoted(home.queue)} AND CF.{{{name}}} = {quoted(key)}"
    rows = home.pages("tickets", {"query": query, "orderby": "id", "fields": "Creator"})
    mine = home.me().login
    return tuple(text(row.get("id")) for row in rows if text(record(row.get("Creator")).get("id")) == mine)
