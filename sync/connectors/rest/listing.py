"""Which records changed, and which carry a marker."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from portal.core.errors import BadInput, Unavailable
from sync.connectors.rest.home import Home
from sync.connectors.rest.values import moment, text
from sync.engine.types import Listed, Page

#: seconds that each run steps back: an interface may list a change late, and times may be whole seconds
OVERLAP = 300.0


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the list stands: `mark` newest change of finished runs, `seen` of this one, its next page."""

    mark: datetime
    seen: datetime
    number: int = 1
    following: str = ""

    @classmethod
    def parse(cls, given: str) -> "Cursor":
        """From its stored text. Raises BadInput for a text that is none of ours."""
        try:
            data = json.loads(given)
            mark, seen = (datetime.fromisoformat(data[name]).astimezone(UTC) for name in ("mark", "seen"))
            return cls(mark, seen, int(data["number"]), str(data["following"]))
        except (ValueError, KeyError, TypeError) as error:
            raise BadInput("The stored place in the list of changes cannot be read. Start it anew.") from error

    def text(self) -> str:
        """As it is stored."""
        return json.dumps(asdict(self), default=lambda at: at.isoformat())


def changes(home: Home, cursor: str, now: datetime) -> Page:
    """One page of records changed since `cursor`. A run's pages share {since}; at its end the mark moves to the
    newest change seen."""
    if not cursor:
        return Page((), Cursor(now, now).text(), more=False)
    place, section = Cursor.parse(cursor), home.declaration["records"]
    address = section.addresses["list"]
    answer = home.get(address, **_values(place))
    found = section.paths["rows"].all(answer)
    rows = tuple(_listed(home, row) for row in found)
    seen = max([place.seen, *(row.updated_at for row in rows)])
    following = text(section.first("next", answer))
    if following if "next" in section.paths else address.has("page") and found:
        return Page(rows, Cursor(place.mark, seen, place.number + 1, following).text(), more=True)
    return Page(rows, Cursor(seen, seen).text(), more=False)


def find(home: Home, key: str) -> tuple[str, ...]:
    """Records that carry `key`; nobody can be found where the declaration has no marker."""
    section = home.declaration["records"]
    address = section.addresses.get("find")
    if address is None or "marker" not in section.paths:
        return ()
    rows = section.paths["rows"].all(home.get(address, marker=key))
    return tuple(home.record(row) for row in rows if text(section.first("marker", row)) == key)


def version(home: Home, row: object) -> str:
    """What changes with every change of a record."""
    section = home.declaration["records"]
    if "version" in section.paths:
        return text(section.first("version", row))
    return moment(section.first("updated", row)).isoformat()


def first_page(home: Home, now: datetime) -> object:
    """The list as a check asks for it."""
    return home.get(home.declaration["records"].addresses["list"], **_values(Cursor(now, now)))


def _listed(home: Home, row: object) -> Listed:
    record = home.record(row)
    if not record:
        raise Unavailable("The system lists a record without an id. Check the path “id” of its declaration.")
    return Listed(record, version(home, row), moment(home.declaration["records"].first("updated", row)))


def _values(place: Cursor) -> dict[str, str]:
    since = (place.mark - timedelta(seconds=OVERLAP)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"since": since, "page": str(place.number), "next": place.following}
