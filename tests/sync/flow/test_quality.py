"""Surveys: what each side's stored items hold, counted into figures that lists stand behind."""

from datetime import timedelta

import pytest

from governance.accessmatrix.models import Grant
from governance.dictionary.models import Term
from governance.quality.models import Survey
from portal.access import rls
from portal.core import clock
from sync.flow import agreements, quality
from sync.flow.models.cases import Lane
from sync.flow.models.facts import Snapshot
from sync.flow.models.quality import Surveyed
from tests.story import Story
from tests.sync.flow.tracks import Track, stream, track

SECRET = "canary-7f3a"


@pytest.fixture
def one(story: Story) -> Track:
    """A shared case of a polled story, with one stored version of the desk's item, sent as it stands."""
    agreements._cache.clear()
    for system in (story.desk, story.board):
        stream(system)
    return shared(story)


def shared(story: Story, number: int = 1, **fields: object) -> Track:
    """A case that both sides know, in step unless fields say otherwise."""
    made = track(story, number=number)
    for side, item in (("a", made.desk), ("b", made.board)):
        item.kind = story.connection.sides.get(side=side).kind
        item.save()
    held: dict[str, object] = {"subject": f"Matter {number}", "status": "open", "priority": "urgent", "tags": []}
    keep(made, held | fields)
    made.envelope("a", {"title": f"Matter {number}", "status": "in progress", "priority": "P1"})
    for term, value in (("title", f"Matter {number}"), ("status", "in progress"), ("priority", "P1")):
        made.agree(term, value)
    return made


def keep(made: Track, fields: dict[str, object], *, version: str = "1") -> None:
    """A stored version of the desk's item."""
    item = made.desk
    Snapshot.objects.create(
        item=item, company_id=item.company_id, version=version, read_at=clock.now(), fields=fields
    )


def surveyed(side: str = "a") -> Survey:
    """The sweep and a worker do it; the survey of one side."""
    try:
        quality.wake_due()
        for number in Survey.objects.values_list("pk", flat=True):
            quality.survey(number)
    finally:
        rls.leave()
    return Survey.objects.get(side=side)


def again(side: str = "a") -> Survey:
    """The wait until the next count is over."""
    Survey.objects.update(due=clock.now())
    return surveyed(side)


def test_each_side_of_a_running_connection_gets_its_survey(one: Track, story: Story) -> None:
    row = surveyed()
    assert (row.state, row.items, row.unknown, row.company_id) == ("done", 1, 0, story.a.pk)
    assert surveyed("b").company_id == story.b.pk
    assert Survey.objects.count() == 2


def test_filled_and_empty_terms_are_counted_as_the_rules_express_them(one: Track, story: Story) -> None:
    shared(story, 2, subject="")
    figures = surveyed().figures
    assert (figures["title"]["full"], figures["title"]["empty"]) == (1, 1)
    assert figures["labels"]["empty"] == 2


def test_values_outside_the_list_or_without_an_entry_or_too_long_are_counted(one: Track, story: Story) -> None:
    shared(story, 2, status="on fire", priority="someday", subject="x" * 200)
    figures = surveyed().figures
    assert figures["status"]["alien"] == 1
    assert figures["priority"]["gap"] == 1
    assert figures["title"]["long"] == 1


def test_the_same_value_twice_is_counted_where_the_dictionary_says_unique(one: Track, story: Story) -> None:
    Term.objects.filter(dictionary=story.dictionary, name="title").update(unique=True)
    shared(story, 2, subject="Matter 1")
    shared(story, 3)
    assert surveyed().figures["title"]["double"] == 2
    Snapshot.objects.filter(item__label="#2").update(fields={"subject": "Another"})
    assert "double" not in again().figures["title"]


def test_what_both_sides_last_agreed_on_is_in_step(one: Track) -> None:
    assert surveyed().figures["status"]["equal"] == 1


def test_a_value_that_was_not_carried_over_is_in_transit_while_work_waits_and_differs_after(one: Track) -> None:
    changed: dict[str, object] = {"subject": "Matter 1", "status": "solved", "priority": "urgent", "tags": []}
    keep(one, changed, version="2")
    Lane.objects.filter(case=one.case).update(dirty=True)
    assert surveyed().figures["status"]["transit"] == 1
    Lane.objects.filter(case=one.case).update(dirty=False)
    figures = again().figures
    assert figures["status"]["differs"] == 1
    assert figures["priority"]["equal"] == 1


