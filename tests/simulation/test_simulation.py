"""A short run of the simulation, and every guard switched off in turn, as part of the suite."""

import os
import subprocess
import sys

import pytest

from portal.embedded.place import ROOT
from tests.simulation.directed import SCHEDULES
from tests.simulation.judge import judged
from tests.simulation.mutants import MUTANTS, Mutant
from tests.simulation.scene import Scene

SEEDS, BATCH = 120, 20
DIGESTS = """
from tests.simulation.scene import Scene
print([Scene(seed).play().digest() for seed in range(3)])
"""


@pytest.mark.parametrize("first", range(0, SEEDS, BATCH))
def test_the_invariants_hold_whatever_goes_wrong(first: int) -> None:
    broken = {seed: why for seed in range(first, first + BATCH) if (why := judged(Scene(seed).play()))}
    assert not broken, "python -m tests.simulation --seed N -v tells the run"


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_guard_that_is_switched_off_does_harm(mutant: Mutant) -> None:
    assert SCHEDULES[mutant.name](mutant)


@pytest.mark.parametrize("name", sorted(SCHEDULES))
def test_the_same_story_ends_well_with_all_guards_on(name: str) -> None:
    assert SCHEDULES[name](None) == []


def test_every_guard_has_a_story() -> None:
    assert set(SCHEDULES) == {mutant.name for mutant in MUTANTS}


def test_one_seed_gives_one_history() -> None:
    assert Scene(7).play().digest() == Scene(7).play().digest()
    assert Scene(7).play().digest() != Scene(8).play().digest()


def test_a_history_does_not_hang_on_the_order_of_sets() -> None:
    told = {
        subprocess.run(
            [sys.executable, "-c", DIGESTS],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1


def test_people_work_and_things_go_wrong_in_the_runs_that_are_judged() -> None:
    scene = Scene(3).play()
    assert scene.people.deeds >= 8
    assert scene.writes() > 0
    assert any(row.state != "done" for row in scene.store.intents.values())
