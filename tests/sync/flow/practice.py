"""A practice system as a process of its own on a free port, with its switches in the hand of a test."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from portal.embedded.checks import free_port
from portal.embedded.place import ROOT
from portal.embedded.processes import Household, Program, quiet_environment
from sync.sandbox.jira import seed as jira
from sync.sandbox.store import Store

TOKEN = "practice-token"
#: architects who work in the practice Jira by hand
INES, JONAS = "ines@infinity.example", "jonas@infinity.example"


@dataclass(frozen=True, slots=True)
class Practice:
    """One practice system: `url` without a slash at its end, and what can be made to go wrong with it."""

    kind: str
    url: str
    http: httpx.Client

    def fault(self, **spec: object) -> None:
        """Plan one fault (sync/sandbox/faults.py tells the keys)."""
        self.switch("faults", **spec)

    def down(self) -> None:
        """Every API connection is closed without an answer; nothing of its webhooks leaves."""
        self.switch("down", down=True)

    def up(self) -> None:
        """The API answers again."""
        self.switch("down", down=False)

    def switch(self, name: str, **state: object) -> None:
        """Turn one of its switches."""
        self.http.post(f"{self.url}/_practice/{name}", json=state).raise_for_status()

    def planned(self) -> list[str]:
        """Faults that met nothing yet."""
        return list(self.http.get(f"{self.url}/_practice/faults").json()["faults"])

    def heal(self) -> None:
        """No faults, up, true clock."""
        self.http.delete(f"{self.url}/_practice/faults").raise_for_status()
        self.switch("clock", skew=0)

    def quiet(self) -> bool:
        """Whether all its webhooks were delivered or given up."""
        return bool(self.http.get(f"{self.url}/_practice/health").json()["idle"])

    def silence(self, seconds: float = 5.0) -> None:
        """Wait until no webhook is under way."""
        end = time.monotonic() + seconds
        while not self.quiet() and time.monotonic() < end:
            time.sleep(0.01)


@contextmanager
def practising(folder: Path) -> Iterator[tuple[Practice, Practice]]:
    """A help desk and a board, each in a process of its own; stopped at the end."""
    household = Household()
    seed_people(folder)
    with httpx.Client(timeout=20, trust_env=False) as http:
        try:
            desk, board = (begun(household, kind, folder, http) for kind in ("zendesk", "jira"))
            desk.switch("options", hold_back=0, rate_limit=0)
            yield desk, board
        finally:
            household.stop()


def seed_people(folder: Path) -> None:
    """Architects with tokens of their own: what they do must not look like our account's doing."""
    store = Store(folder / "jira.sqlite3")
    jira.seed(store, TOKEN)
    for email in (INES, JONAS):
        person = jira.account_id(email)
        store.put("tokens", person, {"accountId": person, "email": email, "digest": jira.digest(TOKEN)})
    store.close()


def begun(household: Household, kind: str, folder: Path, http: httpx.Client) -> Practice:
    """One running practice system."""
    practice = Practice(kind, f"http://127.0.0.1:{free_port()}", http)
    household.start(
        Program(
            name=kind,
            argv=(
                sys.executable,
                *("-m", "sync.sandbox", kind, "--data", str(folder)),
                *("--port", practice.url.rpartition(":")[2]),
            ),
            env={**quiet_environment(), "PRACTICE_TOKEN": TOKEN},
            log=folder / f"{kind}.log",
            folder=ROOT,
            stop_time=5,
            ready=lambda: answers(practice),
        )
    )
    return practice


def answers(practice: Practice) -> bool:
    """Whether somebody listens there."""
    try:
        return practice.http.get(f"{practice.url}/_practice/health").is_success
    except httpx.TransportError:
        return False
