"""What every test may ask for: the characters, the story and the query counts."""

import pytest
from django.conf import settings

from governance.register.models import Company
from portal.access.subject import Role
from tests import factories
from tests.characters import Character, character
from tests.query_counts import QueryCounts
from tests.story import Story, tell


def pytest_configure() -> None:
    """Invented people need no slow hashes."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def company_a(db: None) -> Company:
    """The customer, which integrates its services itself."""
    return factories.company("Aster", siam_role=Company.SiamRole.CUSTOMER)


@pytest.fixture
def company_b(db: None) -> Company:
    """A service provider."""
    return factories.company("Birch", siam_role=Company.SiamRole.PROVIDER)


@pytest.fixture
def ada(company_a: Company) -> Character:
    """Administrator of company A."""
    return character("Ada", company_a, Role.ADMINISTRATOR)


@pytest.fixture
def ben(company_b: Company) -> Character:
    """Administrator of company B."""
    return character("Ben", company_b, Role.ADMINISTRATOR)


@pytest.fixture
def cleo(company_a: Company) -> Character:
    """The service integrator: operator in company A."""
    return character("Cleo", company_a, Role.OPERATOR)


@pytest.fixture
def vic(company_a: Company) -> Character:
    """Viewer in company A."""
    return character("Vic", company_a, Role.VIEWER)


@pytest.fixture
def dan(db: None) -> Character:
    """Administrator of company D, a stranger to all others."""
    return character("Dan", factories.company("Dune"), Role.ADMINISTRATOR)


@pytest.fixture
def story(company_a: Company, company_b: Company) -> Story:
    """The live agreement of companies A and B."""
    return tell(company_a, company_b)


@pytest.fixture
def query_counts() -> QueryCounts:
    """Pins the number of queries: `with query_counts.pinned("GET /cases/"): …`."""
    return QueryCounts()
