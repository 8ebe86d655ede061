"""Revisions out of a work item's updates: one for each field that travels, with source time and actor."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from sync.connectors.azuredevops.answers import actor, moment, record, records, text, whole
from sync.connectors.azuredevops.fields import TAGS, Shape, portable
from sync.connectors.azuredevops.home import PAGE, Home
from sync.connectors.wire import Json
from sync.engine.types import Actor, Revision, Value

#: the end of the newest revision, which is no time
NEVER = "9999"


def updates(home: Home, number: str, since: int) -> list[Json]:
    """An item's updates, oldest first; those before revision `since` may be left out.

    An update counts from 1 and so does a revision, but a link made at its other end is an update without a
    revision: so an update stands never before the place of its revision.
    """
    found: list[Json] = []
    skip = max(since - 1, 0)
    while True:
        place = f"workItems/{number}/updates"
        page = records(home.get(place, **{"$top": PAGE, "$skip": skip}).get("value"))
        found += page
        skip += len(page)
        if len(page) < PAGE:
            return found


def revisions(
    rows: list[Json], shapes: Mapping[str, Shape], formats: Mapping[str, str], since: int
) -> tuple[Revision, ...]:
    """The changes after revision `since`, oldest first; the first revision is the item's birth and no change."""
    found = [
        one
        for row in rows
        if whole(row.get("rev")) > max(since, 1) and row.get("fields")
        for one in _of(row, shapes, formats)
    ]
    return tuple(sorted(found, key=lambda one: int(one.id)))


def _of(row: Json, shapes: Mapping[str, Shape], formats: Mapping[str, str]) -> Iterator[Revision]:
    travelling = {key: change for key, change in record(row.get("fields")).items() if key in shapes}
    if not travelling:
        return
    at, who = when(row), who_did(row)
    for key, change in travelling.items():
        one = shapes[key]
        said, kind = record(change), formats.get(key, "html")
        old, new = _value(said.get("oldValue"), one, kind), _value(said.get("newValue"), one, kind)
        if old == new and (key == TAGS or one.type == "html"):
            continue
        yield Revision(id=text(row.get("rev")), at=at, actor=who, field=key, old=old, new=new)


def _value(given: object, one: Shape, kind: str) -> Value:
    """One side of a change; a value of an unknown form is told as its own text."""
    try:
        return portable(given, one, kind)
    except ValueError:
        return text(given) or None


def when(row: Json) -> datetime:
    """The time of an update: `revisedDate` is the end of its revision, so a field that changed tells it."""
    fields, ended = record(row.get("fields")), text(row.get("revisedDate"))
    told = (record(fields.get(name)).get("newValue") for name in ("System.ChangedDate", "System.AuthorizedDate"))
    return moment(next((one for one in told if one), "" if ended.startswith(NEVER) else ended))


def who_did(row: Json) -> Actor:
    """Who made an update."""
    changed = record(record(row.get("fields")).get("System.ChangedBy")).get("newValue")
    return actor(row.get("revisedBy") or changed)
