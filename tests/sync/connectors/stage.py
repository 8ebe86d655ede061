"""Where the contract is played: a connector, a person's hands on the same tracker, and its switches."""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import httpx

from sync.connectors.base import Connector, Content, Credential, OAuth
from sync.engine.types import Item, Part, PartKind

T = TypeVar("T")


class Hands(Protocol):
    """A person at work in the tracker itself."""

    def open(self, title: str, body: str) -> str:
        """A new item; its record id."""
        ...

    def comment(self, record: str, text: str, *, public: bool) -> None:
        """Say something, to all or to colleagues only."""
        ...

    def retitle(self, record: str, title: str) -> None:
        """Change the title."""
        ...

    def attach(self, record: str, name: str, data: bytes, *, public: bool) -> None:
        """Add a file."""
        ...

    def delete(self, record: str) -> None:
        """Delete the item."""
        ...


@dataclass(frozen=True, slots=True)
class Words:
    """The tracker's own names for what every tracker has."""

    kind: str
    title: str
    description: str
    status: str
    #: a status that a fresh item can be moved to, and one that it can be moved to then
    steps: tuple[str, str]
    #: fields beyond title and description that a new item needs
    needs: dict[str, str] = field(default_factory=dict)
    #: a field with an option list and a value that is not in it
    wrong: tuple[str, str] = ("priority", "no such priority")
    #: the request that creates an item, as faults match it
    creates: str = "POST /"
    #: the request that adds a comment, as faults match it
    comments: str = "POST /"


@dataclass(slots=True)
class Stage:
    """Where the contract is played. `again` makes a second connector with another credential."""

    connector: Connector
    hands: Hands
    words: Words
    practice: str
    again: Callable[[Credential], Connector]
    #: an OAuth token that the tracker no longer takes, None where OAuth is not played
    stale: OAuth | None = None

    def fault(self, **spec: object) -> None:
        """Plan a fault of the practice system (sync/sandbox/faults.py)."""
        httpx.post(f"{self.practice}/_practice/faults", json=spec).raise_for_status()

    def heal(self) -> None:
        """No planned faults any more."""
        httpx.delete(f"{self.practice}/_practice/faults").raise_for_status()

    def create(self, title: str = "Printer on fire", body: str = "Since noon.", key: str | None = None) -> str:
        """An item that the connector made; its record id."""
        fields = {self.words.title: title, self.words.description: body, **self.words.needs}
        return self.connector.create(self.words.kind, fields, key or new_key()).record


def new_key() -> str:
    """A marker like the engine's: opaque, url-safe, long."""
    return "c1." + secrets.token_urlsafe(60)


def content(data: bytes, piece: int = 65536) -> Content:
    """Bytes as the engine hands them over: a stream that is opened when needed."""

    @contextmanager
    def opened() -> Iterator[Iterator[bytes]]:
        yield (data[start : start + piece] for start in range(0, len(data), piece))

    return opened


def fetched(stream: AbstractContextManager[Iterator[bytes]]) -> bytes:
    """All bytes of an attachment."""
    with stream as pieces:
        return b"".join(pieces)


def comments(item: Item) -> list[Part]:
    """The comments of an item in order."""
    return [part for part in item.parts if part.kind is PartKind.COMMENT]


def files(item: Item) -> list[Part]:
    """The attachments of an item in order."""
    return [part for part in item.parts if part.kind is PartKind.ATTACHMENT]


def awaited(look: Callable[[], T], seconds: float = 8.0) -> T:
    """What `look` returns once it is truthy; the last answer when the time is up."""
    end = time.monotonic() + seconds
    found = look()
    while not found and time.monotonic() < end:
        time.sleep(0.2)
        found = look()
    return found
