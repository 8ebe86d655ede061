"""The Zendesk connector against the practice Zendesk over real HTTP."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from portal.core import clock
from portal.core.errors import Conflict, Rejected, Unauthorized
from portal.core.http import Egress, client
from sync.connectors.base import Account, Basic, Connector, Credential, OAuth
from sync.connectors.zendesk.connector import ZendeskConnector
from sync.engine.types import AddComment, Move, SetFields, Value
from sync.sandbox.server import listen
from sync.sandbox.store import Store
from sync.sandbox.zendesk.seed import AGENT_EMAIL, CLIENT_ID, SYNC_EMAIL
from sync.sandbox.zendesk.tracker import make
from tests.sync.connectors.contract import Contract
from tests.sync.connectors.stage import Stage, Words, awaited, new_key
from tests.sync.connectors.zendesk.desk import Drawer

TOKEN = "practice-token"
WORDS = Words(
    kind="ticket",
    title="subject",
    description="description",
    status="status",
    steps=("Open", "Pending"),
    creates="POST /api/v2/tickets",
    comments="PUT /api/v2/tickets",
)


@dataclass(frozen=True, slots=True)
class Agent:
    """A person who works in Zendesk by hand."""

    http: httpx.Client

    def _put(self, record: str, ticket: dict[str, object]) -> None:
        self.http.put(f"/api/v2/tickets/{record}", json={"ticket": ticket}).raise_for_status()

    def open(self, title: str, body: str) -> str:
        """A new ticket."""
        said = {"ticket": {"subject": title, "comment": {"body": body}}}
        return str(self.http.post("/api/v2/tickets", json=said).raise_for_status().json()["ticket"]["id"])

    def comment(self, record: str, text: str, *, public: bool) -> None:
        """A comment or an internal note."""
        self._put(record, {"comment": {"body": text, "public": public}})

    def retitle(self, record: str, title: str) -> None:
        """Another subject."""
        self._put(record, {"subject": title})

    def attach(self, record: str, name: str, data: bytes, *, public: bool) -> None:
        """A file with a comment around it."""
        kind = {"Content-Type": "application/octet-stream"}
        made = self.http.post("/api/v2/uploads", params={"filename": name}, content=data, headers=kind)
        token = made.raise_for_status().json()["upload"]["token"]
        self._put(record, {"comment": {"body": "See file", "public": public, "uploads": [token]}})

    def delete(self, record: str) -> None:
        """Into the bin."""
        self.http.delete(f"/api/v2/tickets/{record}").raise_for_status()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A practice Zendesk on a free port."""
    path: Path = tmp_path_factory.mktemp("practice") / "zendesk.sqlite3"
    practice = make(Store(path), TOKEN)
    server = listen(practice, 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    httpx.post(f"{practice.address}/_practice/options", json={"rate_limit": 0}).raise_for_status()
    yield practice.address
    server.shutdown()
    server.server_close()
    practice.close()


@pytest.fixture
def stage(address: str) -> Iterator[Stage]:
    """The connector as an administrator, a person as another agent."""
    guarded = client(Egress.parse(address.removeprefix("http://")), timeout=10)
    agent = httpx.Client(base_url=address, auth=(f"{AGENT_EMAIL}/token", TOKEN))

    def again(credential: Credential) -> Connector:
        return ZendeskConnector(Account(address, Drawer(credential)), guarded)

    with guarded, agent:
        played = Stage(
            connector=again(Basic(SYNC_EMAIL, TOKEN)),
            hands=Agent(agent),
            words=WORDS,
            practice=address,
            again=again,
            stale=OAuth("dead", "", CLIENT_ID, f"{TOKEN}-secret"),
        )
        yield played
        played.heal()


class TestZendesk(Contract):
    """The shared contract."""


def test_a_ticket_of_an_agent_who_is_no_administrator_is_listed_too(address: str, stage: Stage) -> None:
    """An agent may not export; the list says what changed."""
    as_agent = stage.again(Basic(AGENT_EMAIL, TOKEN))
    record = stage.create()
    page = as_agent.changes("", now=stage.connector.read(record).updated_at)
    assert record in {row.record for row in page.rows}
    assert page.rows == tuple(sorted(page.rows, key=lambda row: row.updated_at))


def test_a_comment_without_words_is_a_dash(stage: Stage) -> None:
    """Zendesk refuses a comment that says nothing."""
    record = stage.create()
    stage.connector.apply(record, AddComment(" "), new_key())
    (part,) = stage.connector.read(record).parts
    assert part.body.strip("\\") == "-"


def test_a_comment_hidden_later_is_hidden_here(address: str, stage: Stage) -> None:
    """make_private after the fact."""
    record = stage.create()
    stage.hands.comment(record, "canary", public=True)
    (part,) = stage.connector.read(record).parts
    path = f"{address}/api/v2/tickets/{record}/comments/{part.id}/make_private"
    httpx.put(path, auth=(f"{AGENT_EMAIL}/token", TOKEN)).raise_for_status()
    (part,) = stage.connector.read(record).parts
    assert not part.public


def test_a_closed_ticket_is_locked_and_takes_nothing(stage: Stage) -> None:
    """The refusal is final: the lane parks."""
    record = stage.create()
    for status in ("Solved", "Closed"):
        stage.connector.apply(record, Move("status", status), new_key())
    item = stage.connector.read(record)
    assert item.locked
    assert [one.new for one in item.revisions if one.field == "status"] == ["Solved", "Closed"]
    with pytest.raises(Rejected):
        stage.connector.apply(record, AddComment("Too late"), new_key())


def test_a_write_on_a_ticket_that_changed_since_is_a_conflict(stage: Stage) -> None:
    """Compare-and-set by whole seconds: the other write must be in another one."""
    record = stage.create()
    stage.connector.read(record)
    time.sleep(1.1)
    stage.hands.retitle(record, "Theirs")
    with pytest.raises(Conflict):
        stage.connector.apply(record, SetFields({"subject": "Ours"}), new_key())
    stage.connector.read(record)
    stage.connector.apply(record, SetFields({"subject": "Ours"}), new_key())


def test_every_portable_field_survives_the_way_there_and_back(stage: Stage) -> None:
    """What is written by name is read by the same name, and told in the history with our key."""
    known = {info.label: info for info in stage.connector.describe("ticket").fields}
    fields: dict[str, Value] = {
        "priority": "urgent",
        "type": "incident",
        "tags": ("later", "vip"),
        "assignee": "Asha Rao",
        "group": "Customer service",
        known["Product"].key: "Checkout",
        known["Customer reference"].key: "R-1 😀",
    }
    record, key = stage.create(), new_key()
    done = stage.connector.apply(record, SetFields(fields), key)
    item = stage.connector.read(record)
    assert {name: item.fields[name] for name in fields} == fields
    told = {one.field: one for one in item.revisions}
    assert {name: told[name].new for name in fields} == fields
    assert {one.key for one in item.revisions} == {key}
    assert set(done.revisions) >= {one.id for one in item.revisions}


def test_a_delivery_of_the_practice_zendesk_is_a_hint(address: str, stage: Stage) -> None:
    """Two programs that were written apart agree on the signature."""
    caught: list[tuple[dict[str, str], bytes]] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Keep the delivery."""
            caught.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    kinds = ["zen:event-type:ticket.subject_changed"]
    place = f"http://127.0.0.1:{server.server_address[1]}/"
    hook = {"name": "c", "status": "active", "endpoint": place, "http_method": "POST"}
    hook |= {"request_format": "json", "subscriptions": kinds}  # type: ignore[dict-item]
    with httpx.Client(base_url=f"{address}/api/v2", auth=(f"{SYNC_EMAIL}/token", TOKEN)) as admin:
        made = admin.post("/webhooks", json={"webhook": hook}).raise_for_status().json()["webhook"]
        secret = admin.get(f"/webhooks/{made['id']}/signing_secret").json()["signing_secret"]["secret"]
        record = stage.create()
        stage.hands.retitle(record, "Again")
        awaited(lambda: caught)
        admin.delete(f"/webhooks/{made['id']}")
    server.shutdown()
    headers, body = caught[0]
    (hint,) = stage.connector.parse_webhook(headers, body, (secret,), now=clock.now())
    assert hint.record == record
    with pytest.raises(Unauthorized):
        stage.connector.parse_webhook(headers, body + b" ", (secret,), now=clock.now())