def test_what_the_partner_said_last_counts_for_the_other_side(one: Track) -> None:
    one.envelope("b", {"title": "Matter 1", "status": "solved", "priority": "P1"})
    figures = surveyed().figures
    assert figures["status"]["differs"] == 1
    assert figures["status"]["in-full"] == 1
    assert figures["title"]["equal"] == 1


def test_a_term_that_no_grant_lets_out_is_withheld_and_one_that_no_envelope_held_is_never_sent(
    one: Track, story: Story
) -> None:
    shared(story, 2, description="Long story")
    figures = surveyed().figures
    assert figures["labels"]["withheld"] == 2
    assert figures["description"]["unsent"] == 1


def test_the_partner_learns_nothing_of_what_is_withheld(one: Track) -> None:
    assert "labels" not in surveyed("b").figures
    assert not Surveyed.objects.filter(side="b", company_id=one.story.a.pk).exists()


def test_an_item_whose_versions_are_thrown_away_is_counted_as_unknown(one: Track) -> None:
    Snapshot.objects.all().delete()
    row = surveyed()
    assert (row.items, row.unknown) == (1, 1)
    assert row.figures["status"] == {"equal": 1}


def test_items_that_are_gone_are_forgotten_at_the_next_count(one: Track, story: Story) -> None:
    two = shared(story, 2)
    assert surveyed().items == 2
    two.desk.gone = clock.now()
    two.desk.save()
    assert again().items == 1


def test_items_that_never_went_over_the_connection_are_not_counted(one: Track, story: Story) -> None:
    made = track(story, number=9)
    made.desk.kind = one.desk.kind
    made.desk.save()
    assert surveyed().items == 1


def test_a_side_is_not_counted_again_before_its_time(one: Track, story: Story) -> None:
    surveyed()
    shared(story, 2)
    assert surveyed().items == 1
    assert again().items == 2


def test_a_worker_killed_between_slices_loses_a_slice_and_nothing_else(
    one: Track, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quality, "SLICE", 1)
    for number in (2, 3):
        shared(story, number)
    quality.wake_due()
    row = quality.claimed(Survey.objects.get(side="a").pk)
    assert row is not None
    ground = quality.grounded(row)
    assert ground is not None
    assert quality.looked(row, ground)
    rls.leave()
    Survey.objects.filter(pk=row.pk).update(lease_until=clock.now() - timedelta(seconds=1))
    done = surveyed()
    assert (done.state, done.items, done.done, done.fence) == ("done", 3, 3, 2)


def test_a_worker_whose_lease_was_taken_over_writes_nothing_more(one: Track) -> None:
    quality.wake_due()
    row = quality.claimed(Survey.objects.get(side="a").pk)
    assert row is not None
    ground = quality.grounded(row)
    assert ground is not None
    rls.leave()
    Survey.objects.filter(pk=row.pk).update(fence=9)
    assert quality.looked(row, ground) is None
    rls.leave()
    assert not Surveyed.objects.exists()


def test_while_it_is_counted_anew_the_last_complete_figures_stand(one: Track, story: Story) -> None:
    before = surveyed()
    Survey.objects.update(due=clock.now())
    shared(story, 2)
    row = quality.claimed(before.pk)
    assert row is not None
    ground = quality.grounded(row)
    assert ground is not None
    quality.looked(row, ground)
    rls.leave()
    now = Survey.objects.get(pk=before.pk)
    assert (now.state, now.figures, now.at) == ("running", before.figures, before.at)


def test_a_connection_that_does_not_run_has_nothing_to_count(one: Track, story: Story) -> None:
    story.rules_b.delete()
    row = surveyed()
    assert (row.state, row.sentence, row.at) == ("done", quality.NOT_RUNNING, None)


def test_what_breaks_is_kept_with_a_sentence_and_logged_without_a_value(
    one: Track, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(*_: object) -> None:
        raise ValueError(SECRET)

    monkeypatch.setattr(quality, "marked", breaks)
    row = surveyed()
    assert (row.state, row.sentence) == ("failed", quality.BROKEN)
    assert SECRET not in caplog.text


def test_a_grant_that_is_taken_back_shows_at_the_next_count(one: Track, story: Story) -> None:
    assert "withheld" not in surveyed().figures["priority"]
    Grant.objects.filter(integration=story.integration, company=story.a, term="priority").delete()
    assert again().figures["priority"]["withheld"] == 1
