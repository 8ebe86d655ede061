"""Children are stopped in the reverse order of their start, and do not outlive us."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portal.core.errors import Misconfigured
from portal.embedded.place import ROOT
from portal.embedded.processes import Household, Program

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux signals a child when its parent dies")
SAYS_WHEN_IT_ENDS = "trap 'echo {name} >> {file}; exit 0' TERM; echo up; while :; do sleep 0.05; done"


def shell(name: str, script: str, folder: Path, **more: float) -> Program:
    """A program that is a shell script."""
    log = folder / f"{name}.log"
    return Program(
        name=name,
        argv=("sh", "-c", script),
        log=log,
        env={"PATH": os.environ["PATH"]},
        ready=lambda: "up" in log.read_text(),
        stop_time=more.get("stop_time", 5),
        start_time=more.get("start_time", 5),
    )


def test_the_last_started_is_stopped_first(tmp_path: Path, household: Household) -> None:
    ends = tmp_path / "ends"
    for name in ("database", "broker", "web", "worker"):
        script = SAYS_WHEN_IT_ENDS.format(name=name, file=ends)
        household.start(shell(name, script, tmp_path))
    household.stop()
    assert ends.read_text().split() == ["worker", "web", "broker", "database"]


def test_one_started_again_keeps_its_turn(tmp_path: Path, household: Household) -> None:
    ends = tmp_path / "ends"
    programs = {}
    for name in ("database", "broker", "worker"):
        script = SAYS_WHEN_IT_ENDS.format(name=name, file=ends)
        programs[name] = shell(name, script, tmp_path)
        household.start(programs[name])
    household.children["database"].process.kill()
    household.children["database"].process.wait()
    household.start(programs["database"])
    household.stop()
    assert ends.read_text().split() == ["worker", "broker", "database"]


def test_one_that_does_not_listen_is_ended_and_named(tmp_path: Path, household: Household) -> None:
    stubborn = "trap '' TERM; echo up; while :; do sleep 0.05; done"
    household.start(shell("stubborn", stubborn, tmp_path, stop_time=0.3))
    assert household.stop() == ["stubborn"]


def test_one_that_ends_at_once_is_told_with_its_last_words(tmp_path: Path, household: Household) -> None:
    with pytest.raises(Misconfigured, match=r"web did not start.*the key is missing"):
        household.start(shell("web", "echo the key is missing; exit 1", tmp_path))


def test_one_that_never_gets_ready_is_told_and_ended(tmp_path: Path, household: Household) -> None:
    with pytest.raises(Misconfigured, match="web did not start"):
        household.start(shell("web", "exec sleep 60", tmp_path, start_time=0.3))
    assert [child.program.name for child in household.fallen()] == ["web"]


def test_one_that_fell_is_told(tmp_path: Path, household: Household) -> None:
    child = household.start(shell("worker", "echo up; exec sleep 60", tmp_path))
    child.process.kill()
    child.process.wait()
    assert household.fallen() == [child]


def test_what_a_killed_one_left_behind_is_ended_too(tmp_path: Path, household: Household) -> None:
    child = household.start(shell("worker", "sleep 61 & echo $! >&2; echo up; wait", tmp_path))
    orphan = int(child.program.log.read_text().split()[0])
    child.process.kill()
    child.process.wait()
    assert running(orphan)
    child.end_orphans()
    assert gone(orphan)


def test_its_log_is_for_us_alone(tmp_path: Path, household: Household) -> None:
    child = household.start(shell("web", "echo up; exec sleep 60", tmp_path))
    assert child.program.log.stat().st_mode & 0o777 == 0o600


PARENT = """
import sys, time
from pathlib import Path
from portal.embedded.processes import Household, Program
child = Household().start(Program(name="child", argv=("sleep", "60"), log=Path(sys.argv[1])))
print(child.pid, flush=True)
time.sleep(60)
"""


@LINUX
def test_a_child_dies_with_its_parent(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, tmp_path / "log"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout
    child = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert gone(child)


def gone(pid: int) -> bool:
    """Whether a process ends within five seconds."""
    end = time.monotonic() + 5
    while running(pid) and time.monotonic() < end:
        time.sleep(0.05)
    return not running(pid)


def running(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
