"""The service integrator sees that connections are there and how they do, and nothing of what they carry."""

import pytest
from django.urls import reverse

from governance.register.models import Company, Connection, Party, Person, Side
from portal.access import rls
from portal.access.subject import Role
from portal.core import clock
from sync.models import Case, Disclosed, Envelope, Item
from sync.oversight.counting import count
from sync.oversight.models import Overseen
from tests import factories, traffic
from tests.characters import Character, as_subject, character
from tests.story import Story

LIST, NOUN = "overseen", "/api/v1/overseen/"


@pytest.fixture
def ivo(story: Story) -> Character:
    """Administrator of an external integrator that has joined the integration and has no system at all."""
    elm = factories.company("Elm", siam_role=Company.SiamRole.EXTERNAL_INTEGRATOR)
    factories.takes_part(story.integration, elm)
    traffic.run(story)
    count()
    rls.leave()
    return character("Ivo", elm, Role.ADMINISTRATOR)


def seen(who: Character) -> list[str]:
    """The names of the connections that somebody oversees, as the API tells."""
    return [row["name"] for row in who.api().get(NOUN).json()["results"]]


def test_the_integrator_sees_that_a_connection_is_there_and_how_it_does(ivo: Character, story: Story) -> None:
    row = ivo.api().get(NOUN).json()["results"][0]
    assert (row["name"], row["state"]) == (story.connection.name, "live")
    assert row["day"] > 0
    assert row["parked"] > 0
    html = ivo.client.get(reverse(LIST)).content.decode()
    assert "Desk (Zendesk Support)" in html
    assert "in triage" in html


def test_the_integrator_reads_no_term_no_value_and_no_item(ivo: Character, story: Story) -> None:
    with as_subject(ivo.subject):
        assert [model.objects.count() for model in (Envelope, Case, Item, Connection, Side)] == [0] * 5
    html = ivo.client.get(reverse(LIST)).content.decode() + ivo.api().get(NOUN).content.decode()
    assert not [one for one in ("priority", "labels", "Cannot sign in") if one in html]
    assert ivo.client.get(reverse("connection", args=[story.connection.uid])).status_code == 404


def test_a_file_of_the_list_says_no_more_than_the_page(ivo: Character) -> None:
    answer = ivo.client.get(reverse("listing-export", args=[LIST, "csv"]))
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert "Desk (Zendesk Support)" in text
    assert "priority" not in text


@pytest.mark.parametrize("who", ["ada", "ben", "dan"])
def test_who_does_not_integrate_oversees_nothing(who: str, ivo: Character, request: pytest.FixtureRequest) -> None:
    other: Character = request.getfixturevalue(who)
    assert seen(other) == []
    uid = Overseen.objects.get().uid
    assert other.api().get(f"{NOUN}{uid}/").status_code == 404


def test_an_integrator_that_was_invited_and_has_not_joined_sees_nothing(ivo: Character) -> None:
    Party.objects.filter(company=ivo.company).update(joined=None)
    assert seen(ivo) == []
    with as_subject(ivo.subject):
        assert not Overseen.objects.exists()


def test_who_is_no_longer_the_integrator_sees_nothing_from_that_moment(ivo: Character) -> None:
    Party.objects.filter(company=ivo.company).update(siam_role=Company.SiamRole.PROVIDER)
    with as_subject(ivo.subject):
        assert not Overseen.objects.exists()


def test_a_suspended_person_of_the_integrator_sees_nothing(ivo: Character) -> None:
    Person.objects.filter(pk=ivo.person.pk).update(suspended=clock.now())
    assert seen(ivo) == []
    assert "Desk" not in ivo.client.get(reverse(LIST)).content.decode()


def test_a_connection_with_a_side_of_ones_own_is_not_told_twice(ivo: Character, story: Story) -> None:
    own = factories.connection(story.integration, factories.system(ivo.company, "Own"), story.desk)
    count()
    rls.leave()
    assert own.name not in seen(ivo)


def test_what_did_not_change_is_not_written_again(ivo: Character) -> None:
    assert count() == 0


def test_the_number_of_cases_is_that_of_the_register(ivo: Character, story: Story) -> None:
    Disclosed.objects.filter(connection=story.connection).update(cases=7)
    count()
    assert Overseen.objects.get().cases == 7
