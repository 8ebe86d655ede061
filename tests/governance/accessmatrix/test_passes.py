"""Access for a time: asked for, approved by another, over by itself, and noted when used."""

from datetime import timedelta

import pytest

from governance.accessmatrix.compiled import Level
from governance.accessmatrix.models import AccessPass
from governance.accessmatrix.selectors import passes_of
from governance.accessmatrix.services.passes import PassDraft, answer_pass, ask_pass, note_use, revoke_pass
from governance.accessmatrix.sight import hides, level_for, through
from portal.access.standing import subject_of
from portal.access.subject import Role, Subject
from portal.core import clock
from portal.core.errors import BadInput, Denied
from portal.history.models import Deed
from tests import factories
from tests.characters import Character, as_subject, character
from tests.story import Story

WHY = "Ticket 4711 needs the description today."


@pytest.fixture
def vera(story: Story) -> Character:
    """A viewer of Aster whose role withholds the description."""
    factories.role_grant(story.integration, story.a, "viewer", term="description", level="none")
    return character("Vera", story.a, Role.VIEWER)


def asked(by: Subject, story: Story, **more: object) -> AccessPass:
    """What Vera asks for."""
    draft = PassDraft(story.a.pk, clock.now() + timedelta(hours=2), WHY, "description", **more)  # type: ignore[arg-type]
    return ask_pass(by=by, integration=story.integration, draft=draft)


def now(who: Character) -> Subject:
    """Somebody as they stand at this moment."""
    return subject_of(who.user)


def opened(story: Story, vera: Character, ada: Character) -> AccessPass:
    """A pass that Ada approved."""
    with as_subject(vera.subject) as by:
        row = asked(by, story)
    with as_subject(ada.subject) as by:
        return answer_pass(by=by, access=row, approve=True)


def test_what_is_asked_for_opens_nothing_yet(story: Story, vera: Character) -> None:
    with as_subject(vera.subject) as by:
        asked(by, story)
    assert hides(now(vera), [story.a.pk], story.integration.pk, "description")


def test_an_approved_pass_opens_the_one_term(story: Story, vera: Character, ada: Character) -> None:
    opened(story, vera, ada)
    assert level_for(now(vera), story.a.pk, story.integration.pk, "description") is Level.READ
    assert through(now(vera), [story.a.pk], story.integration.pk, "description") is not None


def test_a_pass_ends_by_itself(story: Story, vera: Character, ada: Character) -> None:
    row = opened(story, vera, ada)
    past = clock.now() - timedelta(hours=3)
    AccessPass.objects.filter(pk=row.pk).update(starts=past, ends=past + timedelta(hours=1))
    assert hides(now(vera), [story.a.pk], story.integration.pk, "description")


def test_a_pass_is_ended_at_once(story: Story, vera: Character, ada: Character) -> None:
    row = opened(story, vera, ada)
    with as_subject(ada.subject) as by:
        revoke_pass(by=by, access=row)
    assert hides(now(vera), [story.a.pk], story.integration.pk, "description")


def test_nobody_approves_their_own_pass(story: Story, ada: Character) -> None:
    with as_subject(ada.subject) as by:
        row = asked(by, story)
        with pytest.raises(Denied, match="Another administrator"):
            answer_pass(by=by, access=row, approve=True)


@pytest.mark.parametrize("who", ["cleo", "ben"])
def test_only_an_administrator_of_the_company_answers(
    who: str, story: Story, vera: Character, request: pytest.FixtureRequest
) -> None:
    with as_subject(vera.subject) as by:
        row = asked(by, story)
    other: Character = request.getfixturevalue(who)
    with as_subject(other.subject) as by, pytest.raises((Denied, AccessPass.DoesNotExist)):
        answer_pass(by=by, access=row, approve=True)


def test_a_strangers_list_of_passes_is_empty(story: Story, vera: Character, dan: Character) -> None:
    with as_subject(vera.subject) as by:
        asked(by, story)
    with as_subject(dan.subject) as by:
        assert list(passes_of(by, done=True)) == []
        assert not AccessPass.objects.exists()


def test_of_a_partner_only_reading_can_be_asked_for(story: Story, ben: Character) -> None:
    draft = PassDraft(story.a.pk, clock.now() + timedelta(hours=2), WHY, "description", "write")
    with as_subject(ben.subject) as by, pytest.raises(BadInput) as caught:
        ask_pass(by=by, integration=story.integration, draft=draft)
    assert set(caught.value.fields) == {"level"}


def test_a_pass_needs_a_reason_and_an_end(story: Story, vera: Character) -> None:
    draft = PassDraft(story.a.pk, clock.now() + timedelta(days=90), "hm", "description")
    with as_subject(vera.subject) as by, pytest.raises(BadInput) as caught:
        ask_pass(by=by, integration=story.integration, draft=draft)
    assert set(caught.value.fields) == {"reason", "ends"}


def test_a_use_is_noted_once_an_hour(story: Story, vera: Character, ada: Character) -> None:
    opened(story, vera, ada)
    by = now(vera)
    opening = by.openings[0]
    with as_subject(by):
        assert note_use(by=by, opening=opening, thing=story.integration)
        assert not note_use(by=by, opening=opening, thing=story.integration)
    assert Deed.objects.filter(verb="read through a pass").count() == 1
