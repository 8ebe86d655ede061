"""One run of the demo: starts every part in order, tends them, and stops them in the reverse order."""

import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from portal.core.errors import Misconfigured
from portal.embedded.broker import Broker
from portal.embedded.crew import PRACTICE, Crew, get
from portal.embedded.place import ROOT, Place
from portal.embedded.postgres import Postgres
from portal.embedded.processes import Child, Household, last_words
from portal.embedded.roles import ensure_database, ensure_roles
from portal.embedded.secret_files import new_password

READY_SECONDS = 90
FALLS, FALL_SECONDS = 5, 60


@dataclass
class Demo:
    """One run of the demo."""

    place: Place
    postgres: Postgres
    broker: Broker
    crew: Crew
    known: Mapping[str, str]
    household: Household = field(default_factory=Household)
    falls: deque[float] = field(default_factory=lambda: deque(maxlen=FALLS))

    def start(self) -> None:
        """Start everything in order, each part ready before the next."""
        self.say("Database")
        self.household.start(self.postgres.program())
        ensure_roles(self.postgres.url(), passwords=self.place.passwords())
        ensure_database(self.postgres.url())
        self.say("Broker")
        self.household.start(self.broker.program())
        self.say("Tables")
        self.manage("migrate", "--no-input", "--verbosity", "0")
        self.manage("collectstatic", "--no-input", "--verbosity", "0")
        for kind in PRACTICE:
            self.say(f"Practice {kind.capitalize()}")
            self.household.start(self.crew.practice(kind))
        self.say("Story")
        self.manage("load_story")
        self.say("Web, clock and worker")
        for program in (self.crew.web(), self.crew.beat(), self.crew.worker()):
            self.household.start(program)
        self.wait_until_ready()

    def manage(self, *words: str) -> None:
        """Run one of Django's commands as the owner, with the facts of the story in its environment."""
        log = self.place.log("manage")
        env = {**self.crew.environments.owner(), **self.known}
        env["DEMO_PASSWORD"] = self.place.secrets.get("demo", new_password)
        with log.open("ab") as output:
            command = [sys.executable, "manage.py", *words]
            done = subprocess.run(command, cwd=ROOT, env=env, stdout=output, stderr=output, check=False)
        if done.returncode != 0:
            raise Misconfigured(f"manage.py {words[0]} failed. {last_words(log)}")

    def wait_until_ready(self) -> None:
        """Until /readyz says 200: the story can run. Raises Misconfigured with what it said instead."""
        end = time.monotonic() + READY_SECONDS
        status, body = 0, ""
        while time.monotonic() < end:
            status, body = get(f"{self.known['SITE_URL']}/readyz")
            if status == 200:
                return
            self.tend()
            time.sleep(0.2)
        raise Misconfigured(f"The site is not ready after {READY_SECONDS} s; /readyz says {status}: {body[:400]}")

    def watch(self) -> None:
        """Until a signal: bring back what falls, and stop or start a practice system when asked."""
        while True:
            for kind in PRACTICE:
                self.obey(kind)
            self.tend()
            time.sleep(0.3)

    def obey(self, kind: str) -> None:
        """Do what `--stop` or `--start` of another terminal asked for."""
        wish = wish_file(self.place, kind)
        if not wish.exists():
            return
        word = wish.read_text()
        child = self.household.children.get(kind)
        if word == "stop" and child:
            child.stop()
            del self.household.children[kind]
            self.say(f"{kind.capitalize()} is stopped. make start-{kind} starts it again.")
        elif word == "start" and not child:
            self.household.start(self.crew.practice(kind))
            self.say(f"{kind.capitalize()} is back.")
        wish.unlink()

    def tend(self) -> None:
        """Bring back a fallen part. A practice system stays down: its end is part of the story."""
        for child in self.household.fallen():
            name = child.program.name
            if name in PRACTICE:
                del self.household.children[name]
                self.say(f"{name.capitalize()} has ended. make start-{name} starts it again.")
            else:
                self.bring_back(child)

    def bring_back(self, child: Child) -> None:
        """Start a fallen part again; give up when parts fall again and again."""
        self.falls.append(time.monotonic())
        if len(self.falls) == FALLS and self.falls[-1] - self.falls[0] < FALL_SECONDS:
            raise Misconfigured(f"{child.program.name} ends again and again. {last_words(child.program.log)}")
        self.say(f"{child.program.name} has ended by itself; starting it again.")
        child.end_orphans()
        self.household.start(child.program)

    def stop(self) -> None:
        """Stop in the reverse order: worker, clock, web, practice systems, broker, database."""
        hurry = Hurry()
        self.say("Stopping. Everything is kept.")
        killed = self.household.stop(hurry=lambda: hurry.asked)
        if killed:
            self.say(f"Had to be ended hard: {', '.join(killed)}.")

    def say(self, sentence: str) -> None:
        """One line to the person."""
        print(f"  {sentence}", flush=True)


class Hurry:
    """From its making on, a further Ctrl-C hurries the stopping instead of breaking it off."""

    def __init__(self) -> None:
        self.asked = False
        signal.signal(signal.SIGINT, self.ask)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)

    def ask(self, number: int, frame: FrameType | None) -> None:
        """A further Ctrl-C."""
        self.asked = True


def wish_file(place: Place, kind: str) -> Path:
    """Where another terminal asks for a practice system to stop or start."""
    return place.var / "run" / f"wish-{kind}"
