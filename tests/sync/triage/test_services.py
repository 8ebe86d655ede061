"""What people do with parked work: who may, once, and with a reason."""

import pytest

from portal.core.errors import BadInput, Denied, Stale
from portal.history.models import Deed
from sync.flow.models.cases import Lane
from sync.triage.models import Parked
from sync.triage.services import retry_cause, retry_parked, skip_parked
from tests.characters import Character
from tests.story import Story
from tests.sync.flow.tracks import track


def test_a_retry_wakes_the_lane_and_is_told_in_history(ada: Character, story: Story) -> None:
    made = track(story)
    parked = made.park()
    retry_parked(by=ada.subject, parked=parked)
    assert Parked.objects.get().state == Parked.State.RETRY
    assert Lane.objects.get(case=made.case).dirty
    assert Deed.objects.filter(verb="retry", actor="Ada").exists()


def test_a_cause_is_tried_again_in_all_its_cases_at_once(ada: Character, story: Story) -> None:
    rows = [track(story, number=number).park() for number in (1, 2, 3)]
    other = track(story, number=4).park("Something else.")
    assert retry_cause(by=ada.subject, fingerprint=rows[0].fingerprint) == 3
    other.refresh_from_db()
    assert other.state == Parked.State.OPEN


@pytest.mark.parametrize("reason", ["", "   "])
def test_skipping_needs_a_reason(ada: Character, story: Story, reason: str) -> None:
    parked = track(story).park()
    with pytest.raises(BadInput) as told:
        skip_parked(by=ada.subject, parked=parked, reason=reason)
    assert "reason" in told.value.fields
    assert Parked.objects.get().state == Parked.State.OPEN


def test_a_skip_keeps_who_and_why(ada: Character, story: Story) -> None:
    parked = track(story).park()
    skip_parked(by=ada.subject, parked=parked, reason=" Agreed by phone. ")
    row = Parked.objects.get()
    assert (row.state, row.settled_by, row.reason) == (Parked.State.SKIPPED, "Ada", "Agreed by phone.")


def test_what_somebody_settled_meanwhile_is_not_settled_twice(ada: Character, cleo: Character, story: Story) -> None:
    parked = track(story).park()
    retry_parked(by=cleo.subject, parked=parked)
    with pytest.raises(Stale):
        skip_parked(by=ada.subject, parked=parked, reason="Too late.")
    assert Parked.objects.get().state == Parked.State.RETRY


@pytest.mark.parametrize("who", ["vic", "ben", "dan"])
def test_only_an_operator_of_the_company_that_must_act_may(
    request: pytest.FixtureRequest, story: Story, who: str
) -> None:
    person: Character = request.getfixturevalue(who)
    parked = track(story).park(of=story.a)
    with pytest.raises(Denied):
        retry_parked(by=person.subject, parked=parked)
    with pytest.raises(Denied):
        skip_parked(by=person.subject, parked=parked, reason="Mine now.")
    assert Parked.objects.get().state == Parked.State.OPEN
