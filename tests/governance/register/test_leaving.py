"""Somebody leaves: what they hold goes to another person, whole or not at all."""

import pytest

from governance.register.holdings import holdings
from governance.register.models import Integration, Party, Person, System, Team
from governance.register.services.leaving import hand_over
from governance.register.services.people import readmit_person
from governance.register.services.teams import TeamDraft, add_team
from portal.access.standing import subject_of
from portal.access.subject import Role
from portal.core.errors import BadInput, Denied
from tests import factories
from tests.characters import Character, as_subject, character
from tests.governance.deeds import verbs
from tests.story import Story


@pytest.fixture
def loaded(story: Story, ada: Character, cleo: Character, vic: Character) -> Character:
    """Cleo, who owns, answers, leads and stands in."""
    Integration.objects.filter(pk=story.integration.pk).update(owner=cleo.person, stand_in=vic.person)
    Party.objects.filter(company=story.a).update(accountable=cleo.person)
    System.objects.filter(pk=story.desk.pk).update(owner=cleo.person)
    Person.objects.filter(pk=ada.person.pk).update(stand_in=cleo.person)
    with as_subject(ada.subject) as by:
        add_team(by=by, draft=TeamDraft("Service desk", cleo.person, [vic.person]))
    return cleo


def test_what_somebody_holds_is_listed_before(loaded: Character, ada: Character) -> None:
    with as_subject(ada.subject) as by:
        found = {(one.part, one.thing) for one in holdings(loaded.person, by=by)}
    assert found >= {
        ("Owner of", "Customer care"),
        ("Accountable in", "Customer care"),
        ("Owner of", "Desk"),
        ("Leads", "Service desk"),
        ("Member of", "Service desk"),
        ("Stands in for", "Ada"),
    }


def test_all_of_it_goes_to_one_person_and_who_leaves_acts_for_nobody(
    loaded: Character, ada: Character, vic: Character, story: Story
) -> None:
    machine = loaded.api()
    with as_subject(ada.subject) as by:
        hand_over(by=by, person=loaded.person, to=vic.person)
        assert holdings(Person.objects.get(pk=loaded.person.pk), by=by) == []
    care = Integration.objects.get()
    assert (care.owner, care.stand_in) == (vic.person, None)
    assert Party.objects.get(company=story.a).accountable == vic.person
    assert System.objects.get(pk=story.desk.pk).owner == vic.person
    team = Team.objects.get()
    assert (team.lead, list(team.members.all())) == (vic.person, [vic.person])
    assert Person.objects.get(pk=ada.person.pk).stand_in == vic.person
    assert Person.objects.get(pk=loaded.person.pk).left is not None
    assert subject_of(loaded.user).roles == {}
    assert machine.get("/api/v1/me/").status_code == 401
    assert loaded.client.get("/").status_code == 302
    assert set(verbs(ada.company)) >= {"hand over", "end the sign-ins of", "let go"}


def test_the_partner_may_read_the_new_owner(
    loaded: Character, ada: Character, ben: Character, vic: Character
) -> None:
    with as_subject(ada.subject) as by:
        hand_over(by=by, person=loaded.person, to=vic.person)
    with as_subject(ben.subject):
        assert Person.objects.filter(pk=vic.person.pk).exists()
        assert not Person.objects.filter(pk=loaded.person.pk).exists()


def test_somebody_hands_over_and_stays(loaded: Character, ada: Character, vic: Character) -> None:
    with as_subject(ada.subject) as by:
        hand_over(by=by, person=loaded.person, to=vic.person, leave=False)
    assert subject_of(loaded.user).roles == {ada.company.pk: Role.OPERATOR}
    assert System.objects.get(name="Desk").owner == vic.person


def test_a_stand_in_that_would_stand_in_for_themselves_falls_vacant(loaded: Character, ada: Character) -> None:
    with as_subject(ada.subject) as by:
        hand_over(by=by, person=loaded.person, to=ada.person)
    assert Person.objects.get(pk=ada.person.pk).stand_in is None


def test_nothing_is_handed_over_to_a_stranger_to_oneself_or_by_an_operator(
    loaded: Character, ada: Character, ben: Character, vic: Character
) -> None:
    with as_subject(ada.subject) as by:
        for wrong in (ben.person, loaded.person):
            with pytest.raises(BadInput) as caught:
                hand_over(by=by, person=loaded.person, to=wrong)
            assert "to" in caught.value.fields
    with as_subject(loaded.subject) as by, pytest.raises(Denied):
        hand_over(by=by, person=vic.person, to=loaded.person)
    assert Integration.objects.get().owner == loaded.person


def test_the_last_administrator_does_not_leave(ada: Character, cleo: Character) -> None:
    with as_subject(ada.subject) as by, pytest.raises(BadInput, match="only administrator"):
        hand_over(by=by, person=ada.person, to=cleo.person)


def test_who_has_left_is_taken_back_with_nothing(loaded: Character, ada: Character, vic: Character) -> None:
    with as_subject(ada.subject) as by:
        hand_over(by=by, person=loaded.person, to=vic.person)
        readmit_person(by=by, person=Person.objects.get(pk=loaded.person.pk))
    assert subject_of(loaded.user).roles == {ada.company.pk: Role.OPERATOR}
    assert Integration.objects.get().owner == vic.person


def test_a_session_of_another_company_ends_too_and_its_role_stays(ada: Character, ben: Character) -> None:
    other = character("Olga", ada.company, Role.OPERATOR)
    factories.person(ben.company, "Olga", role=Role.VIEWER, signs_in_as=other.user)
    with as_subject(ada.subject) as by:
        hand_over(by=by, person=other.person, to=ada.person)
    assert subject_of(other.user).roles == {ben.company.pk: Role.VIEWER}
