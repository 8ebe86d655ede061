"""ServiceNow as the nine verbs; each verb's work is in the module named after it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

import httpx

from portal.core.errors import Rejected
from sync.connectors.base import Account, Capabilities, Content, Matched, Trial
from sync.connectors.servicenow import (
    about,
    auth,
    filtering,
    listing,
    moves,
    reading,
    subscription,
    webhooks,
    writing,
)
from sync.connectors.servicenow.answers import sys_id
from sync.connectors.servicenow.errors import explain
from sync.connectors.servicenow.home import Home
from sync.connectors.wire import Wire
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

USUAL = "incident"


class ServiceNowConnector:
    """Some tables of one ServiceNow instance.

    Settings: `tables` (names with commas between, the first one is what new records are; empty: incident),
    `caller` (whom new incidents get), `close_code`, `close_notes`, `hold_reason` (what states ask for where
    nobody sends it), `code_tags` = "no" where the instance shows no HTML in journals.
    """

    capabilities = Capabilities(
        idempotent_create=False,
        # a request that we gave up may run on until the instance's own limit for REST
        absent_after=90.0,
        edit_comment=False,
        compare_and_set=False,
        list_lag=0.0,
        overlap=listing.OVERLAP,
        webhook_signed=True,
        blind_spots=(
            "Webhooks are business rules, which only an administrator may add; without them, polling finds changes.",
            "Comments and work notes cannot be edited.",
            "A script that writes without system fields changes a record unseen.",
            "Columns that an administrator took out of the audit have no history.",
            "Deleted and archived records are never told of; reading one says that it is missing.",
            "A file is for everybody who sees its record; one that a work note names is kept private here.",
            "Requested items are made without their catalogue item's own flow and approvals.",
            "There is no check for a write in between; the audit shows it afterwards.",
        ),
    )

    def __init__(self, account: Account, client: httpx.Client) -> None:
        wire = Wire(
            name="ServiceNow",
            base_url=account.base_url,
            client=client,
            vault=account.vault,
            explain=explain,
            exchange=auth.renewal(client, account.base_url),
        )
        named = (one.strip() for one in account.settings.get("tables", "").split(","))
        self.home = Home(wire, tuple(dict.fromkeys(one for one in named if one)) or (USUAL,), account.settings)

    def check(self) -> Check:
        """Who we are there and what is missing. Raises Unauthorized, Unavailable."""
        return about.check(self.home)

    def describe(self, kind: str) -> Schema:
        """Columns, choices and lengths of one table. Raises Missing for another."""
        return about.describe(self.home, kind)

    def changes(self, cursor: str, *, now: datetime) -> Page:
        """One page of records changed since `cursor` ("" = from `now` on), oldest first, repeats allowed."""
        return listing.changes(self.home, cursor, now)

    def read(self, record: str, *, since: str | None = None) -> Item:
        """The record with its parts, and its revisions after `since`, oldest first."""
        return reading.read(self.home, record, since)

    def find(self, kind: str, key: str) -> tuple[str, ...]:
        """Ids of records that carry `key`; a strong read."""
        return listing.find(self.home, kind, key)

    def create(self, kind: str, fields: Fields, key: str) -> Written:
        """Create one record that carries `key`."""
        return writing.create(self.home, kind, fields, key)

    def apply(self, record: str, step: Step, key: str, content: Content | None = None) -> Written:
        """Apply one step; `content` streams an attachment's bytes. Raises Rejected for an edit of a comment."""
        match step:
            case SetFields(fields):
                return moves.update(self.home, record, fields)
            case Move(field, value):
                return moves.update(self.home, record, {field: value})
            case AddComment():
                return writing.comment(self.home, record, step, key)
            case Attach():
                return writing.attach(self.home, record, step, content)
            case EditComment():
                raise Rejected("ServiceNow's journals cannot be edited. Add a new entry that says so.")

    def attachment(self, record: str, part: str) -> AbstractContextManager[Iterator[bytes]]:
        """Stream one attachment's bytes from the instance itself."""
        return self.home.wire.download(f"{reading.FILES}/{sys_id(part)}/file")

    def subscribe(self, url: str, secret: str) -> str:
        """A business rule for each table, signed with our secret. Raises Rejected where we are no administrator."""
        return subscription.subscribe(self.home, url, secret)

    def trial(self, query: str) -> Trial:
        """What an encoded query finds in the tables. Raises Rejected for what ServiceNow would ignore."""
        return filtering.trial(self.home, query)

    def matching(self, query: str, items: Sequence[Item], *, now: datetime) -> Matched:
        """Which of these records an encoded query finds, in one strong read."""
        return filtering.matching(self.home, query, items)

    def parse_webhook(
        self, headers: Mapping[str, str], body: bytes, secrets: tuple[str, ...], *, now: datetime
    ) -> tuple[Hint, ...]:
        """The record of a signed message. Raises Unauthorized, Rejected."""
        return webhooks.hints(headers, body, secrets, self.home.tables, now)
