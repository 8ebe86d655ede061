"""Trackers that answer badly, values that do not fit: the lane waits or parks, nothing is lost, a sentence helps."""

from dataclasses import replace

import pytest
from django.db.models import QuerySet

from governance.register.models import System
from governance.register.services.systems import Secret, set_credential
from governance.rulebook.models import Rulebook
from governance.rulebook.rules import RuleSet
from governance.rulebook.services import golive
from governance.rulebook.services.drafts import save_draft
from governance.story.acting import acting
from governance.story.rulebooks import BOARD
from sync.flow.models.facts import Change
from sync.flow.models.streams import Stream
from sync.sandbox.jira.seed import SYNC_EMAIL as BOARD_ACCOUNT
from sync.triage.models import Parked
from sync.triage.services import retry_parked, skip_parked
from tests.sync.flow.practice import TOKEN
from tests.sync.flow.stage import INES, Stage

READ = "GET /rest/api/3/issue/"
FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
BAD_ANSWERS: dict[str, dict[str, object]] = {
    "a web page": {"html": True},
    "a web page with status 502": {"html": True, "status": 502},
    "half a body": {"half": True},
    "status 500": {"status": 500},
    "status 503": {"status": 503, "retry_after": 2},
    "nothing at all": {"drop": "before"},
}


def parked(stage: Stage, ticket: str) -> QuerySet[Parked]:
    """What is parked in a ticket's case."""
    return Parked.objects.filter(case=stage.case(ticket), state=Parked.State.OPEN)


def heads(stage: Stage, twin: str) -> list[str]:
    """The last lines of an issue's comments."""
    return [words.splitlines()[-1] for words in stage.board.words(twin)]


@pytest.mark.parametrize("name", ["a web page", "half a body", "status 503"])
def test_a_bad_answer_to_a_read_costs_time_only(stage: Stage, name: str) -> None:
    ticket, twin = stage.pair(f"Read badly: {name}")
    stage.board.practice.fault(match=READ, times=50, **BAD_ANSWERS[name])
    stage.desk.comment(ticket, "Still here.")
    stage.work()
    assert not parked(stage, ticket).exists()
    stage.board.practice.heal()
    assert heads(stage, twin) == []
    stage.later()
    stage.settle()
    assert heads(stage, twin) == ["Still here."]


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_a_bad_answer_to_a_write_loses_and_doubles_nothing(stage: Stage, name: str) -> None:
    ticket, twin = stage.pair(f"Written badly: {name}")
    stage.board.practice.fault(match=f"POST /rest/api/3/issue/{twin}/comment", **BAD_ANSWERS[name])
    for text in ("One.", "Two."):
        stage.desk.comment(ticket, text)
        stage.settle()
    stage.later()
    stage.settle()
    assert stage.board.practice.planned() == []
    assert heads(stage, twin) == ["One.", "Two."]
    assert not parked(stage, ticket).exists()
    assert not Change.objects.filter(case=stage.case(ticket), disposition="").exists()


def test_a_system_that_asks_for_patience_is_left_alone_until_then(stage: Stage) -> None:
    ticket, twin = stage.pair("Too fast")
    stage.board.practice.fault(match=READ, status=429, retry_after=120, times=1)
    stage.desk.comment(ticket, "Whenever you can.")
    stage.settle()
    stream = Stream.objects.get(pk=stage.jira)
    assert stream.state == Stream.State.THROTTLED
    assert "wait" in stream.reason
    assert heads(stage, twin) == []
    stage.later()
    stage.settle()
    assert heads(stage, twin) == ["Whenever you can."]
    assert Stream.objects.get(pk=stage.jira).state == Stream.State.OK


def test_a_refused_credential_stops_the_system_until_its_owner_acts(stage: Stage) -> None:
    ticket, twin = stage.pair("Locked out")
    stage.board.practice.fault(match=READ, status=401)
    stage.desk.comment(ticket, "Let us in.")
    stage.settle()
    stream = Stream.objects.get(pk=stage.jira)
    assert stream.state == Stream.State.NEEDS_AUTH
    assert "Enter a new one on the system's page." in stream.reason
    asked = len(stage.board.practice.planned())
    stage.later()
    stage.settle()
    assert (heads(stage, twin), asked) == ([], 0)
    enter_credential(stage)
    stage.later()
    stage.settle()
    assert heads(stage, twin) == ["Let us in."]


def enter_credential(stage: Stage) -> None:
    """Ines enters the credential anew, on the system's page."""
    with acting(INES) as by:
        system = System.objects.get(pk=stage.jira)
        set_credential(by=by, system=system, secret=Secret("token", BOARD_ACCOUNT, TOKEN))


