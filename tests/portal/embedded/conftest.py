"""A household that is always stopped, and a PostgreSQL of its own for each test module that asks."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.embedded.checks import free_port
from portal.embedded.postgres import Postgres
from portal.embedded.processes import Household


@pytest.fixture
def household() -> Iterator[Household]:
    """Stops what the test started."""
    made = Household()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory shared by a module's tests: making one takes most of a second."""
    return tmp_path_factory.mktemp("postgres")


@pytest.fixture
def postgres(home: Path) -> Postgres:
    """A PostgreSQL that is not started yet."""
    return Postgres(home=home, port=free_port(), password="a pass/word@", log=home / "server.log", durable=False)
