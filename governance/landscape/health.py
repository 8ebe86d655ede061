"""How well a system and a connection do: one of the six kinds of state, a word and a sentence; pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

#: an envelope that waits longer is late
LATE = timedelta(minutes=15)
#: worst first
RANK = {"failed": 0, "warning": 1, "waiting": 2, "paused": 3, "ok": 4}


@dataclass(frozen=True, slots=True)
class Health:
    """`kind` is a kind of portal.ui.states; `word` stands beside its icon; `reason` is a sentence or empty."""

    kind: str
    word: str
    reason: str = ""

    @property
    def rank(self) -> int:
        """0 is worst."""
        return RANK[self.kind]


RUNNING = Health("ok", "Running")
SYSTEMS = {
    "ok": Health("ok", "Reachable"),
    "new": Health("waiting", "Not checked", "It was not asked yet."),
    "throttled": Health("warning", "Asked to wait"),
    "unreachable": Health("failed", "Not reachable"),
    "needs-auth": Health("failed", "Credential refused"),
    "paused": Health("paused", "Paused"),
}


def of_system(state: str, reason: str, down_until: datetime | None) -> Health | None:
    """A system's health: announced downtime first, then how its run stands; None where `state` is not told."""
    if down_until is not None:
        return Health("paused", "Downtime", f"Announced until {down_until:%d %b, %H:%M} UTC.")
    known = SYSTEMS.get(state)
    return Health(known.kind, known.word, reason or known.reason) if known else None


@dataclass(frozen=True, slots=True)
class Signs:
    """What a connection's health is read from."""

    state: str
    #: the health of both systems, as far as it is told
    systems: tuple[Health | None, ...]
    #: how many sides have live rules
    live_sides: int
    parked: int = 0
    waiting: int = 0
    oldest: datetime | None = None


def of_connection(signs: Signs, now: datetime) -> Health:
    """A connection's health: the first of these that holds.

    1. refused, pending, paused: as the companies decided; 2. a system stopped, or is in an announced downtime;
    3. one side has no live rules; 4. work is in triage; 5. an envelope waits longer than LATE; 6. a system asks to
    wait or was not asked yet; 7. it runs.
    """
    decided = {
        "refused": Health("failed", "Refused", "The partner refused it; the reason is on its page."),
        "pending": Health("waiting", "Pending", "It is live as soon as the partner accepts."),
        "paused": Health("paused", "Paused", "Changes wait in order."),
    }
    if signs.state in decided:
        return decided[signs.state]
    troubled = sorted((one for one in signs.systems if one and one.kind != "ok"), key=lambda one: one.rank)
    stopped = [one for one in troubled if one.kind in {"failed", "paused"}]
    if stopped:
        return stopped[0]
    if signs.live_sides < 2:
        return Health("waiting", "No rules yet", "It runs as soon as both sides have live rules.")
    if signs.parked:
        return Health("warning", f"{signs.parked} in triage", "Parked work waits for your company.")
    if signs.oldest is not None and now - signs.oldest > LATE:
        return Health("warning", "Late", f"{signs.waiting} sent and not applied for more than 15 minutes.")
    return troubled[0] if troubled else RUNNING


def worst(found: Iterable[Health]) -> Health:
    """The worst of several, or that all run."""
    return min(found, key=lambda one: one.rank, default=RUNNING)
