"""Everything known of a case, read when its lane is claimed."""

from collections.abc import Iterable
from typing import cast

from django.db.models import F, Max, Q

from portal.access import rls
from sync.engine.agreement import Link, SideName, Slot
from sync.engine.envelope import portable
from sync.engine.lineage import Roots
from sync.engine.merge import Base
from sync.engine.parts import Copy, KnownPart
from sync.engine.plan import Op
from sync.engine.types import PartKind
from sync.flow import agreements
from sync.flow.models.cases import Hold, Item, Part, PartCopy
from sync.flow.models.facts import Change, Envelope
from sync.flow.models.streams import Stream
from sync.flow.models.writes import Agreed, Intent
from sync.flow.ports import Bound, Gate, KnownChange, KnownHold, KnownIntent, KnownParked, State
from sync.triage.models import Parked

SHUT = {Stream.State.NEEDS_AUTH.value, Stream.State.PAUSED.value}


def state_of(case: int, companies: set[int]) -> tuple[State, set[int]]:
    """The state of one case, and its systems that are well. Widens `companies` to those of all its connections.

    Runs inside a worker transaction of the case: 1. the live connections of its items' systems, whose companies
    join the transaction; 2. everything else.
    """
    systems = set(Item.objects.filter(case_id=case).values_list("system_id", flat=True))
    connections = agreements.live_connections(systems)
    companies.update(company for _, group in connections for company in group)
    rls.enter(companies, role=rls.WORKER)
    last_seq = Max("changes__seq", default=0)
    rows = list(Item.objects.filter(case_id=case).order_by("id").annotate(last_seq=last_seq))
    links = agreements.links([number for number, _ in connections])
    items = [_bound(row, links) for row in rows]
    state = State(items, links)
    _bases(case, state)
    _parts(case, state)
    _changes(case, state)
    state.intents = list(_intents(case))
    well = _gates(case, state)
    for park in Parked.objects.filter(case_id=case):
        waits = park.state == Parked.State.OPEN.value
        skipped = park.state == Parked.State.SKIPPED.value
        state.parked[park.system_id, park.subject] = KnownParked(
            park.payload, park.attempts, waits or skipped, skipped
        )
    last = Envelope.objects.filter(case_id=case).order_by("connection_id", "side", "-no")
    for envelope in last.distinct("connection_id", "side"):
        key = (envelope.connection_id, cast(SideName, envelope.side))
        state.sealed[key] = (envelope.no, envelope.sha256, envelope.pk)
    return state, well


def reload(case: int, state: State) -> None:
    """Take in what came over from another case: places in the items' order, changes and parts."""
    rows = Item.objects.filter(case_id=case).annotate(last_seq=Max("changes__seq", default=0))
    places = {row.pk: (row.last_seq, row.last_revision) for row in rows}
    for bound in state.items:
        bound.seq, bound.last_revision = places[bound.id]
    state.changes.clear()
    _changes(case, state)
    _parts(case, state)


def _bound(row: Item, links: Iterable[Link]) -> Bound:
    kind = row.kind
    if not kind:
        slots = [end.slot for link in links for end in (link.a, link.b) if end.slot.system == row.system_id]
        kind = slots[0].kind if slots else ""
    bound = Bound(row.pk, Slot(row.system_id, kind), row.record, row.company_id, row.label, row.last_revision)
    bound.seq = getattr(row, "last_seq", 0)
    bound.gone = row.gone is not None
    return bound


def _bases(case: int, state: State) -> None:
    for row in Agreed.objects.filter(case_id=case):
        state.bases[row.connection_id, row.term] = Base(
            portable(row.value_a), portable(row.value_b), row.mark_a, row.mark_b, row.unproven, roots_of(row.roots)
        )


def _parts(case: int, state: State) -> None:
    for part in Part.objects.filter(case_id=case):
        state.parts[part.pk] = KnownPart(
            part.pk, PartKind(part.kind), part.system_id, part.company_id, part.remote_id, part.at, part.public
        )
    if state.parts:
        for copy in PartCopy.objects.filter(part_id__in=list(state.parts)):
            state.parts[copy.part_id].copies[copy.system_id] = Copy(copy.remote_id, copy.shown)


def path_fields(links: Iterable[Link]) -> set[str]:
    """Fields whose every value may be delivered: those bound to path terms."""
    return {
        line.field
        for link in links
        for end in (link.a, link.b)
        for line in end.rules.outgoing
        if line.term in link.terms and link.terms[line.term].path
    }


def _changes(case: int, state: State) -> None:
    """Open changes, those that ended in triage, and all changes of path fields."""
    wanted = Q(disposition__in=["", "parked"]) | Q(field__in=sorted(path_fields(state.links)))
    rows = Change.objects.filter(wanted, case_id=case).order_by("item_id", "seq")
    for row in rows.annotate(new=F("content__new")):
        state.changes.append(
            KnownChange(
                row.pk,
                row.item_id,
                row.field,
                row.seq,
                row.occurred,
                portable(row.new),
                not row.disposition,
                row.private,
                row.remote_id,
                row.disposition == "parked",
            )
        )


def _intents(case: int) -> Iterable[KnownIntent]:
    rows = Intent.objects.filter(case_id=case).filter(Q(state="open") | Q(state="done", proven=False))
    for row in rows.select_related("content").order_by("id"):
        yield known_intent(row, row.content.payload)


def known_intent(row: Intent, payload: dict[str, object]) -> KnownIntent:
    """A stored intent as the engine knows it."""
    bases = cast(dict[str, list[object]], payload.get("bases") or {})
    fields = cast(dict[str, object], payload.get("fields") or {})
    return KnownIntent(
        id=row.pk,
        link=row.connection_id,
        slot=Slot(row.system_id, str(payload.get("kind") or "")),
        op=cast(Op, row.op),
        subject=row.subject,
        key=row.key,
        at=row.at,
        lease_until=row.lease_until,
        fields={name: portable(value) for name, value in fields.items()},
        bases={term: base_of(values) for term, values in bases.items()},
        part=cast("int | None", payload.get("part")),
        name=str(payload.get("name") or ""),
        size=int(cast(int, payload.get("size") or 0)),
        shown=str(payload.get("shown") or ""),
        open=row.state == Intent.State.OPEN.value,
    )


def base_of(values: list[object]) -> Base:
    """A base from its stored list [a, b, mark_a, mark_b, unproven, roots]."""
    a, b, mark_a, mark_b, unproven, *roots = values
    marks = int(cast(int, mark_a)), int(cast(int, mark_b))
    return Base(portable(a), portable(b), *marks, str(unproven), roots_of(roots[0] if roots else []))


def roots_of(stored: object) -> Roots:
    """A lineage from its stored list of [name, number] pairs."""
    return tuple((str(name), int(number)) for name, number in cast(list[tuple[str, int]], stored or []))


def _gates(case: int, state: State) -> set[int]:
    for hold in Hold.objects.filter(case_id=case):
        state.holds[hold.system_id] = KnownHold(hold.until, hold.attempts, hold.code)
    systems = {end.slot.system for link in state.links for end in (link.a, link.b)}
    systems |= {bound.slot.system for bound in state.items}
    well = set()
    for stream in Stream.objects.filter(system_id__in=systems):
        if stream.state == Stream.State.OK.value and not stream.failures:
            well.add(stream.system_id)
        shut = stream.state in SHUT
        if shut or stream.retry_at is not None:
            state.gates[stream.system_id] = Gate(stream.retry_at, shut)
    return well
