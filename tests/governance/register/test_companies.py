"""Companies and people."""

import pytest

from governance.register.models import Company, Person
from governance.register.services.companies import (
    PersonDraft,
    add_person,
    change_company,
    change_person,
    readmit_person,
    register_company,
    sign_up_link,
    suspend_person,
)
from portal.access.models import User
from portal.access.subject import Role, Subject, subject_of
from portal.core.errors import BadInput, Denied
from tests import factories
from tests.characters import Character, WalledClient, as_subject
from tests.governance.deeds import verbs


def test_who_registers_a_company_becomes_its_administrator(db: None) -> None:
    user = factories.user("Nora")
    with as_subject(Subject(user.pk, user.name)) as by:
        company = register_company(by=by, name="Nord AG", siam_role="customer", time_zone="Europe/Berlin")
        assert Company.objects.get().pk == company.pk
    assert subject_of(user).roles == {company.pk: Role.ADMINISTRATOR}
    assert company.readers == [company.pk]
    assert verbs(company) == ["register"]


def test_nobody_else_sees_a_new_company(ada: Character) -> None:
    user = factories.user("Nora")
    with as_subject(Subject(user.pk, user.name)) as by:
        company = register_company(by=by, name="Nord AG", siam_role="customer")
    with as_subject(ada.subject):
        assert not Company.objects.filter(pk=company.pk).exists()


def test_a_company_without_name_role_or_zone_is_refused_with_every_field(ada: Character) -> None:
    with as_subject(ada.subject) as by, pytest.raises(BadInput) as caught:
        register_company(by=by, name=" ", siam_role="king", time_zone="Mars/Olympus")
    assert set(caught.value.fields) == {"name", "siam_role", "time_zone"}


def test_nobody_who_is_not_signed_in_registers_a_company(db: None) -> None:
    with as_subject(Subject(None, "nobody")) as by, pytest.raises(Denied):
        register_company(by=by, name="Nord AG", siam_role="customer")


def test_an_administrator_changes_the_company_and_partners_may_read_that(ada: Character) -> None:
    with as_subject(ada.subject) as by:
        change_company(by=by, company=ada.company, name="Aster AG", siam_role="customer", time_zone="UTC")
    assert Company.objects.get(pk=ada.company.pk).name == "Aster AG"
    assert verbs(ada.company) == ["change"]


@pytest.mark.parametrize("who", ["cleo", "vic", "ben", "dan"])
def test_nobody_but_its_administrator_changes_a_company(
    who: str, ada: Character, request: pytest.FixtureRequest
) -> None:
    other: Character = request.getfixturevalue(who)
    with as_subject(other.subject) as by, pytest.raises(Denied):
        change_company(by=by, company=ada.company, name="Mine", siam_role="customer", time_zone="UTC")


def test_a_new_person_gets_a_sign_in_without_a_password(ada: Character) -> None:
    with as_subject(ada.subject) as by:
        person = add_person(by=by, draft=PersonDraft("Petra Pal", "Petra@Aster.example", Role.OPERATOR))
    assert person.user is not None
    assert person.email == "petra@aster.example"
    assert not person.user.has_usable_password()
    assert verbs(ada.company) == ["add"]


def test_somebody_who_signs_in_already_is_linked(ada: Character, ben: Character) -> None:
    with as_subject(ada.subject) as by:
        person = add_person(by=by, draft=PersonDraft("Ben", ben.user.email))
    assert person.user == ben.user
    with as_subject(ada.subject) as by, pytest.raises(BadInput, match="can already sign in"):
        sign_up_link(by=by, person=person)


def test_an_address_that_another_company_has_just_invited_is_not_linked(ada: Character, ben: Character) -> None:
    with as_subject(ada.subject) as by:
        add_person(by=by, draft=PersonDraft("Petra", "petra@x.example"))
    with as_subject(ben.subject) as by, pytest.raises(BadInput, match="nobody has taken up"):
        add_person(by=by, draft=PersonDraft("Petra", "petra@x.example"))


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


def test_the_sign_up_link_sets_the_first_password_once(ada: Character) -> None:
    with as_subject(ada.subject) as by:
        person = add_person(by=by, draft=PersonDraft("Petra Pal", "petra@x.example"))
        link = sign_up_link(by=by, person=person)
    browser = WalledClient()
    form = browser.get(link, follow=True)
    words = {"new_password1": "a long sentence 99", "new_password2": "a long sentence 99"}
    browser.post(form.redirect_chain[-1][0], words)
    assert User.objects.get(email="petra@x.example").check_password("a long sentence 99")
    assert "used up" in WalledClient().get(link).content.decode()


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
    assert verbs(ada.company) == ["suspend", "readmit"]


def test_a_stand_in_is_somebody_else_of_the_same_company(ada: Character, ben: Character) -> None:
    with as_subject(ada.subject) as by:
        for wrong in (ada.person, ben.person):
            with pytest.raises(BadInput):
                change_person(by=by, person=ada.person, name="Ada", role=Role.ADMINISTRATOR, stand_in=wrong)
