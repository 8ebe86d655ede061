"""The stage of a module's tests, and a healthy start for each of them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test.utils import setup_databases, teardown_databases
from pytest_django.plugin import DjangoDbBlocker

from portal.access import rls
from tests.story import Story
from tests.sync.flow import tracks
from tests.sync.flow.site import threads
from tests.sync.flow.stage import Stage, forget, playing


@pytest.fixture(scope="session")
def database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The test database, open outside of tests; pytest-django makes it only where a test asks for `db` itself."""
    with django_db_blocker.unblock():
        if str(connection.settings_dict["NAME"]).startswith("test_"):
            yield
            return
        made = setup_databases(verbosity=0, interactive=False, aliases={"default": False})
        yield
        teardown_databases(made, verbosity=0)


@pytest.fixture(scope="module")
def theatre(
    database: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """One stage for all tests of a module: each test opens tickets of its own."""
    with django_db_blocker.unblock(), playing(tmp_path_factory.mktemp("practice")) as stage:
        yield stage


@pytest.fixture
def stage(theatre: Stage) -> Iterator[Stage]:
    """The stage; whatever a test broke is healed after it."""
    yield theatre
    theatre.heal()


@pytest.fixture
def workers(transactional_db: None) -> Iterator[ThreadPoolExecutor]:
    """Threads that are logged in as workers."""
    forget()
    with threads(rls.WORKER) as pool:
        yield pool


@pytest.fixture
def agreed(workers: ThreadPoolExecutor, story: Story) -> Story:
    """A story whose systems are polled."""
    for system in (story.desk, story.board):
        tracks.stream(system)
    return story
