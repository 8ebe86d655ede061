"""No login of ours can see past row-level security."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from portal.core.errors import Misconfigured
from portal.embedded.checks import free_port
from portal.embedded.place import ROOT
from portal.embedded.postgres import Postgres
from portal.embedded.processes import Household
from portal.embedded.roles import (
    DATABASE,
    OWNER,
    WEB,
    WORKER,
    Passwords,
    ensure_database,
    ensure_roles,
    login_url,
)

PASSWORDS = Passwords(owner="o/1", web="w@2", worker="k:3")
SECRETS = {OWNER: "o/1", WEB: "w@2", WORKER: "k:3"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A running PostgreSQL with our roles and database."""
    home, household = tmp_path_factory.mktemp("roles"), Household()
    postgres = Postgres(home=home, port=free_port(), password="super", log=home / "server.log", durable=False)
    household.start(postgres.program())
    ensure_roles(postgres.url(), passwords=PASSWORDS)
    ensure_database(postgres.url())
    with connected(postgres, OWNER) as owner:
        owner.execute("CREATE TABLE matter (company_id bigint, text text)")
        owner.execute("INSERT INTO matter VALUES (1, 'ours'), (2, 'theirs')")
        owner.execute("ALTER TABLE matter ENABLE ROW LEVEL SECURITY")
        owner.execute("ALTER TABLE matter FORCE ROW LEVEL SECURITY")
        owner.execute(f"GRANT SELECT ON matter TO {WEB}, {WORKER}")
    yield postgres
    household.stop()


def connected(postgres: Postgres, role: str) -> psycopg.Connection[tuple[object, ...]]:
    """A connection as one of the three logins."""
    return psycopg.connect(postgres.url(user=role, password=SECRETS[role], database=DATABASE), autocommit=True)


@pytest.mark.parametrize("role", [OWNER, WEB, WORKER])
def test_no_login_sees_a_row_without_a_policy(server: Postgres, role: str) -> None:
    with connected(server, role) as connection:
        assert connection.execute("SELECT count(*) FROM matter").fetchone() == (0,)


@pytest.mark.parametrize("role", [OWNER, WEB, WORKER])
def test_no_login_can_switch_row_level_security_off(server: Postgres, role: str) -> None:
    with connected(server, role) as connection:
        connection.execute("SET row_security = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT count(*) FROM matter")


@pytest.mark.parametrize("role", [OWNER, WEB, WORKER])
def test_no_login_can_give_itself_more(server: Postgres, role: str) -> None:
    with connected(server, role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(f"ALTER ROLE {role} BYPASSRLS")


@pytest.mark.parametrize("role", [WEB, WORKER])
@pytest.mark.parametrize(
    "statement",
    [
        f"SET ROLE {OWNER}",
        "SET ROLE postgres",
        "CREATE TABLE mine (id int)",
        "CREATE DATABASE mine",
        "ALTER TABLE matter DISABLE ROW LEVEL SECURITY",
        "DROP TABLE matter",
    ],
)
def test_web_and_worker_cannot_act_as_the_owner(server: Postgres, role: str, statement: str) -> None:
    with connected(server, role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


@pytest.mark.parametrize(("role", "other"), [(WEB, WORKER), (WORKER, WEB)])
def test_web_and_worker_cannot_act_as_each_other(server: Postgres, role: str, other: str) -> None:
    with connected(server, role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(f"SET ROLE {other}")


@pytest.mark.parametrize("role", [WEB, WORKER])
def test_the_owner_can_act_as_both_others(server: Postgres, role: str) -> None:
    with connected(server, OWNER) as connection:
        connection.execute(f"SET ROLE {role}")
        assert connection.execute("SELECT current_user").fetchone() == (role,)


def test_doing_it_twice_changes_nothing(server: Postgres) -> None:
    ensure_roles(server.url(), passwords=PASSWORDS)
    ensure_database(server.url())
    with connected(server, WEB) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_login_that_was_there_keeps_its_password_when_asked(server: Postgres) -> None:
    ensure_roles(server.url(), passwords=Passwords("other", "other", "other"), keep_existing=True)
    with connected(server, WEB) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize("might", ["SUPERUSER", "BYPASSRLS", "CREATEROLE"])
def test_a_login_that_could_bypass_it_is_refused(server: Postgres, might: str) -> None:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(f"ALTER ROLE {WORKER} {might}")
        with pytest.raises(Misconfigured, match=f"{WORKER} could bypass"):
            ensure_roles(server.url(), passwords=PASSWORDS)
        connection.execute(f"ALTER ROLE {WORKER} NO{might}")


def test_no_password_is_in_the_servers_log(server: Postgres) -> None:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET log_statement = 'all'")
        connection.execute("SELECT pg_reload_conf()")
        ensure_roles(server.url(), passwords=PASSWORDS)
        connection.execute("ALTER SYSTEM RESET log_statement")
        connection.execute("SELECT pg_reload_conf()")
    log = Path(server.log).read_text()
    assert "ALTER ROLE" in log
    assert not [secret for secret in SECRETS.values() if f"'{secret}'" in log]


def test_another_login_of_the_same_address() -> None:
    url = login_url("postgresql://root:pw@db.example:5433/concord?sslmode=require", WEB, "a/b")
    assert url == "postgresql://concord_web:a%2Fb@db.example:5433/concord?sslmode=require"


def test_a_login_that_may_only_make_roles_and_databases_is_enough(
    tmp_path_factory: pytest.TempPathFactory, household: Household
) -> None:
    home = tmp_path_factory.mktemp("modest")
    postgres = Postgres(home=home, port=free_port(), password="super", log=home / "log", durable=False)
    household.start(postgres.program())
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute("CREATE ROLE modest LOGIN CREATEROLE CREATEDB PASSWORD 'modest'")
    url = postgres.url(user="modest", password="modest")
    ensure_roles(url, passwords=PASSWORDS)
    ensure_database(url)
    with connected(postgres, OWNER) as connection:
        connection.execute("CREATE TABLE mine (id int)")


def test_the_sql_for_production_gives_the_same_logins(
    tmp_path_factory: pytest.TempPathFactory, household: Household
) -> None:
    home = tmp_path_factory.mktemp("production")
    postgres = Postgres(home=home, port=free_port(), password="super", log=home / "log", durable=False)
    household.start(postgres.program())
    statements = re.sub(r"^--.*$", "", (ROOT / "docs" / "roles.sql").read_text(), flags=re.MULTILINE)
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        for statement in statements.split(";")[:-1]:
            connection.execute(statement)
    ensure_roles(postgres.url(), passwords=PASSWORDS)
    ensure_database(postgres.url())
    with connected(postgres, OWNER) as connection:
        connection.execute(f"SET ROLE {WEB}")
