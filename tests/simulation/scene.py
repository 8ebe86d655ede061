"""One run: trackers, people, polls, hints, workers and faults in one seeded order of events."""

import hashlib
import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from portal.core.errors import Fault
from sync.connectors.base import Connector
from sync.flow.points import Point
from sync.flow.ports import Claim, Origin, Timing, World
from sync.flow.run import turn
from tests.simulation.clock import Clock
from tests.simulation.memory import MemoryStore
from tests.simulation.people import People
from tests.simulation.tracker import SimConnector, Tracker, as_connector
from tests.simulation.treaty import SLOTS, STATUS, Treaty, agreed

TIMING = Timing(
    lease=timedelta(seconds=12),
    request=timedelta(seconds=2),
    late=timedelta(seconds=6),
    backoff_first=timedelta(seconds=0.3),
    backoff_most=timedelta(seconds=5),
)
START = datetime(2026, 1, 5, 8, tzinfo=UTC)
#: seconds: how long people work and things go wrong, how long it may take to settle, how long quiet is watched
ACTIVE, SETTLE, WATCH = 45.0, 600.0, 40.0


@dataclass(slots=True)
class Chances:
    """How often things go wrong while they do."""

    call: float = 0.16
    crash: float = 0.02
    freeze: float = 0.02
    hint_lost: float = 0.35
    message_lost: float = 0.3
    outage: float = 0.3


class Interned:
    """Markers as numbers; `blind` is a guard that a mutant takes away."""

    def __init__(self) -> None:
        self.texts: dict[Origin, str] = {}
        self.origins: dict[str, Origin] = {}
        self.blind = False

    def encode(self, origin: Origin) -> str:
        """The marker's text."""
        text = self.texts.setdefault(origin, f"mk{len(self.texts) + 1}")
        self.origins[text] = origin
        return text

    def decode(self, text: str) -> Origin | None:
        """Its origin."""
        return None if self.blind else self.origins.get(text)


@dataclass(slots=True)
class Worker:
    """One worker process: what it holds now."""

    name: int
    claim: Claim | None = None
    steps: Iterator[Point] | None = None
    point: Point | None = None


@dataclass(slots=True)
class Stream:
    """Where one system's polling stands."""

    cursor: str = ""
    seen: dict[str, str] = field(default_factory=dict)


