"""The page of data quality: figures of one's own sides, each with its list of items."""

from datetime import timedelta

import pytest
from django.urls import reverse

from governance.accessmatrix.models import AccessMatrix, Grant
from governance.quality.models import Survey
from governance.quality.services import count_anew
from portal.access import rls
from portal.core import clock
from portal.core.errors import BadInput, Denied
from sync.flow import agreements, quality
from sync.flow.models.facts import Snapshot
from tests.characters import Character, as_subject
from tests.governance.deeds import last
from tests.query_counts import QueryCounts
from tests.story import Story
from tests.sync.flow.tracks import Track, stream, track


@pytest.fixture
def one(story: Story) -> Track:
    """A shared case whose status differs and whose priority has no entry; counted."""
    agreements._cache.clear()
    for system in (story.desk, story.board):
        stream(system)
    made = track(story)
    for side, item in (("a", made.desk), ("b", made.board)):
        item.kind = story.connection.sides.get(side=side).kind
        item.save()
    fields = {"subject": "Checkout fails", "status": "solved", "priority": "someday", "tags": ["secret"]}
    Snapshot.objects.create(item=made.desk, company_id=story.a.pk, version="1", read_at=clock.now(), fields=fields)
    made.envelope("a", {"title": "Checkout fails", "status": "in progress"})
    made.agree("title", "Checkout fails")
    made.agree("status", "in progress")
    counted()
    return made


def counted() -> None:
    """The sweep and a worker do it."""
    try:
        quality.wake_due()
        for number in Survey.objects.values_list("pk", flat=True):
            quality.survey(number)
    finally:
        rls.leave()


def page(story: Story) -> str:
    """The page's address."""
    return reverse("quality", args=[story.integration.uid])


def test_every_figure_leads_to_the_cases_it_is_made_of(one: Track, ada: Character, query_counts: QueryCounts) -> None:
    ada.client.get("/")
    with query_counts.pinned("GET quality"):
        html = ada.client.get(page(one.story)).content.decode()
    survey = Survey.objects.get(side="a")
    for kind, term in (("differs", "status"), ("gap", "priority"), ("withheld", "labels"), ("equal", "title")):
        address = reverse("quality-items", args=[survey.uid, kind, term])
        assert address in html
        with query_counts.pinned("GET quality-items"):
            items = ada.client.get(address).content.decode()
        assert reverse("case", args=[one.case.uid]) in items


def test_a_list_that_is_empty_says_so(one: Track, ada: Character) -> None:
    survey = Survey.objects.get(side="a")
    html = ada.client.get(reverse("quality-items", args=[survey.uid, "empty", "title"])).content.decode()
    assert "No item is so any more" in html
    assert ada.client.get(reverse("quality-items", args=[survey.uid, "no-such", "title"])).status_code == 404


def test_the_partner_reads_figures_of_its_own_side_alone(one: Track, ben: Character, dan: Character) -> None:
    mine, theirs = Survey.objects.get(side="b"), Survey.objects.get(side="a")
    html = ben.client.get(page(one.story)).content.decode()
    assert str(mine.uid) in html
    assert str(theirs.uid) not in html
    assert "labels" not in html.partition("<main")[2].lower()
    assert ben.client.get(reverse("quality-items", args=[theirs.uid, "withheld", "labels"])).status_code == 404
    assert dan.client.get(page(one.story)).status_code == 404


def test_figures_of_a_term_that_the_readers_role_may_not_see_are_withheld(
    one: Track, vic: Character, story: Story
) -> None:
    live = AccessMatrix.objects.get(integration=story.integration, company=story.a, state="live")
    Grant.objects.create(
        matrix=live, integration=story.integration, company=story.a, role="viewer", term="status", level="none"
    )
    html = vic.client.get(page(story)).content.decode()
    assert "Withheld from your role" in html
    survey = Survey.objects.get(side="a")
    assert reverse("quality-items", args=[survey.uid, "differs", "status"]) not in html
    assert vic.client.get(reverse("quality-items", args=[survey.uid, "differs", "status"])).status_code == 403


def test_a_count_is_asked_for_and_the_page_follows_it(one: Track, ada: Character, story: Story) -> None:
    ada.client.get(page(story))
    assert ada.client.post(reverse("quality-count", args=[story.integration.uid])).status_code == 303
    assert 'hx-trigger="every 2s"' in ada.client.get(page(story)).content.decode()
    assert last(story.a).verb == "count the quality of"
    counted()
    answer = ada.client.get(page(story), headers={"HX-Request": "true"})
    assert answer.status_code == 286


def test_a_count_at_work_goes_on_when_it_is_asked_for_again(one: Track, ada: Character, story: Story) -> None:
    Survey.objects.update(state="running", lease_until=clock.now() + timedelta(minutes=1))
    with as_subject(ada.subject) as by:
        assert count_anew(by=by, integration=story.integration) == 0
    assert set(Survey.objects.values_list("state", flat=True)) == {"running"}


def test_a_viewer_asks_for_no_count_and_before_anything_runs_there_is_none(
    one: Track, vic: Character, ada: Character, story: Story
) -> None:
    with as_subject(vic.subject) as by, pytest.raises(Denied):
        count_anew(by=by, integration=story.integration)
    Survey.objects.all().delete()
    with as_subject(ada.subject) as by, pytest.raises(BadInput, match="nothing to count"):
        count_anew(by=by, integration=story.integration)
    assert "Nothing to count yet" in ada.client.get(page(story)).content.decode()
