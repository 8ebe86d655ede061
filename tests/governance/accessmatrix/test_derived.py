"""Rights on portal objects are derived from the matrix through django-guardian, in the same transaction."""

from datetime import timedelta

import pytest
from django.urls import reverse

from governance.accessmatrix.models import AccessPass
from governance.accessmatrix.services.cells import Cell, withdraw
from governance.register.models import ConnectionUserGrant, IntegrationUserGrant, Person, SystemUserGrant
from governance.register.services.connections import pause_connection
from governance.register.services.integrations import review_integration
from portal.access.guard import may
from portal.access.standing import subject_of
from portal.access.subject import Role
from portal.core import clock
from portal.core.errors import Denied
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


def test_what_the_matrix_opens_works_by_page_service_and_api(story: Story, pia: Character) -> None:
    for term in ("on-connection", "on-integration", "on-system"):
        factories.role_grant(story.integration, story.a, "job:project manager", term=term, level="write")
    with as_subject(subject_of(pia.user)) as by:
        pause_connection(by=by, connection=story.connection, reason="The board moves.")
    assert pia.api().post(f"/api/v1/connections/{story.connection.uid}/resume/").status_code == 200
    for name, thing in (("integration-edit", story.integration), ("system-edit", story.desk)):
        assert pia.client.get(reverse(name, args=[thing.uid])).status_code == 200
    with as_subject(subject_of(pia.user)) as by:
        review_integration(by=by, integration=story.integration, note="All is well.")


def test_what_is_taken_back_works_nowhere_any_more(story: Story, pia: Character, ada: Character) -> None:
    factories.role_grant(story.integration, story.a, "job:project manager", term="on-connection", level="write")
    with as_subject(ada.subject) as by:
        withdraw(
            by=by, integration=story.integration, cells=[Cell(None, "on-connection", "none", "job:project manager")]
        )
    address = f"/api/v1/connections/{story.connection.uid}/pause/"
    assert pia.api().post(address, {"reason": "The board moves."}).status_code == 403
    with as_subject(subject_of(pia.user)) as by, pytest.raises(Denied):
        pause_connection(by=by, connection=story.connection, reason="The board moves.")


def test_a_right_on_a_shared_object_does_not_act_for_the_other_company(story: Story, pia: Character) -> None:
    factories.role_grant(story.integration, story.a, "job:project manager", term="on-connection", level="full")
    factories.person(story.b, "Pia too", role=Role.VIEWER, signs_in_as=pia.user)
    with as_subject(subject_of(pia.user, acting=story.b.pk)) as by, pytest.raises(Denied):
        pause_connection(by=by, connection=story.connection, reason="The board moves.")


def test_no_right_crosses_to_an_object_of_another_integration(story: Story, pia: Character) -> None:
    other = factories.integration(story.a, story.b, name="Another")
    wire = factories.connection(other, factories.system(story.a, "Second"), story.board)
    factories.role_grant(story.integration, story.a, "job:project manager", term="on-connection", level="full")
    assert not may(subject_of(pia.user), "operate", wire)


def test_a_pass_on_objects_gives_the_right_until_it_ends(story: Story, pia: Character) -> None:
    now = clock.now()
    row = AccessPass.objects.create(
        integration=story.integration, company=story.a, person=pia.person, name="Pia", asker=story.a,
        term="on-connection", level="write", reason="Ada is away today.", starts=now - timedelta(hours=1),
        ends=now + timedelta(hours=1), asked=now, state=AccessPass.State.APPROVED,
    )  # fmt: skip
    assert verbs(pia, story) == {"operate", "change"}
    AccessPass.objects.filter(pk=row.pk).update(ends=now)
    assert verbs(pia, story) == set()
