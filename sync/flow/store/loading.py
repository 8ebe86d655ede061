"""Everything known of a case, read when its lane is claimed."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple, cast

from governance.register.timing import rests_until
from portal.access import rls
from portal.core import clock
from sync.engine.agreement import Link, Slot
from sync.engine.envelope import portable
from sync.engine.lineage import Roots
from sync.engine.merge import Base
from sync.engine.parts import Copy, KnownPart
from sync.engine.plan import Op
from sync.engine.types import PartKind
from sync.flow import agreements
from sync.flow.connecting import Registered
from sync.flow.models.streams import Stream
from sync.flow.models.writes import Intent
from sync.flow.ports import Bound, FenceLost, Gate, KnownChange, KnownHold, KnownIntent, KnownParked, State
from sync.flow.store.gathering import HISTORY, STATE, Row, gathered, moment
from sync.triage.models import Parked

#: how soon a case looks again whether its paused connection was resumed
PAUSED = timedelta(seconds=60)
SHUT = {Stream.State.NEEDS_AUTH.value, Stream.State.PAUSED.value}


class Loaded(NamedTuple):
    """A case's state, those of its systems that are well, and what the register says of its links' systems."""

    state: State
    well: set[int]
    registered: dict[int, Registered]


def state_of(case: int, companies: set[int], seq: int | None) -> Loaded:
    """What a turn begins with. Widens `companies` to those of all connections of the case.

    Runs inside a worker transaction of the case, whose lane stood at `seq`: 1. the connections of its items' systems,
    whose companies join the transaction; 2. everything else, in one statement; 3. both again, if a hint came in
    between: an item may have come over with it whose connections are not known yet.
    """
    while True:
        running = agreements.of_case(case)
        wider = {company for one in running for company in one.companies} - companies
        if wider:
            companies |= wider
            rls.enter(companies, role=rls.WORKER)
            running = agreements.of_case(case)
        links = agreements.links(running)
        systems = {end.slot.system for link in links for end in (link.a, link.b)}
        found = gathered(STATE, case, systems=systems, fields=path_fields(links))
        before, seq = seq, next((row["dirty_seq"] for row in found["lane"]), None)
        if seq is None:
            raise FenceLost
        if seq == before:
            return _loaded(found, running, links)


def _loaded(found: Mapping[str, list[Row]], running: Iterable[agreements.Running], links: list[Link]) -> Loaded:
    state = State([_bound(row, links) for row in found["items"]], links)
    for row in found["bases"]:
        marks = row["mark_a"], row["mark_b"]
        values = portable(row["value_a"]), portable(row["value_b"])
        base = Base(*values, *marks, row["unproven"], roots_of(row["roots"]))
        state.bases[row["connection_id"], row["term"]] = base
    _take_history(found, state)
    state.intents = [_promised(row) for row in found["intents"]]
    _take_parked(found["parked"], state)
    for row in found["sealed"]:
        state.sealed[row["connection_id"], row["side"]] = (row["no"], row["sha256"], row["id"])
    well = _gates(found, state)
    state.rests = rests_of(running)
    known = {row["system"]: Registered(**row) for row in found["registered"]}
    return Loaded(state, well, known)


def rests_of(connections: Iterable[agreements.Running]) -> dict[int, datetime]:
    """Until when each connection rests that exchanges nothing now: paused, or not its integration's time."""
    now, rests = clock.now(), {}
    for one in connections:
        until = now + PAUSED if one.paused else rests_until(one.mode, one.minutes, one.demanded, now)
        if until is not None:
            rests[one.id] = until
    return rests


def reload(case: int, state: State) -> None:
    """Take in what came over from another case: places in the items' order, changes and parts."""
    found = gathered(HISTORY, case, fields=path_fields(state.links))
    places = {row["id"]: (row["last_seq"], row["last_revision"]) for row in found["items"]}
    for bound in state.items:
        bound.seq, bound.last_revision = places[bound.id]
    state.changes.clear()
    _take_history(found, state)


