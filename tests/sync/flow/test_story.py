"""The story on the real thing: two trackers over HTTP, PostgreSQL, webhooks and polls."""

import logging

import httpx
import pytest
from django.apps import apps
from django.core import serializers
from django.db.models import F, Model

from portal.core.text import adf
from sync.flow.models.cases import Item, Lane
from sync.flow.models.facts import Change, Envelope, Withheld
from sync.flow.models.streams import Seen
from sync.flow.models.writes import Intent
from tests.sync.flow.hands import JIRA_PRODUCT, JIRA_REFERENCE, PRODUCT, REFERENCE
from tests.sync.flow.stage import Stage

CANARY = "canary-7Qx-only-for-agents"
FILES = {
    "nothing.bin": b"",
    "plan v2 (final).txt": b"one line\r\n",
    "Rückmeldung 図面 🖨️.png": bytes(range(256)) * 700,
}


def test_a_ticket_becomes_one_issue_with_the_rules_applied(stage: Stage) -> None:
    fields = [{"id": PRODUCT, "value": "product_checkout"}, {"id": REFERENCE, "value": "PO-20417"}]
    _, twin = stage.pair("Checkout fails", "Every third payment fails.", priority="high", custom_fields=fields)
    issue = stage.board.issue(twin)
    assert stage.board.titled("Checkout fails") == [twin]
    assert issue["issuetype"]["name"] == "Task"
    assert issue["priority"]["name"] == "High"
    assert issue["status"]["name"] == "To Do"
    assert adf.to_markdown(issue["description"]).strip() == "Every third payment fails."
    assert issue[JIRA_PRODUCT]["value"] == "Gateway"
    assert issue[JIRA_REFERENCE] == "PO-20417"


def test_comments_travel_both_ways_under_the_name_of_who_wrote_them(stage: Stage) -> None:
    ticket, twin = stage.pair("Which browser is it")
    stage.board.comment(twin, "Which **browser** is it?")
    stage.settle()
    stage.desk.comment(ticket, "All of them.")
    stage.settle()
    assert stage.desk.words(ticket) == [
        "Ines Ortega (Infinity Solutions) wrote:\n\nWhich browser is it?",
        "All of them.",
    ]
    assert stage.board.words(twin) == [
        "Which **browser** is it?",
        "**Asha Rao** (Mercuri Inc.) wrote:\n\nAll of them.",
    ]


