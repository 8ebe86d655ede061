"""Intend, apply, record: every remote write is promised before it is sent and recorded after."""

import hashlib
import json
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

from governance.rulebook.rules import Gap
from portal.core.errors import Reaction, TrackerFault, Unavailable
from sync.connectors.base import Connector, Content
from sync.engine.agreement import Link, SideName
from sync.engine.envelope import plain
from sync.engine.merge import Base
from sync.engine.outgoing import expressed
from sync.engine.plan import Planned, based
from sync.engine.types import AddComment, Attach, EditComment, Fields, Move, SetFields, Written
from sync.flow.intents import sure_after
from sync.flow.points import Point
from sync.flow.ports import KnownIntent, Landed, Origin, Promise, ToPark
from sync.flow.turn import Turn, Waiting

#: what the sender is told; the tracker's own sentence goes to the company whose tracker it is
REFUSED = "The other side's tracker refused it; its owner was asked to act."
SKIPPED = ("filtered", "A person skipped it in triage.")


def write_all(
    work: Turn, link: Link, side: SideName, steps: Sequence[Planned], envelope: int | None
) -> Iterator[Point]:
    """Write the steps of one direction in order.

    A refused part blocks the later parts of its kind, a refused path value the later ones of its term: order is
    kept. Everything else goes on.
    """
    blocked: set[str] = set()
    for step in steps:
        lane = step.op if step.part is not None else step.subject
        if lane in blocked:
            work.note_step(link, side, step, "parked", "It waits behind an earlier one.")
            continue
        written = yield from write(work, link, side, step, envelope)
        if not written:
            blocked.add(lane)


def write(
    work: Turn, link: Link, side: SideName, step: Planned, envelope: int | None
) -> Generator[Point, None, bool]:
    """One write. Its generator returns whether it was applied."""
    target = link.other(side)
    bound = work.bound(target.slot)
    payload = fingerprint(step)
    parked = work.state.parked.get((target.slot.system, step.subject))
    if parked is not None and parked.open and parked.payload == payload:
        if parked.skipped:
            _skip(work, link, side, step)
        else:
            work.note_step(link, side, step, "parked", "It waits in triage.")
        return parked.skipped
    if bound is None or not work.open_to(target.slot.system):
        raise Waiting
    promise = promised(work, link, side, step, envelope)
    intent = work.world.store.intend(work.claim, promise)
    yield Point.INTENDED
    if not may_send(work):
        work.world.store.fail(work.claim, intent)
        raise Waiting
    yield Point.SENDING
    content = _content(work, link, side, step)

    def send(tracker: Connector) -> Written:
        return tracker.apply(bound.record, step.step, intent.key, content)

    landed = yield from sent(work, link, side, step, intent, send)
    if landed is None:
        return False
    if step.op in ("fields", "move"):
        work.fields[target.slot] = {**work.fields[target.slot], **intent.fields}
    if step.op in ("fields", "move") or any(one.side_of(target.slot) for one in work.state.links if one != link):
        work.wrote.add(target.slot)
    if parked is not None and parked.open:
        work.world.store.park(work.claim, [], [(target.slot.system, step.subject)], work.state)
    if step.part is not None:
        work.note_part(link, side, step.part, ("applied", ""))
    yield Point.PART_DONE
    return True


def may_send(work: Turn) -> bool:
    """Only while the lease outlives the request and its late application (docs/engine.md)."""
    timing = work.world.timing
    return work.claim.lease_until - work.now() >= timing.request + timing.late


def sent(
    work: Turn,
    link: Link,
    side: SideName,
    step: Planned,
    intent: KnownIntent,
    send: Callable[[Connector], Written],
) -> Generator[Point, None, Landed | None]:
    """Send, and record what came back. Returns None when the tracker refused for good; raises Waiting else."""
    target = link.other(side)
    try:
        written = send(work.connector(target.slot))
    except TrackerFault as error:
        _failed(work, link, side, step, intent, error)
        return None
    yield Point.SENT
    landed = Landed(written.record, written.label, written.url, written.part, written.sha256 or "")
    work.world.store.settle(work.claim, intent, landed, work.state)
    work.world.store.gate(target.slot.system, None, work.now())
    return landed


