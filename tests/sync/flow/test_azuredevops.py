"""An issue of the practice Jira and a bug of the practice Azure DevOps, kept the same by the whole engine."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pytest_django.plugin import DjangoDbBlocker

from portal.core.text import adf
from tests.sync.flow.delivery import Delivery, playing
from tests.sync.flow.hands import Board
from tests.sync.flow.stage import Stage

Hands = tuple[Stage, Board, Delivery]


@pytest.fixture(scope="module")
def theatre(
    database: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Hands]:
    """One stage for all tests of the module."""
    with django_db_blocker.unblock(), playing(tmp_path_factory.mktemp("practice")) as made:
        yield made


def test_an_issue_becomes_a_bug_and_both_live_on_together(theatre: Hands) -> None:
    stage, board, delivery = theatre
    issue = board.open("Login fails 😀", description=adf.from_markdown("Since **noon**."), priority={"name": "High"})
    stage.settle()
    (bug,) = delivery.titled("Login fails 😀")
    fields = delivery.item(bug)["fields"]
    assert fields["System.Description"] == "<p>Since <strong>noon</strong>.</p>"
    assert (fields["System.State"], fields["Microsoft.VSTS.Common.Priority"]) == ("New", 2)
    assert fields["System.AreaPath"] == "Delivery\\Development"
    delivery.set(bug, State="Active")
    delivery.comment(bug, "We *look* at it")
    delivery.attach(bug, "trace ü.txt", b"\x00\x01")
    stage.settle()
    assert board.statuses(issue) == ["In Progress"]
    assert [text for text in board.words(issue) if text.endswith("We *look* at it")]
    assert board.files(issue) == [("trace ü.txt", b"\x00\x01")]
    board.comment(issue, "Thanks")
    board.attach(issue, "log.bin", bytes(range(256)))
    board.set(issue, summary="Login fails again")
    stage.settle()
    assert len([text for text in delivery.words(bug) if text.endswith("Thanks")]) == 1
    assert ("log.bin", bytes(range(256))) in delivery.files(bug)
    assert delivery.item(bug)["fields"]["System.Title"] == "Login fails again"
    for state in ("Resolved", "Closed"):
        delivery.set(bug, State=state)
    stage.settle()
    assert board.statuses(issue) == ["In Progress", "In Review", "Done"]
    assert len(delivery.words(bug)) == 2
    assert len(delivery.files(bug)) == 2


@contextmanager
def lost(delivery: Delivery, match: str) -> Iterator[None]:
    """The answer to one request is lost after the work was done."""
    delivery.practice.fault(drop="after", match=match)
    yield
    assert delivery.practice.planned() == []


@pytest.mark.parametrize("match", ["POST /global/Delivery/_apis/wit/workitems", ""], ids=["create", "any"])
def test_a_lost_answer_doubles_nothing(theatre: Hands, match: str) -> None:
    stage, board, delivery = theatre
    title = f"Lost answer {len(match)}"
    with lost(delivery, match):
        issue = board.open(title)
        board.comment(issue, "Once")
        stage.settle()
        stage.later()
        stage.settle()
        stage.later()
        stage.settle()
    (bug,) = delivery.titled(title)
    assert len([text for text in delivery.words(bug) if text.endswith("Once")]) == 1


def test_people_on_both_sides_at_once_lose_nothing(theatre: Hands) -> None:
    stage, board, delivery = theatre
    issue = board.open("Both at once")
    stage.settle()
    (bug,) = delivery.titled("Both at once")
    for number in range(5):
        board.comment(issue, f"From Jira {number}")
        delivery.comment(bug, f"From Azure {number}")
    delivery.set(bug, State="Active")
    board.set(issue, priority={"name": "Highest"})
    stage.settle()
    assert delivery.item(bug)["fields"]["Microsoft.VSTS.Common.Priority"] == 1
    assert board.statuses(issue) == ["In Progress"]
    for said in (board.words(issue), delivery.words(bug)):
        for side in ("Jira", "Azure"):
            told = [text[-1] for text in said if f"From {side}" in text]
            assert told == ["0", "1", "2", "3", "4"]
