"""Open intents: was it written or not? Decided from fresh reads and markers, never from hope."""

from collections.abc import Set
from datetime import datetime, timedelta

from sync.connectors.base import Connector
from sync.engine.merge import equal
from sync.engine.types import Item, PartKind
from sync.flow.ports import KnownIntent, Landed, World


def resolved(
    intent: KnownIntent, item: Item | None, connector: Connector, world: World, account: str, taken: Set[str]
) -> Landed | datetime | None:
    """What became of an open intent.

    Landed = it was applied; None = proven absent; a time = not known before then. 1. look for its trace: the
    marker on an item or part, the revision or the value of a field; 2. absent may be concluded only when no late
    request can arrive any more: after the lease under which it was sent, plus what the tracker needs to show it.
    """
    landed = trace(intent, item, connector, account, taken)
    if landed is not None:
        return landed
    sure = sure_after(intent, connector, world)
    return None if world.clock() >= sure else sure


def sure_after(intent: KnownIntent, connector: Connector, world: World) -> datetime:
    """From when on "not found" proves that a write was not applied and never will be."""
    able = connector.capabilities
    lag = max(able.absent_after, able.list_lag) if intent.op == "create" else able.absent_after
    return intent.lease_until + timedelta(seconds=lag)


def trace(
    intent: KnownIntent, item: Item | None, connector: Connector, account: str, taken: Set[str]
) -> Landed | None:
    """Where an intent's write can be seen, or None; `taken` are remote ids that belong to other parts."""
    if intent.op == "create":
        found = connector.find(intent.slot.kind, intent.key)
        return Landed(record=found[0]) if found else None
    if item is None:
        return None
    if intent.op in ("fields", "move"):
        return Landed(item.record) if _fields_there(intent, item, account) else None
    if intent.op == "attach":
        return _file_there(intent, item, account, taken)
    for part in item.parts:
        edited = intent.op == "edit" and part.id == intent.name and equal(part.body, intent.fields.get("body"))
        if (part.key == intent.key and part.kind is PartKind.COMMENT) or edited:
            return Landed(item.record, remote_part=part.id)
    return None


def _fields_there(intent: KnownIntent, item: Item, account: str) -> bool:
    """Whether every field was written: by our marker, by a revision of our account since, or it stands."""
    if any(revision.key == intent.key for revision in item.revisions):
        return True
    for name, value in intent.fields.items():
        by_us = any(r.field == name and r.actor.id == account and equal(r.new, value) for r in item.revisions)
        if not by_us and not equal(item.fields.get(name), value):
            return False
    return True


def _file_there(intent: KnownIntent, item: Item, account: str, taken: Set[str]) -> Landed | None:
    for part in item.parts:
        if part.kind is not PartKind.ATTACHMENT or part.id in taken:
            continue
        mine = part.author.id == account and part.name == intent.name and part.size == intent.size
        if part.key == intent.key or (part.key is None and mine):
            return Landed(item.record, remote_part=part.id)
    return None
