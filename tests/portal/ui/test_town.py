"""Pages in a town of a hundred companies and a hundred thousand terms take no more queries than in a village."""

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from governance.register.models import Company, Integration
from portal.access.subject import Role
from tests.characters import Character, character
from tests.query_counts import PAGE, counting, over
from tests.town import built

PAGES = (
    "/", "/integrations/", "/connections/", "/register/", "/register/systems/", "/register/people/",
    "/register/companies/", "/terms/", "/agreements/", "/landscape/", "/disclosures/", "/search/?q=agreement",
    "/integrations/?q=agreement+09&sort=-name", "/terms/?q=term-007", "/connections/?state=live&sort=-name",
)  # fmt: skip


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Company]:
    """The town; gives its integrator."""
    with django_db_blocker.unblock(), built() as hub:
        yield hub


@pytest.fixture(params=[0, 7], ids=["of the integrator", "of a provider"])
def visitor(request: pytest.FixtureRequest, town: Company, db: None) -> Character:
    """An administrator of the largest company, or of one among the others."""
    company = Company.objects.order_by("pk")[request.param]
    return character("Tove", company, Role.ADMINISTRATOR)


def asked(visitor: Character, path: str) -> list[str]:
    """A page's queries, warm."""
    visitor.client.get(path)
    with counting() as queries:
        answer = visitor.client.get(path)
    assert answer.status_code == 200, path
    return queries


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_a_town_keeps_the_bar(path: str, visitor: Character) -> None:
    queries = asked(visitor, path)
    assert len(queries) <= PAGE, over(path, queries, PAGE)


def test_one_integration_of_a_thousand_is_as_small_as_ever(visitor: Character) -> None:
    uid = Integration.objects.filter(companies__contains=[visitor.company.pk]).earliest("pk").uid
    for path in (f"/integrations/{uid}/", f"/integrations/{uid}/dictionary/"):
        answer = visitor.client.get(path)
        if answer.status_code == 404:
            continue
        queries = asked(visitor, path)
        assert len(queries) <= PAGE, over(path, queries, PAGE)
