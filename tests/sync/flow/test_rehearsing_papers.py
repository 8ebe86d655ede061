"""Rehearsals of an access matrix and of a dictionary: what would be withheld, disclosed or fail."""

from datetime import timedelta

import pytest

from governance.accessmatrix.services.cells import Cell
from governance.rehearsals.services import rehearse_paper
from governance.rulebook.models import Rehearsal
from portal.access import rls
from portal.core import clock
from sync.flow import agreements, rehearsing
from sync.flow.models.facts import Snapshot
from tests import factories
from tests.characters import Character, as_subject
from tests.governance.rehearsals.papers import Change, next_dictionary, next_matrix, with_term, without, worked
from tests.story import RULES_A, RULES_B, Story
from tests.sync.flow.tracks import Track, stream, track

SECRET = "canary-7f3a"


@pytest.fixture
def one(story: Story) -> Track:
    """A shared case of a polled story, with one stored version of the desk's item."""
    agreements._cache.clear()
    for system in (story.desk, story.board):
        stream(system)
    return shared(story)


def shared(story: Story, number: int = 1, **fields: object) -> Track:
    """A case over the connection, with a version of the desk's item."""
    made = track(story, number=number)
    for side, item in (("a", made.desk), ("b", made.board)):
        item.kind = story.connection.sides.get(side=side).kind
        item.save()
    held = {"subject": "Checkout fails", "status": "open", "priority": "urgent", "tags": [SECRET], **fields}
    at = clock.now() - timedelta(minutes=1)
    Snapshot.objects.create(item=made.desk, company_id=made.desk.company_id, version="1", read_at=at, fields=held)
    made.envelope("a", {"title": "Checkout fails", "status": "in progress", "priority": "P1"})
    return made


def matrix(ada: Character, story: Story, *cells: Cell) -> Rehearsal:
    """A rehearsal of Aster's next matrix, done."""
    with as_subject(ada.subject) as by:
        next_matrix(by, story, *cells)
        row = rehearse_paper(by=by, integration=story.integration, what="matrix")
    return worked(row)


def dictionary(ada: Character, story: Story, *changes: Change) -> Rehearsal:
    """A rehearsal of the next dictionary over Aster's items, done."""
    next_dictionary(story, *changes)
    with as_subject(ada.subject) as by:
        row = rehearse_paper(by=by, integration=story.integration, what="dictionary")
    return worked(row)


def test_a_matrix_that_takes_a_grant_back_tells_what_would_be_withheld(
    one: Track, ada: Character, story: Story
) -> None:
    row = matrix(ada, story, Cell(story.b.pk, "priority", "none"))
    assert row.state == "done"
    assert row.evidence.counts["sends"]["priority"] == {"gone": 1, "withheld": 1}
    assert "1 term would behave otherwise" in row.sentence


def test_a_matrix_that_grants_more_tells_what_is_newly_disclosed(one: Track, ada: Character, story: Story) -> None:
    row = matrix(ada, story, Cell(story.b.pk, "labels", "read"))
    assert row.evidence.counts["sends"]["labels"] == {"new": 1}
    assert "1 newly disclosed" in row.sentence
    assert row.evidence.details["samples"]["sends"]["labels"] == [["#1", None, [SECRET]]]


def test_a_matrix_that_lets_a_partner_write_no_more_tells_what_it_would_not_take(
    one: Track, ada: Character, story: Story
) -> None:
    one.envelope("b", {"status": "solved"})
    row = matrix(ada, story, Cell(story.b.pk, "status", "read"))
    assert row.evidence.counts["takes"] == {"status": {"gone": 1}}
    assert row.evidence.counts["sends"] == {}


def test_a_matrix_as_it_is_in_force_changes_nothing(one: Track, ada: Character, story: Story) -> None:
    row = matrix(ada, story)
    assert row.sentence == "Over 1 shared item and 0 envelopes: nothing would change."


