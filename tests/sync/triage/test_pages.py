"""Triage: causes, retries and skips, with who did what."""

from django.urls import reverse

from portal.history.models import Deed
from sync.flow.models.cases import Lane
from sync.triage.models import Parked
from tests.characters import Character
from tests.query_counts import QueryCounts
from tests.story import Story
from tests.sync.flow.tracks import track


def state(parked: Parked) -> str:
    """The stored state."""
    return Parked.objects.get(pk=parked.pk).state


def test_equal_causes_stand_together_with_their_number(ada: Character, story: Story) -> None:
    for number in (1, 2, 3):
        track(story, number=number).park()
    track(story, number=4).park("Ticket #4 is gone.")
    answer = ada.client.get("/triage/")
    assert [cause.count for cause in answer.context["causes"]] == [3, 1]
    assert "3 ×" in answer.content.decode()


def test_triage_shows_a_company_only_its_own(ada: Character, ben: Character, story: Story) -> None:
    track(story).park(of=story.b)
    assert "Nothing is parked" in ada.client.get("/triage/").content.decode()
    assert "Severity 0" in ben.client.get("/triage/").content.decode()


def test_a_retry_wakes_the_lane_and_is_recorded(ada: Character, story: Story) -> None:
    made = track(story)
    parked = made.park()
    answer = ada.client.post(reverse("triage-retry", args=[parked.uid]), {"next": "/cases/"})
    assert answer["Location"] == "/cases/"
    assert state(parked) == "retry"
    assert Lane.objects.get(case=made.case).dirty
    assert Deed.objects.get(verb="retry", object_id=parked.pk).actor == "Ada"


def test_a_retry_of_a_cause_takes_all_of_it_and_nothing_else(ada: Character, story: Story) -> None:
    same = [track(story, number=number).park() for number in (1, 2)]
    other = track(story, number=3).park("Ticket #3 is gone.")
    ada.client.post("/triage/retry/", {"fingerprint": same[0].fingerprint})
    assert [state(parked) for parked in same] == ["retry", "retry"]
    assert state(other) == "open"


def test_a_skip_without_a_reason_is_not_done_and_says_so(ada: Character, story: Story) -> None:
    parked = track(story).park()
    ada.client.post(reverse("triage-skip", args=[parked.uid]), {"reason": "  "})
    assert state(parked) == "open"
    assert "Say why this may stay undone" in ada.client.get("/triage/").content.decode()


def test_a_skip_keeps_its_reason(ada: Character, story: Story) -> None:
    parked = track(story).park()
    ada.client.post(reverse("triage-skip", args=[parked.uid]), {"reason": "Agreed with the customer"})
    parked.refresh_from_db()
    assert (parked.state, parked.reason, parked.settled_by) == ("skipped", "Agreed with the customer", "Ada")


def test_a_second_retry_of_the_same_thing_changes_nothing(ada: Character, story: Story) -> None:
    parked = track(story).park()
    address = reverse("triage-retry", args=[parked.uid])
    ada.client.post(address)
    answer = ada.client.post(address)
    assert answer.status_code == 409
    assert "Nothing was done twice" in answer.content.decode()


def test_a_viewer_may_neither_retry_nor_skip(vic: Character, story: Story) -> None:
    parked = track(story).park()
    answer = vic.client.post(reverse("triage-retry", args=[parked.uid]))
    assert answer.status_code == 403
    assert state(parked) == "open"
    assert "Your role does not allow this" in vic.client.get("/triage/").content.decode()


def test_a_partner_cannot_touch_what_is_parked_for_another_company(ben: Character, story: Story) -> None:
    parked = track(story).park()
    assert ben.client.post(reverse("triage-skip", args=[parked.uid]), {"reason": "x"}).status_code == 404


def test_htmx_gets_the_list_anew_with_the_message(ada: Character, story: Story) -> None:
    parked = track(story).park()
    body = ada.client.post(
        reverse("triage-retry", args=[parked.uid]), headers={"hx-request": "true"}
    ).content.decode()
    assert "Retrying" in body
    assert 'hx-swap-oob="true"' in body
    assert "<html" not in body


def test_triage_takes_few_queries(ada: Character, story: Story, query_counts: QueryCounts) -> None:
    for number in range(6):
        track(story, number=number).park()
    with query_counts.pinned("GET /triage/"):
        ada.client.get("/triage/")
