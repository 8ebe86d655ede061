"""What a connector is: nine verbs on frozen facts, with the HTTP client handed in."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from sync.engine.types import Check, Fields, Hint, Item, Page, Schema, Step, Written


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a tracker can do, declared by its connector and shown in docs/connectors.md."""

    #: a repeated create with the same key makes one item (Zendesk Idempotency-Key)
    idempotent_create: bool = False
    #: seconds after which "not found by key" is proof that a lost write was not applied
    absent_after: float = 0.0
    #: history with source time and actor
    history: bool = True
    edit_comment: bool = False
    #: a write can be refused when the item changed since it was read
    compare_and_set: bool = False
    #: seconds by which a list of changes may lag behind a write
    list_lag: float = 0.0
    #: seconds to step a cursor back at each poll
    overlap: float = 300.0
    webhook_signed: bool = True
    #: sentences: what this tracker never tells us
    blind_spots: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Basic:
    """User name (or e-mail) with a password or API token."""

    user: str
    secret: str = field(repr=False)
    #: Zendesk and Jira Cloud API tokens differ from a password only in how the user name is written
    token: bool = True


@dataclass(frozen=True, slots=True)
class OAuth:
    """An OAuth 2 access token with what is needed to renew it. `expires_at` is UTC."""

    access: str = field(repr=False)
    refresh: str = field(default="", repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    expires_at: datetime | None = None


Credential = Basic | OAuth


@dataclass(frozen=True, slots=True)
class Visit:
    """A person's way to a tracker's consent page and back to `redirect_uri`, with the verifier of PKCE (RFC 7636)."""

    base_url: str
    settings: Mapping[str, str]
    redirect_uri: str
    verifier: str = field(repr=False)


class Vault(Protocol):
    """Where a connector's credential lives; the real one keeps a row lock so that one worker refreshes."""

    def credential(self) -> Credential:
        """The credential to use for the next request."""
        ...

    def renew(self, stale: OAuth, exchange: Callable[[OAuth], OAuth]) -> OAuth:
        """Single-flight renewal: if the stored credential is no longer `stale`, return the stored one without
        calling `exchange`; else call it and store its answer before returning it."""
        ...


@dataclass(frozen=True, slots=True)
class Account:
    """One system as its connector needs it: base URL, kind of item's home (project, form …), the vault."""

    base_url: str
    vault: Vault
    #: connector-specific settings, for example {"project": "INF", "type": "Task"} for Jira
    settings: Mapping[str, str] = field(default_factory=dict)


Content = Callable[[], AbstractContextManager[Iterator[bytes]]]


class Connector(Protocol):
    """The nine verbs. All times UTC; all errors from `portal.core.errors.TrackerFault`'s tree.

    Every write takes `key`, an opaque marker of at most 200 url-safe characters: the connector puts it where
    the tracker keeps it durably, sends the vendor's idempotency header where there is one, and returns it on
    `read` (`Item.key`, `Part.key`, `Revision.key`). It never logs or changes it.
    """

    @property
    def capabilities(self) -> Capabilities:
        """What this tracker can do."""
        ...

    def check(self) -> Check:
        """Who we are there and what is missing; raises Unauthorized, Unavailable, Missing."""
        ...

    def describe(self, kind: str) -> Schema:
        """Fields, options, lengths and workflow of one kind of item."""
        ...

    def changes(self, cursor: str, *, now: datetime) -> Page:
        """One page of items changed since `cursor` ("" = from `now` on), oldest first, repeats allowed."""
        ...

    def read(self, record: str, *, since: str | None = None) -> Item:
        """The item, its parts and its revisions after revision id `since` (None = all), oldest first."""
        ...

    def find(self, kind: str, key: str) -> tuple[str, ...]:
        """Record ids of items that carry `key` as their marker, by the strongest look-up there is."""
        ...

    def create(self, kind: str, fields: Fields, key: str) -> Written:
        """Create one item that carries `key`."""
        ...

    def apply(self, record: str, step: Step, key: str, content: Content | None = None) -> Written:
        """Apply one step; `content` streams an attachment's bytes."""
        ...

    def attachment(self, record: str, part: str) -> AbstractContextManager[Iterator[bytes]]:
        """Stream one attachment's bytes; never sends our credential to another host."""
        ...

    def parse_webhook(
        self, headers: Mapping[str, str], body: bytes, secrets: tuple[str, ...], *, now: datetime
    ) -> tuple[Hint, ...]:
        """Verify the signature over the raw bytes, in constant time, then say which records are dirty.

        Raises Unauthorized for a missing, wrong or outdated signature, Rejected for a body that is no JSON.
        """
        ...


@runtime_checkable
class Subscriber(Protocol):
    """A connector that can ask its tracker for webhooks; without one, polling alone finds changes."""

    def subscribe(self, url: str, secret: str) -> str:
        """Make sure one webhook posts to `url`; returns the secret that signs it (`secret`, or the tracker's)."""
        ...


@dataclass(frozen=True, slots=True)
class Trial:
    """What a query finds at present: about how many items, and the first of them as people call them."""

    count: int
    samples: tuple[str, ...]
    #: what the tracker itself would not complain of, as a sentence
    note: str = ""


@dataclass(frozen=True, slots=True)
class Matched:
    """Which of some items a query finds. `unsure`: the tracker's index may not know them yet; ask again later."""

    found: frozenset[str]
    unsure: frozenset[str] = frozenset()


@runtime_checkable
class Searcher(Protocol):
    """A connector whose tracker has a query language of its own, named in the registry."""

    def trial(self, query: str) -> Trial:
        """Run a query once. Raises Rejected with the tracker's own complaint about it."""
        ...

    def matching(self, query: str, items: Sequence[Item], *, now: datetime) -> Matched:
        """Which of these freshly read items a query finds now, asked of the tracker for exactly these items."""
        ...
