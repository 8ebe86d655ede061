"""The ServiceNow connector against the practice ServiceNow over real HTTP."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from portal.core.http import Egress, client
from sync.connectors.base import Account, Basic, Connector, Credential, OAuth
from sync.connectors.servicenow.connector import ServiceNowConnector
from sync.engine.types import Attach
from sync.sandbox.servicenow.seed import CLIENT_ID, SYNC_USER, VISITOR
from sync.sandbox.servicenow.tracker import make
from sync.sandbox.store import Store
from tests.sync.connectors.contract import FILES, Contract
from tests.sync.connectors.stage import Stage, Words, content, fetched, files, new_key
from tests.sync.connectors.zendesk.desk import Drawer
from tests.sync.sandbox.serving import served

TOKEN = "practice-token"
TABLE = "/api/now/v2/table/incident"
WORDS = Words(
    kind="incident",
    title="short_description",
    description="description",
    status="state",
    steps=("In Progress", "Resolved"),
    wrong=("urgency", "no such urgency"),
    creates="POST /api/now/v2/table/incident",
    comments="PATCH /api/now/v2/table/incident",
)
#: what a system's form says beyond address and credential
SETTINGS = {
    "caller": "tom@infinity.example",
    "close_code": "Solution provided",
    "close_notes": "Done by the partner.",
    "hold_reason": "Awaiting Vendor",
}


@dataclass(frozen=True, slots=True)
class Designer:
    """A person who works in ServiceNow by hand."""

    http: httpx.Client

    def open(self, title: str, body: str) -> str:
        """A new incident."""
        made = self.http.post(TABLE, json={"short_description": title, "description": body})
        return str(made.raise_for_status().json()["result"]["sys_id"])

    def comment(self, record: str, text: str, *, public: bool) -> None:
        """A comment for the caller or a work note."""
        said = {"comments" if public else "work_notes": text}
        self.http.patch(f"{TABLE}/{record}", json=said).raise_for_status()

    def retitle(self, record: str, title: str) -> None:
        """Another short description."""
        self.http.patch(f"{TABLE}/{record}", json={"short_description": title}).raise_for_status()

    def attach(self, record: str, name: str, data: bytes, *, public: bool) -> None:
        """A file; ServiceNow has no private ones, so a work note says what it is for."""
        asked = {"table_name": "incident", "table_sys_id": record, "file_name": name}
        headers = {"Content-Type": "application/octet-stream"}
        self.http.post("/api/now/v1/attachment/file", params=asked, content=data, headers=headers).raise_for_status()
        if not public:
            self.comment(record, f"See {name}", public=False)

    def delete(self, record: str) -> None:
        """For good."""
        self.http.delete(f"{TABLE}/{record}").raise_for_status()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A practice ServiceNow on a free port."""
    path: Path = tmp_path_factory.mktemp("practice") / "servicenow.sqlite3"
    with served(make(Store(path), TOKEN)) as found:
        yield found


@pytest.fixture
def stage(address: str) -> Iterator[Stage]:
    """The connector as the sync account, Lena by hand."""
    guarded = client(Egress.parse(address.removeprefix("http://")), timeout=10)
    by_hand = httpx.Client(base_url=address, auth=(VISITOR, TOKEN), timeout=10)
    grant = httpx.post(f"{address}/_practice/grant", json={}).json()

    def again(credential: Credential) -> Connector:
        return ServiceNowConnector(Account(address, Drawer(credential), SETTINGS), guarded)

    with guarded, by_hand:
        played = Stage(
            connector=again(Basic(SYNC_USER, TOKEN)),
            hands=Designer(by_hand),
            words=WORDS,
            practice=address,
            again=again,
            stale=OAuth("dead", grant["refresh_token"], CLIENT_ID, TOKEN),
        )
        yield played
        played.heal()


class TestServiceNow(Contract):
    """The shared contract, save that ServiceNow keeps no marker on files."""

    @pytest.mark.parametrize("name, data", FILES.values(), ids=FILES)
    def test_a_file_of_ours_arrives_byte_for_byte(self, stage: Stage, name: str, data: bytes) -> None:
        """Name, size and hash with it; account, name and size tell that it is ours."""
        record = stage.create()
        step = Attach(name, "application/octet-stream", len(data))
        written = stage.connector.apply(record, step, new_key(), content(data))
        (part,) = files(stage.connector.read(record))
        assert (part.id, part.name, part.size, part.key) == (written.part, name, len(data), None)
        assert part.author.id == stage.connector.check().account.id
        assert written.sha256 == hashlib.sha256(data).hexdigest()
        assert fetched(stage.connector.attachment(record, part.id)) == data
