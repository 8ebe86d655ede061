"""Readiness: the story can run only while sweep, worker and the live systems give signs of life."""

from datetime import timedelta

import httpx
import pytest

from portal.core import clock
from sync.flow import pulse
from sync.flow.models.pulse import Pulse
from sync.flow.models.streams import Stream
from sync.flow.sweeping import sweep
from tests.sync.flow.stage import Stage


def ready(stage: Stage) -> tuple[int, dict[str, str]]:
    """Status and checks of /readyz."""
    answer = httpx.get(f"{stage.site}/readyz", trust_env=False)
    return answer.status_code, answer.json()["checks"]


def test_ready_after_a_sweep_found_everything_well(stage: Stage) -> None:
    stage.engine(sweep)
    status, checks = ready(stage)
    assert (status, set(checks.values())) == (200, {"ok"})


@pytest.mark.parametrize("name", [pulse.WORKER, pulse.SWEEP])
def test_not_ready_when_a_sign_of_life_is_old(stage: Stage, name: str) -> None:
    stage.engine(sweep)
    Pulse.objects.filter(name=name).update(at=clock.now() - timedelta(minutes=5))
    status, checks = ready(stage)
    assert status == 503
    assert [text for text in checks.values() if text != "ok"] == [pulse.ADVICE[name]]


def test_not_ready_while_a_live_system_does_not_answer(stage: Stage) -> None:
    Stream.objects.filter(pk=stage.jira).update(state=Stream.State.UNREACHABLE)
    stage.engine(sweep)
    status, checks = ready(stage)
    assert status == 503
    assert "1 of 2 live systems do not answer." in " ".join(checks.values())


def test_a_paused_system_is_no_trouble(stage: Stage) -> None:
    Stream.objects.filter(pk=stage.jira).update(state=Stream.State.PAUSED)
    stage.engine(sweep)
    assert ready(stage)[0] == 200


def test_the_process_is_alive_whatever_else_is_not(stage: Stage) -> None:
    Pulse.objects.all().delete()
    assert httpx.get(f"{stage.site}/healthz", trust_env=False).json() == {"status": "ok"}
    assert ready(stage)[0] == 503
