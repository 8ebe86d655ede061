"""Which work items changed, and which carry a key: the reporting list by its watermark, and WIQL."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from portal.core import clock
from portal.core.errors import BadInput, Missing, Rejected
from sync.connectors.azuredevops import marker
from sync.connectors.azuredevops.answers import moment, record, records, text
from sync.connectors.azuredevops.home import VERSION, Home
from sync.connectors.wire import Json
from sync.engine.types import Listed, Page

#: how far a list that must begin anew steps back
BACK = timedelta(minutes=5)
#: results of one query; more are refused
MAX_RESULTS = 20_000
#: ids in one batch
BATCH = 200
FIELDS = ["System.Id", "System.Rev", "System.ChangedDate"]


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the list stands: the service's own token, and the newest change seen for when it is refused."""

    token: str
    since: datetime

    @classmethod
    def parse(cls, given: str) -> "Cursor":
        """From its stored text. Raises BadInput for a text that is none of ours."""
        try:
            data = json.loads(given)
            return cls(str(data["token"]), datetime.fromisoformat(data["since"]).astimezone(UTC))
        except (ValueError, KeyError, TypeError) as error:
            raise BadInput(
                "The stored place in Azure DevOps' list of changes cannot be read. Start it anew."
            ) from error

    def text(self) -> str:
        """As it is stored."""
        return json.dumps(asdict(self), default=lambda at: at.isoformat())


def changes(home: Home, cursor: str, now: datetime) -> Page:
    """One page of revisions as items, oldest first, deleted items among them.

    The token counts commits: nothing that is committed late is passed over. It is never read or made here. A
    token that the service takes no longer (an item was destroyed or moved) starts the list anew from a time.
    """
    place = Cursor.parse(cursor) if cursor else Cursor("", min(now, server_clock(home)))
    start = place.since if not cursor else place.since - BACK
    where = {"continuationToken": place.token} if place.token else {"startDateTime": stamp(start)}
    try:
        answer = home.wire.json(
            "POST",
            home.path("reporting/workitemrevisions"),
            params={**VERSION, **where},
            body={"fields": FIELDS, "includeDeleted": True},
        )
    except (Rejected, Missing) as fault:
        if not place.token or fault.status not in (400, 404):
            raise
        return Page(rows=(), cursor=Cursor("", place.since).text(), more=True)
    rows: dict[str, Listed] = {}
    for one in records(answer.get("values")):
        row = _row(one, now)
        rows.pop(row.record, None)
        rows[row.record] = row
    since = max([place.since, *(row.updated_at for row in rows.values())])
    last = answer.get("isLastBatch") is not False
    return Page(
        rows=tuple(rows.values()), cursor=Cursor(token_of(answer) or place.token, since).text(), more=not last
    )


def _row(said: Json, now: datetime) -> Listed:
    changed = record(said.get("fields")).get("System.ChangedDate")
    return Listed(
        record=text(said.get("id")), version=text(said.get("rev")), updated_at=moment(changed) if changed else now
    )


def token_of(answer: Json) -> str:
    """The token of an answer; older services have it in the address of the next page alone."""
    given = text(answer.get("continuationToken"))
    following = text(answer.get("nextLink"))
    return given or (httpx.URL(following).params.get("continuationToken", "") if following else "")


def stamp(at: datetime) -> str:
    """A time as Azure DevOps takes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def server_clock(home: Home) -> datetime:
    """The service's own time, to the second, from the head of an answer; ours where it does not tell."""
    response = home.wire.send("GET", "_apis/connectionData", params={"api-version": "7.1-preview"})
    try:
        return parsedate_to_datetime(response.headers.get("date", "")).astimezone(UTC)
    except ValueError:
        return clock.now()


def literal(value: str) -> str:
    """A value as a WIQL string."""
    return "'" + value.replace("'", "''") + "'"


def ids(home: Home, condition: str, top: int = MAX_RESULTS) -> list[str]:
    """Ids of the project's items that meet a condition, by id. Raises Rejected with the service's complaint.

    `timePrecision` is always asked for: without it a time in a condition is refused, and a date is a whole day.
    """
    where = f"[System.TeamProject] = @project AND ({condition})"
    query = f"SELECT [System.Id] FROM WorkItems WHERE {where} ORDER BY [System.Id] ASC"  # noqa: S608 - WIQL
    params: dict[str, str | int] = {**VERSION, "timePrecision": "true", "$top": top}
    answer = home.wire.json("POST", home.path("wiql"), params=params, body={"query": query})
    return [text(one.get("id")) for one in records(answer.get("workItems"))]


def find(home: Home, key: str) -> tuple[str, ...]:
    """Ids of items that carry `key`: found by the field or the tag, proven by the whole key."""
    named = home.marker_field
    condition = f"[{named}] = {literal(key)}" if named else f"[System.Tags] CONTAINS {literal(marker.tag(key))}"
    found = ids(home, condition, BATCH)
    if not found:
        return ()
    body = {"ids": [int(one) for one in found], "$expand": "relations", "errorPolicy": "omit"}
    answer = home.wire.json("POST", home.path("workitemsbatch"), params=VERSION, body=body)
    rows = records(answer.get("value"))
    return tuple(sorted((text(one.get("id")) for one in rows if marker.of_item(one, named) == key), key=int))
