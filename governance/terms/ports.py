"""What the page of a term needs from the floor above: how often the term was sent. Until it fills it, never."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from portal.access.subject import Subject


@dataclass(frozen=True, slots=True)
class Sent:
    """What left one side of a connection: items, and when the last time."""

    cases: int
    last: datetime


class Disclosing(Protocol):
    """What the sync floor counts."""

    def sent(self, integration: int, term: str, *, by: Subject) -> Mapping[tuple[int, str], Sent]:
        """(connection, side) → what of a term left there, of connections that the subject may see. One query."""
        ...


class Silent:
    """Stands in while no sync floor is there."""

    def sent(self, integration: int, term: str, *, by: Subject) -> Mapping[tuple[int, str], Sent]:
        """Nothing."""
        return {}


_make: list[Callable[[], Disclosing]] = [Silent]


def provide(make: Callable[[], Disclosing]) -> None:
    """The sync floor tells here, in its AppConfig.ready, what counts."""
    _make[:] = [make]


def disclosing() -> Disclosing:
    """Who counts."""
    return _make[0]()
