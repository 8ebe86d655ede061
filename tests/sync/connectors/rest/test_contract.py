"""A declared REST interface against the practice CRM over real HTTP."""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from portal.core.errors import Misconfigured, Rejected, Unauthorized
from portal.core.http import Egress, client
from sync.connectors.base import Account, Basic, Connector, Credential, OAuth
from sync.connectors.rest.connector import RestConnector
from sync.engine.types import AddComment, SetFields, Value
from sync.sandbox.crm.tracker import CLIENT_ID, make
from sync.sandbox.store import Store
from tests.sync.connectors.contract import Contract
from tests.sync.connectors.rest.crm import DECLARATION
from tests.sync.connectors.stage import Stage, Words, comments, new_key
from tests.sync.connectors.zendesk.desk import Drawer
from tests.sync.sandbox.serving import served

TOKEN = "practice-token"
WORDS = Words(
    kind="order",
    title="subject",
    description="description",
    status="state",
    steps=("in progress", "done"),
    creates="POST /api/orders",
    comments="POST /api/orders/",
)


@dataclass(frozen=True, slots=True)
class Clerk:
    """A person who works in the CRM by hand."""

    http: httpx.Client

    def open(self, title: str, body: str) -> str:
        """A new order."""
        said = {"order": {"subject": title, "description": body}}
        return str(self.http.post("/api/orders", json=said).raise_for_status().json()["order"]["id"])

    def comment(self, record: str, text: str, *, public: bool) -> None:
        """A comment."""
        said = {"text": text, "internal": not public}
        self.http.post(f"/api/orders/{record}/comments", json=said).raise_for_status()

    def retitle(self, record: str, title: str) -> None:
        """Another subject."""
        self.http.patch(f"/api/orders/{record}", json={"order": {"subject": title}}).raise_for_status()

    def attach(self, record: str, name: str, data: bytes, *, public: bool) -> None:
        """A file."""
        params = {"name": name, "internal": "" if public else "yes"}
        self.http.post(f"/api/orders/{record}/files", params=params, content=data).raise_for_status()

    def delete(self, record: str) -> None:
        """For good."""
        self.http.delete(f"/api/orders/{record}").raise_for_status()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A practice CRM on a free port."""
    with served(make(Store(":memory:"), TOKEN)) as url:
        yield url


@pytest.fixture
def stage(address: str) -> Iterator[Stage]:
    """The connector as the sync user, a person as another."""
    guarded = client(Egress.parse(address.removeprefix("http://")), timeout=10)
    clerk = httpx.Client(base_url=address, auth=("carla", TOKEN))

    def again(credential: Credential) -> Connector:
        return RestConnector(Account(address, Drawer(credential), DECLARATION), guarded)

    with guarded, clerk:
        played = Stage(
            connector=again(Basic("sync", TOKEN)),
            hands=Clerk(clerk),
            words=WORDS,
            practice=address,
            again=again,
            stale=OAuth("dead", "", CLIENT_ID, TOKEN),
        )
        yield played
        played.heal()


class TestRest(Contract):
    """The shared contract."""


def test_every_portable_field_survives_the_way_there_and_back(stage: Stage) -> None:
    fields: dict[str, Value] = {
        "priority": "high",
        "tags": ("later", "vip"),
        "customer": "C-1 😀",
        "amount": 12.5,
        "state": "in progress",
    }
    record = stage.create()
    stage.connector.apply(record, SetFields(fields), new_key())
    item = stage.connector.read(record)
    assert {name: item.fields[name] for name in fields} == fields
    told = {one.field: one.new for one in item.revisions}
    assert {name: told[name] for name in fields} == fields


def test_an_update_sends_nothing_but_the_fields_that_change(stage: Stage) -> None:
    record = stage.create("Before")
    stage.hands.retitle(record, "Theirs")
    stage.connector.apply(record, SetFields({"priority": "low"}), new_key())
    assert stage.connector.read(record).fields["subject"] == "Theirs"


def test_a_readonly_field_is_refused_before_anything_is_sent(stage: Stage) -> None:
    record = stage.create()
    with pytest.raises(Rejected) as caught:
        stage.connector.apply(record, SetFields({"opened": "2026-01-01"}), new_key())
    assert caught.value.field == "opened"


def signed_in(address: str, scheme: str, credential: Credential) -> str:
    """Who the system says we are, with this scheme."""
    sign_in = f"{DECLARATION['sign_in']}\nscheme = {scheme}"
    with client(Egress.parse(address.removeprefix("http://")), timeout=10) as guarded:
        account = Account(address, Drawer(credential), {**DECLARATION, "sign_in": sign_in})
        return RestConnector(account, guarded).check().account.name


def test_a_key_signs_in_by_the_declared_header(address: str) -> None:
    assert signed_in(address, "X-Api-Key", Basic("", TOKEN)) == "Concord"
    with pytest.raises(Unauthorized):
        signed_in(address, "X-Other", Basic("", TOKEN))


def test_a_bearer_token_signs_in(address: str) -> None:
    asked = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": TOKEN}
    access = httpx.post(f"{address}/oauth/token", data=asked).json()["access_token"]
    assert signed_in(address, "bearer", Basic("", access)) == "Concord"


def test_a_header_that_says_something_else_is_no_place_for_a_key(address: str) -> None:
    with pytest.raises(Misconfigured, match="Host"):
        signed_in(address, "Host", Basic("", TOKEN))


def test_comments_are_private_where_the_declaration_says_nothing_of_it(address: str, stage: Stage) -> None:
    silent = DECLARATION["comments"].replace("private = $.internal", "")
    record = stage.create()
    stage.hands.comment(record, "canary", public=True)
    with client(Egress.parse(address.removeprefix("http://")), timeout=10) as guarded:
        account = Account(address, Drawer(Basic("sync", TOKEN)), {**DECLARATION, "comments": silent})
        connector = RestConnector(account, guarded)
        assert not any(part.public for part in comments(connector.read(record)))
        assert "Neither public nor private is declared for comments" in " ".join(connector.check().notes)


def test_a_private_comment_is_not_written_where_it_could_not_be_private(address: str, stage: Stage) -> None:
    open_only = DECLARATION["comments"].replace('"internal": "{private}", ', "")
    record = stage.create()
    with client(Egress.parse(address.removeprefix("http://")), timeout=10) as guarded:
        account = Account(address, Drawer(Basic("sync", TOKEN)), {**DECLARATION, "comments": open_only})
        with pytest.raises(Rejected, match="cannot be private"):
            RestConnector(account, guarded).apply(record, AddComment("canary", public=False), new_key())
    assert comments(stage.connector.read(record)) == []
