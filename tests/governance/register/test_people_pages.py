"""Pages of people, teams, downtimes and reviews, by browser form."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from governance.register.models import Absence, Connection, Downtime, Integration, Invitation, Person, Team
from portal.core import clock
from tests import factories
from tests.characters import Character
from tests.query_counts import QueryCounts
from tests.register import kept
from tests.story import Story


def text(answer: Any) -> str:
    """An answer's HTML with every space and line break as one space."""
    return " ".join(answer.content.decode().split())


def test_a_person_is_added_and_where_no_mail_server_is_the_link_is_shown_once(ada: Character, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    form = {"name": "Petra Pal", "email": "petra@aster.example", "role": "viewer", "invite": "on"}
    answer = ada.client.post(reverse("person-new"), form)
    assert "/invitation/" in text(answer)
    person = Person.objects.get(email="petra@aster.example")
    page = text(ada.client.get(reverse("person", args=[person.uid])))
    assert "/invitation/" not in page
    assert "Invited" in page


def test_an_absence_is_entered_and_taken_back_by_form(cleo: Character) -> None:
    day = clock.now().date() + timedelta(days=1)
    address = reverse("person-absence", args=[cleo.person.uid])
    wrong = cleo.client.post(address, {"starts": day, "ends": day - timedelta(days=1)})
    assert (wrong.status_code, "before the first" in text(wrong)) == (422, True)
    assert cleo.client.post(address, {"starts": day, "ends": day, "note": "Dentist"}).status_code == 303
    assert "Dentist" in text(cleo.client.get(reverse("person", args=[cleo.person.uid])))
    cleo.client.post(reverse("absence-remove", args=[Absence.objects.get().uid]))
    assert not Absence.objects.exists()


def test_a_ring_of_stand_ins_is_refused_at_its_field(ada: Character, cleo: Character) -> None:
    Person.objects.filter(pk=cleo.person.pk).update(stand_in=ada.person)
    form = {"name": "Ada", "role": "administrator", "job": "", "stand_in": cleo.person.pk}
    answer = ada.client.post(reverse("person", args=[ada.person.uid]), form)
    assert (answer.status_code, "Ada → Cleo → Ada" in text(answer)) == (422, True)


def test_what_somebody_holds_is_shown_and_handed_over_by_form(
    story: Story, ada: Character, cleo: Character, vic: Character
) -> None:
    Integration.objects.update(owner=cleo.person)
    address = reverse("person-hand-over", args=[cleo.person.uid])
    assert "Customer care" in text(ada.client.get(address))
    assert ada.client.post(address, {"to": vic.person.pk, "leave": "on"}).status_code == 303
    assert Integration.objects.get().owner == vic.person
    assert "Left" in text(ada.client.get(reverse("person", args=[cleo.person.uid])))


def test_an_address_is_changed_by_form(ada: Character, cleo: Character) -> None:
    address = reverse("person-email", args=[cleo.person.uid])
    assert ada.client.post(address, {"email": ada.person.email}).status_code == 422
    assert ada.client.post(address, {"email": "cleo@new.example"}).status_code == 303
    assert Person.objects.get(pk=cleo.person.pk).email == "cleo@new.example"


def test_a_team_is_made_changed_and_dissolved_by_forms(ada: Character, cleo: Character) -> None:
    form = {"name": "Desk", "lead": cleo.person.pk, "members": [ada.person.pk], "on_call": "Line 7"}
    ada.client.post(reverse("team-new"), form)
    team = Team.objects.get()
    address = reverse("team", args=[team.uid])
    assert "Line 7" in text(ada.client.get(address))
    assert ada.client.post(address, {**form, "name": "Help desk", "version": 1}).status_code == 303
    late = ada.client.post(address, {**form, "name": "Front desk", "version": 1})
    assert (late.status_code, "Ada saved it" in text(late)) == (422, True)
    assert "Help desk" in text(ada.client.get(reverse("company", args=[ada.company.uid])))
    ada.client.post(reverse("team-dissolve", args=[team.uid]))
    assert not Team.objects.exists()


def test_a_downtime_is_announced_in_the_systems_own_time_and_seen_by_the_partner(
    story: Story, ada: Character, ben: Character
) -> None:
    story.desk.time_zone = "Asia/Kolkata"
    story.desk.save()
    day = clock.now().date() + timedelta(days=2)
    form = {"starts": f"{day}T09:00", "ends": f"{day}T11:30", "reason": "Upgrade"}
    assert ada.client.post(reverse("downtime-new", args=[story.desk.uid]), form).status_code == 303
    window = Downtime.objects.get()
    assert (window.starts.hour, window.starts.minute) == (3, 30)
    for who in (ada, ben):
        assert "is announced to be away" in text(who.client.get(reverse("connection", args=[story.connection.uid])))
    assert ben.client.post(reverse("downtime-cancel", args=[window.uid])).status_code == 404
    ada.client.post(reverse("downtime-cancel", args=[window.uid]))
    assert "announced to be away" not in text(ada.client.get(reverse("system", args=[story.desk.uid])))


def test_a_review_that_is_due_is_said_and_entered_by_form(story: Story, ada: Character) -> None:
    Integration.objects.update(next_review=clock.now().date())
    page = reverse("integration", args=[story.integration.uid])
    assert "Due" in text(ada.client.get(page))
    assert ada.client.post(reverse("integration-review", args=[story.integration.uid]), {"note": "Fine."})
    assert "Due" not in text(ada.client.get(page))


def test_an_integration_on_demand_has_the_button(story: Story, ada: Character, vic: Character) -> None:
    Integration.objects.update(mode="on-demand")
    page = reverse("integration", args=[story.integration.uid])
    assert "Exchange now" in text(ada.client.get(page))
    assert "Exchange now" not in text(vic.client.get(page))
    assert ada.client.post(reverse("integration-exchange", args=[story.integration.uid])).status_code == 303


def test_a_proposal_is_refused_and_withdrawn_by_forms(ada: Character, ben: Character) -> None:
    care = factories.integration(ada.company, ben.company)
    row = factories.connection(care, factories.system(ada.company, "Desk"), factories.system(ben.company, "Board"))
    row.sides.filter(side="b").delete()
    Connection.objects.update(state=Connection.State.PENDING)
    assert ben.client.post(reverse("connection-refuse", args=[row.uid]), {"reason": ""}).status_code == 422
    ben.client.post(reverse("connection-refuse", args=[row.uid]), {"reason": "Not this year."})
    assert "Not this year." in text(ada.client.get(reverse("connection", args=[row.uid])))
    ada.client.post(reverse("connection-withdraw", args=[row.uid]))
    assert "Withdrawn" in text(ada.client.get(reverse("connection", args=[row.uid])))


def test_invitations_are_listed_with_what_became_of_them(ada: Character, vic: Character) -> None:
    ada.client.post(reverse("company-invite"), {"email": "nora@nord.example"})
    page = reverse("company", args=[ada.company.uid]) + "?tab=invitations"
    assert "nora@nord.example" in text(ada.client.get(page))
    assert "nora@nord.example" not in text(vic.client.get(page))
    ada.client.post(reverse("invitation-revoke", args=[Invitation.objects.get().uid]))
    assert "Taken back" in text(ada.client.get(page))


@pytest.mark.parametrize(
    ("name", "of", "more"),
    [
        ("company", "companies", ""),
        ("company", "companies", "?tab=invitations"),
        ("person", "people", ""),
        ("person", "people", "?tab=holds"),
        ("team", "teams", ""),
    ],
)
def test_a_page_of_people_takes_the_pinned_number_of_queries(
    name: str, of: str, more: str, story: Story, ada: Character, query_counts: QueryCounts
) -> None:
    things = {"companies": ada.company.uid, "people": ada.person.uid, **kept(ada.person, story.desk)}
    address = reverse(name, args=[things[of]]) + more
    ada.client.get(reverse("register"))
    with query_counts.pinned(f"GET {name}{more}"):
        assert ada.client.get(address).status_code == 200
