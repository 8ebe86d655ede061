"""Real Celery workers killed with -9 at every numbered point: one twin, no double comment, order kept."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.embedded.processes import Household
from sync.flow.models.cases import Lane
from sync.flow.models.facts import Change
from sync.flow.models.writes import Intent
from sync.flow.points import Point
from tests.sync.flow.crew import Crew
from tests.sync.flow.stage import Stage

pytestmark = pytest.mark.worker
#: deaths of a case that has its twin, and of one whose twin is still to be made
LATER = [[point] for point in Point if point is not Point.RESOLVED]
LATER += [[Point.SENT, Point.RESOLVED], [Point.SENDING, Point.RESOLVED, Point.SENT]]
AT_BIRTH = [[Point.SEALED, Point.SENDING], [Point.INTENDED, Point.PART_DONE], [Point.SENT, Point.RESOLVED]]
SECONDS = 60.0


@pytest.fixture
def crew(stage: Stage, tmp_path: Path) -> Iterator[Crew]:
    """Processes of the product on this stage."""
    household = Household()
    deaths = tmp_path / "deaths"
    deaths.mkdir()
    yield Crew(household, tmp_path, {"CONCORD_TEST_DEATHS": str(deaths)})
    household.stop()


def until(true: Callable[[], bool], crew: Crew) -> None:
    """Wait for something that the processes do; fails with the worker's last words."""
    end = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < end and not crew.household.fallen(), f"{left()}\n{crew.log('worker')[-3000:]}"
        time.sleep(0.1)


def left() -> list[str]:
    """What is left to do: dirty lanes, intents of unknown outcome, changes without an end."""
    lanes = [f"{lane} until {lane.lease_until}, {lane.not_before}" for lane in Lane.objects.filter(dirty=True)]
    intents = [str(intent) for intent in Intent.objects.filter(state=Intent.State.OPEN)]
    return [*lanes, *intents, *(str(change) for change in Change.objects.filter(disposition=""))]


def test_a_worker_that_dies_at_any_point_leaves_no_trace_of_it(stage: Stage, crew: Crew) -> None:
    pairs = [stage.pair(f"Dies {' '.join(point.name for point in points)}") for points in LATER]
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
    until(lambda: not left() and not unlived(deaths), crew)
    assert crew.log("worker").count("signal 9") >= len(LATER) + len(AT_BIRTH)
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
    until(lambda: Intent.objects.filter(case=stage.case(ticket), state="open").exists(), crew)
    worker.end_orphans()
    worker.stop()
    stage.desk.comment(ticket, "Two.")
    crew.worker("tests.sync.flow.killing")
    until(lambda: not left() and len(stage.board.words(twin)) == 2, crew)
    assert [words.splitlines()[-1] for words in stage.board.words(twin)] == ["One.", "Two."]
