"""Rights on portal objects are derived from the matrix through django-guardian, in the same transaction."""

import pytest

from governance.accessmatrix.services.cells import Cell, withdraw
from governance.register.models import ConnectionUserGrant, IntegrationUserGrant, Person, SystemUserGrant
from portal.access.guard import may
from portal.access.standing import subject_of
from portal.access.subject import Role
from portal.core import clock
from tests import factories
from tests.characters import Character, as_subject, character
from tests.story import Story


@pytest.fixture
def pia(story: Story) -> Character:
    """A viewer of Aster who is a project manager."""
    who = character("Pia", story.a, Role.VIEWER)
    Person.objects.filter(pk=who.person.pk).update(job="Project Manager")
    return who


def verbs(who: Character, story: Story) -> set[str]:
    """What somebody may do with the connection at this moment."""
    by = subject_of(who.user)
    return {verb for verb in ("operate", "change", "administer") if may(by, verb, story.connection)}


def test_a_cell_on_connections_lets_its_people_change_them(story: Story, pia: Character) -> None:
    assert verbs(pia, story) == set()
    factories.role_grant(story.integration, story.a, "job:project manager", term="on-connection", level="write")
    assert verbs(pia, story) == {"operate", "change"}


def test_systems_and_the_integration_have_their_own_cells(story: Story, pia: Character) -> None:
    factories.role_grant(story.integration, story.a, "job:project manager", term="on-system", level="full")
    factories.role_grant(story.integration, story.a, "job:project manager", term="on-integration", level="read")
    by = subject_of(pia.user)
    assert may(by, "administer", story.desk)
    assert not may(by, "change", story.integration)
    assert set(SystemUserGrant.objects.values_list("content_object_id", flat=True)) == {story.desk.pk}
    assert IntegrationUserGrant.objects.filter(user=pia.user).exists()


@pytest.mark.parametrize(
    "change", [{"suspended": clock.now()}, {"left": clock.now()}, {"user": None}, {"job": "Clerk"}]
)
def test_who_leaves_the_role_loses_all_at_once(change: dict[str, object], story: Story, pia: Character) -> None:
    factories.role_grant(story.integration, story.a, "job:project manager", term="on-connection", level="write")
    Person.objects.filter(pk=pia.person.pk).update(**change)
    assert not ConnectionUserGrant.objects.filter(user=pia.user).exists()
    assert verbs(pia, story) == set()


def test_a_removed_person_loses_all_at_once(story: Story, pia: Character) -> None:
    factories.role_grant(story.integration, story.a, "job:project manager", term="on-connection", level="write")
    pia.person.delete()
    assert not ConnectionUserGrant.objects.filter(user=pia.user).exists()


def test_taking_the_cell_back_takes_the_right(story: Story, pia: Character, ada: Character) -> None:
    factories.role_grant(story.integration, story.a, "job:project manager", term="on-connection", level="write")
    cell = Cell(None, "on-connection", "none", "job:project manager")
    with as_subject(ada.subject) as by:
        withdraw(by=by, integration=story.integration, cells=[cell])
    assert verbs(pia, story) == set()


def test_a_retired_version_gives_no_right(story: Story, pia: Character) -> None:
    made = factories.role_grant(
        story.integration, story.a, "job:project manager", term="on-connection", level="write"
    )
    made.matrix.state = "retired"
    made.matrix.save()
    assert verbs(pia, story) == set()
