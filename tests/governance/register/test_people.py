"""People: added, changed, absent, suspended, and their stand-ins."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import ProgrammingError, transaction
from hypothesis import given
from hypothesis import strategies as st

from governance.raci.papers import with_stand_ins
from governance.raci.rules import present
from governance.register.models import Absence, AbsenceNote, Company, Person
from governance.register.presence import absences_of
from governance.register.rings import ring
from governance.register.services.invitations import invite_person
from governance.register.services.people import (
    PersonDraft,
    add_person,
    change_email,
    change_person,
    readmit_person,
    remove_absence,
    set_absence,
    suspend_person,
)
from portal.access.models import ApiToken, User
from portal.access.standing import subject_of
from portal.access.subject import Role
from portal.core import clock
from portal.core.errors import BadInput, Denied
from tests import factories
from tests.characters import Character, as_subject
from tests.governance.deeds import verbs


def stands_in(by: Character, person: Person, stand_in: Person | None) -> None:
    """An administrator gives somebody a stand-in."""
    with as_subject(by.subject) as subject:
        change_person(by=subject, person=person, name=person.name, role=Role(person.role), job="", stand_in=stand_in)


def today() -> date:
    """The day of the tests' company."""
    return clock.now().date()


def test_a_new_person_has_no_sign_in_until_an_invitation_is_taken_up(ada: Character) -> None:
    with as_subject(ada.subject) as by:
        person = add_person(by=by, draft=PersonDraft("Petra Pal", "Petra@Aster.example", Role.OPERATOR))
    assert (person.user, person.email) == (None, "petra@aster.example")
    assert not User.objects.filter(email="petra@aster.example").exists()
    assert verbs(ada.company) == ["add"]


def test_somebody_who_signs_in_already_is_linked(ada: Character, ben: Character) -> None:
    with as_subject(ada.subject) as by:
        person = add_person(by=by, draft=PersonDraft("Ben", ben.user.email))
    assert person.user == ben.user
    with as_subject(ada.subject) as by, pytest.raises(BadInput, match="can sign in already"):
        invite_person(by=by, person=person)


def test_the_same_address_twice_is_refused(ada: Character) -> None:
    with as_subject(ada.subject) as by:
        add_person(by=by, draft=PersonDraft("Petra", "petra@x.example"))
        with pytest.raises(BadInput) as caught:
            add_person(by=by, draft=PersonDraft("Petra", "PETRA@x.example"))
    assert "email" in caught.value.fields


@pytest.mark.parametrize("who", ["cleo", "vic"])
def test_only_an_administrator_adds_people(who: str, request: pytest.FixtureRequest) -> None:
    other: Character = request.getfixturevalue(who)
    with as_subject(other.subject) as by, pytest.raises(Denied):
        add_person(by=by, draft=PersonDraft("Petra", "petra@x.example"))


def test_nobody_becomes_the_engine(ada: Character) -> None:
    with as_subject(ada.subject) as by, pytest.raises(BadInput) as caught:
        add_person(by=by, draft=PersonDraft("Petra", "petra@x.example", Role.ENGINE))
    assert "role" in caught.value.fields


def test_the_last_administrator_stays_one(ada: Character) -> None:
    with as_subject(ada.subject) as by:
        with pytest.raises(BadInput, match="only administrator"):
            change_person(by=by, person=ada.person, name="Ada", role=Role.VIEWER)
        with pytest.raises(BadInput, match="only administrator"):
            suspend_person(by=by, person=ada.person)


def test_a_suspended_person_acts_for_nobody_until_readmitted(ada: Character, cleo: Character) -> None:
    with as_subject(ada.subject) as by:
        suspend_person(by=by, person=cleo.person)
    assert subject_of(cleo.user).roles == {}
    with as_subject(ada.subject) as by:
        readmit_person(by=by, person=Person.objects.get(pk=cleo.person.pk))
    assert subject_of(cleo.user).roles == {ada.company.pk: Role.OPERATOR}
    assert verbs(ada.company) == ["end the sign-ins of", "suspend", "readmit"]


def test_a_stand_in_is_somebody_else_of_the_same_company(ada: Character, ben: Character) -> None:
    with as_subject(ada.subject) as by:
        for wrong in (ada.person, ben.person):
            with pytest.raises(BadInput):
                change_person(by=by, person=ada.person, name="Ada", role=Role.ADMINISTRATOR, stand_in=wrong)


def test_a_suspension_ends_open_sessions_and_tokens_at_once(ada: Character, cleo: Character) -> None:
    machine = cleo.api()
    assert machine.get("/api/v1/me/").status_code == 200
    with as_subject(ada.subject) as by:
        suspend_person(by=by, person=cleo.person)
    assert cleo.client.get("/").status_code == 302
    assert machine.get("/api/v1/me/").status_code == 401
    assert not ApiToken.objects.filter(user=cleo.user, revoked=None).exists()


def test_stand_ins_never_go_round_in_a_ring_and_the_chain_is_named(
    ada: Character, cleo: Character, vic: Character
) -> None:
    stands_in(ada, cleo.person, vic.person)
    stands_in(ada, vic.person, ada.person)
    with pytest.raises(BadInput, match="Ada → Cleo → Vic → Ada") as caught:
        stands_in(ada, ada.person, cleo.person)
    assert caught.value.code == "stand-in-ring"
    assert Person.objects.get(pk=ada.person.pk).stand_in is None


