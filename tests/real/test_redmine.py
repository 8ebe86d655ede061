"""The Redmine connector against a real Redmine."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import cast

import httpx
import pytest

from portal.core import clock
from portal.core.errors import Missing, Rejected, Unauthorized
from portal.core.http import Egress, client
from sync.connectors.base import Account, Basic, Connector, Credential
from sync.connectors.redmine.connector import RedmineConnector
from sync.connectors.redmine.listing import Cursor
from sync.engine.types import AddComment, Attach, Move, SetFields, Value
from tests.real import redmine
from tests.real.proxy import faulty
from tests.real.serving import Real
from tests.sync.connectors.contract import Contract
from tests.sync.connectors.stage import Stage, Words, comments, content, fetched, new_key
from tests.sync.connectors.zendesk.desk import Drawer

SETTINGS = {"project": "sync", "marker": "Concord", "file_limit": "40"}
WORDS = Words(
    kind="Bug",
    title="subject",
    description="description",
    status="status",
    steps=("In Progress", "Resolved"),
    creates="POST /issues",
    comments="PUT /issues",
)


@dataclass(frozen=True, slots=True)
class Developer:
    """A person who works in Redmine by hand."""

    http: httpx.Client

    def open(self, title: str, body: str) -> str:
        """A new issue."""
        issue = {"project_id": "sync", "tracker_id": 1, "subject": title, "description": body}
        made = self.http.post("/issues.json", json={"issue": issue}).raise_for_status()
        return str(made.json()["issue"]["id"])

    def put(self, record: str, **issue: object) -> None:
        """Change an issue."""
        self.http.put(f"/issues/{record}.json", json={"issue": issue}).raise_for_status()

    def comment(self, record: str, text: str, *, public: bool) -> None:
        """A note."""
        self.put(record, notes=text, private_notes=not public)

    def retitle(self, record: str, title: str) -> None:
        """Another subject."""
        self.put(record, subject=title)

    def attach(self, record: str, name: str, data: bytes, *, public: bool) -> None:
        """A file; a private one comes with a private note."""
        kind = {"Content-Type": "application/octet-stream"}
        made = self.http.post("/uploads.json", params={"filename": name}, content=data, headers=kind)
        upload = {"token": made.raise_for_status().json()["upload"]["token"], "filename": name}
        note = {} if public else {"notes": "See the file", "private_notes": True}
        self.put(record, uploads=[upload], **note)

    def delete(self, record: str) -> None:
        """For good."""
        self.http.delete(f"/issues/{record}.json").raise_for_status()


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Real]:
    """A real Redmine."""
    with redmine.served(tmp_path_factory.mktemp("real")) as found:
        yield found


@pytest.fixture(scope="module")
def address(there: Real) -> Iterator[str]:
    """Its door, where faults are played."""
    with faulty(there.url) as door:
        yield door


@pytest.fixture
def stage(there: Real, address: str) -> Iterator[Stage]:
    """The connector as a developer of the project, a person as another."""
    guarded = client(Egress.parse(address.removeprefix("http://")), timeout=30)
    by_hand = httpx.Client(base_url=there.url, headers={"X-Redmine-API-Key": there.facts["AGENT"]}, timeout=60)

    def again(credential: Credential) -> Connector:
        chosen = {**SETTINGS, "marker": there.facts["MARK"]}
        return RedmineConnector(Account(address, Drawer(credential), chosen), guarded)

    with guarded, by_hand:
        first = again(Basic("admin", there.facts["ADMIN"]))
        played = Stage(connector=first, hands=Developer(by_hand), words=WORDS, practice=address, again=again)
        yield played
        played.heal()


class TestRedmine(Contract):
    """The shared contract."""


def agent_of(there: Real, address: str, name: str) -> RedmineConnector:
    """The connector as somebody of the project who is no administrator."""
    guarded = client(Egress.parse(address.removeprefix("http://")), timeout=60)
    chosen = {**SETTINGS, "marker": there.facts["MARK"]}
    return RedmineConnector(Account(address, Drawer(Basic(name, there.facts[name.upper()])), chosen), guarded)


def test_somebody_who_is_no_administrator_can_do_it_all(there: Real, address: str, stage: Stage) -> None:
    """The mark's field is named by its number then."""
    connector = agent_of(there, address, "sync")
    assert connector.check().problems == ()
    key = new_key()
    severity = f"cf_{there.facts['SEVERITY']}"
    record = connector.create("Bug", {"subject": "By a developer", severity: "S2"}, key).record
    assert connector.find("Bug", key) == (record,)
    noted = connector.apply(record, AddComment("Between us", public=False), "c1.private")
    item = connector.read(record)
    assert (item.key, item.fields[severity]) == (key, "S2")
    assert [(part.id, part.key, part.public) for part in comments(item)] == [(noted.part, "c1.private", False)]


