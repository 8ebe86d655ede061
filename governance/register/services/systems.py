"""Writes of systems, their sealed credentials and their webhook keys."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction

from governance.register import ports
from governance.register.acting import acting_for, require, stale
from governance.register.models import Credential, Person, System
from governance.register.places import credential_place, webhook_place
from portal.access.subject import Subject
from portal.core.errors import BadInput
from portal.core.secrets import box, seal
from portal.history.services import record


@dataclass(frozen=True, slots=True)
class SystemDraft:
    """What is entered of a system."""

    name: str
    base_url: str
    environment: str = System.Environment.PRODUCTION
    settings: Mapping[str, str] = field(default_factory=dict)
    owner: Person | None = None
    support_access: str = ""
    product_version: str = ""
    docs_url: str = ""
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Secret:
    """A credential as entered. `kind` is token, password or oauth.

    token, password: `user` and `secret`. oauth: `client_id`, `client_secret` and, where a person signed in,
    `access`, `refresh` and `expires_at` (ISO 8601, UTC). Sealed as exactly this JSON.
    """

    kind: str
    user: str = ""
    secret: str = field(default="", repr=False)
    access: str = field(default="", repr=False)
    refresh: str = field(default="", repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    expires_at: str = ""


@transaction.atomic
def register_system(*, by: Subject, kind: str, draft: SystemDraft) -> System:
    """A new system of the acting company; its run is opened, and waits for a credential."""
    company = acting_for(by, "change", by.companies)
    kept = checked_system(kind, draft, company=company)
    system = System.objects.create(
        company_id=company,
        kind=kind,
        name=draft.name.strip(),
        environment=draft.environment,
        base_url=draft.base_url.strip().rstrip("/"),
        settings=kept,
        owner=draft.owner,
        support_access=draft.support_access.strip(),
        product_version=draft.product_version.strip(),
        docs_url=draft.docs_url.strip(),
        time_zone=draft.time_zone,
    )
    ports.sync().open_stream(system)
    record(by=by, verb="register", thing=system, company=company, after=system_facts(system))
    return system


@transaction.atomic
def change_system(*, by: Subject, system: System, draft: SystemDraft, version: int) -> System:
    """New name, address or settings; `version` is the one the editor began with, else Stale."""
    require(by, "change", system)
    kept = checked_system(system.kind, draft, company=system.company_id, besides=system.pk)
    system = System.objects.select_for_update().get(pk=system.pk)
    if system.version != version:
        raise stale(system)
    before = system_facts(system)
    system.name, system.base_url = draft.name.strip(), draft.base_url.strip().rstrip("/")
    system.environment, system.settings = draft.environment, kept
    system.owner, system.support_access = draft.owner, draft.support_access.strip()
    system.product_version, system.docs_url = draft.product_version.strip(), draft.docs_url.strip()
    system.time_zone = draft.time_zone
    system.version += 1
    system.save()
    ports.sync().wake_stream(system)
    record(
        by=by,
        verb="change",
        thing=system,
        company=system.company_id,
        before=before,
        after=system_facts(system),
    )
    return system


@transaction.atomic
def set_credential(*, by: Subject, system: System, secret: Secret) -> Credential:
    """Seal a new credential; nobody, this process included, reads it back (only workers hold the key)."""
    require(by, "administer", system)
    check_secret(system.kind, secret)
    now = Credential.objects.select_for_update().filter(system=system).first()
    version = now.version + 1 if now else 1
    place = credential_place(company=system.company_id, system=system.uid, version=version)
    sealed = seal(json.dumps(asdict(secret)).encode(), public_key=settings.SEAL_PUBLIC_KEY, place=place)
    hint = (secret.user or secret.client_id)[:120]
    credential, _ = Credential.objects.update_or_create(
        system=system,
        defaults={
            "company_id": system.company_id,
            "kind": secret.kind,
            "hint": hint,
            "sealed": sealed,
            "version": version,
        },
    )
    ports.sync().wake_stream(system)
    record(
        by=by,
        verb="set the credential of",
        thing=system,
        company=system.company_id,
        after={"kind": secret.kind, "as": hint, "version": version},
    )
    return credential


@transaction.atomic
def set_webhook_secret(*, by: Subject, system: System, secret: str = "") -> str:
    """Box a webhook secret (a fresh one when none is given) and return it, to be shown this once.

    The one before stays valid beside it, so that deliveries signed meanwhile are still taken.
    """
    require(by, "administer", system)
    credential = Credential.objects.select_for_update().filter(system=system).first()
    if credential is None:
        raise BadInput("Enter the system's credential first, then make its webhook secret.")
    if secret and not 16 <= len(secret) <= 255:
        raise BadInput("A webhook secret has 16 to 255 characters.", fields={"secret": "16 to 255 characters."})
    chosen = secret or secrets.token_urlsafe(32)
    place = webhook_place(company=system.company_id, system=system.uid)
    credential.boxed_previous = credential.boxed
    credential.boxed = box(chosen.encode(), keys=settings.HOOK_KEYS, place=place)
    credential.save(update_fields=["boxed", "boxed_previous", "changed"])
    record(by=by, verb="set the webhook secret of", thing=system, company=system.company_id)
    return chosen


@transaction.atomic
def ask_system(*, by: Subject, system: System, kind: str = "check") -> ports.Answer:
    """Let a worker check the system or read its fields; the answer comes later under the probe's uid."""
    require(by, "operate", system)
    if kind not in {"check", "describe", "subscribe"}:
        raise BadInput("Choose check, describe or subscribe.")
    if not Credential.objects.filter(system=system).exists():
        raise BadInput("Enter the system's credential first.")
    asked = {"kind": kind_of_items(system)} if kind == "describe" else {}
    answer = ports.sync().ask(by=by, kind=kind, system=system, connection=None, asked=asked)
    record(by=by, verb="read the fields of" if kind == "describe" else kind, thing=system, company=system.company_id)
    return answer


