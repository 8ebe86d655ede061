"""The chain: observe, claim, outgoing, seal, incoming, plan, intend, apply, record. Knows all nine words."""

from collections import deque
from collections.abc import Generator, Iterator
from dataclasses import replace
from datetime import datetime

from governance.rulebook.rules import Gap, scope_of
from portal.core.errors import Missing, TrackerFault
from sync.engine.agreement import Link, SideName, Slot
from sync.engine.lineage import undecided
from sync.engine.outgoing import drafted
from sync.flow import birth, intents, links
from sync.flow.dispose import GONE, dispositions
from sync.flow.filtering import lets_out
from sync.flow.points import Point
from sync.flow.ports import Bound, Claim, FenceLost, KnownIntent, ToPark, World
from sync.flow.reading import observation, own_revisions, written
from sync.flow.turn import Turn, Waiting

#: how often one turn works on each link at most; what is left then is for the next turn
ROUNDS = 4


def turn(claim: Claim, world: World) -> Iterator[Point]:
    """Bring one case as far as it gets. Yields at each point where a crash must do no harm.

    1. the lane is claimed; 2. open intents are resolved on fresh reads, and 3. the reads are stored;
    4.-8. each link: envelopes are sealed, its writes promised, sent and recorded one by one, and read back;
    9. changes get their end, the lease is released.
    A lost fence ends the turn at once: somebody else holds the lane.
    """
    yield Point.CLAIMED
    try:
        work = Turn(claim, world, world.store.load(claim))
        work.loaded = len(work.state.items)
        yield from _read_all(work)
        if _adopted(work):
            return
        yield from _links(work)
        world.store.dispose(claim, dispositions(work))
        world.store.finish(claim, _again(work))
        yield Point.FINISHED
    except FenceLost:
        return


def _again(work: Turn) -> datetime | None:
    """When the lane is to be looked at again, if it is not clean."""
    if work.again:
        return work.now()
    return min([*work.waiting.values(), *work.state.rests.values()], default=None)


def _read_all(work: Turn) -> Iterator[Point]:
    """Read every item fresh, resolving what was promised to it first."""
    for bound in list(work.state.items):
        yield from _read(work, bound)
    for intent in [i for i in work.state.intents if i.open and work.state.item(i.slot) is None]:
        yield from _resolve_create(work, intent)


def _read(work: Turn, bound: Bound) -> Iterator[Point]:
    """One fresh read: resolve open intents on it, then store what it shows.

    An item that was gone is asked for too: it may have been hidden only. While the outcome of a write into it is not
    known, no link works with it.
    """
    work.items.pop(bound.slot, None)
    try:
        item = work.call(bound.slot, lambda tracker: tracker.read(bound.record, since=bound.last_revision or None))
    except Waiting:
        return
    except Missing as error:
        if not bound.gone:
            _missing(work, bound, error)
        return
    except TrackerFault as error:
        work.wait_for(bound.slot.system, error)
        return
    account = work.account(bound.slot)
    system = bound.slot.system
    evidence = intents.Evidence(
        account,
        item,
        {part.copies[system].remote_id for part in work.state.parts.values() if system in part.copies},
        own_revisions(item.revisions, written(work.state, bound), work.world.marker, account),
    )
    unsure = False
    for intent in [i for i in work.state.intents if i.open and i.slot == bound.slot]:
        found = intents.resolved(intent, evidence, work.connector(bound.slot), work.world)
        if isinstance(found, datetime):
            work.wait_for_outcome(system, found)
            unsure = True
        else:
            intent.bases = {term: replace(base, roots=undecided(base.roots)) for term, base in intent.bases.items()}
            work.world.store.settle(work.claim, intent, found, work.state)
            yield Point.RESOLVED
    seen = observation(bound, item, work.state, work.world.marker, account)
    work.world.store.observe(work.claim, seen, work.state)
    bound.gone = False
    if not unsure:
        work.items[bound.slot] = item
        work.fields[bound.slot] = dict(item.fields)
    yield Point.READ


def _resolve_create(work: Turn, intent: KnownIntent) -> Iterator[Point]:
    """A creation whose answer was lost: adopt the twin if it is there, forget it once it cannot come any more."""
    try:
        evidence = intents.Evidence(work.account(intent.slot))
        found = work.call(intent.slot, lambda tracker: intents.resolved(intent, evidence, tracker, work.world))
    except Waiting:
        return
    except TrackerFault as error:
        work.wait_for(intent.slot.system, error)
        return
    if isinstance(found, datetime):
        work.wait_for_outcome(intent.slot.system, found)
        return
    work.world.store.settle(work.claim, intent, found, work.state)
    yield Point.RESOLVED
    bound = work.state.item(intent.slot)
    if bound is not None:
        yield from _read(work, bound)


