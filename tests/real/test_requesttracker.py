"""The Request Tracker connector against a real Request Tracker."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import cast

import httpx
import pytest

from portal.core.errors import Missing, Rejected, Unauthorized
from portal.core.http import Egress, client
from sync.connectors.base import Account, Basic, Connector, Credential
from sync.connectors.requesttracker.connector import RequestTrackerConnector
from sync.engine.types import AddComment, Attach, Move, SetFields, Value
from tests.real import requesttracker
from tests.real.proxy import faulty
from tests.real.serving import Real
from tests.sync.connectors.contract import Contract
from tests.sync.connectors.stage import Stage, Words, comments, content, fetched, new_key
from tests.sync.connectors.zendesk.desk import Drawer

SETTINGS = {"queue": "Sync", "marker": "Concord"}
WORDS = Words(
    kind="ticket",
    title="subject",
    description="description",
    status="status",
    steps=("open", "stalled"),
    wrong=("status", "flying"),
    creates="POST /REST/2.0/ticket",
    comments="POST /REST/2.0/ticket",
)


@dataclass(frozen=True, slots=True)
class Agent:
    """A person who works in Request Tracker by hand."""

    http: httpx.Client

    def open(self, title: str, body: str) -> str:
        """A new ticket."""
        ticket = {"Queue": "Sync", "Subject": title, "Content": body, "ContentType": "text/plain"}
        return str(self.http.post("/REST/2.0/ticket", json=ticket).raise_for_status().json()["id"])

    def put(self, record: str, **ticket: object) -> None:
        """Change a ticket."""
        self.http.put(f"/REST/2.0/ticket/{record}", json=ticket).raise_for_status()

    def say(self, record: str, text: str, *, public: bool, **more: object) -> None:
        """A reply or a comment."""
        path = f"/REST/2.0/ticket/{record}/{'correspond' if public else 'comment'}"
        self.http.post(path, json={"Content": text, "ContentType": "text/plain"} | more).raise_for_status()

    def comment(self, record: str, text: str, *, public: bool) -> None:
        """The same."""
        self.say(record, text, public=public)

    def retitle(self, record: str, title: str) -> None:
        """Another subject."""
        self.put(record, Subject=title)

    def attach(self, record: str, name: str, data: bytes, *, public: bool) -> None:
        """A file, with or without a text."""
        if not data:
            file = {"FileName": name, "FileType": "application/octet-stream", "FileContent": "="}
            self.say(record, "See file", public=public, Attachments=[file])
            return
        path = f"/REST/2.0/ticket/{record}/{'correspond' if public else 'comment'}"
        form = {"JSON": json.dumps({"Content": "See file", "ContentType": "text/plain"})}
        sent = {"Attachments": (name, data, "application/octet-stream")}
        self.http.post(path, data=form, files=sent).raise_for_status()

    def delete(self, record: str) -> None:
        """RT keeps it as deleted."""
        self.http.delete(f"/REST/2.0/ticket/{record}").raise_for_status()


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Real]:
    """A real Request Tracker."""
    with requesttracker.served(tmp_path_factory.mktemp("real")) as found:
        yield found


@pytest.fixture(scope="module")
def address(there: Real) -> Iterator[str]:
    """Its door, where faults are played."""
    with faulty(there.url) as door:
        yield door


@pytest.fixture
def stage(there: Real, address: str) -> Iterator[Stage]:
    """The connector as one agent, a person as another."""
    guarded = client(Egress.parse(address.removeprefix("http://")), timeout=30)
    by_hand = httpx.Client(base_url=there.url, headers={"Authorization": f"token {there.facts['AGENT']}"}, timeout=60)

    def again(credential: Credential) -> Connector:
        return RequestTrackerConnector(Account(address, Drawer(credential), SETTINGS), guarded)

    with guarded, by_hand:
        first = again(Basic("sync", there.facts["SYNC"]))
        played = Stage(connector=first, hands=Agent(by_hand), words=WORDS, practice=address, again=again)
        yield played
        played.heal()


class TestRequestTracker(Contract):
    """The shared contract."""


def test_every_standard_field_survives_the_way_there_and_back(stage: Stage, there: Real) -> None:
    """On a server in another time zone; what RT would ignore is read back."""
    fields: dict[str, Value] = {
        "priority": 70,
        "owner": "Agent Test",
        "due": "2026-12-01T10:00:00+00:00",
        "starts": "2026-11-01T23:30:00+00:00",
        "requestors": ("cust@example.test", "second@example.test"),
        f"cf_{there.facts['SEVERITY']}": "S2",
        f"cf_{there.facts['AREAS']}": ("Disk", "Net"),
    }
    record = stage.create()
    stage.connector.apply(record, SetFields(fields), new_key())
    item = stage.connector.read(record)
    assert {name: item.fields[name] for name in fields} == fields
    told = {one.field: one.new for one in item.revisions}
    assert {name: told[name] for name in fields if name != "requestors"} == {
        name: value for name, value in fields.items() if name != "requestors"
    }


def test_a_list_of_values_keeps_its_history(stage: Stage, there: Real) -> None:
    """Each value comes and goes in a transaction of its own there, and the last one is where they all arrive."""
    areas = f"cf_{there.facts['AREAS']}"
    record = stage.create()
    for values in (("Disk", "Net"), ("Net",), None):
        stage.connector.apply(record, SetFields({areas: values}), new_key())
    item = stage.connector.read(record)
    told = [(one.old, one.new) for one in item.revisions if one.field == areas]
    assert item.fields[areas] is None
    assert told[0][0] is None
    assert told[-1] == (("Net",), None)
    assert all(one[1] == two[0] for one, two in pairwise(told))


def test_a_merged_ticket_is_missing(stage: Stage) -> None:
    """RT itself answers 200 with the other ticket."""
    one, two = stage.create(), stage.create()
    cast(RequestTrackerConnector, stage.connector).home.wire.value(
        "PUT", f"REST/2.0/ticket/{one}", body={"MergeInto": int(two)}
    )
    with pytest.raises(Missing, match=f"#{two}"):
        stage.connector.read(one)
    with pytest.raises(Missing):
        stage.connector.apply(one, AddComment("Too late"), new_key())
    assert stage.connector.read(two).record == two


def test_a_ticket_that_moved_to_another_queue_is_missing(stage: Stage) -> None:
    """Until it comes back."""
    record = stage.create()
    cast(Agent, stage.hands).put(record, Queue="Else")
    with pytest.raises(Missing):
        stage.connector.read(record)


def test_what_rt_refuses_with_200_is_refused_aloud(stage: Stage) -> None:
    """With RT's own sentence."""
    record = stage.create()
    with pytest.raises(Rejected, match="flying") as caught:
        stage.connector.apply(record, Move("status", "flying"), new_key())
    assert caught.value.field == "status"


