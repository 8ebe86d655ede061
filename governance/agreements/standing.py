"""The registry that rooms with signed versions fill: rulebooks, dictionaries, RACI and whatever comes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from portal.access.subject import Subject

Waits = Literal["me", "us", "them", "time", ""]


@dataclass(frozen=True, slots=True)
class Standing:
    """One version of something that companies agree on. `kind` is its word, `state` one of portal.ui.states.

    `waits`: for the signed-in person, for the acting company, for another one, for its time, or for nothing.
    """

    kind: str
    what: str
    url: str
    integration: str
    company: int
    state: str
    since: datetime | None
    waits: Waits = ""
    #: why, in a sentence
    sentence: str = ""
    due: datetime | None = None


Source = Callable[[Subject], Sequence[Standing]]
_sources: dict[str, Source] = {}


def register_standings(key: str, source: Source) -> None:
    """Add a room; its source reads with one query what the subject may see, newest first, at most MOST rows."""
    _sources[key] = source


#: rows that one room shows at most
MOST = 200


def standings(by: Subject) -> list[Standing]:
    """Everything, newest first."""
    found = [row for source in _sources.values() for row in source(by)]
    return sorted(found, key=lambda row: row.since.timestamp() if row.since else 0, reverse=True)
