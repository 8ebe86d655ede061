"""A test run gets services of its own, or those the environment names."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from portal.core.errors import Misconfigured
from portal.embedded import testing
from portal.embedded.postgres import Postgres
from portal.embedded.processes import Household
from portal.embedded.roles import OWNER, WEB, WORKER, Passwords, ensure_roles


@pytest.fixture
def services(tmp_path: Path) -> Iterator[testing.Services]:
    """The services of one run."""
    started = testing.start({}, folder=tmp_path)
    yield started
    started.stop()


@pytest.fixture
def shared(postgres: Postgres, household: Household) -> dict[str, str]:
    """An environment that names a server shared with others, and a broker."""
    household.start(postgres.program())
    return {testing.OWN_DATABASE: postgres.url(), testing.OWN_BROKER: "redis://127.0.0.1:1/0"}


def who(url: str) -> str:
    """Whom a login's address signs in, in the server's own database."""
    with psycopg.connect(url.rpartition("/")[0] + "/postgres") as connection:
        row = connection.execute("SELECT current_user").fetchone()
    return str(row[0]) if row else ""


def test_each_login_works(services: testing.Services) -> None:
    found = services.environment
    urls = (found["CONCORD_DATABASE_URL"], found[testing.WEB_URL], found[testing.WORKER_URL])
    assert [who(url) for url in urls] == [OWNER, WEB, WORKER]


def test_two_runs_at_once_do_not_meet(services: testing.Services, tmp_path: Path) -> None:
    other = testing.start({}, folder=tmp_path)
    other.stop()
    assert other.environment["CONCORD_DATABASE_URL"] != services.environment["CONCORD_DATABASE_URL"]
    assert other.environment["CONCORD_BROKER_URL"] != services.environment["CONCORD_BROKER_URL"]


def test_a_next_run_takes_the_slot_of_an_ended_one(tmp_path: Path) -> None:
    for _ in range(2):
        testing.start({}, folder=tmp_path).stop()
    assert [path.name for path in tmp_path.iterdir()] == ["0"]


def test_named_services_are_used(shared: dict[str, str], tmp_path: Path) -> None:
    found = testing.start(shared, folder=tmp_path)
    found.stop()
    assert found.environment["CONCORD_BROKER_URL"] == shared[testing.OWN_BROKER]
    assert not found.household.children
    assert who(found.environment["CONCORD_DATABASE_URL"]) == OWNER


def test_a_foreign_login_on_a_named_server_is_told(shared: dict[str, str], tmp_path: Path) -> None:
    ensure_roles(shared[testing.OWN_DATABASE], passwords=Passwords("of", "somebody", "else"))
    with pytest.raises(Misconfigured, match=f"{OWNER} was on the test server before"):
        testing.start(shared, folder=tmp_path)