class Scene:
    """A whole run. `play` returns when everything is quiet, or when it never is."""

    def __init__(self, seed: int, treaty: Treaty | None = None, chances: Chances | None = None) -> None:
        self.seed, self.random = seed, Random(seed)
        self.treaty = treaty or agreed(self.random)
        self.chances = chances or Chances()
        self.clock = Clock(START)
        self.events: list[tuple[float, int, Callable[[], None]]] = []
        self.count = 0
        systems = sorted(self.treaty.habits)
        self.trackers = {
            system: Tracker(system, self.clock, self.random, self.treaty.habits[system], STATUS[system][0])
            for system in systems
        }
        self.connectors = {system: SimConnector(tracker) for system, tracker in self.trackers.items()}
        self.store = MemoryStore(self.clock, TIMING, self.treaty.links, {system: system for system in systems})
        self.marker = Interned()
        self.world = World(self.store, self.connector, self.marker, self.clock, self.random.random, TIMING)
        self.people = People(self.trackers, self.treaty, self.random)
        self.workers = [Worker(number) for number in range(3)]
        self.streams = {system: Stream() for system in systems}
        self.faulty, self.pending_hints = True, 0
        self.errors: list[str] = []
        self.points = 0
        self.quiet_writes = 0

    def connector(self, system: int) -> Connector:
        """A system's connector."""
        return as_connector(self.connectors[system])

    def at(self, delay: float, deed: Callable[[], None]) -> None:
        """Do something later."""
        self.count += 1
        heapq.heappush(self.events, (self.clock.seconds + delay, self.count, deed))

    def happen(self) -> None:
        """The next event, and what it sets off in the trackers."""
        when, _, deed = heapq.heappop(self.events)
        self.clock.seconds = max(when, self.clock.seconds)
        deed()
        self.drain()

    def drain(self) -> None:
        """Hints on their way, and requests that arrive late."""
        for system, tracker in self.trackers.items():
            for record in tracker.hints:
                self.send_hint(system, record)
            tracker.hints.clear()
            for when, deed in tracker.later:
                self.at(max(0.0, when - self.clock.seconds), self.applied(deed))
            tracker.later.clear()

    def applied(self, deed: Callable[[], object]) -> Callable[[], None]:
        """A late request is applied."""

        def run() -> None:
            deed()

        return run

    def send_hint(self, system: int, record: str) -> None:
        """A webhook: lost, once or twice, late and out of order."""
        lost = self.faulty and self.random.random() < self.chances.hint_lost
        for _ in range(0 if lost else self.random.choice((1, 1, 2))):
            self.pending_hints += 1
            self.at(self.random.expovariate(0.5 if self.faulty else 5.0), self.hint(system, record))

    def hint(self, system: int, record: str) -> Callable[[], None]:
        """A webhook arrives."""

        def run() -> None:
            self.pending_hints -= 1
            self.store.notice(system, SLOTS[system].kind, [record])

        return run

    def poll(self, system: int) -> None:
        """One poll, as sync/flow/polling.py: rows seen before do nothing; a fault leaves the cursor."""
        stream = self.streams[system]
        try:
            page = self.connectors[system].changes(stream.cursor, now=self.clock())
        except Fault:
            return
        news = {row.record: row.version for row in page.rows if stream.seen.get(row.record) != row.version}
        stream.seen.update(news)
        stream.cursor = page.cursor
        self.store.notice(system, SLOTS[system].kind, news)

    def polling(self, system: int) -> Callable[[], None]:
        """A poll every few seconds."""

        def run() -> None:
            self.poll(system)
            self.at(2.0 + self.random.random() * 2.0, run)

        return run

    def sweep(self) -> None:
        """Wake what is due; messages are lost, doubled or late."""
        for shard in sorted(self.store.due()):
            lost = self.faulty and self.random.random() < self.chances.message_lost
            for _ in range(0 if lost else self.random.choice((1, 1, 2)) if self.faulty else 1):
                self.at(self.random.random() * (1.5 if self.faulty else 0.1), self.message(shard))
        self.at(0.5, self.sweep)

    def message(self, shard: int) -> Callable[[], None]:
        """A broker's message reaches a worker, if one is free."""

        def run() -> None:
            worker = next((one for one in self.workers if one.steps is None), None)
            if worker is not None:
                self.take(worker, shard)

        return run

    def take(self, worker: Worker, shard: int) -> None:
        """Claim a lane and begin its turn."""
        claim = self.store.claim(shard, self.clock())
        if claim is None:
            return
        worker.claim, worker.steps = claim, turn(claim, self.world)
        self.at(self.pause(None), self.stepping(worker, worker.steps, shard))

    def pause(self, point: Point | None) -> float:
        """How long a worker takes to its next point; a frozen one takes longer than its lease."""
        if self.faulty and point is not Point.SENDING and self.random.random() < self.chances.freeze:
            return self.random.uniform(6.0, 30.0)
        return self.random.random() * 0.25

    def stepping(self, worker: Worker, steps: Iterator[Point], shard: int) -> Callable[[], None]:
        """One step of a turn: to its next point, its end, or its death."""

        def run() -> None:
            try:
                point = next(steps)
            except StopIteration:
                worker.steps = None
                self.take(worker, shard)
                return
            self.points += 1
            worker.point = point
            if self.faulty and self.random.random() < self.chances.crash:
                worker.steps = None
                return
            self.at(self.pause(point), run)

        return run

    def begin(self) -> None:
        """Everything that happens by itself, and what people will do."""
        for system in self.trackers:
            self.at(self.random.random() * 3.0, self.polling(system))
        self.at(0.1, self.sweep)
        for _ in range(self.random.choice((1, 1, 2))):
            system = self.random.choice(sorted(self.trackers))
            self.at(self.random.random() * 10.0, lambda home=system: self.opened(home))  # type: ignore[misc]
        for _ in range(self.random.randint(8, 22)):
            self.at(self.random.random() * ACTIVE, self.people.act)
        for tracker in self.trackers.values():
            tracker.faults.rate = self.chances.call
            if self.random.random() < self.chances.outage:
                start, length = self.random.random() * ACTIVE, self.random.uniform(3.0, 15.0)
                self.at(start, self.outage(tracker, length))
        self.at(ACTIVE, self.heal)

    def opened(self, system: int) -> None:
        """Somebody opens an item."""
        self.people.open_item(system)

    def outage(self, tracker: Tracker, length: float) -> Callable[[], None]:
        """A tracker is down for a while."""

        def run() -> None:
            if self.faulty:
                tracker.faults.down_until = self.clock.seconds + length

        return run

    def heal(self) -> None:
        """From here on nothing goes wrong any more."""
        self.faulty = False
        for tracker in self.trackers.values():
            tracker.faults.rate, tracker.faults.down_until = 0.0, 0.0
            tracker.faults.next.clear()

    def settled(self) -> bool:
        """Whether nothing is left to do anywhere."""
        if self.faulty or self.pending_hints or any(worker.steps is not None for worker in self.workers):
            return False
        if any(lane.dirty or lane.lease_until is not None for lane in self.store.lanes.values()):
            return False
        return all(
            self.streams[system].seen.get(record.id) == str(record.version)
            for system, tracker in self.trackers.items()
            for record in tracker.records.values()
        )

    def play(self) -> "Scene":
        """Run to quiescence, then watch that it stays quiet."""
        self.begin()
        if self.run(until=self.settled, most=ACTIVE + SETTLE):
            before = self.writes()
            self.run(until=lambda: False, most=self.clock.seconds + WATCH)
            self.quiet_writes = self.writes() - before
        else:
            self.errors.append("quiet: it never settled")
        return self

    def run(self, *, until: Callable[[], bool], most: float) -> bool:
        """Events until a condition holds; False when it does not in time."""
        while self.events and self.clock.seconds < most:
            self.happen()
            if until():
                return True
        return False

    def writes(self) -> int:
        """Writes that reached a tracker."""
        return sum(tracker.writes for tracker in self.trackers.values())

    def digest(self) -> str:
        """A hash of everything that happened, to compare two runs of one seed."""
        told = [tracker.ledger for tracker in self.trackers.values()]
        rows = [[(s.case, s.link, s.side, s.no, s.digest) for s in self.store.sealed], self.store.journal]
        return hashlib.sha256(repr([told, rows]).encode()).hexdigest()
