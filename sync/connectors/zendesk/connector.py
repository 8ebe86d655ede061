"""Zendesk Support as nine verbs."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import httpx

from portal.core.errors import Missing, Rejected
from sync.connectors.base import Account, Capabilities, Content, Matched, Trial
from sync.connectors.wire import Wire
from sync.connectors.zendesk import filtering, listing, subscription, webhooks, writing
from sync.connectors.zendesk.auth import headers as authorize
from sync.connectors.zendesk.auth import renewal
from sync.connectors.zendesk.catalogue import Catalogue
from sync.connectors.zendesk.desk import KIND, Desk
from sync.connectors.zendesk.errors import explain
from sync.connectors.zendesk.fields import COMMENT_MAX_BYTES, FILE_MAX_BYTES
from sync.connectors.zendesk.people import API, People
from sync.connectors.zendesk.shapes import row, text
from sync.connectors.zendesk.tickets import infos
from sync.engine.types import (
    AddComment,
    Attach,
    Check,
    EditComment,
    Fields,
    Hint,
    Item,
    Move,
    Page,
    Schema,
    SetFields,
    Step,
    Written,
)

CAPABILITIES = Capabilities(
    idempotent_create=True,
    absent_after=120.0,
    history=True,
    edit_comment=False,
    compare_and_set=True,
    list_lag=60.0,
    # the cursor is opaque and holds the last minute back by itself
    overlap=0.0,
    webhook_signed=True,
    blind_spots=(
        "Comments cannot be edited; a redaction shows as an edited comment.",
        "Compare-and-set counts in whole seconds: two writes in one second are not told apart.",
        "Changes of the last minute are not listed; webhooks close that gap.",
        "Chat transcripts, side conversations and notification mails are not read.",
        "Permanently deleted tickets are never told of.",
    ),
)


def _desk(account: Account, client: httpx.Client) -> Desk:
    exchange = renewal(client, account.base_url)
    wire = Wire("Zendesk", account.base_url, client, account.vault, explain, exchange, authorize)
    return Desk(wire, People(wire), Catalogue(wire))


@dataclass(frozen=True, slots=True)
class ZendeskConnector:
    """One Zendesk account. Keep an instance: it remembers names, options and stamps."""

    account: Account
    client: httpx.Client
    capabilities: Capabilities = CAPABILITIES
    desk: Desk = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "desk", _desk(self.account, self.client))

    def check(self) -> Check:
        """Who we are there and what is missing; raises Unauthorized, Unavailable, Missing."""
        return self.desk.check()

    def describe(self, kind: str) -> Schema:
        """Fields, options, lengths and moves of tickets. Raises Missing for another kind."""
        _known(kind)
        catalogue = self.desk.catalogue.current()
        self.desk.people.load_groups()
        return Schema(
            kind=KIND,
            fields=infos(catalogue, self.desk.people.groups.values()),
            moves=catalogue.moves(),
            comment_max_length=COMMENT_MAX_BYTES,
            attachment_max_bytes=FILE_MAX_BYTES,
        )

    def changes(self, cursor: str, *, now: datetime) -> Page:
        """One page of tickets changed since `cursor`; see `listing`."""
        return listing.changes(self.desk.wire, cursor, now)

    def read(self, record: str, *, since: str | None = None) -> Item:
        """The ticket, its comments and files, revisions after `since`. Raises Missing when deleted."""
        return self.desk.item(record, since)

    def find(self, kind: str, key: str) -> tuple[str, ...]:
        """Tickets whose external id is our marker; a strong read."""
        _known(kind)
        return writing.find(self.desk, key)

    def create(self, kind: str, fields: Fields, key: str) -> Written:
        """One ticket for `key`. Raises Rejected naming the field that Zendesk did not take."""
        _known(kind)
        return writing.create(self.desk, fields, key, self.account.settings)

    def apply(self, record: str, step: Step, key: str, content: Content | None = None) -> Written:
        """Apply one step. Raises Rejected for a closed ticket and for an edit of a comment."""
        match step:
            case SetFields(fields):
                return writing.set_fields(self.desk, record, fields, key)
            case Move(name, value):
                return writing.set_fields(self.desk, record, {name: value}, key)
            case AddComment(body, public):
                return writing.add_comment(self.desk, record, body, public=public, key=key)
            case Attach():
                return writing.attach(self.desk, record, step, key=key, content=content)
            case EditComment():
                raise Rejected("Zendesk's comments cannot be edited. Add a new one that says so.")

    def attachment(self, record: str, part: str) -> AbstractContextManager[Iterator[bytes]]:
        """Stream one file's bytes; the credential goes to the account's own address only."""
        return self._download(part)

    def subscribe(self, url: str, secret: str) -> str:
        """One webhook for ticket events; Zendesk makes its secret."""
        return subscription.subscribe(self.desk.wire, url, secret)

    def trial(self, query: str) -> Trial:
        """What a search finds among tickets. Raises Rejected for what cannot be a filter."""
        return filtering.trial(self.desk.wire, query)

    def matching(self, query: str, items: Sequence[Item], *, now: datetime) -> Matched:
        """Which of these tickets a search finds; the index lags, so some may be unsure."""
        return filtering.matching(self.desk.wire, query, items, now)

    @contextmanager
    def _download(self, part: str) -> Iterator[Iterator[bytes]]:
        if not (part.isascii() and part.isdigit()):
            raise Missing("Zendesk's attachment ids are numbers.")
        answer = self.desk.wire.json("GET", f"{API}/attachments/{part}")
        found = row(answer.get("attachment"))
        if found.get("malware_scan_result") == "malware_found":
            raise Rejected("Zendesk found malware in this file; it stays where it is.")
        with self.desk.wire.download(text(found.get("content_url"))) as pieces:
            yield pieces

    def parse_webhook(
        self, headers: Mapping[str, str], body: bytes, secrets: tuple[str, ...], *, now: datetime
    ) -> tuple[Hint, ...]:
        """The tickets of a signed delivery; see `webhooks`."""
        return webhooks.parse(headers, body, secrets, now)


def _known(kind: str) -> None:
    if kind != KIND:
        raise Missing(f"Zendesk has no kind {kind}. Its only kind is {KIND}.")
