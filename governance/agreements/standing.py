"""The registry that rooms with signed versions fill: rulebooks, dictionaries, RACI and whatever comes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from governance.register.models import Integration
from portal.access.subject import Subject

Waits = Literal["me", "us", "them", "time", ""]


@dataclass(frozen=True, slots=True)
class Word:
    """One signature: which company's, whose, and when."""

    company: int
    name: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """One version of something that companies agree on. `kind` is its word, `state` one of portal.ui.states.

    `waits`: for the signed-in person, for the acting company, for another one, for its time, or for nothing.
    `signed` is who said yes, `missing` the ids of companies that did not yet; `company` is whose it is, 0 = all
    parties'. The integration tells its rhythm of review and when the next one is due.
    """

    kind: str
    what: str
    url: str
    integration: Integration
    company: int
    state: str
    since: datetime | None
    waits: Waits = ""
    #: why, in a sentence
    sentence: str = ""
    #: when it is to go live
    due: datetime | None = None
    signed: tuple[Word, ...] = ()
    missing: tuple[int, ...] = ()


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
