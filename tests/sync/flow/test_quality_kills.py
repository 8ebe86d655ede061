"""A real worker killed with -9 in the midst of a survey: another one goes on where it stopped."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from governance.quality.models import Survey
from portal.embedded.processes import Household
from sync.flow.models.quality import Surveyed
from tests.sync.flow.crew import Crew
from tests.sync.flow.stage import Stage

pytestmark = pytest.mark.worker


@pytest.fixture
def crew(stage: Stage, tmp_path: Path) -> Iterator[Crew]:
    """Processes of the product on this stage."""
    household = Household()
    yield Crew(household, tmp_path, {})
    household.stop()


def of_desk(stage: Stage) -> Survey | None:
    """The desk's survey on the connection to Jira."""
    rows = Survey.objects.filter(connection__name="Zendesk to Jira", connection__sides__system=stage.zendesk)
    return rows.filter(side="a").first()


def test_a_killed_survey_is_finished_by_another_worker_and_finds_every_item_in_step(stage: Stage, crew: Crew) -> None:
    for number in range(16):
        stage.desk.open(f"Matter {number}")
    stage.settle()
    worker = crew.worker("tests.sync.flow.slowly")
    crew.beat()

    def begun() -> bool:
        row = of_desk(stage)
        return row is not None and row.done >= 4

    crew.until(begun)
    worker.end_orphans()
    worker.stop()
    halfway = of_desk(stage)
    assert halfway is not None
    assert (halfway.state, halfway.done < 16, halfway.figures) == ("running", True, {})
    crew.worker()

    def done() -> bool:
        row = of_desk(stage)
        return row is not None and row.state == "done" and row.at is not None

    crew.until(done)
    row = of_desk(stage)
    assert row is not None
    assert row.items == 16
    assert row.fence >= 2
    assert row.figures["title"]["full"] == row.figures["title"]["equal"] == 16
    assert Surveyed.objects.filter(connection=row.connection_id, side="a").count() == 16
