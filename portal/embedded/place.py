"""The demo's folders, its secrets, and the environment that each of its processes gets."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from portal.core.secrets import new_key, new_seal_pair
from portal.embedded.broker import Broker
from portal.embedded.checks import HOST
from portal.embedded.postgres import Postgres
from portal.embedded.processes import quiet_environment
from portal.embedded.roles import OWNER, WEB, WORKER, Passwords, login_url
from portal.embedded.secret_files import SecretFile, new_password

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True, slots=True)
class Keys:
    """The application's keys: what each opens is told in docs/deploy.md."""

    django: str
    seal_public: str
    seal_private: str
    hook: str
    marker: str


@dataclass(frozen=True, slots=True)
class Place:
    """One kept state: a folder below var/, whose secrets are made on first use."""

    var: Path

    @property
    def secrets(self) -> SecretFile:
        """The one file of secrets."""
        return SecretFile(self.var / "secrets" / "concord.json")

    def log(self, name: str) -> Path:
        """The log file of a process."""
        return self.var / "log" / f"{name}.log"

    def passwords(self) -> Passwords:
        """The passwords of the three PostgreSQL logins."""
        return Passwords(*(self.secrets.get(role, new_password) for role in (OWNER, WEB, WORKER)))

    def keys(self) -> Keys:
        """The application's keys. The pair is kept as one secret, so that no half can be lost."""
        pair = self.secrets.get("seal", lambda: " ".join(new_seal_pair()))
        private, public = pair.split()
        return Keys(
            django=self.secrets.get("django", lambda: secrets.token_urlsafe(48)),
            seal_public=public,
            seal_private=private,
            hook=self.secrets.get("hook", new_key),
            marker=self.secrets.get("marker", lambda: new_key(64)),
        )

    def postgres(self, *, port: int, durable: bool = True) -> Postgres:
        """The database of this place."""
        return Postgres(
            home=self.var / "postgres",
            port=port,
            password=self.secrets.get("postgres", new_password),
            log=self.log("postgres"),
            durable=durable,
        )

    def broker(self, *, port: int) -> Broker:
        """The broker of this place."""
        return Broker(
            port=port,
            password=self.secrets.get("broker", new_password),
            log=self.log("broker"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Environments:
    """The CONCORD_* variables of each kind of process: none gets a key or a login that is not its own.

    `database_url` is any login's address of the database; each process gets it with its own login.
    """

    place: Place
    database_url: str
    broker_url: str
    site_url: str
    egress: str

    def shared(self) -> dict[str, str]:
        """What every process of the application gets."""
        return {
            **quiet_environment(),
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "CONCORD_SECRET_KEY": self.place.keys().django,
            "CONCORD_SITE_URL": self.site_url,
            "CONCORD_ALLOWED_HOSTS": f"{HOST},localhost",
            "CONCORD_BROKER_URL": self.broker_url,
            "CONCORD_EGRESS_ALLOW": self.egress,
            "CONCORD_SEAL_PUBLIC_KEY": self.place.keys().seal_public,
            "CONCORD_HOOK_KEYS": self.place.keys().hook,
            "CONCORD_EMAIL_URL": (self.place.var / "mail").as_uri(),
        }

    def web(self) -> dict[str, str]:
        """The web process: it can seal a tracker's credential and open none."""
        url = login_url(self.database_url, WEB, self.place.passwords().web)
        return {**self.shared(), "CONCORD_DATABASE_URL": url}

    def worker(self) -> dict[str, str]:
        """The worker: it opens credentials and reads markers."""
        return {
            **self.shared(),
            "CONCORD_DATABASE_URL": login_url(self.database_url, WORKER, self.place.passwords().worker),
            "CONCORD_SEAL_PRIVATE_KEYS": self.place.keys().seal_private,
            "CONCORD_MARKER_KEY": self.place.keys().marker,
        }

    def owner(self) -> dict[str, str]:
        """Migrations and the story: the owner's login."""
        url = login_url(self.database_url, OWNER, self.place.passwords().owner)
        return {**self.shared(), "CONCORD_DATABASE_URL": url, "CONCORD_OWNER_DATABASE_URL": url}