def _take_history(found: Mapping[str, list[Row]], state: State) -> None:
    for row in found["parts"]:
        kind, at = PartKind(row["kind"]), moment(row["at"])
        state.parts[row["id"]] = KnownPart(
            row["id"], kind, row["system_id"], row["company_id"], row["remote_id"], at, row["public"]
        )
    for row in found["copies"]:
        state.parts[row["part_id"]].copies[row["system_id"]] = Copy(row["remote_id"], row["shown"])
    for row in found["changes"]:
        state.changes.append(
            KnownChange(
                *(row["id"], row["item_id"], row["field"], row["seq"]),
                moment(row["occurred"]),
                portable(row["new"]),
                not row["disposition"],
                row["private"],
                row["remote_id"],
                row["disposition"] == "parked",
            )
        )


def _take_parked(rows: Iterable[Row], state: State) -> None:
    for row in rows:
        waits = row["state"] == Parked.State.OPEN.value
        skipped = row["state"] == Parked.State.SKIPPED.value
        known = KnownParked(row["payload"], row["attempts"], waits or skipped, skipped)
        state.parked[row["system_id"], row["subject"]] = known


def _bound(row: Row, links: Iterable[Link]) -> Bound:
    kind, system = row["kind"], row["system_id"]
    if not kind:
        slots = [end.slot for link in links for end in (link.a, link.b) if end.slot.system == system]
        kind = slots[0].kind if slots else ""
    slot = Slot(system, kind)
    bound = Bound(row["id"], slot, row["record"], row["company_id"], row["label"], row["last_revision"])
    bound.seq = row["last_seq"]
    bound.gone = row["gone"] is not None
    return bound


def path_fields(links: Iterable[Link]) -> set[str]:
    """Fields whose every value may be delivered: those bound to path terms."""
    return {
        line.field
        for link in links
        for end in (link.a, link.b)
        for line in end.rules.outgoing
        if line.term in link.terms and link.terms[line.term].path
    }


def _promised(row: Row) -> KnownIntent:
    """A stored intent as the engine knows it, out of a gathered row."""
    payload: dict[str, object] = row["payload"]
    bases = cast(dict[str, list[object]], payload.get("bases") or {})
    fields = cast(dict[str, object], payload.get("fields") or {})
    return KnownIntent(
        id=row["id"],
        link=row["connection_id"],
        slot=Slot(row["system_id"], str(payload.get("kind") or "")),
        op=cast(Op, row["op"]),
        subject=row["subject"],
        key=row["key"],
        at=moment(row["at"]),
        lease_until=moment(row["lease_until"]),
        fields={name: portable(value) for name, value in fields.items()},
        bases={term: base_of(values) for term, values in bases.items()},
        part=cast("int | None", payload.get("part")),
        name=str(payload.get("name") or ""),
        size=int(cast(int, payload.get("size") or 0)),
        shown=str(payload.get("shown") or ""),
        open=row["state"] == Intent.State.OPEN.value,
    )


def base_of(values: list[object]) -> Base:
    """A base from its stored list [a, b, mark_a, mark_b, unproven, roots]."""
    a, b, mark_a, mark_b, unproven, *roots = values
    marks = int(cast(int, mark_a)), int(cast(int, mark_b))
    return Base(portable(a), portable(b), *marks, str(unproven), roots_of(roots[0] if roots else []))


def roots_of(stored: object) -> Roots:
    """A lineage from its stored list of [name, number] pairs."""
    return tuple((str(name), int(number)) for name, number in cast(list[tuple[str, int]], stored or []))


def _gates(found: Mapping[str, list[Row]], state: State) -> set[int]:
    for row in found["holds"]:
        state.holds[row["system_id"]] = KnownHold(moment(row["until"]), row["attempts"], row["code"])
    well = set()
    for row in found["streams"]:
        if row["state"] == Stream.State.OK.value and not row["failures"]:
            well.add(row["system_id"])
        shut, retry_at = row["state"] in SHUT, row["retry_at"]
        if shut or retry_at is not None:
            state.gates[row["system_id"]] = Gate(moment(retry_at) if retry_at else None, shut)
    return well