def test_what_redmine_drops_in_silence_is_refused_aloud(there: Real, address: str, stage: Stage) -> None:
    """A reporter may neither hide a note nor move a status; Redmine answers 204 to both."""
    connector = agent_of(there, address, "reporter")
    record = stage.hands.open("A reporter's", "Body")
    with pytest.raises(Rejected):
        connector.apply(record, AddComment("canary", public=False), new_key())
    with pytest.raises(Rejected):
        connector.apply(record, Move("status", "Resolved"), new_key())
    item = stage.connector.read(record)
    assert comments(item) == []
    assert item.fields["status"] == "New"


def test_a_persons_copy_of_our_issue_is_not_taken_for_ours(stage: Stage, there: Real) -> None:
    """It carries the value of the mark's field too."""
    key = new_key()
    ours = stage.create(key=key)
    copied = {"id": int(there.facts["MARK"]), "value": key}
    hands = cast(Developer, stage.hands)
    copy = hands.open("Copy", "Body")
    hands.put(copy, custom_fields=[copied])
    assert stage.connector.find("Bug", key) == (ours,)
    assert stage.connector.read(copy).key is None


def test_a_list_of_values_keeps_its_history(stage: Stage, there: Real) -> None:
    """Each value comes and goes in a line of its own there."""
    areas = f"cf_{there.facts['AREAS']}"
    record = stage.create()
    for values in (("Disk", "Net"), ("Mail", "Net"), None):
        stage.connector.apply(record, SetFields({areas: values}), new_key())
    told = [(one.old, one.new) for one in stage.connector.read(record).revisions if one.field == areas]
    assert told == [(None, ("Disk", "Net")), (("Disk", "Net"), ("Mail", "Net")), (("Mail", "Net"), None)]


def test_every_standard_field_survives_the_way_there_and_back(stage: Stage) -> None:
    """And each change is told with our key."""
    fields: dict[str, Value] = {
        "description": "A *list*:\n\n- one\n- two\n\n```\ncode\n```",
        "priority": "Urgent",
        "assigned_to": "Agent Test",
        "start_date": "2026-02-01",
        "due_date": "2026-03-01",
        "done_ratio": 40,
        "estimated_hours": 2.5,
        "is_private": True,
    }
    record, key = stage.create(), new_key()
    stage.connector.apply(record, SetFields(fields), key)
    item = stage.connector.read(record)
    assert {name: item.fields[name] for name in fields} == fields
    told = {one.field: one for one in item.revisions}
    assert {name: told[name].new for name in fields if name in told} == {n: fields[n] for n in fields if n in told}
    assert {one.key for one in item.revisions} == {key}


def test_an_issue_that_moved_away_is_missing(stage: Stage) -> None:
    """With the name of where it is."""
    record = stage.create()
    there = stage.connector
    cast(RedmineConnector, there).home.wire.json(
        "PUT", f"issues/{record}.json", body={"issue": {"project_id": "else"}}
    )
    with pytest.raises(Missing, match="Else"):
        there.read(record)


def test_more_changes_in_one_second_than_a_page_has_are_all_listed(stage: Stage, there: Real) -> None:
    """Redmine's offsets slide; the list goes on by time and by number."""
    records = [stage.hands.open(f"Many {number}", "Body") for number in range(115)]
    second = "UPDATE issues SET updated_on = '2030-01-01 10:00:00.5' WHERE subject LIKE 'Many %'"
    with closing(sqlite3.connect(there.folder / "redmine.sqlite3", timeout=20)) as database:
        database.execute(second)
        database.commit()
    cursor, found, more = Cursor("2029-12-31T00:00:00Z").text(), list[str](), True
    while more:
        page = stage.connector.changes(cursor, now=clock.now())
        found += [row.record for row in page.rows]
        cursor, more = page.cursor, page.more
    assert set(found) == set(records)


def test_25_megabytes_go_there_and_back(stage: Stage) -> None:
    """As a stream both ways."""
    data = random.Random(1).randbytes(25 * 2**20)
    record = stage.create()
    done = stage.connector.apply(record, Attach("large.bin", "image/png", len(data)), new_key(), content(data))
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
