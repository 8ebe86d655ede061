"""The engine's Store in memory: fenced, each method all or nothing, its rows never shared with a turn."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from portal.core.errors import RateLimited, Unavailable
from sync.engine.agreement import Link, SideName, Slot
from sync.engine.envelope import Envelope
from sync.engine.merge import Base
from sync.engine.parts import Copy, KnownPart
from sync.flow.ports import (
    Bound,
    Claim,
    Disposition,
    FenceLost,
    Gate,
    KnownChange,
    KnownHold,
    KnownIntent,
    KnownParked,
    Landed,
    Lost,
    Observation,
    Origin,
    Promise,
    State,
    Timing,
    ToPark,
)
from sync.flow.reading import OVERWRITTEN
from tests.simulation.clock import Clock
from tests.simulation.partrows import keep_copy, observe_parts
from tests.simulation.rows import (
    Bases,
    ChangeRow,
    HoldRow,
    IntentRow,
    ItemRow,
    JournalRow,
    LaneRow,
    LostRow,
    ParkedRow,
    PartRow,
    SealedRow,
)

SHARDS = 2


class MemoryStore:
    """All rows of all cases. `fenced` and `careful` are guards that a mutant takes away."""

    def __init__(self, clock: Clock, timing: Timing, links: Sequence[Link], companies: Mapping[int, int]) -> None:
        self.clock, self.timing, self.links, self.companies = clock, timing, list(links), companies
        self.fenced, self.careful = True, True
        self.numbers = 0
        self.items: dict[int, ItemRow] = {}
        self.lanes: dict[int, LaneRow] = {}
        self.changes: dict[int, ChangeRow] = {}
        self.change_keys: set[tuple[int, str, str]] = set()
        self.parts: dict[int, PartRow] = {}
        self.bases: dict[int, Bases] = {}
        self.intents: dict[int, IntentRow] = {}
        self.holds: dict[int, dict[int, HoldRow]] = {}
        self.gates: dict[int, Gate] = {}
        self.failures: dict[int, int] = {}
        self.parked: dict[int, dict[tuple[int, str], ParkedRow]] = {}
        self.sealed: list[SealedRow] = []
        self.newest: dict[tuple[int, int, SideName], SealedRow] = {}
        self.journal: list[JournalRow] = []
        self.lost: list[LostRow] = []
        self.breaches: list[str] = []

    def number(self) -> int:
        """The next row's number."""
        self.numbers += 1
        return self.numbers

    def notice(self, system: int, kind: str, records: Iterable[str]) -> None:
        """A poll or webhook says that records may have changed; as sync/flow/noticing.py."""
        known = {row.record: row.case for row in self.items.values() if row.slot.system == system}
        for record in sorted(set(records)):
            if record in known:
                self.mark_dirty(known[record])
                continue
            case = self.number()
            item = ItemRow(self.number(), case, Slot(system, kind), record, self.companies[system])
            self.items[item.id] = item
            self.lanes[case] = LaneRow(case, case % SHARDS)

    def mark_dirty(self, case: int) -> None:
        """A hint that a case has work."""
        lane = self.lanes.get(case)
        if lane is not None:
            lane.dirty, lane.seq, lane.not_before = True, lane.seq + 1, None

    def due(self) -> set[int]:
        """Shards in which a lane is dirty, due and not leased."""
        return {lane.shard for lane in self.lanes.values() if self._due(lane)}

    def _due(self, lane: LaneRow) -> bool:
        now = self.clock()
        waits = lane.not_before is not None and lane.not_before > now
        return lane.dirty and not waits and (lane.lease_until is None or lane.lease_until < now)

    def claim(self, shard: int, now: datetime) -> Claim | None:
        """Lease one dirty, due lane of a shard."""
        for case in sorted(self.lanes):
            lane = self.lanes[case]
            if lane.shard == shard and self._due(lane):
                lane.fence += 1
                lane.lease_until = now + self.timing.lease
                return Claim(case, lane.fence, lane.seq, lane.lease_until)
        return None

    def _held(self, claim: Claim) -> LaneRow:
        lane = self.lanes.get(claim.case)
        if lane is None or (lane.fence != claim.fence and self.fenced):
            raise FenceLost
        if lane.fence != claim.fence:
            self.breaches.append(f"fence {claim.fence} committed in case {claim.case} under {lane.fence}")
        return lane

    def load(self, claim: Claim) -> State:
        """Everything known of the case, in objects of its own."""
        self._held(claim)
        case = claim.case
        rows = sorted((row for row in self.items.values() if row.case == case), key=lambda row: row.id)
        slots = {row.slot for row in rows}
        links = self._links(slots)
        state = State([self._bound(row) for row in rows], links)
        state.bases = dict(self.bases.get(case, {}))
        self._reload(case, state)
        state.intents = [
            self._known_intent(row)
            for row in self.intents.values()
            if row.case == case and (row.state == "open" or (row.state == "done" and not row.proven))
        ]
        state.holds = {s: KnownHold(h.until, h.attempts, h.code) for s, h in self.holds.get(case, {}).items()}
        state.gates = dict(self.gates)
        for key, park in self.parked.get(case, {}).items():
            shut = park.state in ("open", "skipped")
            state.parked[key] = KnownParked(park.payload, park.attempts, shut, park.state == "skipped")
        for (owner, link, side), sealed in self.newest.items():
            if owner == case:
                state.sealed[link, side] = (sealed.no, sealed.digest, sealed.id)
        return state

    def _links(self, slots: set[Slot]) -> list[Link]:
        """Links of the items' systems, as the real store finds them: a far link joins when its item does."""
        return [link for link in self.links if {link.a.slot, link.b.slot} & slots]

    def _bound(self, row: ItemRow) -> Bound:
        last = max((c.seq for c in self.changes.values() if c.item == row.id), default=0)
        return Bound(row.id, row.slot, row.record, row.company, row.label, row.last_revision, last, row.gone)

    def _reload(self, case: int, state: State) -> None:
        paths = {
            line.field
            for link in state.links
            for end in (link.a, link.b)
            for line in end.rules.outgoing
            if line.term in link.terms and link.terms[line.term].path
        }
        state.changes[:] = [
            _known_change(row)
            for row in sorted(self.changes.values(), key=lambda row: (row.item, row.seq))
            if row.case == case and (row.disposition in ("", "parked") or row.field in paths)
        ]
        for part in self.parts.values():
            if part.case == case:
                known = KnownPart(part.id, part.kind, part.system, part.company, part.remote_id, part.at, part.public)
                known.copies = {system: Copy(*copy) for system, copy in part.copies.items()}
                state.parts[part.id] = known

    def _known_intent(self, row: IntentRow) -> KnownIntent:
        p = row.promise
        return KnownIntent(
            row.id, p.link, p.slot, p.op, p.subject, p.key, row.at, row.lease_until, dict(p.payload), dict(p.bases),
            p.part, p.name, p.size, p.shown, row.state == "open",
        )  # fmt: skip

    def adopt(self, claim: Claim, bound: Bound, origin: Origin) -> bool:
        """Move a lone item to its origin's case."""
        self._held(claim)
        home = next(
            (r for r in self.items.values() if r.slot.system == origin.system and r.record == origin.record), None
        )
        if home is None or home.case == claim.case:
            return False
        if any(r.case == home.case and r.slot == bound.slot for r in self.items.values()):
            return False
        self._join(claim.case, home.case)
        self.mark_dirty(home.case)
        return True

    def _join(self, lone: int, home: int) -> None:
        rows: list[ItemRow | ChangeRow | PartRow] = [
            *self.items.values(),
            *self.changes.values(),
            *self.parts.values(),
        ]
        for row in rows:
            if row.case == lone:
                row.case = home
        self.lanes.pop(lone, None)

    def observe(self, claim: Claim, observation: Observation, state: State) -> None:
        """Store what a read showed."""
        self._held(claim)
        bound, item = observation.bound, observation.item
        row = self.items[bound.id]
        newest = item.revisions[-1].id if item.revisions else bound.last_revision
        row.label, row.last_revision, row.gone = item.label, newest, False
        bound.last_revision, bound.label = newest, item.label
        for new in observation.changes:
            key = (bound.id, new.remote_id, new.field)
            if key in self.change_keys:
                continue
            self.change_keys.add(key)
            end = "echo" if new.echo else "conflict-lost" if new.lost else ""
            change = ChangeRow(
                self.number(), claim.case, bound.id, bound.company, new.remote_id, new.field, new.seq, new.occurred,
                new.new, new.private, end, new.lost, int(bool(end)),
            )  # fmt: skip
            self.changes[change.id] = change
            state.changes.append(_known_change(change))
            bound.seq = max(bound.seq, new.seq)
        observe_parts(self.parts, self.number, claim.case, observation, state)
        for number in observation.overwritten:
            self.changes[number].disposition, self.changes[number].cause = "conflict-lost", OVERWRITTEN
        for known in state.changes:
            known.open = known.open and known.id not in observation.overwritten
        for number in observation.proven:
            self.intents[number].proven = True
        state.intents = [i for i in state.intents if i.id not in observation.proven]
        self._agree(claim.case, observation.bases, observation.lost, state)

    def seal(self, claim: Claim, link: Link, envelope: Envelope, withheld: Mapping[str, str], state: State) -> int:
        """Store an envelope unless the last one says the same."""
        self._held(claim)
        digest = envelope.digest()
        no, last, known = state.sealed.get((link.id, envelope.side), (0, "", 0))
        if digest == last:
            return known
        body = json.dumps([envelope.body(), withheld], ensure_ascii=False, sort_keys=True)
        to = link.other(envelope.side).company
        row = SealedRow(self.number(), claim.case, link.id, envelope.side, to, no + 1, digest, body)
        self.sealed.append(row)
        self.newest[claim.case, link.id, envelope.side] = row
        state.sealed[link.id, envelope.side] = (row.no, digest, row.id)
        return row.id

    def intend(self, claim: Claim, promise: Promise) -> KnownIntent:
        """Commit a promise and renew the lease."""
        lane = self._held(claim)
        lane.lease_until = claim.lease_until = self.clock() + self.timing.lease
        row = IntentRow(self.number(), claim.case, replace(promise), self.clock(), claim.lease_until, claim.fence)
        self.intents[row.id] = row
        return self._known_intent(row)

    def settle(self, claim: Claim, intent: KnownIntent, landed: Landed | None, state: State) -> None:
        """Close an open intent as done or absent."""
        self._held(claim)
        row = self.intents[intent.id]
        if row.state != "open" and self.fenced:
            raise FenceLost
        row.state = "absent" if landed is None else "done"
        row.proven = landed is None or intent.op not in ("fields", "move")
        intent.open = False
        if landed is None:
            state.intents = [i for i in state.intents if i.id != intent.id]
            return
        entry = JournalRow(claim.case, row.id, intent.slot.system, intent.op, claim.fence, dict(intent.fields))
        self.journal.append(entry)
        if intent.op == "create":
            self._bind(claim, intent, landed, state)
        if intent.part is not None:
            keep_copy(self.parts, intent, landed, state)
        self._agree(claim.case, {(intent.link, term): base for term, base in intent.bases.items()}, [], state)
        if intent.op in ("fields", "move") and all(i.id != intent.id for i in state.intents):
            state.intents.append(intent)

    def _bind(self, claim: Claim, intent: KnownIntent, landed: Landed, state: State) -> None:
        system = intent.slot.system
        known = next((r for r in self.items.values() if r.slot.system == system and r.record == landed.record), None)
        if known is None:
            known = ItemRow(self.number(), claim.case, intent.slot, landed.record, self.companies[system])
            self.items[known.id] = known
        elif known.case != claim.case:
            self._join(known.case, claim.case)
        if state.item(intent.slot) is None:
            state.items.append(self._bound(known))
        self._reload(claim.case, state)

    def fail(self, claim: Claim, intent: KnownIntent) -> None:
        """Nothing was applied."""
        self._held(claim)
        if self.intents[intent.id].state == "open":
            self.intents[intent.id].state = "failed"
        intent.open = False

    def agree(self, claim: Claim, bases: Mapping[tuple[int, str], Base], lost: Sequence[Lost], state: State) -> None:
        """Move bases on without a write, and keep what lost."""
        self._held(claim)
        self._agree(claim.case, bases, lost, state)

    def _agree(self, case: int, bases: Mapping[tuple[int, str], Base], lost: Sequence[Lost], state: State) -> None:
        self.bases.setdefault(case, {}).update(bases)
        state.bases.update(bases)
        self.lost.extend(LostRow(case, one.link, one.company, one.term, one.value, one.why) for one in lost)

    def hold(self, claim: Claim, system: int, until: datetime, code: str, state: State) -> None:
        """This case waits for one system."""
        self._held(claim)
        holds = self.holds.setdefault(claim.case, {})
        row = holds.get(system)
        holds[system] = HoldRow(until, code, row.attempts + 1 if row else 1)
        state.holds[system] = KnownHold(until, holds[system].attempts, code)

    def gate(self, system: int, error: Exception | None, now: datetime) -> None:
        """The breaker of a system: three failures in a row close it for a while."""
        if error is None:
            self.gates.pop(system, None)
            self.failures[system] = 0
        elif isinstance(error, RateLimited):
            self.gates[system] = Gate(error.retry_at)
        elif isinstance(error, Unavailable):
            self.failures[system] = self.failures.get(system, 0) + 1
            if self.failures[system] >= 3:
                self.gates[system] = Gate(now + self.timing.backoff_first * 2)

    def park(self, claim: Claim, parked: Sequence[ToPark], solved: Sequence[tuple[int, str]], state: State) -> None:
        """Park what needs a person, and close what goes on by itself again."""
        self._held(claim)
        rows = self.parked.setdefault(claim.case, {})
        for one in parked:
            key = (one.slot.system, one.subject)
            before = state.parked.get(key)
            if before is not None and before.open and before.payload == one.payload:
                continue
            tries = before.attempts + 1 if before else 1
            rows[key] = ParkedRow(one.company, one.subject, one.sentence, one.payload, "open", tries)
            state.parked[key] = KnownParked(one.payload, tries, open=True)
        for key in solved:
            rows[key].state = "solved"
            state.parked[key] = KnownParked(rows[key].payload, rows[key].attempts, open=False)

    def dispose(self, claim: Claim, dispositions: Sequence[Disposition]) -> None:
        """Give changes their end."""
        self._held(claim)
        for end in dispositions:
            row = self.changes[end.change]
            if row.disposition in ("", "parked"):
                row.disposition, row.cause, row.disposed = end.name, end.cause, row.disposed + 1

    def gone(self, claim: Claim, bound: Bound) -> None:
        """The item is proven to be deleted or hidden."""
        self._held(claim)
        self.items[bound.id].gone = True

    def finish(self, claim: Claim, again: datetime | None) -> None:
        """Release the lease."""
        lane = self._held(claim)
        if again is None:
            self.holds.pop(claim.case, None)
        moved = lane.seq != claim.seq and self.careful
        lane.lease_until = None
        lane.dirty = moved or again is not None
        lane.not_before = None if moved else again


def _known_change(row: ChangeRow) -> KnownChange:
    return KnownChange(
        row.id, row.item, row.field, row.seq, row.occurred, row.value, not row.disposition, row.private,
        row.remote_id, row.disposition == "parked",
    )  # fmt: skip
