"""A run by hand: one or two workers, led point by point, for the schedules that chance rarely finds."""

from collections.abc import Iterator

from sync.engine.types import Actor
from sync.flow.points import Point
from sync.flow.run import turn
from tests.simulation.judge import judged
from tests.simulation.memory import SHARDS
from tests.simulation.mutants import Mutant
from tests.simulation.people import Edit
from tests.simulation.scene import Chances, Scene
from tests.simulation.tracker import Record, Tracker
from tests.simulation.treaty import SLOTS, SUMMARY, pair

CALM = Chances(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
#: seconds in which a directed schedule must have settled
ENOUGH = 200.0


class Stage:
    """Two systems, Aster's (1) and Cedar's (3), and nothing that happens by itself."""

    def __init__(self, mutant: Mutant | None) -> None:
        self.scene = Scene(1, pair(), CALM)
        if mutant is not None and mutant.prepare is not None:
            mutant.prepare(self.scene)
        self.store = self.scene.store

    def tracker(self, system: int) -> Tracker:
        """One tracker."""
        return self.scene.trackers[system]

    def opened(self, system: int) -> Record:
        """A new item in scope, and the hint of it."""
        record = self.scene.people.open_item(system, shared=True)
        self.hint(system, record)
        return record

    def hint(self, system: int, record: Record) -> None:
        """A webhook arrives at once."""
        self.tracker(system).hints.clear()
        self.store.notice(system, SLOTS[system].kind, [record.id])

    def summarise(self, system: int, record: Record) -> None:
        """A person's new summary; no hint is sent."""
        name, token = SUMMARY[system], self.scene.people.token("s")
        tracker = self.tracker(system)
        self.scene.people.edits.append(Edit(system, record.id, token, frozenset(tracker.history[record.id, name])))
        tracker.edit(record, {name: token}, Actor(f"u{system}", f"Ann{system}"))
        tracker.hints.clear()

    def comment(self, system: int, record: Record) -> None:
        """A person's comment; no hint is sent."""
        self.scene.people.comment(self.tracker(system), record)
        self.tracker(system).hints.clear()

    def begun(self) -> Iterator[Point]:
        """A worker claims whatever is due."""
        for shard in range(SHARDS):
            claim = self.store.claim(shard, self.scene.clock())
            if claim is not None:
                return turn(claim, self.scene.world)
        return iter(())

    def turn(self) -> None:
        """A whole turn."""
        for _ in self.begun():
            self.arrive()

    def wait(self, seconds: float) -> None:
        """Time passes; late requests arrive in it."""
        until = self.scene.clock.seconds + seconds
        for tracker in self.scene.trackers.values():
            for when, deed in sorted(tracker.later, key=lambda one: one[0]):
                if when <= until:
                    self.scene.clock.seconds = max(self.scene.clock.seconds, when)
                    deed()
            tracker.later[:] = [one for one in tracker.later if one[0] > until]
        self.scene.clock.seconds = until
        self.arrive()

    def arrive(self) -> None:
        """Hints of our own writes get lost: polls must do."""
        for tracker in self.scene.trackers.values():
            tracker.hints.clear()

    def retry(self) -> None:
        """Whoever must act in triage says: try again."""
        for rows in self.store.parked.values():
            for park in rows.values():
                park.state = "retry"

    def twin(self, system: int) -> Record:
        """The only record of a system."""
        return next(iter(self.tracker(system).records.values()))

    def end(self) -> list[str]:
        """Let everything settle by polls and sweeps alone, then judge."""
        scene = self.scene
        scene.heal()
        scene.drain()
        for system in scene.trackers:
            scene.at(0.0, scene.polling(system))
        scene.at(0.1, scene.sweep)
        if not scene.run(until=scene.settled, most=scene.clock.seconds + ENOUGH):
            scene.errors.append("quiet: it never settled")
        return judged(scene)


def until(steps: Iterator[Point], point: Point) -> None:
    """Lead a worker to a point, where it stays."""
    for reached in steps:
        if reached is point:
            return
    raise AssertionError(f"the turn never came to {point.name}")
