"""The chain: observe, claim, outgoing, seal, incoming, plan, intend, apply, record. Knows all nine words."""

from collections.abc import Iterator
from datetime import datetime

from governance.rulebook.rules import is_in_scope
from portal.core.errors import Missing, TrackerFault
from sync.engine.agreement import Link, SideName, Slot
from sync.engine.outgoing import drafted
from sync.flow import intents, links, writing
from sync.flow.dispose import dispositions
from sync.flow.points import Point
from sync.flow.ports import Bound, Claim, FenceLost, KnownIntent, World
from sync.flow.reading import observation
from sync.flow.turn import Turn, Waiting


def turn(claim: Claim, world: World) -> Iterator[Point]:
    """Bring one case as far as it gets. Yields at each point where a crash must do no harm.

    1. the lane is claimed; 2. open intents are resolved on fresh reads, and 3. the reads are stored;
    4.-8. each link: envelopes are sealed, and its writes promised, sent and recorded one by one;
    9. what was written is read back, changes get their end, the lease is released.
    A lost fence ends the turn at once: somebody else holds the lane.
    """
    yield Point.CLAIMED
    try:
        work = Turn(claim, world, world.store.load(claim))
        yield from _read_all(work)
        if _adopted(work):
            return
        for link in work.state.links:
            yield from _link(work, link)
            for slot in sorted(work.wrote):
                yield from _confirm(work, slot)
        world.store.dispose(claim, dispositions(work))
        world.store.finish(claim, _again(work))
        yield Point.FINISHED
    except FenceLost:
        return


def _again(work: Turn) -> datetime | None:
    """When the lane is to be looked at again, if it is not clean."""
    if work.again:
        return work.now()
    return min(work.waiting.values(), default=None)


def _read_all(work: Turn) -> Iterator[Point]:
    """Read every item fresh, resolving what was promised to it first."""
    for bound in list(work.state.items):
        if not bound.gone:
            yield from _read(work, bound)
    for intent in [i for i in work.state.intents if i.open and work.state.item(i.slot) is None]:
        yield from _resolve_create(work, intent)


def _read(work: Turn, bound: Bound) -> Iterator[Point]:
    """One fresh read: resolve open intents on it, then store what it shows."""
    try:
        item = work.call(bound.slot, lambda tracker: tracker.read(bound.record, since=bound.last_revision or None))
    except Waiting:
        return
    except Missing as error:
        _missing(work, bound, error)
        return
    except TrackerFault as error:
        work.wait_for(bound.slot.system, error)
        return
    account = work.account(bound.slot)
    taken = {
        part.copies[bound.slot.system].remote_id
        for part in work.state.parts.values()
        if bound.slot.system in part.copies
    }
    for intent in [i for i in work.state.intents if i.open and i.slot == bound.slot]:
        found = intents.resolved(intent, item, work.connector(bound.slot), work.world, account, taken)
        if isinstance(found, datetime):
            work.wait_until(bound.slot.system, found, "outcome-unknown")
        else:
            work.world.store.settle(work.claim, intent, found, work.state)
            yield Point.RESOLVED
    seen = observation(bound, item, work.state, work.world.marker, account)
    work.world.store.observe(work.claim, seen, work.state)
    work.items[bound.slot] = item
    work.fields[bound.slot] = dict(item.fields)
    yield Point.READ


def _resolve_create(work: Turn, intent: KnownIntent) -> Iterator[Point]:
    """A creation whose answer was lost: adopt the twin if it is there, forget it once it cannot come any more."""
    try:
        found = work.call(
            intent.slot,
            lambda tracker: intents.resolved(intent, None, tracker, work.world, work.account(intent.slot), set()),
        )
    except Waiting:
        return
    except TrackerFault as error:
        work.wait_for(intent.slot.system, error)
        return
    if isinstance(found, datetime):
        work.wait_until(intent.slot.system, found, "outcome-unknown")
        return
    work.world.store.settle(work.claim, intent, found, work.state)
    yield Point.RESOLVED
    bound = work.state.item(intent.slot)
    if bound is not None:
        yield from _read(work, bound)


def _missing(work: Turn, bound: Bound, error: Missing) -> None:
    """An item counts as gone only after a second, later "missing": once may be a right that comes back."""
    hold = work.state.holds.get(bound.slot.system)
    if hold is not None and hold.attempts >= 1:
        work.world.store.gone(work.claim, bound)
        bound.gone = True
    else:
        work.wait_for(bound.slot.system, error)


def _adopted(work: Turn) -> bool:
    """A lone item that carries our marker belongs to its origin's case."""
    if len(work.state.items) != 1:
        return False
    bound = work.state.items[0]
    item = work.items.get(bound.slot)
    origin = work.world.marker.decode(item.key) if item is not None and item.key else None
    if origin is None or origin.target != bound.slot.system or origin.record == bound.record:
        return False
    return work.world.store.adopt(work.claim, bound, origin)


def _link(work: Turn, link: Link) -> Iterator[Point]:
    """One connection of the case: the birth of a twin if one is due, then both directions."""
    pair = [work.bound(link.a.slot), work.bound(link.b.slot)]
    if any(work.state.item(end.slot) is not None and work.bound(end.slot) is None for end in (link.a, link.b)):
        return
    if not any(pair):
        return
    slots = [end.slot for end, bound in ((link.a, pair[0]), (link.b, pair[1])) if bound is not None]
    if any(slot not in work.items for slot in slots):
        work.linked.update(slots)
        return
    if not all(pair):
        side: SideName = "a" if pair[0] else "b"
        if not offered(work, link, side):
            return
        try:
            yield from writing.create(work, link, side)
        except Waiting:
            work.waiting.setdefault(link.other(side).slot.system, work.now())
        born = work.bound(link.other(side).slot)
        work.linked.add(link.end(side).slot)
        if born is None:
            return
        yield from _read(work, born)
        if born.slot not in work.items:
            return
    work.linked.update((link.a.slot, link.b.slot))
    yield from links.exchange(work, link)


def offered(work: Turn, link: Link, side: SideName) -> bool:
    """Whether this side's item is to have a twin: its own scope holds, and the partner takes new items."""
    mine, theirs = link.end(side), link.other(side)
    fields = work.fields[mine.slot]
    sends = bool(drafted(link, side, fields).values)
    return sends and is_in_scope(mine.rules, fields) and theirs.rules.accept


def _confirm(work: Turn, slot: Slot) -> Iterator[Point]:
    """Read back what was written: normalised values, and edits that our write overwrote."""
    work.wrote.discard(slot)
    bound = work.bound(slot)
    if bound is None:
        return
    known = bound.seq
    yield from _read(work, bound)
    news = any(c.item == bound.id and c.seq > known and c.open for c in work.state.changes)
    work.again = work.again or news or slot.system in work.waiting
