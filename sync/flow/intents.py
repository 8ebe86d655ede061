"""Open intents: was it written or not? Decided from fresh reads and markers, never from hope."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync.connectors.base import Connector
from sync.engine.merge import equal
from sync.engine.types import Item, PartKind
from sync.flow.ports import KnownIntent, Landed, World


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fresh read of the item that an intent was for, and what of it has another explanation already.

    `item` is None for a creation whose item nobody knows; `taken` are remote ids of other parts, `explained` (id,
    field) of revisions that our other writes made; `account` is ours in that tracker.
    """

    account: str
    item: Item | None = None
    taken: Set[str] = frozenset()
    explained: Set[tuple[str, str]] = frozenset()


def resolved(intent: KnownIntent, evidence: Evidence, connector: Connector, world: World) -> Landed | datetime | None:
    """What became of an open intent.

    Landed = it was applied; None = proven absent; a time = not known before then. 1. look for its trace: the
    marker on an item or part, the revision or the value of a field; 2. absent may be concluded only when no late
    request can arrive any more: after the lease under which it was sent, plus what the tracker needs to show it.
    """
    landed = trace(intent, evidence, connector)
    if landed is not None:
        return landed
    sure = sure_after(intent, connector, world)
    return None if world.clock() >= sure else sure


def sure_after(intent: KnownIntent, connector: Connector, world: World) -> datetime:
    """From when on "not found" proves that a write was not applied and never will be."""
    able = connector.capabilities
    lag = max(able.absent_after, able.list_lag) if intent.op == "create" else able.absent_after
    return intent.lease_until + timedelta(seconds=lag)


def trace(intent: KnownIntent, evidence: Evidence, connector: Connector) -> Landed | None:
    """Where an intent's write can be seen, or None.

    A creation is looked for on the item itself where a poll saw that before us, else by its marker.
    """
    item = evidence.item
    if intent.op == "create":
        return _twin_there(intent, item, connector)
    if item is None:
        return None
    if intent.op in ("fields", "move"):
        return Landed(item.record) if _fields_there(intent, item, evidence) else None
    if intent.op == "attach":
        return _file_there(intent, item, evidence)
    return _comment_there(intent, item)


def _twin_there(intent: KnownIntent, item: Item | None, connector: Connector) -> Landed | None:
    if item is not None:
        return Landed(item.record, item.label, item.url) if item.key == intent.key else None
    found = connector.find(intent.slot.kind, intent.key)
    return Landed(record=found[0]) if found else None


def _comment_there(intent: KnownIntent, item: Item) -> Landed | None:
    for part in item.parts:
        edited = intent.op == "edit" and part.id == intent.name and equal(part.body, intent.fields.get("body"))
        if (part.key == intent.key and part.kind is PartKind.COMMENT) or edited:
            return Landed(item.record, remote_part=part.id)
    return None


def _fields_there(intent: KnownIntent, item: Item, evidence: Evidence) -> bool:
    """Whether every field was written: by our marker, by a revision of our account with that value, or it stands.

    The account alone proves nothing, because people may work under it too.
    """
    if any(revision.key == intent.key for revision in item.revisions):
        return True
    ours = [
        r
        for r in item.revisions
        if r.actor.id == evidence.account and r.key is None and (r.id, r.field) not in evidence.explained
    ]
    return all(
        any(r.field == name and equal(r.new, value) for r in ours) or equal(item.fields.get(name), value)
        for name, value in intent.fields.items()
    )


def _file_there(intent: KnownIntent, item: Item, evidence: Evidence) -> Landed | None:
    for part in item.parts:
        if part.kind is not PartKind.ATTACHMENT or part.id in evidence.taken:
            continue
        mine = part.author.id == evidence.account and part.name == intent.name and part.size == intent.size
        if part.key == intent.key or (part.key is None and mine):
            return Landed(item.record, remote_part=part.id)
    return None
