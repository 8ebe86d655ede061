"""The story on the real thing."""

from tests.sync.flow.stage import Stage


def test_a_ticket_becomes_an_issue_with_the_rules_applied(stage: Stage) -> None:
    ticket = stage.desk.open("Checkout fails", "Every **third** payment fails.", priority="high")
    stage.settle()
    issue = stage.board.issue(stage.twin(ticket))
    assert issue["summary"] == "Checkout fails"
    assert issue["priority"]["name"] == "High"
