"""Redmine as the nine verbs; each verb's work is in the module named after it."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime

import httpx

from portal.core.errors import Misconfigured, Unauthorized
from sync.connectors.base import Account, Basic, Capabilities, Content, Credential
from sync.connectors.redmine import about, listing, reading, writing
from sync.connectors.redmine.errors import explain
from sync.connectors.redmine.home import Home
from sync.connectors.uploads import file_number
from sync.connectors.wire import Wire, authorization
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


def headers(credential: Credential) -> dict[str, str]:
    """An API key has a header of its own; a user name with a password goes as Basic."""
    if isinstance(credential, Basic) and credential.token:
        return {"X-Redmine-API-Key": credential.secret.encode("ascii", "replace").decode("ascii")}
    return authorization(credential)


class RedmineConnector:
    """One project of one Redmine.

    Settings: `project` (identifier) and `marker` (custom field of our marks, by name or number), both required;
    `format` of texts (textile, markdown, plain), `file_limit` in MB.
    """

    capabilities = Capabilities(
        idempotent_create=False,
        absent_after=120.0,
        edit_comment=True,
        compare_and_set=False,
        list_lag=0.0,
        overlap=listing.OVERLAP,
        webhook_signed=False,
        blind_spots=(
            "Redmine sends no webhooks of its own, so changes are found by polling alone.",
            "Deleted issues leave no trace; one that moved to another project is not listed any more.",
            "An edited or blanked note, and a renamed file, are seen at the issue's next change only.",
            "Redmine refuses in silence; every write is read back, which costs one request more.",
            "A file is as visible as its issue: private files are not sent, and a person's file that came with a "
            "private note is taken as private.",
            "A private issue is offered like any other, unless a rule looks at the field is_private.",
            "Redmine does not say how its texts are formatted, nor how large a file may be: the settings here must.",
            "On MySQL without utf8mb4 Redmine refuses texts with emoji.",
        ),
    )

    def __init__(self, account: Account, client: httpx.Client) -> None:
        for key, label in (("project", "project"), ("marker", "custom field for our marks")):
            if not account.settings.get(key, "").strip():
                raise Misconfigured(f"The Redmine system names no {label}. Enter it on the system's page.")
        wire = Wire("Redmine", account.base_url, client, account.vault, explain, authorize=headers)
        self.home = Home(wire, account.base_url, account.settings["project"].strip(), account.settings)

    def check(self) -> Check:
        """Who we are there and what is missing. Raises Unauthorized, Unavailable."""
        return about.check(self.home)

    def describe(self, kind: str) -> Schema:
        """Fields and options of one tracker of the project. Raises Missing for no such tracker."""
        return about.describe(self.home, kind)

    def changes(self, cursor: str, *, now: datetime) -> Page:
        """One page of issues changed since `cursor` ("" = from `now` on), oldest first, repeats allowed."""
        return listing.changes(self.home, cursor, now)

    def read(self, record: str, *, since: str | None = None) -> Item:
        """The issue with its parts, and its revisions after `since` (a journal's id), oldest first."""
        return reading.read(self.home, record, since)

    def find(self, kind: str, key: str) -> tuple[str, ...]:
        """Ids of issues that carry `key`; a strong read."""
        return listing.find(self.home, key)

    def create(self, kind: str, fields: Fields, key: str) -> Written:
        """Create one issue that carries `key`."""
        return writing.create(self.home, kind, fields, key)

    def apply(self, record: str, step: Step, key: str, content: Content | None = None) -> Written:
        """Apply one step; `content` streams an attachment's bytes."""
        match step:
            case SetFields(fields):
                return writing.set_fields(self.home, record, fields, key)
            case Move(field, value):
                return writing.set_fields(self.home, record, {field: value}, key)
            case AddComment():
                return writing.comment(self.home, record, step, key)
            case EditComment():
                return writing.edit_comment(self.home, record, step)
            case Attach():
                return writing.attach(self.home, record, step, key, content)

    def attachment(self, record: str, part: str) -> AbstractContextManager[Iterator[bytes]]:
        """Stream one file's bytes. Raises Missing for what is no file."""
        return self.home.wire.download(f"attachments/download/{file_number(part)}")

    def parse_webhook(
        self, headers: Mapping[str, str], body: bytes, secrets: tuple[str, ...], *, now: datetime
    ) -> tuple[Hint, ...]:
        """Always refused: Redmine signs nothing, so nobody can know who posts."""
        raise Unauthorized("Redmine sends no signed webhooks. Its changes are found by polling.", status=401)
