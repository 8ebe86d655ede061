"""A write that was applied and whose answer was lost is found again, never repeated."""

import pytest

from sync.flow.models.writes import Intent
from tests.sync.flow.stage import Stage

CREATE, WRITE = "POST /rest/api/3/issue", "PUT /api/v2/tickets/"


def states(stage: Stage, ticket: str) -> list[str]:
    """How the intents of a ticket's case ended."""
    rows = Intent.objects.filter(case=stage.case(ticket)).order_by("id")
    return list(rows.values_list("state", flat=True))


def test_a_create_whose_answer_was_lost_makes_one_twin(stage: Stage) -> None:
    stage.board.practice.fault(drop="after", match=CREATE)
    ticket = stage.desk.open("Created once")
    stage.settle()
    assert stage.board.practice.planned() == []
    stage.later()
    stage.settle()
    assert stage.board.titled("Created once") == stage.twins(ticket) != []
    assert "open" not in states(stage, ticket)


def test_a_create_that_never_arrived_is_made_once_that_is_proven(stage: Stage) -> None:
    stage.board.practice.fault(drop="before", match=CREATE)
    ticket = stage.desk.open("Created later")
    stage.settle()
    assert stage.board.titled("Created later") == []
    assert states(stage, ticket) == ["open"]
    stage.work()
    assert stage.board.titled("Created later") == [], "absent is concluded only when no late request can arrive"
    stage.later()
    stage.settle()
    assert len(stage.board.titled("Created later")) == 1
    assert states(stage, ticket)[:2] == ["absent", "done"]


@pytest.mark.parametrize("fault", [{"drop": "after"}, {"half": True}], ids=["no answer", "half an answer"])
def test_a_comment_whose_answer_was_lost_stands_once_in_zendesk(stage: Stage, fault: dict[str, object]) -> None:
    ticket, twin = stage.pair(f"Said once {fault}")
    stage.desk.practice.fault(match=WRITE, **fault)
    stage.board.comment(twin, "Only once.")
    stage.settle()
    stage.later()
    stage.settle()
    assert stage.desk.practice.planned() == []
    assert len(stage.desk.words(ticket)) == 1
    assert "open" not in states(stage, ticket)


def test_a_comment_whose_answer_was_lost_stands_once_in_jira(stage: Stage) -> None:
    ticket, twin = stage.pair("Heard once")
    stage.board.practice.fault(drop="after", match=f"POST /rest/api/3/issue/{twin}/comment")
    stage.desk.comment(ticket, "One.")
    stage.settle()
    stage.desk.comment(ticket, "Two.")
    stage.settle()
    stage.later()
    stage.settle()
    assert [words.splitlines()[-1] for words in stage.board.words(twin)] == ["One.", "Two."]


def test_a_move_whose_answer_was_lost_is_made_once(stage: Stage) -> None:
    ticket, twin = stage.pair("Moved once")
    stage.board.practice.fault(drop="after", match=f"POST /rest/api/3/issue/{twin}/transitions")
    stage.desk.set(ticket, status="open")
    stage.settle()
    stage.later()
    stage.settle()
    assert stage.board.statuses(twin) == ["In Progress"]
    assert stage.desk.statuses(ticket) == ["open"]


def test_a_file_whose_answer_was_lost_stands_once(stage: Stage) -> None:
    ticket, twin = stage.pair("Attached once")
    stage.board.practice.fault(drop="after", match=f"POST /rest/api/3/issue/{twin}/attachments")
    stage.desk.attach(ticket, "log.txt", b"what happened")
    stage.settle()
    stage.later()
    stage.settle()
    assert stage.board.files(twin) == [("log.txt", b"what happened")]
