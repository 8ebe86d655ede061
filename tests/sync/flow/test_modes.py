"""The mode of an integration: in batch and on demand, nothing travels between two exchanges, and nothing is lost."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from governance.register.models import Integration
from governance.register.services.integrations import demand_exchange
from governance.register.timing import rests_until
from governance.story.acting import acting
from portal.core import clock
from sync.flow.store import loading
from tests.sync.flow.stage import INES, Stage


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[datetime]]:
    """The time by which the engine decides whether an integration rests; half past something at first."""
    times = [clock.now().replace(minute=30)]

    def told(mode: str, minutes: int, demanded: datetime | None, _: datetime) -> datetime | None:
        return rests_until(mode, minutes, demanded, times[-1])

    monkeypatch.setattr(loading, "rests_until", told)
    yield times


def test_in_batch_changes_wait_for_the_next_interval_and_arrive_in_order(
    stage: Stage, ticking: list[datetime]
) -> None:
    ticket, twin = stage.pair("Batch")
    Integration.objects.update(mode=Integration.Mode.BATCH, batch_minutes=60)
    stage.desk.set(ticket, status="open")
    stage.desk.set(ticket, status="pending")
    stage.settle()
    assert stage.board.statuses(twin) == []
    ticking.append((ticking[0] + timedelta(hours=1)).replace(minute=1))
    stage.later()
    stage.settle()
    assert stage.board.statuses(twin) == ["In Progress", "In Review"]
    Integration.objects.update(mode=Integration.Mode.REAL_TIME)


def test_on_demand_changes_wait_until_somebody_asks(stage: Stage) -> None:
    ticket, twin = stage.pair("On demand")
    Integration.objects.update(mode=Integration.Mode.ON_DEMAND)
    stage.desk.set(ticket, status="pending")
    opened = stage.desk.open("Opened meanwhile")
    stage.settle()
    assert (stage.board.statuses(twin), stage.twins(opened)) == ([], [])
    with acting(INES) as by:
        demand_exchange(by=by, integration=Integration.objects.get())
    stage.settle()
    assert stage.board.statuses(twin) == ["In Review"]
    stage.later()
    stage.settle()
    assert len(stage.twins(opened)) == 1
    Integration.objects.update(mode=Integration.Mode.REAL_TIME)
