"""The birth of a twin: an item that is offered and taken in gets its mirror on the other side."""

from collections.abc import Iterator
from dataclasses import replace

from governance.rulebook.rules import Gap
from sync.engine.agreement import Link, SideName, opposite
from sync.engine.envelope import drawn
from sync.engine.incoming import incoming_line, wanted
from sync.engine.merge import Base
from sync.engine.outgoing import expressed
from sync.engine.plan import Planned, View, based
from sync.engine.types import SetFields, Value
from sync.flow.links import view_of
from sync.flow.points import Point
from sync.flow.turn import Turn, Waiting
from sync.flow.writing import fingerprint, may_send, promised, sent


def create(work: Turn, link: Link, side: SideName) -> Iterator[Point]:
    """Give this side's item a twin on the other side.

    1. everything that may be set at birth is brought into the receiver's words; what waits in triage unchanged
    is not tried again; 2. no second creation is promised while the first one's outcome is not known; 3. seal,
    promise, send and record as for every write; the bases of what was set at birth come with it.
    """
    theirs = link.other(side)
    view = view_of(work, link, side, {})
    step = planned_twin(link, side, view)
    fields = step.step.fields if isinstance(step.step, SetFields) else {}
    parked = work.state.parked.get((theirs.slot.system, step.subject))
    if parked is not None and parked.open and parked.payload == fingerprint(step):
        work.note_step(link, side, step, "parked", "The creation of the twin waits in triage.")
        return
    if any(i.open and i.slot == theirs.slot for i in work.state.intents) or not work.open_to(theirs.slot.system):
        raise Waiting
    envelope = work.world.store.seal(work.claim, link, drawn(link, side, view, []), view.draft.withheld, work.state)
    yield Point.SEALED
    intent = work.world.store.intend(work.claim, promised(work, link, side, step, envelope))
    yield Point.INTENDED
    if not may_send(work):
        work.world.store.fail(work.claim, intent)
        raise Waiting
    yield Point.SENDING
    landed = yield from sent(
        work, link, side, step, intent, lambda tracker: tracker.create(theirs.slot.kind, fields, intent.key)
    )
    if landed is not None and parked is not None and parked.open:
        work.world.store.park(work.claim, [], [(theirs.slot.system, step.subject)], work.state)
    yield Point.PART_DONE


def planned_twin(link: Link, side: SideName, view: View) -> Planned:
    """The creation: the receiver's fixed values, then every term that is a state and can be brought over."""
    theirs = link.other(side)
    fields: dict[str, Value] = dict(theirs.rules.fixed)
    set_terms: list[str] = []
    for term, value in view.draft.values.items():
        line = incoming_line(link, side, term)
        if line is None or link.terms[term].path or value is None:
            continue
        what = wanted(line, value)
        if not isinstance(what, Gap):
            fields[line.field] = what.value
            set_terms.append(term)
    bases = {term: _base(link, side, term, view, fields) for term in set_terms}
    return Planned("create", f"create@{link.id}", SetFields(fields), bases=bases)


def _base(link: Link, side: SideName, term: str, view: View, fields: dict[str, Value]) -> Base:
    said = expressed(link.other(side).rules, term, fields)
    line = link.end(side).rules.out(term)
    base = based(
        Base(roots=view.contains(line.field if line else "")),
        side,
        view.draft.values[term],
        None if isinstance(said, Gap) else said,
    )
    return replace(base, unproven=opposite(side))
