"""What a person holds: asked of every room that gives people something to do, and handed over when they leave."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from governance.register.models import Person
from portal.access.subject import Subject


@dataclass(frozen=True, slots=True)
class Holding:
    """One thing somebody holds: "Owner of" "Customer care" and the address of its page."""

    part: str
    thing: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """What one room gives people to hold.

    `held` lists it; `move` gives all of it to another person of the same company inside the caller's transaction,
    which has checked that `by` may, and records what it changed.
    """

    held: Callable[[Subject, Person], Sequence[Holding]]
    move: Callable[[Subject, Person, Person], None]


_sources: dict[str, Source] = {}


def register_holdings(room: str, source: Source) -> None:
    """A room tells here at start-up what people hold in it; a second call of the same room takes its place."""
    _sources[room] = source


def holdings(person: Person, *, by: Subject) -> list[Holding]:
    """Everything that somebody holds, by room."""
    return [held for source in _sources.values() for held in source.held(by, person)]


def move_all(person: Person, to: Person, *, by: Subject) -> None:
    """Give everything of one person to another, room by room; part of the caller's transaction."""
    for source in _sources.values():
        source.move(by, person, to)
