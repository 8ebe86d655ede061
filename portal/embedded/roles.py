"""The three PostgreSQL logins and the database, made or checked so that row-level security holds for them."""

from dataclasses import dataclass, fields
from typing import LiteralString
from urllib.parse import quote, urlsplit

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from portal.core.errors import Misconfigured

Connection = psycopg.Connection[TupleRow]
OWNER, WEB, WORKER = "concord_owner", "concord_web", "concord_worker"
DATABASE = "concord"
#: the three tests of pg_roles that would let a login see through row-level security or make itself able to
TOO_MIGHTY = "rolsuper OR rolbypassrls OR rolcreaterole"


@dataclass(frozen=True, slots=True)
class Passwords:
    """The passwords of the three logins."""

    owner: str
    web: str
    worker: str


def ensure_roles(superuser_url: str, *, passwords: Passwords, keep_existing: bool = False) -> None:
    """Make the three logins where they are missing, set their passwords, let the owner act as both others.

    `keep_existing` leaves the password of a login that was there before (a server shared with others).
    Raises Misconfigured when an existing login could bypass row-level security.
    """
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        for field, role in zip(fields(passwords), (OWNER, WEB, WORKER), strict=True):
            known = role_exists(connection, role)
            if not known:
                create_role(connection, role)
            if not (known and keep_existing):
                set_password(connection, role=role, password=getattr(passwords, field.name))
        refuse_mighty(connection)
        execute(connection, "GRANT {}, {} TO {}", WEB, WORKER, OWNER)


def ensure_database(superuser_url: str, *, name: str = DATABASE) -> None:
    """Make the database, owned by the owner; only the three logins may connect to it."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if not found:
            act_for_owner(connection)
            execute(connection, "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'", name, OWNER)
        execute(connection, "REVOKE ALL ON DATABASE {} FROM PUBLIC", name)
        execute(connection, "GRANT CONNECT ON DATABASE {} TO {}, {}", name, WEB, WORKER)


def role_exists(connection: Connection, role: str) -> bool:
    """Whether the server knows the login."""
    return connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone() is not None


def create_role(connection: Connection, role: str) -> None:
    """A login without any might; the owner may make databases, which the tests need."""
    might = "CREATEDB" if role == OWNER else "NOCREATEDB"
    execute(connection, f"CREATE ROLE {{}} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE {might}", role)


def set_password(connection: Connection, *, role: str, password: str) -> None:
    """Set a password; it is hashed here, so that the server's log never shows it."""
    hashed = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(hashed.decode()))
    connection.execute(statement)


def refuse_mighty(connection: Connection) -> None:
    """Stop where a login could bypass row-level security."""
    found = connection.execute(
        f"SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) AND ({TOO_MIGHTY})",  # noqa: S608
        [[OWNER, WEB, WORKER]],
    ).fetchall()
    if found:
        names = ", ".join(sorted(str(row[0]) for row in found))
        raise Misconfigured(
            f"{names} could bypass row-level security. As a superuser: "
            "ALTER ROLE … NOSUPERUSER NOBYPASSRLS NOCREATEROLE for each, then start again."
        )


def act_for_owner(connection: Connection) -> None:
    """A CREATEROLE login that is no superuser must be a member of the owner to give it a database."""
    mighty = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    if mighty and not mighty[0]:
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(OWNER)))


def execute(connection: Connection, statement: LiteralString, *names: str) -> None:
    """Run a statement whose {} are names."""
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def login_url(url: str, role: str, password: str) -> str:
    """The same server and database, with another login."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{role}:{quote(password, safe='')}@{place}").geturl()
