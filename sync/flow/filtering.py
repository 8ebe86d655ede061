"""Whether a side's filter, a query in its tracker's own language, lets an item out: the tracker itself is asked."""

from datetime import timedelta

from portal.core.errors import Missing, Rejected
from sync.connectors.base import Searcher
from sync.engine.agreement import End, Link
from sync.flow.ports import ToPark
from sync.flow.turn import Turn, Waiting

NOT_FOUND = "Not offered: the filter of your rulebook does not find this item."
#: how long an item waits that its tracker's index may not know yet: as long as it stood still, within these
SOONEST, LATEST = timedelta(seconds=5), timedelta(minutes=10)


def lets_out(work: Turn, link: Link, mine: End) -> bool:
    """Whether the filter finds this side's unlinked item. No filter lets everything out; linked items never ask.

    1. an item that the index may not know yet rests, and its changes stay open; 2. a filter that the tracker takes
    no longer parks the item for the rulebook's owner; 3. an item that is not found is not offered, and its changes
    say so.
    """
    query, item = mine.rules.filter, work.items[mine.slot]
    key = (mine.slot.system, f"filter@{link.id}")
    if not query:
        solve(work, key)
        return True
    try:
        told = work.call(mine.slot, lambda tracker: searcher(tracker).matching(query, (item,), now=work.now()))
    except Waiting:
        work.linked.add(mine.slot)
        return False
    except (Rejected, Missing) as error:
        work.unborn.add(mine.slot)
        work.linked.add(mine.slot)
        park = ToPark(mine.slot, mine.company, link.id, key[1], "filter-refused", error.sentence, "")
        work.world.store.park(work.claim, [park], [], work.state)
        return False
    solve(work, key)
    if item.record in told.unsure:
        still = min(max(work.now() - item.updated_at, SOONEST), LATEST)
        work.state.rests[link.id] = work.now() + still
        work.linked.add(mine.slot)
        return False
    if item.record not in told.found:
        work.outside[mine.slot] = NOT_FOUND
    return item.record in told.found


def searcher(tracker: object) -> Searcher:
    """A tracker that has a query language. Raises Rejected for one that has none."""
    if not isinstance(tracker, Searcher):
        raise Rejected(
            "This tracker has no query language, so a rulebook of it can have no filter. Remove the filter."
        )
    return tracker


def solve(work: Turn, key: tuple[int, str]) -> None:
    """Close what was parked because of the filter."""
    known = work.state.parked.get(key)
    if known is not None and known.open:
        work.world.store.park(work.claim, [], [key], work.state)
