"""Every change ends in exactly one disposition: decided at the end of a turn, over all links of the case."""

from sync.engine.agreement import Slot
from sync.engine.parts import PRIVATE
from sync.engine.types import PartKind
from sync.flow.ports import Bound, Disposition, KnownChange
from sync.flow.turn import Turn

#: strongest first: what several links say of one change
RANK = ("parked", "conflict-lost", "applied", "withheld", "superseded", "filtered")
PART_FIELDS = {kind.value for kind in PartKind}
OUTSIDE = "No connection's scope takes this item."
NO_LINE = "No outgoing rule names this field."
LATER = "A later change of the same field took its place."


def dispositions(work: Turn) -> list[Disposition]:
    """The ends of all open changes, but of those that still wait for a system."""
    ends: list[Disposition] = []
    for bound in work.state.items:
        if bound.slot not in work.items or _waits(work, bound.slot):
            continue
        for change in work.state.changes:
            if change.item == bound.id and change.open:
                name, cause = end_of(work, bound, change)
                if name:
                    ends.append(Disposition(change.id, name, cause[:200]))
                    change.open = False
    return ends


def _waits(work: Turn, slot: Slot) -> bool:
    """Whether a link of this item could not be worked on, so that its changes are not through yet."""
    for link in work.state.links:
        side = link.side_of(slot)
        if side is None:
            continue
        systems = {link.a.slot.system, link.b.slot.system}
        if systems & set(work.waiting) and slot in work.linked:
            return True
    return False


def end_of(work: Turn, bound: Bound, change: KnownChange) -> tuple[str, str]:
    """(disposition, cause) of one change; ("", "") while a link still has to speak."""
    if change.private or bound.slot not in work.linked:
        return "filtered", PRIVATE if change.private else OUTSIDE
    if change.field == "created":
        return "applied", ""
    if change.field in PART_FIELDS:
        return _part_end(work, bound, change)
    fates = work.fates.get((bound.slot, change.field))
    if not fates:
        return "filtered", NO_LINE
    best = min(fates, key=lambda fate: RANK.index(fate[0]))
    if best[0] == "applied" and _superseded(work, bound, change):
        return "superseded", LATER
    return best


def _superseded(work: Turn, bound: Bound, change: KnownChange) -> bool:
    """Whether a later change of a state (not of a path, where each value is delivered) took its place."""
    paths = {
        line.field
        for link in work.state.links
        if (side := link.side_of(bound.slot))
        for line in link.end(side).rules.outgoing
        if line.term in link.terms and link.terms[line.term].path
    }
    if change.field in paths:
        return False
    return any(
        other.item == change.item and other.field == change.field and other.seq > change.seq
        for other in work.state.changes
    )


def _part_end(work: Turn, bound: Bound, change: KnownChange) -> tuple[str, str]:
    remote_id = change.remote_id.split("@", 1)[0]
    for part in work.state.parts.values():
        copy = part.copies.get(bound.slot.system)
        if copy is not None and copy.remote_id == remote_id:
            fates = work.part_fates.get((bound.slot, part.id), [])
            if fates:
                return min(fates, key=lambda fate: RANK.index(fate[0]))
            return "applied", ""
    return "filtered", NO_LINE
