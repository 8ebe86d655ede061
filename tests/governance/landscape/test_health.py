"""How well a connection does: what counts first."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from governance.landscape.health import RUNNING, Health, Signs, of_connection, of_system, worst

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
WELL = Signs("live", (Health("ok", "Reachable"), None), 2)
SILENT = Health("failed", "Not reachable")


@pytest.mark.parametrize(
    ("signs", "word"),
    [
        (WELL, "Running"),
        (replace(WELL, state="paused", parked=3), "Paused"),
        (replace(WELL, state="pending", live_sides=0), "Pending"),
        (replace(WELL, systems=(SILENT, None), parked=3), "Not reachable"),
        (replace(WELL, live_sides=1), "No rules yet"),
        (replace(WELL, parked=3, waiting=1, oldest=NOW - timedelta(hours=1)), "3 in triage"),
        (replace(WELL, waiting=1, oldest=NOW - timedelta(minutes=16)), "Late"),
        (replace(WELL, waiting=1, oldest=NOW - timedelta(minutes=14)), "Running"),
        (replace(WELL, systems=(Health("warning", "Asked to wait"), None)), "Asked to wait"),
    ],
)
def test_the_first_sign_that_holds_is_the_word(signs: Signs, word: str) -> None:
    assert of_connection(signs, NOW).word == word


def test_an_announced_downtime_alarms_nobody_even_when_the_system_does_not_answer() -> None:
    found = of_system("unreachable", "It does not answer.", NOW)
    assert found is not None
    assert (found.kind, found.word) == ("paused", "Downtime")


def test_of_a_partners_system_nothing_is_told() -> None:
    assert of_system("", "", None) is None


def test_the_worst_of_several_counts() -> None:
    assert worst([RUNNING, SILENT, Health("waiting", "Pending")]) is SILENT
    assert worst([]) is RUNNING
