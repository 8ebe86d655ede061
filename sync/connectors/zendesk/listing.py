"""Which tickets changed: the incremental cursor export, or the ticket list where we are no administrator."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from portal.core.errors import Rejected
from sync.connectors.wire import Json, Wire
from sync.connectors.zendesk.paging import pages
from sync.connectors.zendesk.people import API
from sync.connectors.zendesk.shapes import moment, rows, text
from sync.engine.types import Listed, Page

EXPORT = f"{API}/incremental/tickets/cursor"
EXPORT_PAGE = 500
#: the export holds the last minute back and refuses a start in it; our clock may be ahead of theirs
START_AGE = timedelta(seconds=150)
#: whole seconds in updated_at, and writes that were under way while the list was read
LIST_OVERLAP = timedelta(seconds=30)
START, CURSOR, SINCE = "start_time=", "cursor=", "updated_at="


def changes(wire: Wire, cursor: str, now: datetime) -> Page:
    """One page after `cursor`, which is the next request's own parameter and otherwise opaque."""
    if cursor.startswith(SINCE):
        return _listed(wire, datetime.fromisoformat(cursor.removeprefix(SINCE)))
    asked = cursor or f"{START}{int((now - START_AGE).timestamp())}"
    name, _, value = asked.partition("=")
    try:
        answer = wire.json("GET", EXPORT, params={name: value, "per_page": EXPORT_PAGE})
    except Rejected as fault:
        if fault.status == 403:
            # only administrators may export; the list needs a time, which a cursor does not tell
            return _listed(wire, _since(asked, now))
        if "too recent" in fault.sentence.lower():
            return Page((), asked, more=False)
        raise
    after = text(answer.get("after_cursor"))
    # an empty first answer has no cursor: the same start is asked again
    return Page(
        rows=tuple(_row(one) for one in rows(answer.get("tickets"))),
        cursor=f"{CURSOR}{after}" if after else asked,
        more=bool(after) and answer.get("end_of_stream") is not True,
    )


def _row(ticket: Mapping[str, object]) -> Listed:
    """Deleted ones are rows too: reading one raises Missing, which is how their end is learned."""
    updated = moment(ticket, "updated_at")
    version = text(ticket.get("generated_timestamp")) or updated.isoformat()
    return Listed(text(ticket.get("id")), f"{version}:{text(ticket.get('status'))}", updated)


def _since(asked: str, now: datetime) -> datetime:
    if asked.startswith(START):
        return datetime.fromtimestamp(int(asked.removeprefix(START)), tz=now.tzinfo)
    # an export cursor of a role that was taken away: a day back is safe, repeats are allowed
    return now - timedelta(days=1)


def _listed(wire: Wire, since: datetime) -> Page:
    """All tickets since then from the list, newest first until then, told oldest first.

    The list knows no deleted tickets and follows updated_at, which changes by rules do not always move.
    """
    found: list[Json] = []
    for answer in pages(wire, f"{API}/tickets", {"sort": "-updated_at"}):
        some = rows(answer.get("tickets"))
        fresh = [one for one in some if moment(one, "updated_at") >= since]
        found.extend(fresh)
        if len(fresh) < len(some):
            break
    found.sort(key=lambda one: (moment(one, "updated_at"), text(one.get("id"))))
    newest = moment(found[-1], "updated_at") - LIST_OVERLAP if found else since
    return Page(tuple(_row(one) for one in found), f"{SINCE}{max(newest, since).isoformat()}", more=False)
