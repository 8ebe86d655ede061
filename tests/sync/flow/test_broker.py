"""A broker of its own that forgets everything, stands still or is gone: only latency differs."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import redis
from django.test import override_settings

from portal.embedded.broker import Broker
from portal.embedded.checks import free_port
from portal.embedded.processes import Household
from sync.flow import pulse
from sync.flow.models.pulse import Pulse
from tests.sync.flow.crew import Crew, left
from tests.sync.flow.stage import Stage
from tests.sync.flow.test_webhooks import event, url_of, zendesk

pytestmark = pytest.mark.worker


@pytest.fixture
def broker(tmp_path: Path) -> Broker:
    """A broker that no other test uses."""
    return Broker(port=free_port(), password="only-here", log=tmp_path / "broker.log")


@pytest.fixture
def crew(stage: Stage, broker: Broker, tmp_path: Path) -> Iterator[Crew]:
    """Broker, worker, beat and web; the trackers' webhooks go on to this stage's own site."""
    household = Household()
    made = Crew(household, tmp_path, {"CONCORD_BROKER_URL": broker.url})
    try:
        household.start(broker.program())
        made.worker()
        made.beat()
        yield made
    finally:
        household.stop()


def news(stage: Stage, ticket: str, twin: str, between: Callable[[], object]) -> None:
    """Five comments of each side, with something done between them."""
    for number in range(1, 6):
        stage.desk.comment(ticket, f"Desk {number}.")
        stage.board.comment(twin, f"Board {number}.")
        between()


def arrived(stage: Stage, ticket: str, twin: str) -> bool:
    """Whether all ten stand on both sides, each side's in its order."""
    words = [
        [text.splitlines()[-1] for text in texts] for texts in (stage.desk.words(ticket), stage.board.words(twin))
    ]
    by = {name: [f"{name} {n}." for n in range(1, 6)] for name in ("Desk", "Board")}
    return all([w for w in side if w.startswith(name)] == by[name] for side in words for name in by)


def test_a_broker_that_forgets_everything_costs_time_only(stage: Stage, broker: Broker, crew: Crew) -> None:
    ticket, twin = stage.pair("Forgotten hints")
    with redis.Redis.from_url(broker.url) as line:
        news(stage, ticket, twin, line.flushall)
        crew.until(lambda: bool(line.flushall()) and not left() and arrived(stage, ticket, twin))


def test_without_a_broker_webhooks_are_taken_and_the_sweep_finishes_later(
    stage: Stage, broker: Broker, crew: Crew
) -> None:
    ticket, twin = stage.pair("No broker at all")
    site = crew.web()
    crew.household.children.pop("broker").stop()
    news(stage, ticket, twin, lambda: None)
    body = event(ticket)
    with override_settings(SITE_URL=site):
        address = url_of(stage.zendesk)
    began = time.monotonic()
    answers = [
        httpx.post(address, content=body, headers=zendesk(stage, body), trust_env=False, timeout=20) for _ in range(3)
    ]
    assert [(answer.status_code, answer.json()["taken"]) for answer in answers] == [(202, 1)] * 3
    assert time.monotonic() - began < 8, "a webhook does not wait for the broker"
    assert httpx.get(f"{site}/readyz", trust_env=False, timeout=20).status_code == 503
    crew.household.start(broker.program())
    crew.until(lambda: not left() and arrived(stage, ticket, twin))
    crew.until(lambda: httpx.get(f"{site}/readyz", trust_env=False, timeout=20).status_code == 200)


def test_worker_and_sweep_give_signs_of_life(stage: Stage, crew: Crew) -> None:
    Pulse.objects.all().delete()
    names = {pulse.WORKER, pulse.SWEEP, pulse.SYSTEMS}
    crew.until(lambda: names <= set(Pulse.objects.filter(well=True).values_list("name", flat=True)))
