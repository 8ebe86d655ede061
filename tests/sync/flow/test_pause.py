"""A paused connection: nothing travels, nothing is lost, and everything arrives in order after the resume."""

from governance.register.models import Connection
from governance.register.services.connections import pause_connection, resume_connection
from governance.story.acting import acting
from tests.sync.flow.stage import INES, Stage


def test_what_happens_in_a_pause_waits_and_arrives_in_order_after_the_resume(stage: Stage) -> None:
    ticket, twin = stage.pair("Paused")
    with acting(INES) as by:
        pause_connection(by=by, connection=Connection.objects.get(), reason="Maintenance.")
    stage.desk.set(ticket, status="open", comment={"body": "One.", "public": True}, priority="urgent")
    stage.desk.set(ticket, status="pending")
    opened = stage.desk.open("Opened in the pause")
    stage.settle()
    assert stage.board.statuses(twin) == []
    assert stage.twins(opened) == []
    with acting(INES) as by:
        resume_connection(by=by, connection=Connection.objects.get())
    stage.later()
    stage.settle()
    assert stage.board.statuses(twin) == ["In Progress", "In Review"]
    assert "One." in "".join(stage.board.words(twin))
    assert len(stage.twins(opened)) == 1
