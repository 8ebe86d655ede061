"""Request Tracker as the nine verbs; each verb's work is in the module named after it."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime

import httpx

from portal.core.errors import Misconfigured, Missing, Rejected, Unauthorized
from sync.connectors.base import Account, Basic, Capabilities, Content, Credential
from sync.connectors.requesttracker import about, files, listing, reading, writing
from sync.connectors.requesttracker.errors import explain
from sync.connectors.requesttracker.home import KIND, Home
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
    """RT's tokens have a scheme of their own; a user name with a password goes as Basic."""
    if isinstance(credential, Basic) and credential.token:
        return {"Authorization": "token " + credential.secret.encode("ascii", "replace").decode("ascii")}
    return authorization(credential)


class RequestTrackerConnector:
    """One queue of one Request Tracker 5.

    Settings: `queue` and `marker` (custom field of our mark, by name or number), both required; `statuses`
    where the queue has a lifecycle of its own.
    """

    capabilities = Capabilities(
        idempotent_create=False,
        absent_after=120.0,
        edit_comment=False,
        compare_and_set=False,
        list_lag=0.0,
        overlap=listing.OVERLAP,
        webhook_signed=False,
        blind_spots=(
            "Request Tracker sends no webhooks of its own, so changes are found by polling its transactions.",
            "Messages cannot be edited.",
            "A reply reopens a resolved ticket, and may open a new one, by RT's own rules; a comment does not.",
            "A merged ticket is gone: what was said there is read on the one that it was merged into.",
            "A ticket that moved to another queue is not listed any more.",
            "Changes of requestors and Cc are seen by their values, without history.",
            "Text files that people upload are recoded to UTF-8 by RT itself; ours are sent as plain bytes.",
            "RT tells nobody's rights: without the right to see comments, private ones do not exist for us.",
        ),
    )

    def __init__(self, account: Account, client: httpx.Client) -> None:
        for key, label in (("queue", "queue"), ("marker", "custom field for our mark")):
            if not account.settings.get(key, "").strip():
                raise Misconfigured(f"The Request Tracker system names no {label}. Enter it on the system's page.")
        wire = Wire("Request Tracker", account.base_url, client, account.vault, explain, authorize=headers)
        self.home = Home(wire, account.base_url, account.settings["queue"].strip(), account.settings)

    def check(self) -> Check:
        """Who we are there and what is missing. Raises Unauthorized, Unavailable."""
        return about.check(self.home)

    def describe(self, kind: str) -> Schema:
        """Fields and options of the queue's tickets. Raises Missing for another kind."""
        return about.describe(self.home, kind)

    def changes(self, cursor: str, *, now: datetime) -> Page:
        """One page of tickets changed since `cursor` ("" = from `now` on), oldest first, repeats allowed."""
        return listing.changes(self.home, cursor, now)

    def read(self, record: str, *, since: str | None = None) -> Item:
        """The ticket with its parts, and its revisions after `since` (a transaction's id), oldest first."""
        return reading.read(self.home, record, since)

    def find(self, kind: str, key: str) -> tuple[str, ...]:
        """Ids of tickets that carry `key`; a strong read."""
        return listing.find(self.home, key)

    def create(self, kind: str, fields: Fields, key: str) -> Written:
        """Create one ticket that carries `key`."""
        if kind != KIND:
            raise Missing(f"Request Tracker has no kind {kind}. Its only kind is {KIND}.")
        return writing.create(self.home, fields, key)

    def apply(self, record: str, step: Step, key: str, content: Content | None = None) -> Written:
        """Apply one step; `content` streams an attachment's bytes."""
        match step:
            case SetFields(fields):
                return writing.set_fields(self.home, record, fields, key)
            case Move(field, value):
                return writing.set_fields(self.home, record, {field: value}, key)
            case AddComment():
                return writing.comment(self.home, record, step, key)
            case Attach():
                return writing.attach(self.home, record, step, key, content)
            case EditComment():
                raise Rejected("Request Tracker's messages cannot be edited. Add a new one that says so.")

    def attachment(self, record: str, part: str) -> AbstractContextManager[Iterator[bytes]]:
        """Stream one file's bytes."""
        return files.download(self.home, record, file_number(part))

    def parse_webhook(
        self, headers: Mapping[str, str], body: bytes, secrets: tuple[str, ...], *, now: datetime
    ) -> tuple[Hint, ...]:
        """Always refused: RT signs nothing, so nobody can know who posts."""
        raise Unauthorized("Request Tracker sends no signed webhooks. Its changes are found by polling.", status=401)
