"""Any REST interface as the nine verbs, by the declaration in its system's settings."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from email.utils import parsedate_to_datetime

import httpx

from portal.core import clock
from portal.core.errors import Missing
from sync.connectors.base import Account, Basic, Capabilities, Content, OAuth
from sync.connectors.rest import auth, listing, reading, webhooks, writing
from sync.connectors.rest.declared import Declaration, declared
from sync.connectors.rest.home import Home
from sync.connectors.rest.values import text
from sync.connectors.wire import Explained, Wire
from sync.engine.types import (
    Actor,
    AddComment,
    Attach,
    Check,
    EditComment,
    FieldInfo,
    Fields,
    Hint,
    Item,
    Move,
    Option,
    Page,
    Schema,
    SetFields,
    Step,
    Written,
)

SPOTS = (
    "What a declaration does not name is not read: check every path with a real record before going live.",
    "Without a declared history, only the value at each read is known, not who changed it.",
    "A record that is deleted is told of only when it is asked for.",
)


class RestConnector:
    """One declared interface; docs/connectors/rest.md describes the settings."""

    def __init__(self, account: Account, client: httpx.Client) -> None:
        self.account = account
        self.declaration = declared(account.settings)
        section = self.declaration["sign_in"]
        wire = Wire(
            name="The system",
            base_url=account.base_url,
            client=client,
            vault=account.vault,
            explain=self._explained,
            exchange=auth.renewal(client, account.base_url, section),
            authorize=auth.authorizing(section),
        )
        self.home = Home(wire, self.declaration)

    @property
    def capabilities(self) -> Capabilities:
        """What this declaration makes possible."""
        return capabilities(self.declaration)

    def check(self) -> Check:
        """Who we are there, and what the declaration lacks. Raises Unauthorized, Unavailable, Missing."""
        now = clock.now()
        response = self.home.wire.send("GET", self._probe(now), headers={"Accept": "application/json"})
        answer = self.home.wire.decoded(response, "GET")
        credential = self.account.vault.credential()
        name = credential.user if isinstance(credential, Basic) else _client(credential)
        sign_in = self.declaration["sign_in"]
        me = text(sign_in.first("me_id", answer)) if "me" in sign_in.addresses else ""
        called = text(sign_in.first("me_name", answer)) if me else ""
        listing.first_page(self.home, now)
        told = response.headers.get("date", "")
        skew = (parsedate_to_datetime(told) - clock.now()).total_seconds() if told else 0.0
        return Check(
            account=Actor(me or name, called or me or name),
            product="REST interface",
            version="",
            skew=skew if abs(skew) > 1.5 else 0.0,
            kinds=(self.declaration.kind,),
            notes=tuple(_notes(self.declaration)),
        )

    def describe(self, kind: str) -> Schema:
        """The declared fields. Raises Missing for another kind."""
        self._known(kind)
        infos = (
            FieldInfo(
                key=one.key,
                label=one.key.replace("_", " ").capitalize(),
                type=one.type,
                required=one.required,
                writable=one.writable,
                max_length=one.max_length,
                options=tuple(Option(value) for value in one.options),
            )
            for one in self.declaration.fields.values()
        )
        return Schema(kind, tuple(infos))

    def changes(self, cursor: str, *, now: datetime) -> Page:
        """One page of records changed since `cursor` ("" = from `now` on)."""
        return listing.changes(self.home, cursor, now)

    def read(self, record: str, *, since: str | None = None) -> Item:
        """The record with its parts, and its revisions after `since`."""
        return reading.read(self.home, record, since)

    def find(self, kind: str, key: str) -> tuple[str, ...]:
        """Ids of records that carry `key`, where a marker is declared."""
        self._known(kind)
        return listing.find(self.home, key)

    def create(self, kind: str, fields: Fields, key: str) -> Written:
        """Create one record that carries `key`."""
        self._known(kind)
        return writing.create(self.home, fields, key)

    def apply(self, record: str, step: Step, key: str, content: Content | None = None) -> Written:
        """Apply one step. Raises Rejected for what the declaration has no address for."""
        match step:
            case SetFields(fields):
                return writing.update(self.home, record, fields)
            case Move(field, value):
                return writing.update(self.home, record, {field: value})
            case AddComment():
                return writing.comment(self.home, record, step, key)
            case EditComment():
                return writing.edit(self.home, record, step)
            case Attach():
                return writing.attach(self.home, record, step, key, content)

    def attachment(self, record: str, part: str) -> AbstractContextManager[Iterator[bytes]]:
        """Stream one file's bytes."""
        address = self.declaration["files"].addresses.get("read")
        if address is None:
            raise Missing("The declaration has no files.")
        return self.home.wire.download(address.of(id=record, part=part))

    def parse_webhook(
        self, headers: Mapping[str, str], body: bytes, secrets: tuple[str, ...], *, now: datetime
    ) -> tuple[Hint, ...]:
        """The record of a signed delivery. Raises Unauthorized, Rejected."""
        return webhooks.hints(self.declaration["webhook"], headers, body, secrets)

    def _probe(self, now: datetime) -> str:
        """The address that a check asks first: who we are, else the list."""
        sign_in, records = self.declaration["sign_in"], self.declaration["records"]
        if "me" in sign_in.addresses:
            return sign_in.addresses["me"].of()
        return records.addresses["list"].of(since=now.strftime("%Y-%m-%dT%H:%M:%SZ"), page="1", next="")

    def _explained(self, answer: object) -> Explained:
        """What an error body says, by the paths `error` and `error_field`."""
        section = self.declaration["sign_in"]
        told = text(section.first("error_field", answer))
        return Explained(text(section.first("error", answer)), self.declaration.field_named(told) or None)

    def _known(self, kind: str) -> None:
        if kind != self.declaration.kind:
            raise Missing(f"This system has no kind {kind}. Its only kind is {self.declaration.kind}.")


def capabilities(declaration: Declaration) -> Capabilities:
    """What a declaration makes possible."""
    comments = declaration["comments"]
    return Capabilities(
        idempotent_create=False,
        absent_after=60.0,
        history=declaration["history"].has("list"),
        edit_comment=comments.has("edit"),
        compare_and_set=False,
        list_lag=60.0,
        overlap=listing.OVERLAP,
        webhook_signed=declaration["webhook"].has("signature"),
        blind_spots=SPOTS,
    )


def _client(credential: OAuth) -> str:
    return credential.client_id or "the holder of the access token"


def _notes(declaration: Declaration) -> Iterator[str]:
    """What a declaration leaves out that people may expect."""
    if not declaration["records"].has("create"):
        yield "No create is declared: the system tells of its records but takes no new ones."
    for name in ("comments", "files"):
        section = declaration[name]
        if not section.has("list"):
            yield f"No {name} are declared, so none travel."
        elif not (section.has("public") or section.has("private")):
            yield f"Neither public nor private is declared for {name}: all count as private and none leaves."
    if not declaration["history"].has("list"):
        yield "No history is declared: the time of a change is the time at which it was seen."
