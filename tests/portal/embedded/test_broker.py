"""The embedded broker answers only those who know its password."""

from dataclasses import replace
from pathlib import Path

import pytest
import redis

from portal.embedded.broker import Broker
from portal.embedded.checks import free_port
from portal.embedded.processes import Household


@pytest.fixture
def broker(tmp_path: Path) -> Broker:
    """A broker that is not started yet."""
    return Broker(port=free_port(), password="hushhush", log=tmp_path / "broker.log")


def test_it_answers_with_its_password(broker: Broker, household: Household) -> None:
    household.start(broker.program())
    assert redis.Redis.from_url(broker.url).ping()


def test_it_answers_nobody_else(broker: Broker, household: Household) -> None:
    household.start(broker.program())
    assert not replace(broker, password="guessed").ready()


def test_its_password_is_not_among_the_processes(broker: Broker, household: Household) -> None:
    child = household.start(broker.program())
    assert b"hushhush" not in Path(f"/proc/{child.pid}/cmdline").read_bytes()


def test_it_comes_back_empty_after_a_kill(broker: Broker, household: Household) -> None:
    child = household.start(broker.program())
    redis.Redis.from_url(broker.url).set("message", "lost")
    child.process.kill()
    child.process.wait()
    household.start(broker.program())
    assert redis.Redis.from_url(broker.url).dbsize() == 0


def test_it_leaves_no_file_but_its_log(broker: Broker, household: Household) -> None:
    household.start(broker.program())
    redis.Redis.from_url(broker.url).set("message", "kept nowhere")
    household.stop()
    assert [path.name for path in broker.log.parent.iterdir()] == ["broker.log"]
