"""Real Celery workers killed with -9 at every numbered point: one twin, no double comment, order kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.embedded.processes import Household
from sync.flow.models.writes import Intent
from sync.flow.points import Point
from tests.sync.flow.crew import Crew, left
from tests.sync.flow.stage import Stage

pytestmark = pytest.mark.worker
P = Point
#: deaths of cases that have their twin, one after the other, and of those whose twin is still to be made
LATER = [
    [P.CLAIMED, P.SENDING],
    [P.READ, P.SENT],
    [P.SEALED, P.FINISHED],
    [P.INTENDED, P.PART_DONE],
    [P.SENT, P.RESOLVED],
    [P.SENDING, P.RESOLVED],
]
AT_BIRTH = [[P.SEALED, P.SENDING], [P.INTENDED, P.PART_DONE], [P.SENT, P.RESOLVED]]


@pytest.fixture
def crew(stage: Stage, tmp_path: Path) -> Iterator[Crew]:
    """Processes of the product on this stage, told where their deaths stand."""
    (tmp_path / "deaths").mkdir()
    household = Household()
    yield Crew(household, tmp_path, {"CONCORD_TEST_DEATHS": str(tmp_path / "deaths")})
    household.stop()


def test_a_worker_that_dies_at_any_point_leaves_no_trace_of_it(stage: Stage, crew: Crew) -> None:
    tickets = [stage.desk.open(f"Dies {' '.join(point.name for point in points)}") for points in LATER]
    stage.settle()
    pairs = [(ticket, stage.twin(ticket)) for ticket in tickets]
    born = [stage.desk.open(f"Born {' '.join(point.name for point in points)}") for points in AT_BIRTH]
    for practice in stage.practices:
        practice.silence()
    for ticket, _ in pairs:
        stage.desk.set(ticket, status="open", comment={"body": "One.", "public": True})
        stage.desk.set(ticket, status="pending", comment={"body": "Two.", "public": True})
    for ticket in born:
        stage.desk.comment(ticket, "One.")
    for practice in stage.practices:
        practice.silence()
    deaths = Path(crew.more["CONCORD_TEST_DEATHS"])
    for ticket, points in zip([*(ticket for ticket, _ in pairs), *born], [*LATER, *AT_BIRTH], strict=True):
        (deaths / str(stage.case(ticket).pk)).write_text(" ".join(str(int(point)) for point in points))
    crew.worker("tests.sync.flow.killing", processes=4)
    crew.beat()
    crew.until(lambda: not left() and not unlived(deaths))
    assert crew.log("worker").count("exited with 'signal 9") >= 2 * (len(LATER) + len(AT_BIRTH))
    for ticket, twin in pairs:
        assert stage.twins(ticket) == [twin]
        assert [words.splitlines()[-1] for words in stage.board.words(twin)] == ["One.", "Two."]
        assert stage.board.statuses(twin) == ["In Progress", "In Review"]
        assert stage.desk.statuses(ticket) == ["open", "pending"]
    for ticket in born:
        title = stage.desk.ticket(ticket)["subject"]
        assert stage.board.titled(title) == stage.twins(ticket)
        assert len(stage.board.words(stage.twin(ticket))) == 1


def unlived(deaths: Path) -> dict[str, str]:
    """Deaths that did not come yet."""
    return {file.name: file.read_text() for file in deaths.iterdir() if file.read_text()}


def test_a_whole_worker_killed_in_the_midst_is_replaced_without_a_trace(stage: Stage, crew: Crew) -> None:
    ticket, twin = stage.pair("The machine goes down")
    stage.board.practice.fault(match=f"POST /rest/api/3/issue/{twin}/comment", delay=1.5)
    worker = crew.worker("tests.sync.flow.killing")
    crew.beat()
    stage.desk.comment(ticket, "One.")
    crew.until(lambda: Intent.objects.filter(case=stage.case(ticket), state="open").exists())
    worker.end_orphans()
    worker.stop()
    stage.desk.comment(ticket, "Two.")
    crew.worker("tests.sync.flow.killing")
    crew.until(lambda: not left() and len(stage.board.words(twin)) == 2)
    assert [words.splitlines()[-1] for words in stage.board.words(twin)] == ["One.", "Two."]
