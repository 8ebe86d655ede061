"""Full on a term: who grants it to others, for good and for a time, and who does not."""

from datetime import timedelta

import pytest
from django.urls import reverse

from governance.accessmatrix.compiled import MEANINGS, Level
from governance.accessmatrix.models import AccessPass
from governance.accessmatrix.services.cells import Cell, set_cells, withdraw
from governance.accessmatrix.services.passes import PassDraft, answer_pass, ask_pass
from governance.accessmatrix.services.versions import draft_access
from governance.accessmatrix.sight import level_for, matrix_level, require_level
from governance.register.models import Party
from portal.access.standing import subject_of
from portal.access.subject import Role
from portal.core import clock
from portal.core.errors import Denied
from tests import factories
from tests.characters import Character, as_subject, character
from tests.governance.accessmatrix.test_passes import WHY
from tests.story import Story


@pytest.fixture
def amy(story: Story) -> Character:
    """An administrator of Aster who may write the description and not grant it."""
    factories.role_grant(story.integration, story.a, "administrator", term="description", level="write")
    return character("Amy", story.a, Role.ADMINISTRATOR)


def granted(by: Character, story: Story, *cells: Cell) -> int:
    """Set cells of a fresh draft."""
    with as_subject(by.subject) as subject:
        draft = draft_access(by=subject, integration=story.integration)
        return set_cells(by=subject, matrix=draft, cells=cells, version=draft.version)


@pytest.mark.parametrize(
    ("role", "level"), [("viewer", "write"), ("viewer", "full"), ("job:agent", "read"), ("administrator", "")]
)
def test_without_full_a_term_is_not_granted(role: str, level: str, story: Story, amy: Character) -> None:
    with pytest.raises(Denied, match="full on description"):
        granted(amy, story, Cell(None, "description", level, role))


def test_without_full_a_partner_gets_no_more_of_it_either(story: Story, amy: Character) -> None:
    with pytest.raises(Denied, match="full on description"):
        granted(amy, story, Cell(story.b.pk, "description", "write"))


def test_without_full_others_are_narrowed(story: Story, amy: Character) -> None:
    assert granted(amy, story, Cell(None, "description", "none", "viewer")) == 1
    with as_subject(amy.subject) as by:
        cell = Cell(story.b.pk, "description", "none")
        assert withdraw(by=by, integration=story.integration, cells=[cell]) == 1


def test_terms_of_which_no_cell_speaks_are_granted_as_before(story: Story, amy: Character) -> None:
    assert granted(amy, story, Cell(story.b.pk, "labels", "read")) == 1


def test_who_signs_for_the_company_grants_what_no_role_has_full_on(story: Story, amy: Character) -> None:
    Party.objects.filter(integration=story.integration, company=story.a).update(accountable=amy.person)
    assert granted(amy, story, Cell(None, "description", "full", "administrator")) == 1


def asked(story: Story, term: str) -> AccessPass:
    """A pass that a viewer of Aster asks for."""
    vera = character("Vera", story.a, Role.VIEWER)
    draft = PassDraft(story.a.pk, clock.now() + timedelta(hours=2), WHY, term)
    with as_subject(vera.subject) as by:
        return ask_pass(by=by, integration=story.integration, draft=draft)


@pytest.mark.parametrize("term", ["description", ""])
def test_without_full_a_term_is_not_opened_for_a_time(term: str, story: Story, amy: Character) -> None:
    row = asked(story, term)
    with as_subject(amy.subject) as by, pytest.raises(Denied, match="full on description"):
        answer_pass(by=by, access=row, approve=True)


def test_without_full_a_pass_is_still_refused(story: Story, amy: Character) -> None:
    row = asked(story, "description")
    with as_subject(amy.subject) as by:
        assert answer_pass(by=by, access=row, approve=False).state == "refused"


def test_a_pass_is_not_passed_on(story: Story, amy: Character) -> None:
    now = clock.now()
    AccessPass.objects.create(
        integration=story.integration, company=story.a, person=amy.person, name="Amy", asker=story.a,
        term="description", level="full", reason=WHY, starts=now - timedelta(hours=1), ends=now + timedelta(hours=1),
        asked=now, state=AccessPass.State.APPROVED,
    )  # fmt: skip
    by, place = subject_of(amy.user), story.integration.pk
    assert level_for(by, story.a.pk, place, "description") is Level.FULL
    assert matrix_level(by, story.a.pk, place, "description") is Level.WRITE
    with pytest.raises(Denied):
        require_level(by, Level.FULL, company=story.a.pk, integration=place, terms=["description"])
    row = asked(story, "description")
    with as_subject(by), pytest.raises(Denied):
        answer_pass(by=by, access=row, approve=True)


def test_outside_of_ones_companies_nobody_has_any_level(story: Story, dan: Character) -> None:
    by, place = subject_of(dan.user), story.integration.pk
    assert level_for(by, story.a.pk, place, "title") is Level.NONE


def test_every_level_says_what_it_means_on_the_page(story: Story, ada: Character) -> None:
    html = ada.client.get(reverse("grants", args=[story.integration.uid])).content.decode()
    for level in Level:
        assert all(sentence in html for sentence in MEANINGS[level])