@given(st.dictionaries(st.integers(0, 7), st.integers(0, 7) | st.none()), st.integers(0, 7))
def test_a_ring_leads_from_its_beginning_back_to_it(follows: dict[int, int | None], start: int) -> None:
    found = ring(start, follows)
    steps: list[int | None] = [start]
    for _ in range(9):
        steps.append(follows.get(steps[-1]) if steps[-1] is not None else None)
    assert bool(found) == (start in steps[1:])
    assert all(follows[one] == other for one, other in pairwise(found))


def test_the_first_of_the_stand_ins_who_is_here_acts(ada: Character, cleo: Character, vic: Character) -> None:
    stands_in(ada, cleo.person, vic.person)
    stands_in(ada, vic.person, ada.person)
    for person in (cleo.person, vic.person):
        with as_subject(ada.subject) as by:
            set_absence(by=by, person=person, starts=today(), ends=today())
    assert present(cleo.person.pk, with_stand_ins([cleo.person.pk])) == ada.person.pk


def test_who_is_absent_suspended_or_gone_is_not_here(ada: Character, cleo: Character, vic: Character) -> None:
    with as_subject(ada.subject) as by:
        set_absence(by=by, person=cleo.person, starts=today(), ends=today() + timedelta(days=2))
        suspend_person(by=by, person=vic.person)
    people = with_stand_ins(Person.objects.values_list("pk", flat=True))
    assert {one.name: one.here for one in people.values()} == {"Ada": True, "Cleo": False, "Vic": False}


def test_one_enters_ones_own_absence_and_nobody_elses(ada: Character, cleo: Character, vic: Character) -> None:
    with as_subject(cleo.subject) as by:
        absence = set_absence(by=by, person=cleo.person, starts=today(), ends=today(), note="Dentist")
        with pytest.raises(Denied):
            set_absence(by=by, person=vic.person, starts=today(), ends=today())
    with as_subject(cleo.subject) as by:
        remove_absence(by=by, absence=absence)
    assert verbs(cleo.company) == ["enter an absence of", "remove an absence of"]


@pytest.mark.parametrize(
    ("first", "last", "field"), [(2, 1, "ends"), (-3, -1, "ends"), (0, 400, "ends"), (1, 1, "starts")]
)
def test_an_absence_that_cannot_be_is_refused_with_the_day(first: int, last: int, field: str, ada: Character) -> None:
    day = timedelta(days=1)
    with as_subject(ada.subject) as by:
        set_absence(by=by, person=ada.person, starts=today() + day, ends=today() + day)
        with pytest.raises(BadInput) as caught:
            set_absence(by=by, person=ada.person, starts=today() + first * day, ends=today() + last * day)
    assert set(caught.value.fields) == {field}


def test_a_partner_sees_the_days_of_an_absence_and_never_the_note(ada: Character, ben: Character) -> None:
    Person.objects.filter(pk=ada.person.pk).update(readers=[ada.company.pk, ben.company.pk])
    with as_subject(ada.subject) as by:
        set_absence(by=by, person=ada.person, starts=today(), ends=today(), note="canary-4711")
    with as_subject(ben.subject) as by:
        assert len(absences_of(Person.objects.get(pk=ada.person.pk), by=by)) == 1
        assert not AbsenceNote.objects.exists()
        with pytest.raises(ProgrammingError), transaction.atomic():
            Absence.objects.update(ends=today())
    assert "canary" not in ben.client.get(f"/register/people/{ada.person.uid}/").content.decode()


def test_the_sign_in_follows_a_new_address_and_open_letters_end(ada: Character, cleo: Character) -> None:
    with as_subject(ada.subject) as by:
        change_email(by=by, person=cleo.person, email="Cleo@New.example")
    assert User.objects.get(pk=cleo.user.pk).email == cleo.user.email
    Person.objects.filter(pk=cleo.person.pk).update(email=cleo.user.email)
    with as_subject(ada.subject) as by:
        change_email(by=by, person=Person.objects.get(pk=cleo.person.pk), email="cleo@newer.example")
    assert User.objects.get(pk=cleo.user.pk).email == "cleo@newer.example"


def test_no_company_takes_a_sign_in_that_opens_another_companys_door(
    ada: Character, cleo: Character, ben: Character
) -> None:
    Person.objects.filter(pk=cleo.person.pk).update(email=cleo.user.email)
    factories.person(ben.company, "Cleo", signs_in_as=cleo.user)
    with as_subject(ada.subject) as by:
        person = change_email(by=by, person=Person.objects.get(pk=cleo.person.pk), email="taken@aster.example")
    assert person.email == "taken@aster.example"
    assert User.objects.get(pk=cleo.user.pk).email == cleo.user.email


def test_an_address_of_somebody_else_is_refused(ada: Character, cleo: Character, ben: Character) -> None:
    Person.objects.filter(pk=cleo.person.pk).update(email=cleo.user.email)
    with as_subject(ada.subject) as by:
        for taken in (ada.person.email, ben.user.email):
            with pytest.raises(BadInput) as caught:
                change_email(by=by, person=Person.objects.get(pk=cleo.person.pk), email=taken)
            assert "email" in caught.value.fields
    assert Company.objects.count() == 2