def test_a_private_note_is_nowhere(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ticket, twin = stage.pair("A delicate matter")
    stage.desk.comment(ticket, f"Between us: {CANARY}", public=False)
    stage.desk.attach(ticket, f"{CANARY}.txt", CANARY.encode(), public=False)
    stage.desk.comment(ticket, "We look into it.")
    stage.settle()
    assert [words.splitlines()[-1] for words in stage.board.words(twin)] == ["We look into it."]
    assert stage.board.files(twin) == []
    assert CANARY not in caplog.text
    told = [model for model in apps.get_app_config("sync").get_models() if CANARY in rows_of(model)]
    # Mercuri's own record of its own ticket, which no other company can read
    assert [model.__name__ for model in told] == ["ChangeContent"]
    private = Change.objects.filter(case=stage.case(ticket), private=True)
    assert {change.disposition for change in private} == {"filtered"}


def rows_of(model: type[Model]) -> str:
    """Every row of a table as text."""
    return str(serializers.serialize("json", model._default_manager.all()))


def test_attachments_travel_both_ways_byte_by_byte(stage: Stage) -> None:
    ticket, twin = stage.pair("With files")
    for name, data in FILES.items():
        stage.desk.attach(ticket, name, data)
    stage.settle()
    assert stage.board.files(twin) == list(FILES.items())
    for name, data in FILES.items():
        stage.board.attach(twin, f"back {name}", data)
    stage.settle()
    returned = {name.removeprefix("back "): data for name, data in stage.desk.files(ticket).items() if "back" in name}
    assert returned == FILES
    assert len(stage.board.files(twin)) == 2 * len(FILES)


def test_a_transition_goes_back(stage: Stage) -> None:
    ticket, twin = stage.pair("To be solved")
    stage.board.move(twin, "In Progress")
    stage.settle()
    assert stage.desk.ticket(ticket)["status"] == "open"
    stage.board.move(twin, "In Review")
    stage.board.move(twin, "Done")
    stage.settle()
    assert stage.desk.ticket(ticket)["status"] == "solved"
    assert stage.desk.statuses(ticket) == ["open", "pending", "solved"]
    assert stage.board.statuses(twin) == ["In Progress", "In Review", "Done"]


def test_the_priority_is_translated_both_ways(stage: Stage) -> None:
    ticket, twin = stage.pair("Getting worse", priority="low")
    assert stage.board.issue(twin)["priority"]["name"] == "Low"
    stage.desk.set(ticket, priority="urgent")
    stage.settle()
    assert stage.board.issue(twin)["priority"]["name"] == "Highest"
    stage.board.set(twin, priority={"name": "Medium"})
    stage.settle()
    assert stage.desk.ticket(ticket)["priority"] == "normal"


def test_a_value_that_comes_back_with_loss_is_not_written_back(stage: Stage) -> None:
    ticket, twin = stage.pair("Rather unimportant", priority="low")
    stage.board.set(twin, priority={"name": "Lowest"})
    stage.settle()
    assert stage.desk.ticket(ticket)["priority"] == "low"
    assert stage.board.issue(twin)["priority"]["name"] == "Lowest"


def test_the_description_is_written_at_birth_only(stage: Stage) -> None:
    ticket, twin = stage.pair("Told once", "As the customer told it.")
    stage.board.set(twin, description=adf.from_markdown("What the architects think."))
    stage.settle()
    stage.desk.set(ticket, subject="Told twice")
    stage.settle()
    issue = stage.board.issue(twin)
    assert issue["summary"] == "Told twice"
    assert adf.to_markdown(issue["description"]).strip() == "What the architects think."
    assert stage.desk.comments(ticket)[0]["plain_body"] == "As the customer told it."


def test_an_edited_comment_arrives_as_a_note_that_says_so(stage: Stage) -> None:
    ticket, twin = stage.pair("Edited later")
    comment = stage.board.comment(twin, "It is port 80.")
    stage.settle()
    stage.board.edit(twin, comment, "It is port 443.")
    stage.settle()
    assert stage.desk.words(ticket) == [
        "Ines Ortega (Infinity Solutions) wrote:\n\nIt is port 80.",
        "Ines Ortega (Infinity Solutions) wrote: (edited)\n\nIt is port 443.",
    ]
    assert stage.board.words(twin) == ["It is port 443."]


def test_labels_are_withheld_by_name_only(stage: Stage) -> None:
    ticket, twin = stage.pair("With labels", tags=["vip-customer"])
    assert "vip-customer" not in str(stage.board.issue(twin))
    (row,) = Withheld.objects.filter(case=stage.case(ticket))
    assert (row.term, row.company_id) == ("labels", stage.person("asha@mercuri.example").company)
    assert "vip-customer" not in row.reason
    for envelope in Envelope.objects.filter(case=stage.case(ticket)).select_related("content"):
        assert "labels" not in envelope.terms
        assert "vip-customer" not in str(envelope.content.body)


def test_what_a_side_does_not_offer_stays_there(stage: Stage) -> None:
    before = stage.desk.call("GET", "tickets")["count"]
    issue = stage.board.open("An architect's own matter")
    stage.settle()
    (item,) = Item.objects.filter(case__items__record=issue, case__items__system=stage.jira)
    assert item.system_id == stage.jira
    assert stage.desk.call("GET", "tickets")["count"] == before


def test_when_nobody_edits_nothing_is_written(stage: Stage) -> None:
    _, twin = stage.pair("Then silence", priority="normal")
    stage.board.comment(twin, "Seen.")
    stage.settle()
    writes, log = Intent.objects.count(), stage.board.call("GET", f"issue/{twin}/changelog")["total"]
    Seen.objects.all().delete()
    Lane.objects.update(dirty=True, dirty_seq=F("dirty_seq") + 1)
    stage.settle()
    assert Intent.objects.count() == writes
    assert stage.board.call("GET", f"issue/{twin}/changelog")["total"] == log


def test_every_change_ends_in_exactly_one_disposition(stage: Stage) -> None:
    stage.settle()
    assert not Change.objects.filter(disposition="").exists()
    assert not Intent.objects.filter(state=Intent.State.OPEN).exists()


def test_the_practice_systems_know_who_asks(stage: Stage) -> None:
    """The proof would be worth little if the trackers answered anybody."""
    for practice, path in zip(stage.practices, ("/api/v2/tickets", "/rest/api/3/myself"), strict=True):
        assert httpx.get(practice.url + path, auth=("asha@mercuri.example", "wrong")).status_code == 401
