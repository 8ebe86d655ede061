"""PostgreSQL restarts under a live site and live workers: connections break in the midst, every change arrives."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from django.db import connection
from django.test import override_settings

from portal.access import rls
from portal.core import clock
from portal.embedded.processes import Household
from tests.sync.flow.crew import Crew, left
from tests.sync.flow.stage import Stage
from tests.sync.flow.test_broker import arrived, news
from tests.sync.flow.test_webhooks import event, url_of, zendesk

pytestmark = pytest.mark.worker
#: as PostgreSQL does when it is told to stop; the test's own connections are older
CUT = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND usename = ANY (%s) AND backend_start > %s
"""


@pytest.fixture
def crew(stage: Stage, tmp_path: Path) -> Iterator[Crew]:
    """Processes of the product on this stage."""
    household = Household()
    yield Crew(household, tmp_path, {})
    household.stop()


def cut(since: datetime) -> int:
    """End every database connection of site and workers that began since then; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(CUT, [[rls.WEB, rls.WORKER], since])
        return int(cursor.fetchone()[0])


def test_connections_that_break_cost_no_change_and_no_webhook(stage: Stage, crew: Crew) -> None:
    ticket, twin = stage.pair("The database restarts")
    began, ended = clock.now(), []
    site = crew.web()
    crew.worker()
    crew.beat()
    with override_settings(SITE_URL=site):
        address = url_of(stage.zendesk)

    def delivered() -> int:
        body = event(ticket)
        return httpx.post(address, content=body, headers=zendesk(stage, body), trust_env=False).status_code

    def break_all() -> None:
        assert delivered() == 202
        ended.append(cut(began))

    news(stage, ticket, twin, break_all)
    assert min(ended) > 0, "somebody was connected each time"
    assert delivered() == 202
    crew.until(lambda: not left() and arrived(stage, ticket, twin))
    assert not crew.household.fallen()
