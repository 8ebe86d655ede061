"""Rehearsals: candidate rules over stored facts, in slices, resumed after a kill, and evidence that stays."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import Error, transaction

from governance.accessmatrix.models import Grant
from governance.rulebook.models import Evidence, Rehearsal, Rulebook
from governance.rulebook.rules import Condition, Line, RuleSet
from governance.rulebook.services.drafts import save_draft
from governance.rulebook.services.rehearsals import cancel, rehearse, resume
from portal.access import rls
from portal.core import clock
from portal.core.errors import BadInput, Denied
from sync.flow import agreements, rehearsing
from sync.flow.models.facts import Snapshot
from sync.flow.tidying import tidy
from tests.characters import Character, as_subject
from tests.story import RULES_A, Story
from tests.sync.flow.tracks import Track, stream, track

SECRET = "canary-7f3a"
Rehearsing = Callable[..., Rehearsal]


@pytest.fixture
def one(story: Story) -> Track:
    """A shared case of a polled story, with one stored version of the desk's item."""
    agreements._cache.clear()
    for system in (story.desk, story.board):
        stream(system)
    made = track(story)
    keep(made, subject="Checkout fails", status="open", priority="urgent", tags=[SECRET])
    made.envelope("a", {"title": "Checkout fails", "status": "in progress", "priority": "P1"})
    return made


def keep(made: Track, *, version: str = "1", ago: float = 60, **fields: object) -> Snapshot:
    """A stored version of the desk's item."""
    at = clock.now() - timedelta(seconds=ago)
    item = made.desk
    item.kind = made.story.connection.sides.get(side="a").kind
    item.save()
    return Snapshot.objects.create(item=item, company_id=item.company_id, version=version, read_at=at, fields=fields)


@pytest.fixture
def asked(ada: Character, story: Story) -> Rehearsing:
    """Saves a candidate of the desk's rules and asks for its rehearsal."""

    def ask(rules: RuleSet, days: int = 30) -> Rehearsal:
        book = Rulebook.objects.get(connection=story.connection, side="a")
        with as_subject(ada.subject) as by:
            save_draft(by=by, rulebook=book, rules=rules, version=book.version)
            book.refresh_from_db()
            return rehearse(by=by, rulebook=book, days=days)

    return ask


def worked(row: Rehearsal) -> Rehearsal:
    """A worker does it."""
    try:
        rehearsing.rehearse(row.pk)
    finally:
        rls.leave()
    return Rehearsal.objects.select_related("evidence").get(pk=row.pk)


def outgoing(**changed: Line) -> RuleSet:
    """The desk's rules with some outgoing lines changed, by term."""
    return replace(RULES_A, outgoing=tuple(changed.get(line.term, line) for line in RULES_A.outgoing))


def test_a_value_that_would_change_is_counted_with_a_sample_of_ones_own(one: Track, asked: Rehearsing) -> None:
    row = worked(asked(outgoing(status=Line("status", "status", (("open", "waiting"),)))))
    assert row.state == "done"
    assert row.evidence.counts["sends"]["status"] == {"changes": 1}
    assert row.evidence.details["samples"]["sends"]["status"] == [["#1", "in progress", "waiting"]]
    assert "1 term would behave otherwise" in row.sentence


def test_a_value_with_no_entry_any_more_fails_and_is_told_with_its_count(one: Track, asked: Rehearsing) -> None:
    row = worked(asked(outgoing(priority=Line("priority", "priority", (("low", "P4"),), "park"))))
    assert row.evidence.counts["sends"]["priority"] == {"fails": 1}
    assert row.evidence.details["gaps"]["sends"]["priority"] == {"urgent": 1}


def test_a_term_is_newly_disclosed_or_no_longer(one: Track, asked: Rehearsing) -> None:
    more = replace(RULES_A, outgoing=(*RULES_A.outgoing[1:], Line("comment", "status")))
    counts = worked(asked(more)).evidence.counts["sends"]
    assert counts["title"] == {"gone": 1}


def test_a_text_that_would_be_shortened_is_counted(one: Track, asked: Rehearsing) -> None:
    row = worked(asked(outgoing(title=Line("title", "subject", max_length=8))))
    assert row.evidence.counts["sends"]["title"] == {"changes": 1, "cut": 1}


def test_items_that_come_into_scope_or_fall_out_are_named(one: Track, asked: Rehearsing) -> None:
    row = worked(asked(replace(RULES_A, scope=(Condition("status", "is", "solved"),))))
    assert (row.evidence.counts["in"], row.evidence.counts["out"]) == (0, 1)
    assert row.evidence.details["scope"]["out"] == ["#1"]


def test_what_the_partner_sent_is_replayed_onto_the_newest_version(one: Track, asked: Rehearsing) -> None:
    one.envelope("b", {"status": "solved", "priority": "P2"})
    later = replace(
        RULES_A,
        incoming=(
            Line("title", "subject"),
            Line("status", "status", (("solved", "closed"),), "park"),
            Line("priority", "priority", (("P1", "urgent"),), "park"),
        ),
    )
    row = worked(asked(later))
    assert row.evidence.counts["takes"] == {"status": {"changes": 1}, "priority": {"fails": 1}}
    assert row.evidence.details["gaps"]["takes"] == {"priority": {"P2": 1}}
    assert row.evidence.counts["envelopes"] == 1


