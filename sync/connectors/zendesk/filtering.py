"""Which tickets a filter in Zendesk's search syntax finds: tried as a whole, and asked for single tickets."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from portal.core.errors import Rejected
from sync.connectors.base import Matched, Trial
from sync.connectors.wire import Wire
from sync.connectors.zendesk.paging import pages
from sync.connectors.zendesk.people import API
from sync.connectors.zendesk.shapes import moment, rows, text
from sync.engine.types import Item

SAMPLES = 5
#: the index may need this long for a new or changed ticket; only then is "not found" an answer
LAG = timedelta(minutes=3)
TERM = re.compile(r"-?([a-z_]+[a-z_0-9]*)(?::|>=|<=|>|<)", re.IGNORECASE)
QUOTED = re.compile(r'"[^"]*"')
#: keywords of Zendesk's search reference for tickets; Zendesk searches any other as plain text
KEYWORDS = frozenset(
    [
        "assignee",
        "attachment",
        "brand",
        "cc",
        "commenter",
        "created",
        "current_via",
        "description",
        "due_date",
        "fieldvalue",
        "form",
        "group",
        "has_attachment",
        "incident",
        "organization",
        "priority",
        "problem",
        "recipient",
        "requester",
        "satisfaction",
        "solved",
        "status",
        "status_category",
        "subject",
        "submitter",
        "tags",
        "ticket_type",
        "type",
        "updated",
        "via",
    ]
)
#: they order or widen a search, and a filter does neither
REFUSED = {"order_by": "has no order", "sort": "has no order", "type": "is always about tickets"}


def trial(wire: Wire, query: str) -> Trial:
    """How many tickets a filter finds now. Raises Rejected for what cannot be a filter.

    Zendesk complains of little: an unknown keyword finds nothing, so the note names it.
    """
    bare = QUOTED.sub("", query)
    if '"' in bare:
        raise Rejected("A quotation mark is not closed in this filter. Close it, or leave it out.")
    words = {word.lower() for word in TERM.findall(bare)}
    for word in sorted(words & set(REFUSED)):
        raise Rejected(f"A filter {REFUSED[word]}. Leave out {word} and its value.")
    strange = sorted(word for word in words - KEYWORDS if not word.startswith("custom_field_"))
    asked = f"type:ticket {query}"
    count = wire.json("GET", f"{API}/search/count", params={"query": asked}).get("count")
    page = wire.json("GET", f"{API}/search", params={"query": asked, "per_page": SAMPLES})
    note = f"Zendesk's search reference has no keyword {', '.join(strange)}: check the spelling." if strange else ""
    return Trial(
        count if isinstance(count, int) else 0,
        tuple(f"#{text(one.get('id'))}" for one in rows(page.get("results"))),
        note,
    )


def matching(wire: Wire, query: str, items: Sequence[Item], now: datetime) -> Matched:
    """Which of these tickets a filter finds, each asked for by its number.

    1. found as it was read: yes; 2. found as it was before, or not found within the index's lag after its last
    change: unsure; 3. else no.
    """
    found, unsure = set[str](), set[str]()
    for item in items:
        row_time = next((at for number, at in searched(wire, query, item.record) if number == item.record), None)
        if row_time is not None and row_time >= item.updated_at.replace(microsecond=0):
            found.add(item.record)
        elif now - item.updated_at < LAG:
            unsure.add(item.record)
        elif row_time is not None:
            found.add(item.record)
    return Matched(frozenset(found), frozenset(unsure))


def searched(wire: Wire, query: str, record: str) -> Iterator[tuple[str, datetime]]:
    """(id, time of change) of the tickets that a filter finds and in which the number occurs somewhere."""
    asked = {"filter[type]": "ticket", "query": f"{record} {query}"}
    for page in pages(wire, f"{API}/search/export", asked):
        for one in rows(page.get("results")):
            yield text(one.get("id")), moment(one, "updated_at")
