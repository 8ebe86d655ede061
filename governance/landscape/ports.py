"""What the landscape needs from the floor above: how systems run and what connections carried.

The sync floor fills it at start-up with `provide`. Until it does, nothing runs and nothing was carried.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from portal.access.subject import Subject


@dataclass(frozen=True, slots=True)
class Run:
    """How one of one's own systems runs: `state` is a word of portal.ui.states, `reason` a sentence."""

    state: str
    reason: str = ""
    polled: datetime | None = None
    next_poll: datetime | None = None


@dataclass(frozen=True, slots=True)
class Traffic:
    """Envelopes of one connection by the sending side: of the last day and hour; what was not applied yet."""

    day: Mapping[str, int] = field(default_factory=dict)
    hour: Mapping[str, int] = field(default_factory=dict)
    waiting: int = 0
    #: since when the oldest of those waits
    oldest: datetime | None = None


@dataclass(frozen=True, slots=True)
class Vitals:
    """Runs by system id; traffic, and the number of one's own open triage, by connection id."""

    runs: Mapping[int, Run] = field(default_factory=dict)
    traffic: Mapping[int, Traffic] = field(default_factory=dict)
    parked: Mapping[int, int] = field(default_factory=dict)


class Measured(Protocol):
    """What the sync floor does for the landscape. All reads go through the guard of that floor."""

    def vitals(self, *, by: Subject, integration: int | None = None) -> Vitals:
        """All that the subject may see, or of one integration's connections. One query."""
        ...


class Unmeasured:
    """Stands in while no sync floor is there."""

    def vitals(self, *, by: Subject, integration: int | None = None) -> Vitals:
        """Nothing runs."""
        return Vitals()


_make: list[Callable[[], Measured]] = [Unmeasured]


def provide(make: Callable[[], Measured]) -> None:
    """The sync floor tells here, in its AppConfig.ready, what does this work."""
    _make[:] = [make]


def measured() -> Measured:
    """Who does this work."""
    return _make[0]()
