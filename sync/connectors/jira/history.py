"""Revisions out of Jira's change log: one per item of a history entry, with source time and actor."""

import re
from collections.abc import Callable, Mapping

from sync.connectors.jira import bodies
from sync.connectors.jira.answers import moment, record, records, text
from sync.connectors.jira.fields import OUR_LABEL, SYSTEM, Shape, travels
from sync.connectors.wire import Json
from sync.engine.types import Actor, Revision, Value

#: names that old entries (and Data Center) use where `fieldId` is missing
OLD_NAMES = {"component": "components", "issue type": "issuetype", "due date": "duedate"}
NOBODY = Actor(id="", name="Jira")
SHAPELESS = Shape("")


def actor(value: object) -> Actor:
    """A person of an answer; entries of automation and deleted people have none."""
    said = record(value)
    known = text(said.get("accountId")) or text(said.get("key")) or text(said.get("name"))
    return Actor(id=known, name=text(said.get("displayName")) or known) if known or said else NOBODY


def order(revision_id: str) -> tuple[int, int]:
    """A revision id as numbers, so that 9:0 comes before 10:0."""
    entry, _, item = revision_id.partition(":")
    return (int(entry) if entry.isdigit() else 0, int(item) if item.isdigit() else 0)


def revisions(entries: list[Json], shapes: Mapping[str, Shape], since: str | None) -> tuple[Revision, ...]:
    """All revisions of these history entries after revision id `since`, oldest first."""
    point = order(since) if since else (-1, 0)
    found = [one for entry in entries for one in _of(entry, shapes) if order(one.id) > point]
    return tuple(sorted(found, key=lambda one: order(one.id)))


def _of(entry: Json, shapes: Mapping[str, Shape]) -> list[Revision]:
    key = text(record(record(entry.get("historyMetadata")).get("extraData")).get("concord")) or None
    found = []
    for place, item in enumerate(records(entry.get("items"))):
        name = text(item.get("fieldId")) or text(item.get("field")).lower()
        name = OLD_NAMES.get(name, name)
        if not travels(name):
            continue
        shape = SYSTEM.get(name) or shapes.get(name, SHAPELESS)
        old, new = (_value(item, side, shape) for side in ("from", "to"))
        if name == "labels" and old == new:
            continue
        found.append(
            Revision(
                id=f"{text(entry.get('id'))}:{place}",
                at=moment(entry.get("created")),
                actor=actor(entry.get("author")),
                field=name,
                old=old,
                new=new,
                key=key,
            )
        )
    return found


def _value(item: Json, side: str, shape: Shape) -> Value:
    """One side of an item: names are in `fromString`, dates in `from`, rich text is wiki text."""
    shown = text(item.get(f"{side}String"))
    if shape.type in ("date", "datetime"):
        stored = text(item.get(side)) or shown
        if not stored:
            return None
        return stored[:10] if shape.type == "date" else _instant(stored)
    return _shown(shown, shape) if shown else None


def _shown(shown: str, shape: Shape) -> Value:
    if shape.rich:
        return bodies.markdown(shown) or None
    if shape.type == "array":
        return _names(shown, shape) or None
    return _number(shown) if shape.type == "number" else shown


def _names(shown: str, shape: Shape) -> tuple[str, ...]:
    """A list's names: labels are separated by spaces, options by commas; components come one an item."""
    if shape.items in ("component", "version"):
        return (shown,)
    parts = shown.split() if shape.items == "string" else re.split(r",\s*", shown)
    return tuple(sorted({one for one in parts if one and not OUR_LABEL.fullmatch(one)}))


def _number(shown: str) -> Value:
    return _else(shown, lambda: int(float(shown)) if float(shown).is_integer() else float(shown))


def _instant(stored: str) -> Value:
    return _else(stored, lambda: moment(stored.replace(" ", "T")).isoformat())


def _else(fallback: str, read: Callable[[], Value]) -> Value:
    """The value as read, or Jira's own text where a site writes it in a way that we do not know."""
    try:
        return read()
    except (ValueError, OverflowError):
        return fallback
