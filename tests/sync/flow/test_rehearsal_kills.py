"""A real worker killed with -9 in the midst of a rehearsal: another one goes on where it stopped."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from governance.accessmatrix.services.cells import Cell, set_cells
from governance.accessmatrix.services.versions import draft_access
from governance.rehearsals.services import rehearse_paper
from governance.rulebook.models import Rehearsal, Rulebook
from governance.rulebook.rules import Line
from governance.rulebook.services.drafts import save_draft
from governance.rulebook.services.rehearsals import rehearse
from governance.story import rulebooks
from portal.embedded.processes import Household
from sync.flow.models.cases import Item
from sync.flow.models.facts import Snapshot
from tests.characters import as_subject
from tests.sync.flow.crew import Crew
from tests.sync.flow.stage import ASHA, Stage

pytestmark = pytest.mark.worker
#: the desk's status "Open" would be told as another one
LATER = replace(
    rulebooks.DESK,
    outgoing=tuple(
        Line("status", "status", (("New", "new"), ("Open", "waiting"))) if line.term == "status" else line
        for line in rulebooks.DESK.outgoing
        if line.term != "labels"
    ),
)


@pytest.fixture
def crew(stage: Stage, tmp_path: Path) -> Iterator[Crew]:
    """Processes of the product on this stage."""
    household = Household()
    yield Crew(household, tmp_path, {})
    household.stop()


def rules(stage: Stage) -> Rehearsal:
    """Mercuri asks for a rehearsal of its next rules."""
    with as_subject(stage.person(ASHA)) as by:
        book = Rulebook.objects.get(connection__name="Zendesk to Jira", side="a")
        save_draft(by=by, rulebook=book, rules=LATER, version=book.version)
        book.refresh_from_db()
        return rehearse(by=by, rulebook=book)


def matrix(stage: Stage) -> Rehearsal:
    """Mercuri asks for a rehearsal of its next matrix, which lets its partner read no status."""
    with as_subject(stage.person(ASHA)) as by:
        integration = Rulebook.objects.get(connection__name="Zendesk to Jira", side="a").connection.integration
        draft = draft_access(by=by, integration=integration)
        cells = [
            Cell(one.grantee_id, "status", "none") for one in draft.cells.filter(term="status", grantee__isnull=False)
        ]
        set_cells(by=by, matrix=draft, cells=cells, version=draft.version)
        return rehearse_paper(by=by, integration=integration, what="matrix")


@pytest.mark.parametrize(("asked", "found"), [(rules, "changes"), (matrix, "withheld")])
def test_the_engine_keeps_each_version_of_an_item_and_a_killed_rehearsal_is_finished_by_another_worker(
    stage: Stage, crew: Crew, asked: Callable[[Stage], Rehearsal], found: str
) -> None:
    tickets = [stage.desk.open(f"Matter {number}") for number in range(20)]
    stage.settle()
    stage.desk.set(tickets[0], status="open")
    stage.settle()
    versions = Snapshot.objects.filter(item__system=stage.zendesk, item__record=tickets[0])
    assert versions.count() >= 2
    assert {one.fields["status"] for one in versions} >= {"New", "Open"}
    row = asked(stage)
    worker = crew.worker("tests.sync.flow.slowly")
    crew.beat()
    crew.until(lambda: Rehearsal.objects.get(pk=row.pk).done >= 4)
    worker.end_orphans()
    worker.stop()
    halfway = Rehearsal.objects.get(pk=row.pk)
    assert halfway.state == "running" and halfway.done < 20
    crew.worker()
    crew.until(lambda: Rehearsal.objects.get(pk=row.pk).state == "done")
    done = Rehearsal.objects.select_related("evidence").get(pk=row.pk)
    items = Item.objects.filter(system=stage.zendesk, snapshots__isnull=False).distinct().count()
    assert done.done == done.evidence.counts["items"] == items
    assert done.fence >= 2
    assert done.evidence.counts["sends"]["status"][found] >= 1
