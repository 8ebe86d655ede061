"""The Azure DevOps connector against the practice Azure DevOps over real HTTP."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from portal.core import clock
from portal.core.errors import Conflict, Missing, RateLimited, Rejected
from portal.core.http import Egress, client
from sync.connectors.azuredevops.connector import AzureDevOpsConnector
from sync.connectors.base import Account, Basic, Connector, Credential, OAuth
from sync.engine.types import AddComment, Attach, SetFields
from sync.sandbox.azuredevops.seed import ORGANISATION, VISITOR_EMAIL, give
from sync.sandbox.azuredevops.tracker import make
from sync.sandbox.store import Store
from tests.sync.connectors.contract import Contract, follow
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

    def test_a_busy_service_is_left_alone_until_its_time(self, stage: Stage) -> None:
        """A good answer that asks for patience is taken, and the next verb waits."""
        record = stage.create()
        switch(stage, "limits", delay=1)
        try:
            assert stage.connector.read(record).record == record
            with pytest.raises(RateLimited) as caught:
                stage.connector.read(record)
        finally:
            switch(stage, "limits", delay=0)
        assert caught.value.retry_at > clock.now()

    def test_a_refused_token_begins_the_list_anew_and_loses_nothing(self, stage: Stage) -> None:
        """The list steps back to a time before what was seen last."""
        cursor = stage.connector.changes("", now=clock.now()).cursor
        record = stage.create()
        switch(stage, "reporting", page=50, refuse=True)
        try:
            _, rows = follow(stage, cursor, record)
        finally:
            switch(stage, "reporting", page=200)
        assert rows[record].version == "1"

    def test_an_item_that_was_moved_away_is_missing_and_back_again_is_there(self, stage: Stage) -> None:
        """Its id stays; the project is not ours any more."""
        record = stage.create()
        assert isinstance(stage.hands, Developer)
        for home, area in (("Lab Network", "Lab Network"), ("Delivery", "Delivery")):
            names = {"TeamProject": home, "AreaPath": area, "IterationPath": area}
            stage.hands.patch(record, *(_add(f"/fields/System.{name}", value) for name, value in names.items()))
            if home == "Lab Network":
                with pytest.raises(Missing, match="in the project Lab Network"):
                    stage.connector.read(record)
        assert stage.connector.read(record).record == record

    def test_a_person_who_was_quicker_is_not_overwritten(self, stage: Stage) -> None:
        """The write is a conflict, and the next one, after a fresh read, goes through."""
        record = stage.create("Before")
        stage.connector.read(record)
        stage.hands.retitle(record, "By hand")
        step = SetFields({"System.Title": "By us"})
        with pytest.raises(Conflict):
            stage.connector.apply(record, step, new_key())
        assert stage.connector.read(record).fields["System.Title"] == "By hand"
        stage.connector.apply(record, step, new_key())
        assert stage.connector.read(record).fields["System.Title"] == "By us"


def switch(stage: Stage, name: str, **state: object) -> None:
    """Turn one of the practice system's own switches."""
    httpx.post(f"{stage.practice}/_practice/{name}", json=state).raise_for_status()
