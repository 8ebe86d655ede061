"""Downtimes as they are announced; tests/sync/flow/test_downtime.py has the engine keep to them."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction
from django.db.models import OuterRef

from governance.register.models import Connection, Downtime
from governance.register.presence import downtimes_on, open_downtime, windows_of
from governance.register.services.downtimes import announce_downtime, cancel_downtime
from portal.access.subject import Subject
from portal.core import clock
from portal.core.errors import BadInput, Denied
from tests.characters import Character, as_subject
from tests.governance.deeds import verbs
from tests.story import Story

HOUR = timedelta(hours=1)


def announce(who: Character, story: Story, **given: timedelta | str) -> Downtime:
    """Company A's desk is away, from now on for an hour unless told."""
    now = clock.now()
    starts, ends = given.get("starts", timedelta()), given.get("ends", HOUR)
    assert isinstance(starts, timedelta)
    assert isinstance(ends, timedelta)
    with as_subject(who.subject) as by:
        return announce_downtime(
            by=by,
            system=story.desk,
            starts=now + starts,
            ends=now + ends,
            reason=str(given.get("reason", "Upgrade")),
        )


def windows_on(story: Story, by: Subject) -> list[Downtime]:
    """The downtimes that a subject reads on the story's connection."""
    row = Connection.objects.annotate(windows=downtimes_on(OuterRef("pk"), by=by)).filter(pk=story.connection.pk)
    return [one for found in row for one in windows_of(found)]


def test_both_sides_of_a_connection_read_a_downtime_and_a_stranger_does_not(
    story: Story, ada: Character, ben: Character, dan: Character
) -> None:
    announce(ada, story)
    with as_subject(ben.subject) as by:
        assert [one.system_name for one in windows_on(story, by)] == ["Desk"]
        with pytest.raises(ProgrammingError), transaction.atomic():
            Downtime.objects.update(reason="Mine")
    with as_subject(dan.subject) as by:
        assert windows_on(story, by) == []
        assert not Downtime.objects.exists()
    assert verbs(ada.company) == ["announce a downtime of"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"starts": 2 * HOUR}, "ends"),
        ({"starts": -2 * HOUR, "ends": -HOUR}, "ends"),
        ({"ends": timedelta(days=40)}, "ends"),
        ({"reason": " "}, "reason"),
    ],
)
def test_a_window_that_cannot_be_is_refused_with_the_field(
    given: dict[str, timedelta | str], field: str, story: Story, ada: Character
) -> None:
    with pytest.raises(BadInput) as caught:
        announce(ada, story, **given)
    assert set(caught.value.fields) == {field}


def test_viewers_and_partners_announce_nothing(story: Story, vic: Character, ben: Character) -> None:
    for who in (vic, ben):
        with pytest.raises(Denied):
            announce(who, story)


def test_a_cancelled_downtime_is_over(story: Story, ada: Character) -> None:
    window = announce(ada, story)
    assert open_downtime(story.desk.pk, clock.now()) == window.ends
    with as_subject(ada.subject) as by:
        cancel_downtime(by=by, downtime=window)
        assert windows_on(story, by) == []
        with pytest.raises(BadInput, match="over already"):
            cancel_downtime(by=by, downtime=Downtime.objects.get())
    assert open_downtime(story.desk.pk, clock.now()) is None
