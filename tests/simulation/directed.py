"""For each guard the shortest story in which its absence does harm (DESIGN.md 7.15)."""

from collections.abc import Callable
from contextlib import nullcontext

from sync.flow.points import Point
from tests.simulation.mutants import Mutant
from tests.simulation.stage import Stage, until

Schedule = Callable[[Mutant | None], list[str]]
#: seconds longer than any lease
FROZEN = 20.0


def played(story: Callable[[Stage], None]) -> Schedule:
    """A story played with a guard off or, for None, with all guards on: the breaches."""

    def play(mutant: Mutant | None) -> list[str]:
        with mutant.off() if mutant is not None else nullcontext():
            stage = Stage(mutant)
            story(stage)
            return stage.end()

    return play


def lost_answer(stage: Stage) -> None:
    """The twin is made, its answer lost."""
    stage.opened(1)
    stage.tracker(3).faults.next["create"] = "after"
    stage.turn()


def late_request(stage: Stage) -> None:
    """The request to make the twin arrives five seconds after its time-out."""
    stage.opened(1)
    stage.tracker(3).faults.next["create"] = "late"
    stage.tracker(3).faults.delay = 5.0
    stage.turn()
    for _ in range(12):
        stage.wait(0.5)
        stage.turn()


def lost_comment(stage: Stage) -> None:
    """A comment is written, its answer lost."""
    record = stage.opened(1)
    stage.turn()
    stage.comment(1, record)
    stage.hint(1, record)
    stage.tracker(3).faults.next["AddComment"] = "after"
    stage.turn()


def refused_edit(stage: Stage) -> None:
    """A tracker refuses an edit of the other side; its owner puts that right and asks for another try."""
    record = stage.opened(1)
    stage.turn()
    twin = stage.twin(3)
    stage.summarise(3, twin)
    stage.hint(3, twin)
    stage.tracker(1).faults.next["SetFields"] = "refused"
    stage.turn()
    stage.retry()
    stage.hint(1, record)
    stage.turn()


def lagging_row(stage: Stage) -> None:
    """A change enters the list after a newer one was listed, and its webhook is lost."""
    first, second = stage.opened(1), stage.opened(1)
    stage.turn()
    stage.turn()
    stage.wait(10.0)
    stage.summarise(1, first)
    first.listed = stage.scene.clock.seconds + 2.0
    stage.wait(1.0)
    stage.summarise(1, second)
    second.listed = 0.0
    stage.scene.poll(1)


def frozen_sender(stage: Stage) -> None:
    """A worker freezes between its promise and its sending; another one takes over."""
    record = stage.opened(1)
    stage.turn()
    stage.comment(1, record)
    stage.hint(1, record)
    frozen = stage.begun()
    until(frozen, Point.INTENDED)
    stage.wait(FROZEN)
    stage.turn()
    for _ in frozen:
        stage.arrive()


def frozen_recorder(stage: Stage) -> None:
    """A worker freezes between its write and its record; another one takes over."""
    stage.opened(1)
    frozen = stage.begun()
    until(frozen, Point.SENT)
    stage.wait(FROZEN)
    stage.turn()
    for _ in frozen:
        stage.arrive()


def edit_between(stage: Stage) -> None:
    """A person changes the field between our read and our write."""
    record = stage.opened(1)
    stage.turn()
    stage.summarise(1, record)
    stage.hint(1, record)
    steps = stage.begun()
    until(steps, Point.INTENDED)
    stage.summarise(3, stage.twin(3))
    for _ in steps:
        stage.arrive()


def change_during_turn(stage: Stage) -> None:
    """An item changes after its turn read it, and everything that could tell of it comes while the turn runs."""
    record = stage.opened(1)
    stage.turn()
    stage.summarise(1, record)
    stage.hint(1, record)
    steps = stage.begun()
    until(steps, Point.SENT)
    stage.summarise(1, record)
    stage.hint(1, record)
    record.listed = stage.twin(3).listed = 0.0
    stage.scene.poll(1)
    stage.scene.poll(3)
    for _ in steps:
        stage.arrive()


SCHEDULES: dict[str, Schedule] = {
    "forgets-intents": played(lost_answer),
    "no-waiting": played(late_request),
    "short-waiting": played(late_request),
    "no-marker": played(lost_comment),
    "no-base": played(refused_edit),
    "no-overlap": played(lagging_row),
    "no-lease-check": played(frozen_sender),
    "no-fence": played(frozen_recorder),
    "no-lost-edit-check": played(edit_between),
    "careless-finish": played(change_during_turn),
}
