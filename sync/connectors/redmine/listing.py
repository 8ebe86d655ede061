"""Which issues changed, and which carry a key.

Redmine shows whole seconds and pages by offset, under which rows slide when issues change meanwhile. So a page
begins where the last one ended, by time, and by number where more than a page changed in one second. Its ">=T"
means "later than one second before T", so a page begins with rows that were listed before.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from portal.core.errors import BadInput
from sync.connectors.answers import moment, record, records, text
from sync.connectors.redmine.history import item_key
from sync.connectors.redmine.home import PAGE, Home
from sync.connectors.wire import Json
from sync.engine.types import Listed, Page

#: seconds re-read at every poll, for writes that were committed later than they say
OVERLAP = 60.0
#: seconds in which a second may still get more changes under the same time
YOUNG = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the list stands: `mark` newest change of finished runs, `place` of this one, `after` an issue's number
    where a second has more than a page; `place` empty = the run has not begun."""

    mark: str
    place: str = ""
    after: int = 0

    @classmethod
    def parse(cls, given: str) -> "Cursor":
        """From its stored text. Raises BadInput for a text that is none of ours."""
        try:
            data = json.loads(given)
            datetime.fromisoformat(data["mark"])
            return cls(str(data["mark"]), str(data["place"]), int(data["after"]))
        except (ValueError, KeyError, TypeError) as error:
            raise BadInput("The stored place in Redmine's list of changes cannot be read. Start it anew.") from error

    def text(self) -> str:
        """As it is stored."""
        return json.dumps(asdict(self))


def stamp(at: datetime) -> str:
    """A time as Redmine takes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def changes(home: Home, cursor: str, now: datetime) -> Page:
    """One page of the issues changed since `cursor`, oldest first; rows repeat, none is left out."""
    if not cursor:
        return Page(rows=(), cursor=Cursor(stamp(min(now, clock(home) or now))).text(), more=False)
    place = Cursor.parse(cursor)
    if not place.place:
        home.signed_in()
        begin = stamp(moment(place.mark) - timedelta(seconds=OVERLAP))
        place = Cursor(place.mark, begin)
    listed = _listed(home, place)
    rows = tuple(_row(one, now) for one in listed)
    stamps = [text(one.get("updated_on")) for one in listed]
    newest = max([place.mark, *stamps])
    if len(listed) < PAGE and not place.after:
        return Page(rows=rows, cursor=Cursor(newest).text(), more=False)
    if len(listed) < PAGE:
        # that second is told in full, up to the beginning of the next
        following = Cursor(newest, stamp(moment(place.place) + timedelta(seconds=2)))
    elif place.after:
        following = Cursor(newest, place.place, max(_number(one) for one in listed) + 1)
    elif stamps[-1] <= place.place:
        following = Cursor(newest, stamps[-1], 1)
    else:
        following = Cursor(newest, stamps[-1])
    return Page(rows=rows, cursor=following.text(), more=True)


def _listed(home: Home, place: Cursor) -> list[Json]:
    asked: dict[str, str | int] = {
        "project_id": home.project,
        "subproject_id": "!*",
        "status_id": "*",
        "limit": PAGE,
        "updated_on": f">={place.place}",
        "sort": "updated_on:asc,id:asc",
    }
    if place.after:
        # the end of a range is sharp, and behind the seconds that Redmine shows there are fractions
        after = stamp(moment(place.place) + timedelta(seconds=1))
        asked |= {"updated_on": f"><{place.place}|{after}", "issue_id": f">={place.after}", "sort": "id:asc"}
    return records(home.get("issues.json", **asked).get("issues"))


def _number(row: Json) -> int:
    return int(text(row.get("id")))


def _row(said: Json, now: datetime) -> Listed:
    """A row whose version tells changes of one second apart: by what the row shows, and once more when the
    second is surely over, for notes do not show in it."""
    at = moment(said.get("updated_on"))
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]
    young = "~" if now - at < YOUNG else ""
    return Listed(text(said.get("id")), f"{stamp(at)}.{digest}{young}", at)


def clock(home: Home) -> datetime | None:
    """Redmine's own time, None where the server in front of it does not tell."""
    answer = home.wire.send("GET", "users/current.json", headers={"Accept": "application/json"})
    try:
        return parsedate_to_datetime(answer.headers.get("date", "")).astimezone(UTC)
    except (ValueError, TypeError):
        return None


def find(home: Home, key: str) -> tuple[str, ...]:
    """Issues that we made and whose mark begins with `key`; a strong read of the database."""
    asked: dict[str, str | int] = {
        f"cf_{home.marker()}": f"~{key}",
        "status_id": "*",
        "project_id": home.project,
        "limit": PAGE,
    }
    mine = text(home.me().get("id"))
    return tuple(
        text(row.get("id"))
        for row in records(home.get("issues.json", **asked).get("issues"))
        if text(record(row.get("author")).get("id")) == mine
        and any(
            item_key(one.get("value")) == key
            for one in records(row.get("custom_fields"))
            if text(one.get("id")) == home.marker()
        )
    )
