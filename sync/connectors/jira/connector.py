"""Jira Cloud as the nine verbs; each verb's work is in the module named after it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from urllib.parse import quote

import httpx

from portal.core.errors import Misconfigured
from sync.connectors.base import Account, Capabilities, Content, Matched, Trial
from sync.connectors.jira import about, auth, filtering, listing, moves, reading, subscription, webhooks, writing
from sync.connectors.jira.errors import explain
from sync.connectors.jira.home import API, Home
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


class JiraConnector:
    """One project of one Jira Cloud site.

    Settings: `project` (key, required), `type` (issue type name), `cloud_id` (OAuth and scoped tokens
    go through the gateway), `private_role` or `service_desk` = "yes" (how a private comment is restricted).
    """

    capabilities = Capabilities(
        idempotent_create=False,
        absent_after=60.0,
        edit_comment=True,
        compare_and_set=False,
        list_lag=60.0,
        overlap=listing.OVERLAP,
        webhook_signed=True,
        blind_spots=(
            "Jira's list of changes never shows an issue that was deleted, moved away or hidden.",
            "Links, ranks and some apps' values change without a new time of update.",
            "The bodies of a comment before it was edited are not kept.",
            "A deleted comment or file leaves no trace but its webhook.",
        ),
    )

    def __init__(self, account: Account, client: httpx.Client) -> None:
        project = account.settings.get("project", "")
        if not project:
            raise Misconfigured("The Jira system names no project. Enter its key on the system's page.")
        wire = Wire(
            name="Jira",
            base_url=auth.api_base(account),
            client=client,
            vault=account.vault,
            explain=explain,
            exchange=auth.exchange(client, account.settings),
        )
        self.home = Home(wire=wire, site=account.base_url, project=project, settings=account.settings)

    def check(self) -> Check:
        """Who we are there and what is missing. Raises Unauthorized, Unavailable."""
        return about.check(self.home)

    def describe(self, kind: str) -> Schema:
        """Fields, options and lengths of one issue type. Raises Missing for no such type."""
        return about.describe(self.home, kind)

    def changes(self, cursor: str, *, now: datetime) -> Page:
        """One page of issues changed since `cursor` ("" = from `now` on), oldest first, repeats allowed."""
        return listing.changes(self.home, cursor, now)

    def read(self, record: str, *, since: str | None = None) -> Item:
        """The issue with its parts, and its revisions after `since` ("<history id>:<item>"), oldest first."""
        return reading.read(self.home, record, since)

    def find(self, kind: str, key: str) -> tuple[str, ...]:
        """Ids of issues that carry `key`; the index lags by Capabilities.absent_after."""
        return listing.find(self.home, key)

    def create(self, kind: str, fields: Fields, key: str) -> Written:
        """Create one issue that carries `key`."""
        return writing.create(self.home, kind, fields, key)

    def apply(self, record: str, step: Step, key: str, content: Content | None = None) -> Written:
        """Apply one step; `content` streams an attachment's bytes."""
        match step:
            case SetFields(fields):
                return moves.update(self.home, record, fields, key)
            case Move(field, value):
                return moves.update(self.home, record, {field: value}, key)
            case AddComment():
                return writing.comment(self.home, record, step, key)
            case EditComment():
                return writing.edit_comment(self.home, record, step)
            case Attach():
                return writing.attach(self.home, record, step, content)

    def attachment(self, record: str, part: str) -> AbstractContextManager[Iterator[bytes]]:
        """Stream one attachment's bytes; the media host that Jira sends us to never sees our credential."""
        return self.home.wire.download(f"{API}attachment/content/{quote(part, safe='')}")

    def subscribe(self, url: str, secret: str) -> str:
        """One webhook for the project's issues, signed with our secret."""
        return subscription.subscribe(self.home.wire, url, secret, self.home.project)

    def trial(self, query: str) -> Trial:
        """What a JQL filter finds in the project. Raises Rejected with Jira's complaint."""
        return filtering.trial(self.home, query)

    def matching(self, query: str, items: Sequence[Item], *, now: datetime) -> Matched:
        """Which of these issues a JQL filter finds, in one consistent read."""
        return filtering.matching(self.home, query, items)

    def parse_webhook(
        self, headers: Mapping[str, str], body: bytes, secrets: tuple[str, ...], *, now: datetime
    ) -> tuple[Hint, ...]:
        """Which issues a signed delivery says are dirty. Raises Unauthorized, Rejected."""
        return webhooks.hints(headers, body, secrets, self.home.project)