def kind_of_items(system: System) -> str:
    """The kind of item that this system's connection exchanges; its tracker's own default when in none."""
    side = system.sides.order_by("id").values_list("kind", flat=True).first()
    return str(side or system.settings.get("type") or "")


def checked_system(kind: str, draft: SystemDraft, *, company: int, besides: int = 0) -> dict[str, str]:
    """The settings as stored; raises BadInput naming every field that cannot be taken."""
    known = ports.kind_of(kind)
    if known is None:
        names = ", ".join(one.label for one in ports.sync().kinds()) or "none yet"
        raise BadInput("This kind of system is not known.", fields={"kind": f"Choose one of: {names}."})
    wrong = {}
    if not 2 <= len(draft.name.strip()) <= 120:
        wrong["name"] = "Enter a name, 2 to 120 characters."
    elif System.objects.filter(company_id=company, name=draft.name.strip()).exclude(pk=besides).exists():
        wrong["name"] = "Another system of your company has this name."
    if draft.environment not in System.Environment.values:
        wrong["environment"] = "Choose production or test."
    if sentence := wrong_address(draft.base_url):
        wrong["base_url"] = sentence
    if draft.owner is not None and draft.owner.company_id != company:
        wrong["owner"] = "Choose a person of your company."
    elif draft.owner is not None and draft.owner.left:
        wrong["owner"] = f"{draft.owner.name} has left. Choose somebody who is here."
    if len(draft.product_version.strip()) > 60:
        wrong["product_version"] = "60 characters at most."
    if draft.docs_url.strip() and not is_link(draft.docs_url.strip()):
        wrong["docs_url"] = "Enter an address such as https://developer.zendesk.com/api-reference/."
    if draft.time_zone not in available_timezones():
        wrong["time_zone"] = "Choose a time zone of the list."
    kept = {key: str(value).strip() for key, value in draft.settings.items() if str(value).strip()}
    labels = {one.key for one in known.settings} | {"type"}
    wrong |= {f"setting_{key}": f"{known.label} has no setting {key}." for key in set(kept) - labels}
    wrong |= {
        f"setting_{one.key}": f"{known.label} needs this: {one.help or one.label}"
        for one in known.settings
        if one.required and one.key not in kept
    }
    wrong |= {f"setting_{key}": said for key, said in known.problems(kept).items() if f"setting_{key}" not in wrong}
    if wrong:
        raise BadInput("The system was not saved.", fields=wrong)
    return kept


def is_link(address: str) -> bool:
    """Whether this is an http or https address that a page may link to."""
    try:
        URLValidator(["http", "https"])(address)
    except ValidationError:
        return False
    return len(address) <= 300


def wrong_address(address: str) -> str:
    """Why an address cannot be taken, or nothing. https, or exactly a host:port the installation allows."""
    try:
        parts = urlsplit(address.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        return "Enter an address such as https://yourcompany.example."
    if not host or parts.username or parts.query or parts.fragment:
        return "Enter an address such as https://yourcompany.example, without a sign-in or a question mark."
    allowed = {entry.strip() for entry in settings.EGRESS_ALLOW.split(",") if entry.strip()}
    if parts.scheme == "https" or (parts.scheme == "http" and f"{host}:{port or 80}" in allowed):
        return ""
    return "Use https. Plain http is only for addresses that this installation allows by name."


def check_secret(kind: str, secret: Secret) -> None:
    """Raises BadInput naming the fields of a credential that are missing."""
    known = ports.kind_of(kind)
    if known is None or secret.kind not in known.credentials:
        raise BadInput("This system cannot be entered that way.", fields={"kind": "Choose another way."})
    needed = {"user": secret.user, "secret": secret.secret}
    if secret.kind == "oauth":
        needed = {"client_id": secret.client_id, "client_secret": secret.client_secret}
        if secret.access and not secret.client_secret:
            needed = {"access": secret.access}
    wrong = {name: "Enter this." for name, value in needed.items() if not value.strip()}
    if any(mark in value for value in needed.values() for mark in "\r\n"):
        wrong["secret"] = "Paste it without a line break."  # noqa: S105 - a sentence, not a secret
    if wrong:
        raise BadInput("The credential was not stored.", fields=wrong)


def system_facts(system: System) -> dict[str, object]:
    """A system as history keeps it."""
    return {
        "name": system.name,
        "kind": system.kind,
        "environment": system.environment,
        "base_url": system.base_url,
        "settings": system.settings,
        "owner": str(system.owner) if system.owner else "",
        "support_access": system.support_access,
        "product_version": system.product_version,
        "docs_url": system.docs_url,
        "time_zone": system.time_zone,
    }
