"""Child processes that are started in order, watched, stopped in the reverse order, and die with us."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from signal import Signals

from portal.core.errors import Misconfigured
from portal.embedded.unprivileged import ORDINARY, Rank

STEP = 0.05
SET_DEATH_SIGNAL = 1
OURS = ("PG", "CONCORD_", "LC_", "DJANGO_")
LIBC = ctypes.CDLL(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One program to run. Times are seconds; `given` is written to its standard input, then closed."""

    name: str
    argv: tuple[str, ...]
    log: Path
    env: Mapping[str, str] = field(default_factory=dict)
    folder: Path = Path("/")
    rank: Rank = ORDINARY
    given: bytes = b""
    stop_signal: Signals = Signals.SIGTERM
    kill_signal: Signals = Signals.SIGKILL
    stop_time: float = 20
    start_time: float = 30
    retries: int = 0
    prepare: Callable[[], None] = lambda: None
    ready: Callable[[], bool] = lambda: True


class Child:
    """A running program in a session of its own, so that Ctrl-C reaches only us."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.process = launch(program)

    @property
    def pid(self) -> int:
        """The process id."""
        return self.process.pid

    def alive(self) -> bool:
        """Whether it still runs; also reaps it when it does not, so that no zombie holds its pid."""
        return self.process.poll() is None

    def stop(self, *, hurry: bool = False) -> bool:
        """Ask it to stop, insist after its stop time; True when asking was enough."""
        if not self.alive():
            return True
        self.send(self.program.stop_signal)
        if self.ended_within(1 if hurry else self.program.stop_time):
            return True
        self.send(self.program.kill_signal)
        if not self.ended_within(5):
            self.send(Signals.SIGKILL)
            self.process.wait()
        self.end_orphans()
        return False

    def end_orphans(self) -> None:
        """Kill what its session left behind: pool processes of a killed worker, backends of a killed database."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, Signals.SIGKILL)

    def send(self, number: Signals) -> None:
        """Send a signal; a child that just ended is no error."""
        with suppress(ProcessLookupError):
            self.process.send_signal(number)

    def ended_within(self, seconds: float) -> bool:
        """Wait up to `seconds` for its end."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True


class Household:
    """The running children. Started one after the other, each ready before the next; stopped in reverse."""

    def __init__(self) -> None:
        self.children: dict[str, Child] = {}

    def start(self, program: Program) -> Child:
        """Start it and wait until it is ready. A program with `retries` may end early that often.

        Raises Misconfigured with the end of its log.
        """
        program.log.parent.mkdir(parents=True, exist_ok=True)
        for _ in range(program.retries + 1):
            program.prepare()
            child = self.children[program.name] = Child(program)
            if ready_within(child, program.start_time):
                return child
            if child.alive():
                break
            time.sleep(0.3)
        child.stop(hurry=True)
        raise Misconfigured(f"{program.name} did not start. {last_words(program.log)}")

    def stop(self, *, hurry: Callable[[], bool] = lambda: False) -> list[str]:
        """Stop all, last started first; returns the names of those that had to be killed."""
        killed = []
        for name, child in reversed(list(self.children.items())):
            if not child.stop(hurry=hurry()):
                killed.append(name)
            del self.children[name]
        return killed

    def fallen(self) -> list[Child]:
        """Children that ended without being asked."""
        return [child for child in self.children.values() if not child.alive()]


def ready_within(child: Child, seconds: float) -> bool:
    """Wait until the child is ready; False when it ended or the time is over."""
    end = time.monotonic() + seconds
    while child.alive() and time.monotonic() < end:
        if child.program.ready():
            return True
        time.sleep(STEP)
    return False


def launch(program: Program) -> subprocess.Popen[bytes]:
    """Start the program; its output is appended to its log, readable by us alone."""
    descriptor = os.open(program.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    parent = os.getpid()
    with os.fdopen(descriptor, "ab") as log:
        process = subprocess.Popen(
            [*program.rank.prefix, *program.argv],
            stdin=subprocess.PIPE if program.given else subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=program.folder,
            env=dict(program.env),
            start_new_session=True,
            user=program.rank.uid,
            group=program.rank.gid,
            extra_groups=None if program.rank.uid is None else [],
            preexec_fn=lambda: die_with(parent, program.stop_signal),  # noqa: PLW1509
        )
    if process.stdin:
        with suppress(BrokenPipeError), process.stdin:
            process.stdin.write(program.given)
    return process


def quiet_environment() -> dict[str, str]:
    """The environment for servers: no PG* of the person's own, no key or password of ours."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OURS)}


def die_with(parent: int, number: Signals) -> None:
    """In the child, before it becomes the program: have the kernel signal it when its parent dies (Linux)."""
    if sys.platform != "linux":
        return
    LIBC.prctl(SET_DEATH_SIGNAL, int(number))
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def last_words(log: Path, *, lines: int = 4) -> str:
    """The end of a log file as one sentence."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 4096))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        text = ""
    words = " / ".join(line.strip() for line in text.splitlines()[-lines:] if line.strip())
    return f"The end of {log}: {words}" if words else f"{log} is empty."