def test_every_connection_of_the_integration_is_replayed_and_no_other(
    one: Track, ada: Character, story: Story
) -> None:
    other = factories.connection(story.integration, story.desk, factories.system(story.b, "Second", kind="jira"))
    for side, rules in (("a", RULES_A), ("b", RULES_B)):
        factories.live_rules(other, side, rules)
    stream(other.sides.get(side="b").system)
    elsewhere = factories.integration(story.a, story.b, name="Elsewhere")
    apart = factories.connection(elsewhere, story.desk, factories.system(story.b, "Third", kind="jira"))
    for side, rules in (("a", RULES_A), ("b", RULES_B)):
        factories.live_rules(apart, side, rules)
    row = matrix(ada, story, Cell(story.b.pk, "priority", "none"))
    assert row.evidence.counts["items"] == 2
    assert row.done == row.total == 2


def test_a_dictionary_with_a_shorter_list_tells_which_values_would_fail(
    one: Track, ada: Character, story: Story
) -> None:
    row = dictionary(ada, story, with_term("priority", allowed=["P2", "P3"]))
    assert row.evidence.counts["sends"] == {"priority": {"fails": 1}}
    assert row.evidence.details["gaps"]["sends"]["priority"] == {"P1": 1}
    assert "1 would now fail" in row.sentence


def test_a_value_that_the_list_never_held_fails_as_before(one: Track, ada: Character, story: Story) -> None:
    shared(story, 2, status="on fire")
    row = dictionary(ada, story, with_term("status", allowed=["new", "in progress"]))
    assert row.evidence.counts["sends"] == {"status": {"still": 1}}


def test_a_dictionary_with_a_shorter_length_tells_what_would_be_cut(one: Track, ada: Character, story: Story) -> None:
    one.envelope("b", {"title": "Checkout fails"})
    row = dictionary(ada, story, with_term("title", max_length=8))
    assert row.evidence.counts["sends"]["title"] == {"changes": 1, "cut": 1}
    assert row.evidence.counts["takes"]["title"] == {"cut": 1}


def test_a_dictionary_with_a_longer_length_lets_more_through(one: Track, ada: Character, story: Story) -> None:
    shared(story, 2, subject="x" * 180)
    row = dictionary(ada, story, with_term("title", max_length=400))
    assert row.evidence.counts["sends"]["title"] == {"changes": 1}


def test_a_term_that_is_taken_out_is_sent_and_taken_no_more(one: Track, ada: Character, story: Story) -> None:
    one.envelope("b", {"status": "solved"})
    row = dictionary(ada, story, without("status"))
    assert row.evidence.counts["sends"]["status"] == {"gone": 1, "withheld": 1}
    assert row.evidence.counts["takes"]["status"] == {"gone": 1}


def test_a_term_that_becomes_mandatory_tells_which_items_have_none(one: Track, ada: Character, story: Story) -> None:
    shared(story, 2, priority="")
    row = dictionary(ada, story, with_term("priority", mandatory=True))
    assert row.evidence.counts["sends"] == {"priority": {"empty": 1}}


def test_a_kill_between_places_loses_a_slice_and_nothing_else(
    one: Track, ada: Character, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsing, "SLICE", 1)
    for number in (2, 3):
        shared(story, number)
    with as_subject(ada.subject) as by:
        next_matrix(by, story, Cell(story.b.pk, "priority", "none"))
        row = rehearse_paper(by=by, integration=story.integration, what="matrix")
    taken = rehearsing.claimed(row.pk)
    assert taken is not None
    stages = rehearsing.staged(taken)
    assert rehearsing.played(taken, stages[0])
    rls.leave()
    Rehearsal.objects.filter(pk=row.pk).update(lease_until=clock.now() - timedelta(seconds=1))
    done = worked(row)
    assert (done.state, done.done, done.fence) == ("done", 3, 2)
    assert done.evidence.counts["sends"]["priority"] == {"gone": 3, "withheld": 3}


def test_each_party_rehearses_a_dictionary_over_its_own_items_alone(one: Track, ben: Character, story: Story) -> None:
    row = dictionary(ben, story, with_term("priority", allowed=["P2"]))
    assert row.evidence.counts["sends"] == {}
    assert row.evidence.counts["takes"] == {"priority": {"fails": 1}}
    assert SECRET not in f"{row.evidence.counts} {row.evidence.details}"
