"""The demo in a folder and on ports of its own, with one recording worker, held and watched by the bench."""

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import psycopg
from celery import Celery
from psycopg.rows import TupleRow

from portal.core.errors import Misconfigured
from portal.embedded import demo
from portal.embedded.checks import free_port
from portal.embedded.crew import Crew
from portal.embedded.place import ROOT, Place
from portal.embedded.processes import Program
from portal.embedded.roles import DATABASE, OWNER, login_url
from portal.embedded.running import Demo
from tests.bench.people import Pair, People
from tests.bench.trace import ARRIVALS, TRACE, Trace

FOLDER = ROOT / "var" / "bench"
PORTS = ("PORT", "ZENDESK_PORT", "JIRA_PORT")
#: seconds within which everything must have arrived
PATIENCE = 240.0
UNREST = "SELECT count(*) FROM sync_lane WHERE dirty OR lease_until > clock_timestamp()"
DUE = "SELECT DISTINCT shard FROM sync_lane WHERE dirty"
PAIRS = """
SELECT z.record, j.record FROM sync_item z JOIN sync_item j USING (case_id)
JOIN governance_system s ON s.id = z.system_id AND s.kind = 'zendesk'
JOIN governance_system t ON t.id = j.system_id AND t.kind = 'jira' ORDER BY z.record::int
"""


class QuietDemo(Demo):
    """A demo that shows nothing; its logs stay in its folder."""

    def say(self, sentence: str) -> None:
        """Nothing."""


class RecordingCrew(Crew):
    """The demo's crew; worker and web write down what passes."""

    def worker(self) -> Program:
        """The one worker, which records its requests."""
        usual = Crew.worker(self)
        return replace(
            usual,
            argv=(*usual.argv, "--include", "tests.bench.spies"),
            env={**usual.env, TRACE: str(self.place.var / "requests")},
        )

    def web(self) -> Program:
        """The site, which records when a webhook arrives."""
        usual = Crew.web(self)
        return replace(
            usual,
            argv=tuple(word.replace("portal.wsgi:", "tests.bench.web:") for word in usual.argv),
            env={**usual.env, ARRIVALS: str(self.place.var / "arrivals")},
        )


@dataclass(slots=True)
class Rig:
    """The running demo in the bench's hand."""

    demo: Demo
    owner: psycopg.Connection[TupleRow]
    celery: Celery
    http: httpx.Client
    people: People
    requests: Trace
    arrivals: Trace

    def count(self, query: str, *given: object) -> int:
        """One number out of the database."""
        row = self.owner.execute(query.encode(), given).fetchone()
        return int(row[0]) if row else 0

    def pairs(self) -> list[Pair]:
        """Tickets with their issues."""
        return [Pair(*row) for row in self.owner.execute(PAIRS).fetchall()]

    def freeze(self) -> None:
        """From now on no worker touches any case; webhooks and polls still make lanes dirty."""
        self.owner.execute("UPDATE sync_lane SET frozen = true")

    def thaw(self) -> None:
        """Everything that waits may go on; workers are woken as a webhook would wake them."""
        self.owner.execute("UPDATE sync_lane SET frozen = false")
        for (shard,) in self.owner.execute(DUE).fetchall():
            self.send("sync.work", shard)

    def no_polls(self, pause: str = "1 hour") -> None:
        """Trackers are not polled for a while, so that nothing but webhooks wakes the worker."""
        self.owner.execute("UPDATE sync_stream SET next_poll = clock_timestamp() + %s::interval", [pause])

    def send(self, name: str, *given: object) -> None:
        """One message to the worker, as the product sends its own."""
        self.celery.send_task(name, args=list(given), expires=60)

    def delivered(self) -> bool:
        """Whether no webhook is under way."""
        addresses = (self.people.known["ZENDESK_URL"], self.people.known["JIRA_URL"])
        return all(self.http.get(f"{url}/_practice/health").json()["idle"] for url in addresses)

    def wait_delivered(self) -> None:
        """Until every webhook is received."""
        wait_until(self.delivered, "The practice systems still send webhooks")

    def settled(self) -> bool:
        """Whether nothing is under way: lanes clean, webhooks delivered, lanes clean still."""
        return not self.count(UNREST) and self.delivered() and not self.count(UNREST)

    def wait_settled(self) -> None:
        """Until everything has arrived, echoes of our own writes among it."""
        wait_until(self.settled, "The engine does not come to rest")

    def snapshot(self, folder: Path) -> None:
        """Both practice systems' memories as they are now."""
        for kind in ("zendesk", "jira"):
            (folder / kind).mkdir(parents=True, exist_ok=True)
            source = sqlite3.connect(self.demo.place.var / "practice" / kind / f"{kind}.sqlite3")
            target = sqlite3.connect(folder / kind / f"{kind}.sqlite3")
            source.backup(target)
            source.close()
            target.close()


def wait_until(true: Callable[[], bool], sentence: str, *, step: float = 0.02, patience: float = PATIENCE) -> None:
    """Wait until `true()` holds. Raises Misconfigured with the sentence when it does not come."""
    end = time.monotonic() + patience
    while not true():
        if time.monotonic() > end:
            raise Misconfigured(f"{sentence} after {patience:.0f} s. The logs are in {FOLDER / 'log'}.")
        time.sleep(step)


def fresh_place() -> Place:
    """An empty folder and free ports, told to the demo by its environment."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    for name in PORTS:
        os.environ[name] = str(free_port())
    return Place(FOLDER)


def unlimited(url: str, http: httpx.Client) -> None:
    """The practice Zendesk without its limit of requests a minute."""
    http.post(f"{url}/_practice/options", json={"rate_limit": 0}).raise_for_status()


@contextmanager
def rigged(place: Place) -> Iterator[Rig]:
    """The demo of this folder with the recording crew; stopped at the end."""
    usual = demo.prepare(place, int(os.environ["PORT"]), development=False)
    crew = RecordingCrew(
        place=place,
        environments=usual.crew.environments,
        port=usual.crew.port,
        practice_ports=usual.crew.practice_ports,
    )
    run = QuietDemo(place=place, postgres=usual.postgres, broker=usual.broker, crew=crew, known=usual.known)
    try:
        run.start()
        url = login_url(run.postgres.url(database=DATABASE), OWNER, place.passwords().owner)
        celery = Celery("bench", broker=run.broker.url)
        celery.conf.task_default_queue = "concord"
        with psycopg.connect(url, autocommit=True) as owner, httpx.Client(trust_env=False) as http:
            unlimited(run.known["ZENDESK_URL"], http)
            requests, arrivals = Trace(place.var / "requests"), Trace(place.var / "arrivals")
            yield Rig(run, owner, celery, http, People(run.known), requests, arrivals)
    finally:
        run.stop()
