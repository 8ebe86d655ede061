"""Typed reading of the environment; a missing or wrong value stops the process with one sentence."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from portal.core.errors import Misconfigured

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where letters go. `kind` is the last but one word of a Django e-mail backend: smtp, filebased or dummy."""

    kind: str
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = field(default="", repr=False)
    tls: bool = False
    starttls: bool = False
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Env:
    """A view on environment variables. Every reader raises Misconfigured naming the variable."""

    values: Mapping[str, str]

    def text(self, name: str, default: str | None = None) -> str:
        """A required text, or `default` where one is given."""
        value = self.values.get(name, "").strip()
        if value:
            return value
        if default is None:
            raise Misconfigured(f"{name} is not set. docs/deploy.md says what it holds.")
        return default

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A yes or no."""
        value = self.values.get(name, "1" if default else "0").strip().lower()
        if value not in TRUE | FALSE:
            raise Misconfigured(f"{name} is {value!r}; give 1 or 0.")
        return value in TRUE

    def number(self, name: str, default: int, *, least: int = 0, most: int = 1_000_000) -> int:
        """A whole number between `least` and `most`."""
        value = self.values.get(name, str(default)).strip()
        if not value.isdigit() or not least <= int(value) <= most:
            raise Misconfigured(f"{name} is {value!r}; give a whole number from {least} to {most}.")
        return int(value)

    def words(self, name: str, default: str = "") -> list[str]:
        """A comma-separated list."""
        return [word.strip() for word in self.values.get(name, default).split(",") if word.strip()]

    def database(self, name: str) -> dict[str, object]:
        """Django's settings of one PostgreSQL database from postgresql://user:password@host:port/name."""
        parts = urlsplit(self.text(name))
        if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
            raise Misconfigured(f"{name} must look like postgresql://user:password@host:5432/name.")
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.strip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
        }

    def mail(self, name: str) -> "MailServer":
        """The mail server from smtp://user:password@host:587, or file:///folder to keep letters as files.

        smtp:// asks for STARTTLS unless the host is this machine, smtps:// is TLS from the start; nothing given =
        no mail is sent.
        """
        parts = urlsplit(self.text(name, ""))
        if not parts.scheme:
            return MailServer("dummy")
        if parts.scheme == "file" and parts.path.strip("/"):
            return MailServer("filebased", folder=unquote(parts.path))
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise Misconfigured(f"{name} must look like smtp://user:password@host:587 or file:///var/mail/concord.")
        tls = parts.scheme == "smtps"
        return MailServer(
            "smtp",
            host=parts.hostname,
            port=parts.port or (465 if tls else 587),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            tls=tls,
            starttls=not tls and parts.hostname not in {"127.0.0.1", "localhost", "::1"},
        )


def read() -> Env:
    """The environment of this process."""
    return Env(os.environ)