def test_what_the_matrix_keeps_back_is_named_and_never_valued(
    one: Track, asked: Rehearsing, caplog: pytest.LogCaptureFixture
) -> None:
    Grant.objects.filter(integration=one.story.integration, term="labels").delete()
    row = worked(asked(outgoing(labels=Line("labels", "tags", (("a", "b"),), "park"))))
    whole = f"{row.evidence.counts} {row.evidence.details} {row.sentence} {caplog.text}"
    assert SECRET not in whole


def test_only_the_days_asked_for_are_replayed(one: Track, asked: Rehearsing) -> None:
    Snapshot.objects.update(read_at=clock.now() - timedelta(days=8))
    assert worked(asked(RULES_A, days=7)).evidence.counts["items"] == 0


def test_finished_evidence_never_changes(one: Track, asked: Rehearsing) -> None:
    row = worked(asked(RULES_A))
    assert len(row.digest) == 64
    with pytest.raises(Error, match="never changes"), transaction.atomic():
        Rehearsal.objects.filter(pk=row.pk).update(digest="0" * 64)
    with pytest.raises(Error, match="never changes"), transaction.atomic():
        Evidence.objects.filter(pk=row.pk).update(counts={})


def many(story: Story, number: int) -> None:
    """Cases with a stored version each."""
    for n in range(2, number + 2):
        made = track(story, number=n)
        made.envelope("a", {"title": f"Matter {n}"})
        keep(made, subject=f"Matter {n}", status="open", priority="low", tags=[])


def test_it_is_replayed_slice_by_slice_and_goes_on_where_a_killed_worker_stopped(
    one: Track, asked: Rehearsing, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(story, 11)
    monkeypatch.setattr(rehearsing, "SLICE", 5)
    row = asked(outgoing(status=Line("status", "status", (("open", "waiting"),))))
    taken = rehearsing.claimed(row.pk)
    assert taken is not None
    stages = rehearsing.staged(taken)
    assert stages
    assert rehearsing.played(taken, stages[0])
    rls.leave()
    row.refresh_from_db()
    assert (row.state, row.done, row.total) == ("running", 5, 12)
    assert worked(row).state == "running", "its worker may still live"
    Rehearsal.objects.update(lease_until=clock.now() - timedelta(seconds=1))
    done = worked(row)
    assert (done.state, done.done) == ("done", 12)
    assert done.evidence.counts["sends"]["status"] == {"changes": 12}


def test_a_worker_that_lost_its_lease_writes_nothing_more(
    one: Track, asked: Rehearsing, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(story, 3)
    monkeypatch.setattr(rehearsing, "SLICE", 2)
    row = asked(RULES_A)
    slow = rehearsing.claimed(row.pk)
    assert slow is not None
    stages = rehearsing.staged(slow)
    assert stages
    Rehearsal.objects.update(lease_until=clock.now() - timedelta(seconds=1))
    assert worked(row).state == "done"
    assert rehearsing.played(slow, stages[0]) is None
    rls.leave()


def test_a_cancelled_rehearsal_stops_and_goes_on_where_it_was(
    ada: Character, one: Track, asked: Rehearsing, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(story, 3)
    monkeypatch.setattr(rehearsing, "SLICE", 2)
    row = asked(RULES_A)
    taken = rehearsing.claimed(row.pk)
    assert taken is not None
    stages = rehearsing.staged(taken)
    assert stages
    assert rehearsing.played(taken, stages[0])
    rls.leave()
    with as_subject(ada.subject) as by:
        cancel(by=by, rehearsal=row)
    assert rehearsing.played(taken, stages[0]) is None
    rls.leave()
    with as_subject(ada.subject) as by:
        resume(by=by, rehearsal=row)
    done = worked(row)
    assert (done.state, done.done, done.evidence.counts["items"]) == ("done", 4, 4)


def test_what_breaks_is_kept_with_a_sentence_and_logged_without_a_value(
    one: Track, asked: Rehearsing, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(*_: object) -> None:
        raise ValueError(SECRET)

    monkeypatch.setattr(rehearsing, "leaving", breaks)
    row = worked(asked(RULES_A))
    assert (row.state, row.sentence) == ("failed", rehearsing.BROKEN)
    assert "ValueError" in caplog.text
    assert SECRET not in caplog.text


def test_one_rehearsal_of_a_side_is_at_work_at_a_time(one: Track, asked: Rehearsing) -> None:
    asked(RULES_A)
    with pytest.raises(BadInput, match="at work"):
        asked(RULES_A)


def test_a_viewer_rehearses_nothing(vic: Character, one: Track, story: Story) -> None:
    book = Rulebook.objects.get(connection=story.connection, side="a")
    with as_subject(vic.subject) as by, pytest.raises(Denied):
        rehearse(by=by, rulebook=book)


def test_a_connection_that_does_not_run_has_nothing_to_replay(one: Track, asked: Rehearsing, story: Story) -> None:
    row = asked(RULES_A)
    story.rules_b.delete()
    done = worked(row)
    assert (done.state, done.sentence) == ("done", rehearsing.NOT_RUNNING)


def test_snapshots_are_thrown_away_when_they_are_old(one: Track) -> None:
    keep(one, version="2")
    Snapshot.objects.filter(version="1").update(read_at=clock.now() - timedelta(days=settings.SNAPSHOT_DAYS + 1))
    try:
        tidy()
    finally:
        rls.leave()
    assert list(Snapshot.objects.values_list("version", flat=True)) == ["2"]
