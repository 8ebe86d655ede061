"""Which issues changed, and which carry a key: JQL with its minutes, time zone and page tokens."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from portal.core.errors import BadInput, Rejected
from sync.connectors.jira.answers import moment, record, records, text, version
from sync.connectors.jira.fields import MARKER_LABEL
from sync.connectors.jira.home import PAGE, Home
from sync.connectors.jira.reading import PROPERTY
from sync.engine.types import Listed, Page

#: seconds re-read at every poll, for the index lag of Jira's search (apis/jira.md 4.5)
OVERLAP = 300.0


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the list stands: `mark` newest change of finished runs, `seen` of this one, `page` its next."""

    mark: datetime
    seen: datetime
    page: str = ""

    @classmethod
    def parse(cls, given: str) -> "Cursor":
        """From its stored text. Raises BadInput for a text that is none of ours."""
        try:
            data = json.loads(given)
            mark, seen = (datetime.fromisoformat(data[name]) for name in ("mark", "seen"))
            return cls(mark.astimezone(UTC), seen.astimezone(UTC), str(data["page"]))
        except (ValueError, KeyError, TypeError) as error:
            raise BadInput("The stored place in Jira's list of changes cannot be read. Start it anew.") from error

    def text(self) -> str:
        """As it is stored."""
        return json.dumps(asdict(self), default=lambda at: at.isoformat())


def changes(home: Home, cursor: str, now: datetime) -> Page:
    """One page of the issues changed since `cursor`, oldest first; a run's pages share its query.

    The watermark begins with Jira's clock where that is behind ours, and moves, at a run's end, to the newest
    change seen; the query steps back from it by OVERLAP, so rows repeat. A page token that Jira no longer
    takes restarts the run.
    """
    if not cursor:
        start = min(now, home.clock() or now)
        return Page(rows=(), cursor=Cursor(mark=start, seen=start).text(), more=False)
    place = Cursor.parse(cursor)
    body: dict[str, object] = {"jql": query(home, place.mark), "maxResults": PAGE, "fields": ["updated"]}
    try:
        answer = home.search(body | ({"nextPageToken": place.page} if place.page else {}))
    except Rejected:
        if not place.page:
            raise
        return Page(rows=(), cursor=replace(place, page="").text(), more=True)
    rows = tuple(
        Listed(
            record=text(issue.get("id")),
            version=version(record(issue.get("fields")).get("updated")),
            updated_at=moment(record(issue.get("fields")).get("updated")),
        )
        for issue in records(answer.get("issues"))
    )
    seen = max([place.seen, *(row.updated_at for row in rows)])
    following = text(answer.get("nextPageToken"))
    if following and answer.get("isLast") is not True:
        return Page(rows=rows, cursor=Cursor(place.mark, seen, following).text(), more=True)
    return Page(rows=rows, cursor=Cursor(mark=seen, seen=seen).text(), more=False)


def query(home: Home, mark: datetime) -> str:
    """The JQL of all changes since `mark` less the overlap."""
    since = literal(mark - timedelta(seconds=OVERLAP), home.zone())
    return f'project = {quoted(home.project)} AND updated >= "{since}" ORDER BY updated ASC, id ASC'


def literal(at: datetime, zone: ZoneInfo) -> str:
    """A time as JQL takes it: to the minute, in the account's zone, an hour earlier around a clock change."""
    near = timedelta(hours=2)
    if (at - near).astimezone(zone).utcoffset() != (at + near).astimezone(zone).utcoffset():
        at -= timedelta(hours=1)
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def quoted(value: str) -> str:
    """A value as a JQL string."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def marker_label(key: str) -> str:
    """The label that a create carries, so that JQL finds it (JQL cannot search issue properties)."""
    return MARKER_LABEL + hashlib.sha256(key.encode()).hexdigest()[:16]


def find(home: Home, key: str) -> tuple[str, ...]:
    """Ids of issues that carry `key`: found by the label, proven by the whole key in the property.

    The search index lags (Capabilities.absent_after): an empty answer proves nothing before that.
    """
    body: dict[str, object] = {
        "jql": f"labels = {quoted(marker_label(key))} ORDER BY id ASC",
        "maxResults": PAGE,
        "fields": ["labels"],
        "properties": [PROPERTY],
    }
    rows = records(home.search(body).get("issues"))
    return tuple(
        text(row.get("id"))
        for row in rows
        if text(record(record(row.get("properties")).get(PROPERTY)).get("key")) == key
    )