def _missing(work: Turn, bound: Bound, error: Missing) -> None:
    """An item counts as gone only after a second, later "missing": once may be a right that comes back."""
    hold = work.state.holds.get(bound.slot.system)
    if hold is not None and hold.code == error.code:
        work.world.store.gone(work.claim, bound)
        bound.gone = True
    else:
        work.wait_for(bound.slot.system, error)


def _adopted(work: Turn) -> bool:
    """A lone item that carries our marker belongs to its origin's case; where that has one already, it is a clone."""
    if len(work.state.items) != 1:
        return False
    bound = work.state.items[0]
    item = work.items.get(bound.slot)
    origin = work.world.marker.decode(item.key) if item is not None and item.key else None
    if origin is None or origin.target != bound.slot.system:
        return False
    work.clone = True
    return work.world.store.adopt(work.claim, bound, origin)


def _links(work: Turn) -> Iterator[Point]:
    """Work on every link, those first where people changed something, until nothing is new on any of them.

    What a link brought into an item is news for the item's other links: they are worked on again. A new twin may
    have links that this turn does not know: the next one does.
    """
    news = {
        bound.slot for bound in work.state.items if any(c.open and c.item == bound.id for c in work.state.changes)
    }
    waiting = deque(sorted(work.state.links, key=lambda link: not news & {link.a.slot, link.b.slot}))
    for _ in range(ROUNDS * len(waiting)):
        if not waiting:
            break
        link = waiting.popleft()
        before = {bound.slot for bound in work.state.items}
        yield from _link(work, link)
        fresh = work.wrote | {bound.slot for bound in work.state.items} - before
        edited: set[Slot] = set()
        for slot in sorted(work.wrote):
            if (yield from _confirm(work, slot)):
                edited.add(slot)
        for other in work.state.links:
            touched = {other.a.slot, other.b.slot}
            if other not in waiting and ((touched & fresh and other is not link) or touched & edited):
                waiting.append(other)
    work.again = bool(waiting) or len(work.state.items) > work.loaded


def _link(work: Turn, link: Link) -> Iterator[Point]:
    """One connection of the case: the birth of a twin if one is due, then both directions."""
    slots = [slot for slot in (link.a.slot, link.b.slot) if work.state.item(slot) is not None]
    if not slots:
        return
    if any(work.bound(slot) is None for slot in slots):
        work.outside.update(dict.fromkeys(slots, GONE))
        return
    if link.id in work.state.rests or any(slot not in work.items for slot in slots):
        work.linked.update(slots)
        return
    if len(slots) == 1:
        side: SideName = "a" if slots[0] == link.a.slot else "b"
        if not offered(work, link, side) or not lets_out(work, link, link.end(side)):
            return
        work.linked.add(slots[0])
        try:
            yield from birth.create(work, link, side)
        except Waiting:
            work.waiting.setdefault(link.other(side).slot.system, work.now())
        born = work.bound(link.other(side).slot)
        if born is None:
            return
        work.unborn.discard(slots[0])
        yield from _read(work, born)
        if born.slot not in work.items:
            return
    work.linked.update((link.a.slot, link.b.slot))
    yield from links.exchange(work, link)


def offered(work: Turn, link: Link, side: SideName) -> bool:
    """Whether this side's item is to have a twin.

    Its own scope holds, something of it may be read by the partner, the partner takes new items, and it is no
    clone of one of our copies. A scope whose expression says nothing for this item waits in triage.
    """
    mine, theirs = link.end(side), link.other(side)
    fields = work.fields[mine.slot]
    sends = bool(drafted(link, side, fields).values)
    if not sends or work.clone or not theirs.rules.accept:
        return False
    scope, key = scope_of(mine.rules, fields), (mine.slot.system, f"scope@{link.id}")
    known = work.state.parked.get(key)
    if isinstance(scope, Gap):
        work.unborn.add(mine.slot)
        work.linked.add(mine.slot)
        park = ToPark(mine.slot, mine.company, link.id, key[1], "no-scope", scope.sentence, "")
        work.world.store.park(work.claim, [park], [], work.state)
    elif known is not None and known.open:
        work.world.store.park(work.claim, [], [key], work.state)
    return scope is True


def _confirm(work: Turn, slot: Slot) -> Generator[Point, None, bool]:
    """Read back what was written: normalised values, and edits that our write overwrote.

    Its generator returns whether people changed something meanwhile.
    """
    work.wrote.discard(slot)
    bound = work.bound(slot)
    if bound is None:
        return False
    known = bound.seq
    yield from _read(work, bound)
    return any(c.item == bound.id and c.seq > known and c.open for c in work.state.changes)
