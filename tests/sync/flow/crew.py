"""The product's own processes for a test: worker, beat and web, each with its own login, on the test's database."""

import sys
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from portal.access import rls
from portal.embedded.checks import HOST, free_port
from portal.embedded.crew import answers
from portal.embedded.place import ROOT
from portal.embedded.processes import Child, Household, Program
from sync.flow.models.cases import Lane
from sync.flow.models.facts import Change
from sync.flow.models.writes import Intent
from tests.logins import environment

#: a dead worker's lane is free after five seconds; a lease still outlives one request and what is applied late
QUICK = {
    "CONCORD_LEASE_SECONDS": "5",
    "CONCORD_REQUEST_SECONDS": "3",
    "CONCORD_LATE_SECONDS": "1",
    "CONCORD_POLL_SECONDS": "1",
}


#: seconds that the processes have for what a test waits for
SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Crew:
    """Starts processes that see the stage's trackers; `household` stops them."""

    household: Household
    folder: Path
    more: Mapping[str, str]

    def environment(self, role: str) -> dict[str, str]:
        """What a process of this login gets."""
        known = {"CONCORD_EGRESS_ALLOW": settings.EGRESS_ALLOW, "CONCORD_SITE_URL": settings.SITE_URL}
        return {**environment(role), **known, **QUICK, **self.more, "PYTHONUNBUFFERED": "1"}

    def start(self, name: str, *words: str, role: str = rls.WORKER, url: str = "", seconds: float = 60) -> Child:
        """One process; waits until it answers where it has an address."""
        return self.household.start(
            Program(
                name=name,
                argv=(sys.executable, *words),
                env=self.environment(role),
                log=self.folder / f"{name}.log",
                folder=ROOT,
                stop_time=8,
                start_time=seconds,
                ready=answers(url) if url else lambda: True,
            )
        )

    def worker(self, app: str = "portal", *, processes: int = 0) -> Child:
        """A worker with threads, as in production, or with processes, of which one may die without the others."""
        threads = ("--pool", "threads", "--concurrency", "8", "--prefetch-multiplier", "4")
        forks = ("--pool", "prefork", "--concurrency", str(processes), "--prefetch-multiplier", "1")
        pool = forks if processes else threads
        calm = ("--without-gossip", "--without-mingle", "--loglevel", "INFO")
        #: a broker may still hold the mailbox of a killed worker, and another test's worker has one of its own
        name = ("--hostname", f"{uuid.uuid4().hex}@%h")
        return self.start("worker", "-m", "celery", "-A", app, "worker", *name, *pool, *calm)

    def beat(self) -> Child:
        """The clock of the sweep."""
        words = ("beat", "--schedule", str(self.folder / "beat"), "--pidfile=", "--loglevel", "WARNING")
        return self.start("beat", "-m", "celery", "-A", "portal", *words)

    def web(self, port: int = 0) -> str:
        """gunicorn, on a free port unless told otherwise; returns its address."""
        bind = f"{HOST}:{port or free_port()}"
        words = ("-m", "gunicorn", "portal.wsgi:application", "--bind", bind, "--threads", "4", "--keep-alive", "30")
        self.start("web", *words, role=rls.WEB, url=f"http://{bind}/healthz")
        return f"http://{bind}"

    def until(self, true: Callable[[], bool]) -> None:
        """Wait for something that the processes do; fails with what is left and the worker's last words."""
        end = time.monotonic() + SECONDS
        while not true():
            fallen = [child.program.name for child in self.household.fallen()]
            assert time.monotonic() < end and not fallen, f"{fallen} {left()}\n{self.log('worker')[-3000:]}"
            time.sleep(0.1)

    def log(self, name: str) -> str:
        """What a process wrote."""
        return (self.folder / f"{name}.log").read_text(errors="replace")


def left() -> list[str]:
    """What is left to do: dirty lanes, intents of unknown outcome, changes without an end."""
    lanes = [f"{lane} until {lane.lease_until}, {lane.not_before}" for lane in Lane.objects.filter(dirty=True)]
    intents = [str(intent) for intent in Intent.objects.filter(state=Intent.State.OPEN)]
    return [*lanes, *intents, *(str(change) for change in Change.objects.filter(disposition=""))]
