"""ServiceNow and Jira with the engine between them: real HTTP, PostgreSQL, polls."""

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from portal.core.text import adf
from sync.connectors.servicenow.bodies import read_entry
from sync.flow.models.cases import Item
from tests.sync.flow.meeting import Meeting, meeting

CANARY = "canary-7Qx-only-for-agents"


@pytest.fixture(scope="module")
def held(
    database: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Meeting]:
    """One meeting for all tests of the module: each opens incidents of its own."""
    with django_db_blocker.unblock(), meeting(tmp_path_factory.mktemp("meeting")) as made:
        yield made


def test_an_incident_becomes_one_issue(held: Meeting) -> None:
    fields = {"urgency": "1", "impact": "2", "u_customer_reference": "PO-20417"}
    record, twin = held.pair("Checkout fails", "Every third *payment* fails.\nSince noon.", **fields)
    issue = held.board.issue(twin)
    assert held.board.titled("Checkout fails") == [twin]
    assert (issue["priority"]["name"], issue["status"]["name"]) == ("High", "To Do")
    assert adf.to_markdown(issue["description"]).strip() == "Every third \\*payment\\* fails.\\\nSince noon."
    assert issue["customfield_10050"] == "PO-20417"
    assert Item.objects.filter(system=held.servicenow, record=record).count() == 1


def test_comments_travel_both_ways_and_work_notes_stay(held: Meeting) -> None:
    record, twin = held.pair("Which browser is it")
    held.board.comment(twin, "Which **browser** is it?")
    held.settle()
    held.snow.set(record, comments="All of them.")
    held.snow.set(record, work_notes=f"Between us: {CANARY}")
    held.settle()
    said = [read_entry(row["value"])[0] for row in held.snow.entries(record) if row["element"] == "comments"]
    assert said == ["**Ines Ortega** (Infinity Solutions) wrote:\n\nWhich **browser** is it?", "All of them."]
    assert held.board.words(twin) == [
        "Which **browser** is it?",
        "**Lena Fischer** (Mercuri Inc.) wrote:\n\nAll of them.",
    ]
    assert CANARY not in repr(held.board.issue(twin))


def test_files_travel_both_ways(held: Meeting) -> None:
    record, twin = held.pair("Two plans")
    held.snow.attach(record, "Zeichnung – Ömer 😀.bin", bytes(range(256)) * 700)
    held.board.attach(twin, "nothing.bin", b"")
    held.settle()
    found = {"Zeichnung – Ömer 😀.bin": bytes(range(256)) * 700, "nothing.bin": b""}
    assert dict(held.board.files(twin)) == held.snow.files(record) == found


def test_the_status_comes_back_with_what_servicenow_asks_for(held: Meeting) -> None:
    record, twin = held.pair("A long way")
    for status in ("In Progress", "In Review", "Done"):
        held.board.move(twin, status)
        held.settle()
    found = held.snow.record(record)
    assert (found["state"], found["close_code"], found["close_notes"]) == (
        "Resolved",
        "Solution provided",
        "Done by the partner.",
    )
    moves = held.snow.rows("sys_audit", f"documentkey={record}^fieldname=state^ORDERBYrecord_checkpoint")
    assert [row["newvalue"] for row in moves] == ["2", "3", "6"]
    assert {row["user"] for row in moves} == {"concord"}


def test_an_edit_by_hand_goes_over_and_nothing_comes_back(held: Meeting) -> None:
    record, twin = held.pair("Before")
    held.snow.set(record, short_description="After 😀")
    held.settle()
    assert held.board.issue(twin)["summary"] == "After 😀"
    count = held.snow.rows("incident", f"sys_id={record}")[0]["sys_mod_count"]
    held.settle()
    assert held.snow.rows("incident", f"sys_id={record}")[0]["sys_mod_count"] == count


def test_a_lost_answer_doubles_nothing(held: Meeting) -> None:
    record, twin = held.pair("Answer lost")
    held.snow.practice.fault(drop="after", match="PATCH /api/now/v2/table/incident")
    held.board.comment(twin, "Once only")
    held.settle()
    held.stage.later()
    held.settle()
    held.stage.later()
    held.settle()
    said = [read_entry(row["value"])[0] for row in held.snow.entries(record)]
    assert held.snow.practice.planned() == []
    assert len([text for text in said if "Once only" in text]) == 1