def put_live(rules: RuleSet) -> None:
    """Other rules are live on Infinity's side, holes and all: what nobody could propose can still come to be."""
    with acting(INES) as by:
        book = Rulebook.objects.get(side="b")
        draft = save_draft(by=by, rulebook=book, rules=rules, version=book.version)
        book.refresh_from_db()
        golive.put_live(book, draft)


def without(term: str, value: str) -> RuleSet:
    """Infinity's rules with one entry missing in an incoming value map."""
    lines = tuple(
        replace(line, values=tuple(pair for pair in line.values if pair[0] != value)) if line.term == term else line
        for line in BOARD.incoming
    )
    return replace(BOARD, incoming=lines)


def test_a_value_without_a_map_parks_its_term_alone_and_goes_on_with_the_map(stage: Stage) -> None:
    put_live(without("priority", "P1"))
    ticket, twin = stage.pair("No such priority", priority="low")
    stage.desk.set(ticket, priority="urgent", subject="Worse now", comment={"body": "Hurry.", "public": True})
    stage.settle()
    issue = stage.board.issue(twin)
    assert (issue["summary"], issue["priority"]["name"], heads(stage, twin)) == ("Worse now", "Low", ["Hurry."])
    (park,) = parked(stage, ticket)
    assert "'P1'" in park.sentence and "Add it to the rulebook" in park.sentence
    assert park.company_id == stage.person(INES).company
    put_live(BOARD)
    stage.settle()
    assert stage.board.issue(twin)["priority"]["name"] == "Highest"
    assert not parked(stage, ticket).exists()
    ends = Change.objects.filter(case=stage.case(ticket), field="priority").order_by("seq")
    assert list(ends.values_list("disposition", flat=True))[-1] == "applied"


def test_what_a_tracker_refuses_is_parked_with_its_reason_and_tried_again_when_asked(stage: Stage) -> None:
    ticket, twin = stage.pair("Refused at first")
    stage.board.practice.fault(match=f"PUT /rest/api/3/issue/{twin}", status=400)
    stage.desk.set(ticket, subject="Refused once", comment={"body": "Goes on.", "public": True})
    stage.settle()
    assert (stage.board.issue(twin)["summary"], heads(stage, twin)) == ("Refused at first", ["Goes on."])
    (park,) = parked(stage, ticket)
    assert park.company_id == stage.person(INES).company
    with acting(INES) as by:
        retry_parked(by=by, parked=park)
    stage.settle()
    assert stage.board.issue(twin)["summary"] == "Refused once"
    assert not parked(stage, ticket).exists()


def test_what_a_person_skips_stays_undone_until_a_new_value_comes(stage: Stage) -> None:
    ticket, twin = stage.pair("Skipped at first")
    stage.board.practice.fault(match=f"PUT /rest/api/3/issue/{twin}", status=400)
    stage.desk.set(ticket, subject="Skip this")
    stage.settle()
    (park,) = parked(stage, ticket)
    with acting(INES) as by:
        skip_parked(by=by, parked=park, reason="The old title is better.")
    stage.settle()
    assert stage.board.issue(twin)["summary"] == "Skipped at first"
    assert stage.desk.ticket(ticket)["subject"] == "Skip this"
    stage.desk.set(ticket, subject="Take this")
    stage.settle()
    assert stage.board.issue(twin)["summary"] == "Take this"


def test_a_refused_comment_holds_back_the_later_ones_so_that_order_is_kept(stage: Stage) -> None:
    ticket, twin = stage.pair("In order")
    stage.board.practice.fault(match=f"POST /rest/api/3/issue/{twin}/comment", status=400)
    for text in ("One.", "Two."):
        stage.desk.comment(ticket, text)
    stage.settle()
    assert heads(stage, twin) == []
    (park,) = parked(stage, ticket)
    with acting(INES) as by:
        retry_parked(by=by, parked=park)
    stage.settle()
    assert heads(stage, twin) == ["One.", "Two."]


def test_a_text_too_long_is_cut_between_whole_characters(stage: Stage) -> None:
    ticket, twin = stage.pair("Short")
    stage.board.set(twin, summary="x" * 147 + FAMILY * 5)
    stage.settle()
    assert stage.desk.ticket(ticket)["subject"] == "x" * 147 + "…"
    stage.settle()
    assert stage.board.issue(twin)["summary"] == "x" * 147 + FAMILY * 5, "what is cut is never written back"


def test_a_ticket_that_is_gone_leaves_its_issue_alone(stage: Stage) -> None:
    ticket, twin = stage.pair("Soon deleted")
    stage.desk.http.delete(f"/api/v2/tickets/{ticket}")
    for _ in range(3):
        stage.settle()
        stage.later()
    stage.settle()
    assert stage.board.issue(twin)["summary"] == "Soon deleted"
    stage.board.comment(twin, "Where did it go?")
    stage.settle()
    assert not Change.objects.filter(case=stage.case(ticket), disposition="").exists()
