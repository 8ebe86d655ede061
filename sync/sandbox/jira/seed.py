"""What a new practice site begins with: people, the sync account, projects; idempotent."""

import hashlib
import uuid
from typing import Any

from sync.sandbox.store import Doc, Store

SYNC_EMAIL = "concord@infinity.example"
VISITOR_EMAIL = "ines@infinity.example"
CLOUD_ID = "11223344-a1b2-4c33-8d44-55667788990a"
#: name, e-mail, time zone, roles in every project
PEOPLE: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("Ines Ortega", "ines@infinity.example", "Europe/Madrid", ("Administrators", "Developers")),
    ("Jonas Weber", "jonas@infinity.example", "Europe/Berlin", ("Developers",)),
    ("Meera Nair", "meera@infinity.example", "Asia/Kolkata", ("Developers",)),
    ("Sam Field", "sam@infinity.example", "America/New_York", ()),
    ("Concord", SYNC_EMAIL, "Europe/Berlin", ("Developers",)),
)
PROJECTS = (
    ("10000", "INF", "Infinity Architecture"),
    ("10001", "LAB", "Infinity Lab"),
)


def account_id(email: str) -> str:
    """A person's account id, made from the address so that every site has the same."""
    return f"712020:{uuid.uuid5(uuid.NAMESPACE_URL, 'mailto:' + email)}"


def digest(token: str) -> str:
    """How a token is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def seed(store: Store, token: str) -> None:
    """People and projects if they are missing; the token as given, at every start.

    It is the sync account's and also Ines's, so that a visitor can act as a person of the company.
    """
    with store.transaction():
        for name, email, zone, roles in PEOPLE:
            key = account_id(email)
            if store.get("people", key) is None:
                doc: dict[str, Any] = {"accountId": key, "displayName": name, "emailAddress": email}
                doc |= {"timeZone": zone, "active": True, "accountType": "atlassian", "roles": list(roles)}
                store.put("people", key, doc)
        for number, key, name in PROJECTS:
            if store.get("projects", key) is None:
                store.put("projects", key, {"id": number, "key": key, "name": name})
        for email in (SYNC_EMAIL, VISITOR_EMAIL):
            owner = account_id(email)
            store.put("tokens", owner, {"accountId": owner, "email": email, "digest": digest(token)})


def person(store: Store, key: str | None) -> Doc | None:
    """The person with this account id."""
    return store.get("people", key) if key else None


def project(store: Store, key_or_id: str) -> Doc | None:
    """The project with this key or id."""
    found = store.get("projects", key_or_id.upper())
    return found or next((one for one in store.all("projects") if one["id"] == key_or_id), None)
