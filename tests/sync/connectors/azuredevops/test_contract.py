"""The Azure DevOps connector against the practice Azure DevOps over real HTTP."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from portal.core.errors import Rejected
from portal.core.http import Egress, client
from sync.connectors.azuredevops.connector import AzureDevOpsConnector
from sync.connectors.base import Account, Basic, Connector, Credential, OAuth
from sync.engine.types import AddComment, Attach
from sync.sandbox.azuredevops.seed import ORGANISATION, VISITOR_EMAIL, give
from sync.sandbox.azuredevops.tracker import make
from sync.sandbox.store import Store
from tests.sync.connectors.contract import Contract
from tests.sync.connectors.stage import Stage, Words, comments, content, fetched, files, new_key
from tests.sync.connectors.zendesk.desk import Drawer
from tests.sync.sandbox.serving import served

TOKEN, HAND = "practice-token", "hand-token"
PATCH = {"Content-Type": "application/json-patch+json"}
V, PREVIEW = {"api-version": "7.1"}, {"api-version": "7.1-preview.4"}
PLACE = f"/{ORGANISATION}/Delivery/_apis/wit"
WORDS = Words(
    kind="Bug",
    title="System.Title",
    description="System.Description",
    status="System.State",
    steps=("Active", "Resolved"),
    wrong=("Microsoft.VSTS.Common.Severity", "no such severity"),
    creates=f"POST {PLACE}/workitems",
    comments=f"POST {PLACE}/workItems",
)


@dataclass(frozen=True, slots=True)
class Developer:
    """A person who works in Azure DevOps by hand, without private comments, as there are none."""

    http: httpx.Client

    def open(self, title: str, body: str) -> str:
        """A new bug."""
        given = [_add("/fields/System.Title", title), _add("/fields/System.Description", f"<p>{body}</p>")]
        answer = self.http.post(f"{PLACE}/workitems/$Bug", params=V, json=given, headers=PATCH)
        return str(answer.raise_for_status().json()["id"])

    def comment(self, record: str, text: str, *, public: bool) -> None:
        """A comment; one that is not for all does not exist over there, so nothing is said."""
        if public:
            place = f"{PLACE}/workItems/{record}/comments"
            self.http.post(place, params=PREVIEW, json={"text": text}).raise_for_status()

    def retitle(self, record: str, title: str) -> None:
        """Another title."""
        self.patch(record, _add("/fields/System.Title", title))

    def attach(self, record: str, name: str, data: bytes, *, public: bool) -> None:
        """A file, which everybody sees."""
        if public:
            head, where = {"Content-Type": "application/octet-stream"}, {**V, "fileName": name}
            answer = self.http.post(f"{PLACE}/attachments", params=where, content=data, headers=head)
            url = answer.raise_for_status().json()["url"]
            self.patch(record, _add("/relations/-", {"rel": "AttachedFile", "url": url}))

    def delete(self, record: str) -> None:
        """Into the recycle bin."""
        self.http.delete(f"{PLACE}/workitems/{record}", params=V).raise_for_status()

    def patch(self, record: str, *operations: dict[str, object]) -> httpx.Response:
        """A JSON Patch."""
        place = f"{PLACE}/workitems/{record}"
        return self.http.patch(place, params=V, json=list(operations), headers=PATCH).raise_for_status()


def _add(path: str, value: object) -> dict[str, object]:
    return {"op": "add", "path": path, "value": value}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A practice Azure DevOps on a free port, where Gita has a token of her own."""
    path: Path = tmp_path_factory.mktemp("practice") / "azuredevops.sqlite3"
    store = Store(path)
    practice = make(store, TOKEN)
    give(store, VISITOR_EMAIL, HAND)
    with served(practice) as found:
        yield found


@pytest.fixture
def stage(address: str) -> Iterator[Stage]:
    """The connector as the sync account, Gita by hand."""
    guarded = client(Egress.parse(address.removeprefix("http://")), timeout=10)
    by_hand = httpx.Client(base_url=address, auth=("", HAND))
    grant = httpx.post(f"{address}/_practice/grant", json={}).json()

    def again(credential: Credential) -> Connector:
        settings = {"project": "Delivery", "type": "Bug", "token_url": f"{address}/global/oauth2/v2.0/token"}
        return AzureDevOpsConnector(Account(f"{address}/{ORGANISATION}", Drawer(credential), settings), guarded)

    with guarded, by_hand:
        played = Stage(
            connector=again(Basic("", TOKEN)),
            hands=Developer(by_hand),
            words=WORDS,
            practice=address,
            again=again,
            stale=OAuth("dead", grant["refresh_token"], "client"),
        )
        yield played
        played.heal()


class TestAzureDevOps(Contract):
    """The shared contract, save that Azure DevOps has no private comments and files."""

    def test_a_note_of_ours_stays_private(self, stage: Stage) -> None:
        """As there are no private notes and files, none is sent, and a sentence says so."""
        record = stage.create()
        with pytest.raises(Rejected, match="private"):
            stage.connector.apply(record, AddComment("canary-ours", public=False), new_key())
        step = Attach("a.txt", "text/plain", 6, public=False)
        with pytest.raises(Rejected, match="private"):
            stage.connector.apply(record, step, new_key(), content(b"canary"))
        assert stage.connector.read(record).parts == ()
        assert any("private" in one for one in stage.connector.capabilities.blind_spots)

    def test_a_large_file_arrives_byte_for_byte(self, stage: Stage) -> None:
        """25 MB, as a stream, both ways."""
        record, key, data = stage.create(), new_key(), hashlib.sha256(b"25").digest() * (25 * 32_768)
        step = Attach("Plan 😀.zip", "application/zip", len(data))
        written = stage.connector.apply(record, step, key, content(data))
        (part,) = files(stage.connector.read(record))
        assert (part.name, part.size, part.key) == ("Plan 😀.zip", len(data), key)
        assert written.sha256 == hashlib.sha256(data).hexdigest()
        assert fetched(stage.connector.attachment(record, part.id)) == data

    def test_a_deleted_comment_is_gone(self, stage: Stage) -> None:
        """The list of comments leaves it out."""
        record = stage.create()
        written = stage.connector.apply(record, AddComment("Not for long"), new_key())
        place = f"{PLACE}/workItems/{record}/comments/{written.part}"
        httpx.delete(stage.practice + place, params=PREVIEW, auth=("", TOKEN)).raise_for_status()
        assert comments(stage.connector.read(record)) == []
