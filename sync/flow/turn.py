"""One turn's working memory, and its calls to trackers with every fault turned into a wait, a gate or a park."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from portal.core.errors import Conflict, Fault, RateLimited, Unauthorized, Unavailable
from portal.core.retry import next_try
from sync.connectors.base import Connector
from sync.engine.agreement import Link, SideName, Slot
from sync.engine.plan import Planned
from sync.engine.types import Fields, Item
from sync.flow.ports import Bound, Claim, KnownHold, State, World

T = TypeVar("T")
#: the code of a hold whose write may or may not have been applied
UNKNOWN = "outcome-unknown"


class Waiting(Exception):
    """A system of this case cannot be used now; its links wait, the others go on."""


@dataclass(slots=True)
class Turn:
    """What one holder of a lane knows and did."""

    claim: Claim
    world: World
    state: State
    #: how many items the case had when it was claimed
    loaded: int = 0
    #: items as read in this turn, and their fields with our own writes since
    items: dict[Slot, Item] = field(default_factory=dict)
    fields: dict[Slot, Fields] = field(default_factory=dict)
    #: systems that this case waits for, with the time to ask again
    waiting: dict[int, datetime] = field(default_factory=dict)
    #: slots written to and not read back yet
    wrote: set[Slot] = field(default_factory=set)
    #: writes promised so far, so that each has a key of its own
    promised: int = 0
    again: bool = False
    #: (slot, field) → ends of its changes; (slot, part id) → ends of its part, one per link
    fates: dict[tuple[Slot, str], list[tuple[str, str]]] = field(default_factory=dict)
    part_fates: dict[tuple[Slot, int], list[tuple[str, str]]] = field(default_factory=dict)
    linked: set[Slot] = field(default_factory=set)
    #: the case's only item carries our marker, but is not the copy that we made
    clone: bool = False
    #: slots whose changes go nowhere, with the reason
    outside: dict[Slot, str] = field(default_factory=dict)
    #: slots whose twin waits in triage
    unborn: set[Slot] = field(default_factory=set)

    def now(self) -> datetime:
        """The world's time."""
        return self.world.clock()

    def connector(self, slot: Slot) -> Connector:
        """The connector of a slot's system."""
        return self.world.connector(slot.system)

    def account(self, slot: Slot) -> str:
        """Our account's id in a slot's system."""
        for link in self.state.links:
            side = link.side_of(slot)
            if side is not None:
                return link.end(side).account
        return ""

    def open_to(self, system: int) -> bool:
        """Whether a system may be called now: no hold of this case, no closed gate."""
        now, hold, gate = self.now(), self.state.holds.get(system), self.state.gates.get(system)
        until = max(
            [hold.until if hold else now, gate.until if gate and gate.until else now],
        )
        if gate is not None and gate.shut:
            until = now + timedelta(minutes=10)
        if until > now:
            self.waiting.setdefault(system, until)
        return system not in self.waiting

    def call(self, slot: Slot, ask: Callable[[Connector], T]) -> T:
        """Ask a tracker. Raises Waiting after a fault that passes or stops the system; others go through."""
        if not self.open_to(slot.system):
            raise Waiting
        try:
            answer = ask(self.connector(slot))
        except (Unavailable, RateLimited, Unauthorized, Conflict) as error:
            self.wait_for(slot.system, error)
            raise Waiting from error
        self.world.store.gate(slot.system, None, self.now())
        return answer

    def wait_for(self, system: int, error: Fault) -> None:
        """Hold this case's work with one system, and tell the system's breaker."""
        now, timing = self.now(), self.world.timing
        attempts = self.state.holds.get(system, KnownHold(now, 0)).attempts
        at: datetime | None = getattr(error, "retry_at", None)
        if at is None:
            at = next_try(
                now, attempts, first=timing.backoff_first, most=timing.backoff_most, random=self.world.random()
            )
        self.world.store.gate(system, error, now)
        self.wait_until(system, at, error.code)

    def wait_for_outcome(self, system: int, sure: datetime) -> None:
        """Look again soon whether a write of unknown outcome arrived; by `sure` its absence is proof."""
        timing, hold = self.world.timing, self.state.holds.get(system)
        attempts = hold.attempts if hold is not None and hold.code == UNKNOWN else 0
        soon = next_try(
            self.now(),
            attempts,
            first=timing.backoff_first,
            most=timing.backoff_most,
            random=self.world.random(),
        )
        self.wait_until(system, min(sure, soon), UNKNOWN)

    def wait_until(self, system: int, at: datetime, code: str) -> None:
        """Hold this case's work with one system until a time; the system itself may be well."""
        self.waiting[system] = at
        self.world.store.hold(self.claim, system, at, code, self.state)

    def bound(self, slot: Slot) -> Bound | None:
        """The item of a slot, unless it is gone."""
        bound = self.state.item(slot)
        return None if bound is None or bound.gone else bound

    def note(self, link: Link, side: SideName, name: str, fate: tuple[str, str]) -> None:
        """Remember the end of all changes of one field on one side of a link."""
        self.fates.setdefault((link.end(side).slot, name), []).append(fate)

    def note_part(self, link: Link, side: SideName, part: int, fate: tuple[str, str]) -> None:
        """Remember the end of one part on one side of a link."""
        self.part_fates.setdefault((link.end(side).slot, part), []).append(fate)

    def note_step(self, link: Link, side: SideName, step: Planned, name: str, cause: str) -> None:
        """Remember that a step was not done: the changes it would have brought over end so."""
        if step.part is not None:
            self.note_part(link, side, step.part, (name, cause))
            return
        terms = list(step.bases)
        if step.op == "create":
            self.unborn.add(link.end(side).slot)
            terms = list(link.terms)
        for term in terms:
            line = link.end(side).rules.out(term)
            if line is not None:
                self.fates[link.end(side).slot, line.field] = [(name, cause)]
