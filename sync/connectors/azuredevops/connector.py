"""Azure DevOps as the nine verbs; each verb's work is in the module named after it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from urllib.parse import quote

import httpx

from portal.core.errors import Misconfigured
from sync.connectors.azuredevops import (
    about,
    auth,
    filtering,
    listing,
    reading,
    subscription,
    webhooks,
    writing,
)
from sync.connectors.azuredevops.errors import explain
from sync.connectors.azuredevops.gate import Gate, headers
from sync.connectors.azuredevops.home import Home
from sync.connectors.base import Account, Capabilities, Content, Matched, Trial
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


class AzureDevOpsConnector:
    """One project of one organisation (https://dev.azure.com/ORGANISATION) or collection of a server.

    Settings: `project` (name or GUID, required), `type`, `area` and `iteration` of new items, `marker_field` (a
    text field that keeps our key), `html_comments` = "yes" (a server without Markdown), `tenant` (Entra).
    """

    capabilities = Capabilities(
        idempotent_create=False,
        absent_after=60.0,
        edit_comment=True,
        compare_and_set=True,
        list_lag=60.0,
        overlap=0.0,
        webhook_signed=False,
        blind_spots=(
            "There are no private comments or files: who sees a work item sees all of it, so none are sent.",
            "Web hooks are not signed; a secret in each stands for it, so the address must be HTTPS.",
            "A comment that was edited is listed with its item's next change where its web hook is lost.",
            "An item that was moved to another project or destroyed is not listed any more.",
            "Files end at 60 MB, also where an administrator allows more; uploads in chunks are not made.",
            "Rules that hold under a condition only are not told; a refused value parks with the rule's sentence.",
            "Links between work items, test steps and boards are not read.",
            "A token needs the scopes Work items (read, write) and Project (read); web hooks an administrator's.",
            "A server of one's own must be Azure DevOps Server 2022.1 or newer.",
        ),
    )

    def __init__(self, account: Account, client: httpx.Client) -> None:
        project = account.settings.get("project", "")
        if not project:
            raise Misconfigured("The Azure DevOps system names no project. Enter its name on the system's page.")
        wire = Gate(
            name="Azure DevOps",
            base_url=account.base_url,
            client=client,
            vault=account.vault,
            explain=explain,
            exchange=auth.exchange(client, account.settings),
            authorize=headers,
        )
        self._home = Home(wire=wire, site=account.base_url, project=project, settings=account.settings)

    @property
    def home(self) -> Home:
        """The project, at the beginning of a verb. Raises RateLimited while we were asked to wait."""
        self._home.wire.heed()
        return self._home

    def check(self) -> Check:
        """Who we are there and what is missing. Raises Unauthorized, Unavailable."""
        return about.check(self.home)

    def describe(self, kind: str) -> Schema:
        """Fields, options, lengths, states and moves of one work item type. Raises Missing for no such type."""
        return about.describe(self.home, kind)

    def changes(self, cursor: str, *, now: datetime) -> Page:
        """One page of items changed since `cursor` ("" = from `now` on), oldest first, repeats allowed."""
        return listing.changes(self.home, cursor, now)

    def read(self, record: str, *, since: str | None = None) -> Item:
        """The item with its parts, and its revisions after `since` (a revision's number), oldest first."""
        return reading.read(self.home, record, since)

    def find(self, kind: str, key: str) -> tuple[str, ...]:
        """Ids of items that carry `key`; a reading copy of the service may lag by Capabilities.absent_after."""
        return listing.find(self.home, key)

    def create(self, kind: str, fields: Fields, key: str) -> Written:
        """Create one item that carries `key`."""
        return writing.create(self.home, kind, fields, key)

    def apply(self, record: str, step: Step, key: str, content: Content | None = None) -> Written:
        """Apply one step; `content` streams an attachment's bytes."""
        match step:
            case SetFields(fields):
                return writing.update(self.home, record, fields)
            case Move(field, value):
                return writing.update(self.home, record, {field: value})
            case AddComment():
                return writing.comment(self.home, record, step, key)
            case EditComment():
                return writing.edit_comment(self.home, record, step)
            case Attach():
                return writing.attach(self.home, record, step, key, content)

    def attachment(self, record: str, part: str) -> AbstractContextManager[Iterator[bytes]]:
        """Stream one attachment's bytes."""
        home = self.home
        return home.wire.download(home.path(f"attachments/{quote(part, safe='')}?api-version=7.1"))

    def subscribe(self, url: str, secret: str) -> str:
        """One service hook for each kind of event, with our secret in it."""
        return subscription.subscribe(self.home, url, secret)

    def trial(self, query: str) -> Trial:
        """What a WIQL condition finds in the project. Raises Rejected with the service's complaint."""
        return filtering.trial(self.home, query)

    def matching(self, query: str, items: Sequence[Item], *, now: datetime) -> Matched:
        """Which of these items a WIQL condition finds, in a consistent read."""
        return filtering.matching(self.home, query, items)

    def parse_webhook(
        self, headers: Mapping[str, str], body: bytes, secrets: tuple[str, ...], *, now: datetime
    ) -> tuple[Hint, ...]:
        """Which item a delivery with our secret says is dirty. Raises Unauthorized, Rejected."""
        return webhooks.hints(headers, body, secrets)
