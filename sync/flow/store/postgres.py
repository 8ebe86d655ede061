"""The engine's Store on PostgreSQL: few transactions, each fenced by the lane's row.

What nobody needs to find before something is promised or the turn ends waits for that transaction: sealed envelopes,
ends of changes, the echoes of our own writes. A crash before then is a crash before they came about.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

from sync.engine.agreement import Link
from sync.engine.envelope import Envelope
from sync.engine.merge import Base
from sync.flow import agreements
from sync.flow.connecting import Registered
from sync.flow.ports import (
    Bound,
    Claim,
    Disposition,
    FenceLost,
    KnownHold,
    KnownIntent,
    Landed,
    Lost,
    Observation,
    Origin,
    Promise,
    State,
    Timing,
    ToPark,
)
from sync.flow.store import gates, lanes, loading, observing, promising, sealing
from sync.triage import parking


class PostgresStore:
    """What the chain remembers. One instance serves one turn at a time."""

    def __init__(self, clock: Callable[[], datetime], timing: Timing) -> None:
        self.clock, self.timing = clock, timing
        self.companies: set[int] = set()
        #: systems known to be well in this turn: their answers need no writing down
        self.well: set[int] = set()
        #: what the register says of the systems that this turn may call
        self.registered: dict[int, Registered] = {}
        #: items that were read and are as they were; written down with the end of the turn
        self.unchanged: list[int] = []
        #: whether the case waits for any system
        self.waits = False
        #: what the next transaction stores first, in this order
        self.later: list[Callable[[], None]] = []
        #: numbers given to envelopes before they are stored (negative) → their ids
        self.envelopes: dict[int, int] = {}
        #: the agreements that this turn works under
        self.links: dict[int, Link] = {}

    def _held(self, claim: Claim) -> AbstractContextManager[int]:
        """A fenced transaction, which begins with what waited for one."""
        waiting, self.later = self.later, []
        return lanes.held(claim, self.companies, waiting)

    def claim(self, shard: int, now: datetime) -> Claim | None:
        """Lease one dirty, due lane of a shard."""
        found = lanes.claim(shard, now, self.timing)
        if found is None:
            return None
        claim, companies = found
        self.companies = set(companies)
        return claim

    def load(self, claim: Claim) -> State:
        """Everything known of the case; from here on the transaction carries all its companies."""
        with lanes.held(claim, self.companies, writes=False) as seq:
            state, self.well, self.registered = loading.state_of(claim.case, self.companies, seq)
        self.links = {link.id: link for link in state.links}
        self.waits = bool(state.holds)
        return state

    def adopt(self, claim: Claim, bound: Bound, origin: Origin) -> bool:
        """Move a lone item that carries our marker to its origin's case."""
        with self._held(claim):
            return observing.adopt(claim, bound, origin, self.companies)

    def observe(self, claim: Claim, observation: Observation, state: State) -> None:
        """Store what a read showed and bring `state` up to date. An item as it was costs no transaction."""
        if observing.is_unchanged(observation):
            self.unchanged.append(observation.bound.id)
        elif observing.is_echo(observation, state):
            self.later.append(observing.echoed(claim.case, observation, state, self.clock(), self.companies))
        else:
            with self._held(claim):
                observing.store(claim.case, observation, state, self.clock(), self.companies)

    def seal(self, claim: Claim, link: Link, envelope: Envelope, withheld: Mapping[str, str], state: State) -> int:
        """Give an envelope its number if it differs from the last one; it is stored before anything of it leaves."""
        digest, now = envelope.digest(), self.clock()
        no, last, known = state.sealed.get((link.id, envelope.side), (0, "", 0))
        if digest == last:
            return known
        number = -1 - len(self.envelopes)
        self.envelopes[number] = 0
        state.sealed[link.id, envelope.side] = (no + 1, digest, number)

        def keep() -> None:
            self.envelopes[number] = sealing.seal(claim.case, link, envelope, digest, withheld, no + 1, now)

        self.later.append(keep)
        return number

    def intend(self, claim: Claim, promise: Promise) -> KnownIntent:
        """Commit a promise and renew the lease.

        Raises FenceLost when the agreement changed since it was read (DESIGN.md 7.11): the lane goes back at once,
        so that its next turn reads what is agreed now.
        """
        with self._held(claim):
            link = self.links.get(promise.link)
            if link is not None and agreements.still_holds(link):
                number = promise.envelope
                envelope = None if number is None else self.envelopes.get(number, number)
                return promising.intend(claim, promise, envelope, self.clock(), self.timing.lease, self.companies)
        self.finish(claim, self.clock())
        raise FenceLost

    def settle(self, claim: Claim, intent: KnownIntent, landed: Landed | None, state: State) -> None:
        """The write is done, or proven absent."""
        with self._held(claim):
            promising.settle(claim, intent, landed, state, self.clock(), self.companies)

    def fail(self, claim: Claim, intent: KnownIntent) -> None:
        """The tracker refused for good; nothing was applied."""
        with self._held(claim):
            promising.fail(intent, self.clock())

    def agree(self, claim: Claim, bases: Mapping[tuple[int, str], Base], lost: Sequence[Lost], state: State) -> None:
        """Move bases on without a write, and keep what lost."""
        with self._held(claim):
            sealing.agree(claim.case, bases, state, self.clock(), self.companies)
            sealing.keep(claim.case, lost, self.clock())

    def hold(self, claim: Claim, system: int, until: datetime, code: str, state: State) -> None:
        """This case waits for one system."""
        with self._held(claim):
            attempts = gates.hold(claim.case, system, until, code, self.companies, self.clock())
        self.waits = True
        state.holds[system] = KnownHold(until, attempts)

    def gate(self, system: int, error: Exception | None, now: datetime) -> None:
        """A system answered, or did not: its circuit breaker."""
        if error is None and system in self.well:
            return
        gates.answered(system, error, now, self.companies)
        if error is None:
            self.well.add(system)
        else:
            self.well.discard(system)

    def park(self, claim: Claim, parked: Sequence[ToPark], solved: Sequence[tuple[int, str]], state: State) -> None:
        """Park what needs a person, and close what goes on by itself again."""
        with self._held(claim):
            parking.park(claim.case, parked, self.companies, state.parked, self.clock())
            parking.solve(claim.case, solved, state.parked, self.clock())

    def dispose(self, claim: Claim, dispositions: Sequence[Disposition]) -> None:
        """Give changes their end."""
        if dispositions:
            ends, now = list(dispositions), self.clock()
            self.later.append(lambda: observing.dispose(ends, now))

    def gone(self, claim: Claim, bound: Bound) -> None:
        """The item is proven to be deleted or hidden."""
        with self._held(claim):
            observing.gone(bound, self.clock())

    def finish(self, claim: Claim, again: datetime | None) -> None:
        """Release the lease; what waited for the end of the turn is written with it."""
        if not self.waits and not self.unchanged and not self.later:
            lanes.finish(claim, again)
            return
        unchanged, now = self.unchanged, self.clock()
        self.later.append(lambda: observing.read_again(unchanged, now))
        with self._held(claim):
            if self.waits:
                gates.release(claim.case, again is None)
            lanes.finish(claim, again)
