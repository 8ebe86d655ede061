"""Polling: rows, lanes and cursor move together; repeats and ties do no harm."""

import json

import pytest

from portal.core import clock
from portal.core.errors import Unavailable
from sync.engine.types import Listed
from sync.flow import polling
from sync.flow.models.cases import Case, Item, Lane
from sync.flow.models.streams import Seen, Stream
from tests.sync.flow.stage import EPOCH, Stage

#: more than a page of the desk's export
MANY = 520


def cursor(system: int) -> str:
    """Where a system's list stands."""
    return Stream.objects.get(pk=system).cursor


def alone(stage: Stage) -> None:
    """Only polls tell of changes."""
    for practice in stage.practices:
        practice.switch("hooks", lose=True)


def test_rows_lanes_and_cursor_move_in_one_transaction(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    alone(stage)
    before, seen = cursor(stage.zendesk), Seen.objects.count()
    ticket = stage.desk.open("Half way")
    stage.listed()

    def broken(*_: object) -> set[int]:
        raise Unavailable("The lanes could not be woken.", sent=False)

    with monkeypatch.context() as patched:
        patched.setattr(polling, "notice", broken)
        stage.poll(stage.zendesk)
    assert (cursor(stage.zendesk), Seen.objects.count()) == (before, seen)
    assert not Item.objects.filter(record=ticket).exists()
    stage.later()
    assert stage.poll(stage.zendesk) == 1
    assert cursor(stage.zendesk) != before
    assert Lane.objects.get(case__items__record=ticket, case__items__system=stage.zendesk).dirty


def test_a_poller_that_was_overtaken_stores_nothing(stage: Stage) -> None:
    Stream.objects.filter(pk=stage.zendesk).update(next_poll=EPOCH)
    old = stage.engine(polling.lease, stage.zendesk)
    assert old is not None
    assert stage.engine(polling.lease, stage.zendesk) is None
    Stream.objects.filter(pk=stage.zendesk).update(lease_until=EPOCH)
    assert stage.engine(polling.lease, stage.zendesk) is not None
    before = cursor(stage.zendesk)
    rows = (Listed("5", "v", clock.now()),)
    assert stage.engine(polling._store, old, rows, "stolen") == 0
    assert cursor(stage.zendesk) == before
    assert not Item.objects.filter(record="5").exists()


def test_what_an_overlap_repeats_wakes_nobody(stage: Stage) -> None:
    _, twin = stage.pair("Listed again and again")
    asked = json.loads(cursor(stage.jira))
    assert stage.poll(stage.jira) == stage.poll(stage.jira) == 0
    assert json.loads(cursor(stage.jira)) == asked
    assert Seen.objects.filter(system=stage.jira, record=twin).exists()
    assert not Lane.objects.filter(case__items__record=twin, dirty=True).exists()


def test_a_tracker_that_says_nothing_new_leaves_the_cursor(stage: Stage) -> None:
    stage.settle()
    stage.poll(stage.zendesk)
    before = cursor(stage.zendesk)
    stage.poll(stage.zendesk)
    assert cursor(stage.zendesk) == before


def test_a_poll_waits_for_its_time_and_for_what_the_tracker_asked(stage: Stage) -> None:
    streams = Stream.objects.filter(pk=stage.zendesk)
    assert stage.engine(polling.lease, stage.zendesk) is None, "it has just been polled"
    for state, retry in ((Stream.State.PAUSED, None), (Stream.State.NEEDS_AUTH, None)):
        streams.update(next_poll=EPOCH, state=state, retry_at=retry)
        assert stage.engine(polling.lease, stage.zendesk) is None
        assert stage.zendesk not in stage.engine(polling.due_systems)
    soon = clock.now().replace(year=2100)
    streams.update(state=Stream.State.THROTTLED, retry_at=soon)
    assert stage.engine(polling.lease, stage.zendesk) is None
    assert stage.zendesk not in stage.engine(polling.due_systems)


def test_a_clock_that_is_wrong_loses_nothing(stage: Stage) -> None:
    ticket, twin = stage.pair("Strange times")
    alone(stage)
    for skew in (600, -600):
        for practice in stage.practices:
            practice.switch("clock", skew=skew)
        stage.board.comment(twin, f"Skewed by {skew}.")
        stage.settle()
    assert [words.splitlines()[-1] for words in stage.desk.words(ticket)] == ["Skewed by 600.", "Skewed by -600."]


def test_more_than_a_page_of_one_second_is_found_whole(stage: Stage) -> None:
    """Rows with the same time meet page ends; none may be lost."""
    alone(stage)
    stage.listed()
    stage.poll()
    known = set(Item.objects.filter(system=stage.zendesk).values_list("record", flat=True))
    tickets = [{"subject": f"Storm {n}", "comment": {"body": "x"}} for n in range(MANY)]
    for start in range(0, MANY, 100):
        stage.desk.call("POST", "tickets/create_many", json={"tickets": tickets[start : start + 100]})
    found = 0
    for _ in range(5):
        stage.listed()
        found += stage.poll(stage.zendesk)
        if found:
            break
    stormed = Item.objects.filter(system=stage.zendesk).exclude(record__in=known)
    assert found == stormed.count() == MANY
    assert stage.poll(stage.zendesk) == 0
    assert Lane.objects.filter(case__items__in=stormed, dirty=True).count() == MANY
    Case.objects.filter(items__in=stormed).delete()