def _failed(work: Turn, link: Link, side: SideName, step: Planned, intent: KnownIntent, error: TrackerFault) -> None:
    """After a fault: what is known not to be applied is closed; what may be applied stays open until proven.

    Until then nobody knows how the item stands: no link takes anything out of it or brings anything in.
    """
    target = link.other(side)
    if isinstance(error, Unavailable) and error.sent:
        work.world.store.gate(target.slot.system, error, work.now())
        work.items.pop(target.slot, None)
        work.wait_for_outcome(target.slot.system, sure_after(intent, work.connector(target.slot), work.world))
        raise Waiting from error
    work.world.store.fail(work.claim, intent)
    if error.reaction is not Reaction.PARK:
        work.wait_for(target.slot.system, error)
        raise Waiting from error
    work.note_step(link, side, step, "parked", REFUSED)
    park = ToPark(target.slot, target.company, link.id, step.subject, error.code, error.sentence, fingerprint(step))
    work.world.store.park(work.claim, [park], [], work.state)


def promised(work: Turn, link: Link, side: SideName, step: Planned, envelope: int | None) -> Promise:
    """Everything that the write's recovery needs, and the marker that its trace will carry.

    A part's marker names its origin, so that it says the same on every try; a field's is new for each write, so
    that the trace of one is never taken for that of another.
    """
    mine, target = link.end(side), link.other(side)
    source, bound = work.bound(mine.slot), work.bound(target.slot)
    origin = Origin(mine.slot.system, source.record if source else "", "", target.slot.system)
    promise = Promise(
        link=link.id,
        side=target.side,
        slot=target.slot,
        company=target.company,
        op=step.op,
        subject=step.subject,
        key="",
        rule_version=target.rule_version,
        payload=fields_of(step),
        before=step.before,
        bases=step.bases,
        envelope=envelope,
        read_version=bound.last_revision if bound else "",
        part=step.part,
    )
    if step.part is not None:
        part = work.state.parts[step.part]
        edit = step.subject if step.op == "edit" else ""
        origin = Origin(part.system, edit, part.remote_id, target.slot.system)
        if isinstance(step.step, Attach):
            promise.name, promise.size = step.step.name, step.step.size
        elif isinstance(step.step, EditComment):
            promise.name = step.step.part
        promise.shown = step.version
    elif step.op != "create":
        work.promised += 1
        unique = f"{step.subject}#{work.claim.fence}.{work.promised}"
        origin = Origin(origin.system, origin.record, unique, origin.target)
    promise.key = work.world.marker.encode(origin)
    return promise


def _skip(work: Turn, link: Link, side: SideName, step: Planned) -> None:
    """A person decided not to write this: the base moves on as if both sides agreed on how they stand."""
    target = link.other(side)
    if step.part is not None:
        work.note_part(link, side, step.part, SKIPPED)
        return
    bases: dict[tuple[int, str], Base] = {}
    for term, base in step.bases.items():
        stands = expressed(target.rules, term, work.fields[target.slot])
        sent = base.a if side == "a" else base.b
        bases[link.id, term] = replace(
            based(base, side, sent, None if isinstance(stands, Gap) else stands), unproven=""
        )
        line = link.end(side).rules.out(term)
        if line is not None:
            work.note(link, side, line.field, SKIPPED)
    work.world.store.agree(work.claim, bases, [], work.state)


def _content(work: Turn, link: Link, side: SideName, step: Planned) -> Content | None:
    """The stream of an attachment's bytes out of the sender's system."""
    if not isinstance(step.step, Attach) or step.part is None:
        return None
    slot = link.end(side).slot
    bound, copy = work.bound(slot), work.state.parts[step.part].copies[slot.system]
    record = bound.record if bound else ""

    def opened() -> AbstractContextManager[Iterator[bytes]]:
        return work.connector(slot).attachment(record, copy.remote_id)

    return opened


def fields_of(step: Planned) -> Fields:
    """The field values that a step writes, as its recovery looks for them."""
    match step.step:
        case SetFields(fields):
            return dict(fields)
        case Move(name, value):
            return {name: value}
        case EditComment(_, body):
            return {"body": body}
        case _:
            return {}


def fingerprint(step: Planned) -> str:
    """Hash of what a step would write: a new value is tried again by itself, the same one is not."""
    match step.step:
        case AddComment(body) | EditComment(_, body):
            what: object = body
        case Attach(name, _, size):
            what = [name, size]
        case _:
            what = {name: plain(value) for name, value in fields_of(step).items()}
    return hashlib.sha256(json.dumps(what, sort_keys=True, default=str).encode()).hexdigest()
