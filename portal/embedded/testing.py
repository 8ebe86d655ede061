"""PostgreSQL and a broker for one test run: embedded in a slot of var/test, or those that are named."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import psycopg

from portal.core.errors import Misconfigured
from portal.embedded.checks import free_port, hold
from portal.embedded.place import ROOT, Environments, Place
from portal.embedded.processes import Household
from portal.embedded.roles import OWNER, WEB, WORKER, ensure_roles, login_url

SLOTS = 64
OWN_DATABASE, OWN_BROKER = "CONCORD_TEST_DATABASE_URL", "CONCORD_TEST_BROKER_URL"
#: the other two logins, for tests that must not be the owner
WEB_URL, WORKER_URL = "CONCORD_TEST_WEB_DATABASE_URL", "CONCORD_TEST_WORKER_DATABASE_URL"


@dataclass(frozen=True, slots=True)
class Services:
    """What a test run uses: the CONCORD_* variables, and what was started for it."""

    environment: Mapping[str, str]
    household: Household
    slot: IO[str]

    def stop(self) -> None:
        """Stop the broker, then PostgreSQL; give the slot back."""
        self.household.stop()
        self.slot.close()


def start(environ: Mapping[str, str], *, folder: Path = ROOT / "var" / "test") -> Services:
    """Start the services of one run, or use those that `environ` names.

    Several runs at once get a slot of `folder` each; a slot keeps its data directory, so that the next
    start takes a fraction of a second. Raises Misconfigured with what a named service lacks.
    """
    number, slot = free_slot(folder)
    place = Place(folder / str(number))
    household = Household()
    try:
        server = environ.get(OWN_DATABASE) or embedded_database(place, household)
        broker = environ.get(OWN_BROKER) or embedded_broker(place, household)
        logins = shared_logins(folder, server) if OWN_DATABASE in environ else own_logins(place, server)
    except BaseException:
        household.stop()
        slot.close()
        raise
    database = urlsplit(server)._replace(path=f"/concord_{fingerprint(str(ROOT))}_{number}").geturl()
    known = variables(logins, database=database, broker=broker)
    queue = urlsplit(database).path.removeprefix("/")
    return Services({**known, "CONCORD_QUEUE": queue}, household, slot)


def free_slot(folder: Path) -> tuple[int, IO[str]]:
    """The first slot that no other run holds."""
    for number in range(SLOTS):
        slot = hold(folder / str(number) / "lock")
        if slot is not None:
            return number, slot
    raise Misconfigured(f"{SLOTS} test runs are under way in {folder}. Wait for one to end.")


def embedded_database(place: Place, household: Household) -> str:
    """The superuser's address of the slot's PostgreSQL, just started."""
    postgres = replace(place.postgres(port=free_port()), durable=False)
    household.start(postgres.program())
    return postgres.url()


def embedded_broker(place: Place, household: Household) -> str:
    """The address of the slot's broker, just started."""
    broker = place.broker(port=free_port())
    household.start(broker.program())
    return broker.url


def own_logins(place: Place, superuser_url: str) -> Place:
    """The three logins on the slot's own server."""
    ensure_roles(superuser_url, passwords=place.passwords())
    return place


def shared_logins(folder: Path, superuser_url: str) -> Place:
    """The three logins on a named server. One that was there before keeps its password.

    Raises Misconfigured when it takes another password than the one made here.
    """
    place = Place(folder / fingerprint(superuser_url))
    passwords = place.passwords()
    ensure_roles(superuser_url, passwords=passwords, keep_existing=True)
    for role, password in ((OWNER, passwords.owner), (WEB, passwords.web), (WORKER, passwords.worker)):
        try:
            psycopg.connect(login_url(superuser_url, role, password)).close()
        except psycopg.OperationalError as error:
            raise Misconfigured(
                f"The login {role} was on the test server before and takes another password. Drop it there, "
                f"or name a server of the tests' own in {OWN_DATABASE}."
            ) from error
    return place


def variables(place: Place, *, database: str, broker: str) -> dict[str, str]:
    """The application's variables in a test: the owner's login, every key, the other two logins."""
    environments = Environments(
        place=place,
        database_url=database,
        broker_url=broker,
        site_url="http://testserver",
        egress="",
    )
    web, worker, owner = environments.web(), environments.worker(), environments.owner()
    everything = {
        **worker,
        **owner,
        "CONCORD_ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
        WEB_URL: web["CONCORD_DATABASE_URL"],
        WORKER_URL: worker["CONCORD_DATABASE_URL"],
    }
    return {name: value for name, value in everything.items() if name.startswith("CONCORD_")}


def fingerprint(text: str) -> str:
    """Eight characters that tell one place from another."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]
