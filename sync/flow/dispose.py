"""Every change ends in exactly one disposition: decided at the end of a turn, over all links of the case."""

from sync.engine.agreement import Link, SideName, Slot
from sync.engine.incoming import flows
from sync.engine.parts import PRIVATE
from sync.engine.types import PartKind
from sync.flow.ports import Bound, Disposition, KnownChange
from sync.flow.turn import Turn

#: strongest first: what several links say of one change
RANK = ("parked", "conflict-lost", "applied", "withheld", "superseded", "filtered")
PART_FIELDS = {kind.value for kind in PartKind}
OUTSIDE = "No connection's scope takes this item."
HERE_GONE = "The item was deleted, or hidden from Concord."
GONE = "The item on the other side is gone."
CLONE = "It is a clone of an item that Concord made."
NO_LINE = "No outgoing rule names this field."
LATER = "A later change of the same field took its place."
UNBORN = "The creation of its twin waits in triage."


def dispositions(work: Turn) -> list[Disposition]:
    """The ends of all open changes, but of those that still wait for a system.

    What was parked ends anew once it could go on.
    """
    ends: list[Disposition] = []
    for bound in work.state.items:
        if not bound.gone and (bound.slot not in work.items or _waits(work, bound.slot)):
            continue
        for change in work.state.changes:
            if change.item == bound.id and (change.open or change.parked):
                name, cause = end_of(work, bound, change)
                if change.open or name != "parked":
                    ends.append(Disposition(change.id, name, cause[:200]))
                    change.open, change.parked = False, name == "parked"
    return ends


def _waits(work: Turn, slot: Slot) -> bool:
    """Whether a link of this item could not be worked on, so that its changes are not through yet."""
    if slot not in work.linked:
        return False
    own = [link for link in work.state.links if link.side_of(slot)]
    ends = [{link.a.slot.system, link.b.slot.system} for link in own]
    resting = any(link.id in work.state.rests for link in own)
    return work.again or resting or any(systems & set(work.waiting) for systems in ends)


def end_of(work: Turn, bound: Bound, change: KnownChange) -> tuple[str, str]:
    """(disposition, cause) of one change."""
    if change.private:
        return "filtered", PRIVATE
    if bound.gone or bound.slot not in work.linked:
        return "filtered", HERE_GONE if bound.gone else CLONE if work.clone else work.outside.get(bound.slot, OUTSIDE)
    if change.field in PART_FIELDS or change.field == "created":
        return ("parked", UNBORN) if bound.slot in work.unborn else _part_end(work, bound, change)
    fates = work.fates.get((bound.slot, change.field))
    if not fates:
        return "filtered", NO_LINE
    best = min(fates, key=lambda fate: RANK.index(fate[0]))
    if best[0] == "parked" and _delivered(work, bound, change):
        return "applied", ""
    return ("superseded", LATER) if best[0] == "applied" and _superseded(work, bound, change) else best


def _paths(work: Turn, bound: Bound, name: str) -> list[tuple[Link, SideName, str]]:
    """(link, side, term) of every path term that carries one field of an item away."""
    return [
        (link, side, line.term)
        for link in work.state.links
        if (side := link.side_of(bound.slot))
        for line in link.end(side).rules.outgoing
        if line.field == name and flows(link, side, line.term) and link.terms[line.term].path
    ]


def _delivered(work: Turn, bound: Bound, change: KnownChange) -> bool:
    """Whether a value of a path went through everywhere, though a later one of the same field is parked."""
    marks = []
    for link, side, term in _paths(work, bound, change.field):
        base = work.state.bases.get((link.id, term))
        marks.append(0 if base is None else base.mark_a if side == "a" else base.mark_b)
    return bool(marks) and change.seq <= min(marks)


def _superseded(work: Turn, bound: Bound, change: KnownChange) -> bool:
    """Whether a later change of a state (not of a path, where each value is delivered) took its place."""
    if _paths(work, bound, change.field):
        return False
    return any(
        other.item == change.item and other.field == change.field and other.seq > change.seq
        for other in work.state.changes
    )


def _part_end(work: Turn, bound: Bound, change: KnownChange) -> tuple[str, str]:
    if change.field == "created":
        return "applied", ""
    remote_id = change.remote_id.split("@", 1)[0]
    for part in work.state.parts.values():
        copy = part.copies.get(bound.slot.system)
        if copy is not None and copy.remote_id == remote_id:
            fates = work.part_fates.get((bound.slot, part.id), [])
            if fates:
                return min(fates, key=lambda fate: RANK.index(fate[0]))
            return "applied", ""
    return "filtered", NO_LINE