def test_our_key_in_a_strangers_message_is_not_believed(stage: Stage) -> None:
    """Mail brings in anything."""
    record = stage.create()
    cast(Agent, stage.hands).say(record, "<p>Hi</p><!-- concord:c1.stolen -->", public=True, ContentType="text/html")
    (part,) = comments(stage.connector.read(record))
    assert (part.body, part.key) == ("Hi", None)


def test_25_megabytes_go_there_and_back(stage: Stage) -> None:
    """As a stream both ways, though RT answers in base64 inside JSON."""
    data = random.Random(1).randbytes(25 * 2**20)
    record = stage.create()
    done = stage.connector.apply(record, Attach("large.bin", "text/plain", len(data)), new_key(), content(data))
    assert done.part
    assert fetched(stage.connector.attachment(record, done.part)) == data


def test_a_user_name_with_a_password_signs_in_too(stage: Stage) -> None:
    """And a wrong one stops the system."""
    record, key = stage.create(), new_key()
    connector = stage.again(Basic("agent", "agent-pass-1", token=False))
    connector.apply(record, AddComment("By password"), key)
    assert [(part.body, part.author.name) for part in comments(stage.connector.read(record))] == [
        ("By password", "Agent Test")
    ]
    with pytest.raises(Unauthorized):
        stage.again(Basic("agent", "wrong", token=False)).check()
