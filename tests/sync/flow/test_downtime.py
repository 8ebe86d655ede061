"""A system's announced downtime: no request goes to it, nobody is alarmed, and afterwards everything goes on."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db.models import F

from governance.register.models import Connection, Downtime, System
from governance.register.services.downtimes import announce_downtime, cancel_downtime
from governance.register.services.systems import ask_system
from governance.story.acting import acting
from portal.core import clock
from sync.flow import probing
from sync.flow.models.cases import Hold
from sync.flow.models.streams import Probe, Stream
from tests.sync.flow.stage import INES, Stage


def announce(stage: Stage, *, soon: timedelta = timedelta(0)) -> Downtime:
    """Infinity's Jira is away for an hour, from `soon` on."""
    with acting(INES) as by:
        system, now = System.objects.get(pk=stage.jira), clock.now() + soon
        return announce_downtime(
            by=by, system=system, starts=now, ends=now + timedelta(hours=1), reason="Upgrade to 9.12."
        )


@contextmanager
def unasked(stage: Stage) -> Iterator[None]:
    """A block in which Jira closes every connection: one request, and its stream would count a failure."""
    stage.board.practice.down()
    try:
        yield
        stream = Stream.objects.get(pk=stage.jira)
        assert (stream.state, stream.failures, stream.reason) == (Stream.State.OK, 0, "")
        assert not Hold.objects.exists()
    finally:
        stage.board.practice.up()


def test_no_request_goes_to_a_system_in_its_downtime_and_everything_arrives_in_order_afterwards(
    stage: Stage,
) -> None:
    ticket, twin = stage.pair("Away")
    window = announce(stage)
    stage.desk.set(ticket, status="open", comment={"body": "One.", "public": True})
    stage.desk.set(ticket, status="pending")
    opened = stage.desk.open("Opened in the downtime")
    with unasked(stage):
        stage.settle()
    Downtime.objects.filter(pk=window.pk).update(starts=F("starts") - timedelta(days=1), ends=clock.now())
    stage.later()
    stage.settle()
    assert stage.board.statuses(twin) == ["In Progress", "In Review"]
    assert "One." in "".join(stage.board.words(twin))
    assert len(stage.twins(opened)) == 1


def test_a_downtime_that_is_cancelled_lets_what_waited_go_on_at_once(stage: Stage) -> None:
    ticket, twin = stage.pair("Back early")
    window = announce(stage)
    stage.desk.set(ticket, status="pending")
    stage.settle()
    assert stage.board.statuses(twin) == []
    with acting(INES) as by:
        cancel_downtime(by=by, downtime=Downtime.objects.get(pk=window.pk))
    stage.settle()
    assert stage.board.statuses(twin) == ["In Review"]


def test_no_turn_begins_with_a_system_that_is_away_in_two_minutes(stage: Stage) -> None:
    stage.pair("Almost away")
    window = announce(stage, soon=timedelta(seconds=90))
    with unasked(stage):
        stage.poll()
    window.delete()


def test_a_later_downtime_stops_nothing_yet(stage: Stage) -> None:
    window = announce(stage, soon=timedelta(hours=3))
    ticket, twin = stage.pair("Not yet")
    assert ticket and twin
    window.delete()


def test_what_a_page_asks_of_a_system_in_its_downtime_is_answered_with_the_reason(stage: Stage) -> None:
    window = announce(stage)
    with acting(INES) as by:
        ask_system(by=by, system=System.objects.get(pk=stage.jira))
    with unasked(stage):
        stage.engine(probing.answer_all, stage.jira)
    probe = Probe.objects.filter(system=stage.jira, kind="check").latest("asked_at")
    assert probe.state == Probe.State.FAILED
    assert "announced to be away until" in probe.sentence
    window.delete()


def test_the_partners_of_a_systems_connections_read_its_downtimes(stage: Stage) -> None:
    window = announce(stage)
    assert window.companies == Connection.objects.get().companies
    window.delete()
