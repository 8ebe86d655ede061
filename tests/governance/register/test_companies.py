"""Companies."""

import pytest

from governance.register.models import Company
from governance.register.services.companies import change_company, register_company
from portal.access.standing import subject_of
from portal.access.subject import Role, Subject
from portal.core.errors import BadInput, Denied
from tests import factories
from tests.characters import Character, as_subject
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
