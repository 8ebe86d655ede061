"""The Jira connector against the practice Jira over real HTTP."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from portal.core.http import Egress, client
from portal.core.text import adf
from sync.connectors.base import Account, Basic, Connector, Credential, OAuth
from sync.connectors.jira.connector import JiraConnector
from sync.engine.types import Attach
from sync.sandbox.jira.seed import CLOUD_ID, SYNC_EMAIL, account_id, digest
from sync.sandbox.jira.tracker import make
from sync.sandbox.store import Store
from tests.sync.connectors.contract import FILES, Contract
from tests.sync.connectors.stage import Stage, Words, content, fetched, files, new_key
from tests.sync.connectors.zendesk.desk import Drawer
from tests.sync.sandbox.serving import served

TOKEN = "practice-token"
HAND_EMAIL = "ines@infinity.example"
WORDS = Words(
    kind="Task",
    title="summary",
    description="description",
    status="status",
    steps=("In Progress", "In Review"),
    creates="POST /rest/api/3/issue",
    comments="POST /rest/api/3/issue",
)
ROLE = {"type": "role", "value": "Developers"}


@dataclass(frozen=True, slots=True)
class Architect:
    """A person who works in Jira by hand."""

    http: httpx.Client

    def open(self, title: str, body: str) -> str:
        """A new issue."""
        fields = {
            "project": {"key": "INF"},
            "issuetype": {"name": "Task"},
            "summary": title,
            "description": adf.from_markdown(body),
        }
        return str(self.http.post("/rest/api/3/issue", json={"fields": fields}).raise_for_status().json()["id"])

    def comment(self, record: str, text: str, *, public: bool) -> None:
        """A comment for all or for one role."""
        self._say(record, adf.from_markdown(text), public=public)

    def retitle(self, record: str, title: str) -> None:
        """Another summary."""
        self.http.put(f"/rest/api/3/issue/{record}", json={"fields": {"summary": title}}).raise_for_status()

    def attach(self, record: str, name: str, data: bytes, *, public: bool) -> None:
        """A file; a private one is shown by a restricted comment, as Jira's editor does it."""
        sent = {"file": (name, data, "application/octet-stream")}
        path, check = f"/rest/api/3/issue/{record}/attachments", {"X-Atlassian-Token": "no-check"}
        self.http.post(path, files=sent, headers=check).raise_for_status()
        if not public:
            media = {"type": "media", "attrs": {"id": "m", "type": "file", "collection": "", "alt": name}}
            group = {"type": "mediaGroup", "content": [media]}
            self._say(record, {"type": "doc", "version": 1, "content": [group]}, public=False)

    def delete(self, record: str) -> None:
        """For good."""
        self.http.delete(f"/rest/api/3/issue/{record}").raise_for_status()

    def _say(self, record: str, body: object, *, public: bool) -> None:
        said = {"body": body} | ({} if public else {"visibility": ROLE})
        self.http.post(f"/rest/api/3/issue/{record}/comment", json=said).raise_for_status()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A practice Jira on a free port, where Ines has a token of her own."""
    path: Path = tmp_path_factory.mktemp("practice") / "jira.sqlite3"
    store = Store(path)
    practice = make(store, TOKEN)
    ines = account_id(HAND_EMAIL)
    store.put("tokens", ines, {"accountId": ines, "email": HAND_EMAIL, "digest": digest(TOKEN)})
    with served(practice) as found:
        yield found


@pytest.fixture
def stage(address: str) -> Iterator[Stage]:
    """The connector as the sync account, Ines by hand."""
    guarded = client(Egress.parse(address.removeprefix("http://")), timeout=10)
    by_hand = httpx.Client(base_url=address, auth=(HAND_EMAIL, TOKEN))
    grant = httpx.post(f"{address}/_practice/grant", json={}).json()

    def again(credential: Credential) -> Connector:
        settings = {"project": "INF", "type": "Task", "private_role": "Developers"}
        if isinstance(credential, OAuth):
            settings |= {"cloud_id": CLOUD_ID, "gateway": address, "token_url": f"{address}/oauth/token"}
        return JiraConnector(Account(address, Drawer(credential), settings), guarded)

    with guarded, by_hand:
        played = Stage(
            connector=again(Basic(SYNC_EMAIL, TOKEN)),
            hands=Architect(by_hand),
            words=WORDS,
            practice=address,
            again=again,
            stale=OAuth("dead", grant["refresh_token"], "client", "secret"),
        )
        yield played
        played.heal()


class TestJira(Contract):
    """The shared contract, save that Jira keeps no marker on files."""

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
