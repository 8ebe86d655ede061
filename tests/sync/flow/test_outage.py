"""A tracker that is not there for a while: everything waits, and arrives in the order of the original events."""

from sync.flow.models.facts import Change
from sync.flow.models.streams import Stream
from tests.sync.flow.stage import Stage

MOVES = ("open", "pending", "open", "pending", "solved")


def test_five_comments_and_moves_arrive_in_order_after_an_outage(stage: Stage) -> None:
    ticket, twin = stage.pair("Line down")
    stage.board.practice.down()
    for number, status in enumerate(MOVES, 1):
        stage.desk.set(ticket, status=status, comment={"body": f"News {number}.", "public": True})
        stage.settle()
    stage.board.practice.up()
    assert stage.board.words(twin) == []
    stage.later()
    stage.settle()
    assert [words.splitlines()[-1] for words in stage.board.words(twin)] == [f"News {n}." for n in range(1, 6)]
    assert stage.board.statuses(twin) == ["In Progress", "In Review", "In Progress", "In Review", "Done"]
    assert stage.desk.ticket(ticket)["status"] == "solved"
    assert len(stage.desk.words(ticket)) == 5


def test_a_ticket_opened_while_the_board_is_down_has_one_twin_afterwards(stage: Stage) -> None:
    stage.board.practice.down()
    ticket = stage.desk.open("Opened in the dark")
    stage.settle()
    stage.desk.comment(ticket, "Anybody there?")
    stage.settle()
    assert stage.twins(ticket) == []
    stage.board.practice.up()
    stage.later()
    stage.settle()
    assert stage.board.titled("Opened in the dark") == stage.twins(ticket)
    assert len(stage.board.words(stage.twin(ticket))) == 1


def test_what_both_sides_said_in_the_dark_arrives_on_both(stage: Stage) -> None:
    ticket, twin = stage.pair("Talking past each other")
    stage.desk.practice.down()
    for text in ("First.", "Second."):
        stage.board.comment(twin, text)
    stage.settle()
    stage.desk.practice.up()
    stage.desk.comment(ticket, "Third.")
    stage.later()
    stage.settle()
    assert [words.splitlines()[-1] for words in stage.desk.words(ticket)] == ["Third.", "First.", "Second."]
    assert [words.splitlines()[-1] for words in stage.board.words(twin)] == ["First.", "Second.", "Third."]


def test_a_system_that_does_not_answer_says_so_and_says_when_it_is_back(stage: Stage) -> None:
    stage.board.practice.down()
    for _ in range(3):
        stage.poll(stage.jira)
    stream = Stream.objects.get(pk=stage.jira)
    assert (stream.state, stream.retry_at is not None) == ("unreachable", True)
    assert "Jira" in stream.reason
    stage.board.practice.up()
    stage.later()
    stage.poll(stage.jira)
    stream.refresh_from_db()
    assert (stream.state, stream.reason, stream.failures) == ("ok", "", 0)


def test_an_outage_of_one_system_leaves_the_other_alone(stage: Stage) -> None:
    stage.board.practice.down()
    ticket = stage.desk.open("Only here")
    stage.settle()
    assert Stream.objects.get(pk=stage.zendesk).state == "ok"
    assert Change.objects.filter(case=stage.case(ticket), disposition="").exists()
