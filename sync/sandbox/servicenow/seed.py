"""What a new practice instance begins with: users, groups, the sync account; idempotent."""

import hashlib
import uuid
from datetime import datetime

from sync.sandbox.store import Doc, Json, Store

SYNC_USER = "concord"
VISITOR = "lena.fischer"
#: the OAuth application that an administrator registered; its secret is the sync account's password
CLIENT_ID = "4b1f0c2a9d6e4c6fb3f0d2b7a1c59e80"
#: user name, name, e-mail, time zone, roles
USERS: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
    ("lena.fischer", "Lena Fischer", "lena@infinity.example", "Europe/Berlin", ("itil", "itil_admin")),
    ("ravi.menon", "Ravi Menon", "ravi@infinity.example", "Asia/Kolkata", ("itil",)),
    ("tom.baker", "Tom Baker", "tom@infinity.example", "America/New_York", ()),
    (SYNC_USER, "Concord", "concord@infinity.example", "GMT", ("itil", "admin")),
)
GROUPS = ("Solution design", "Service desk", "Network")
BEGINNING = "2026-01-05 08:00:00"


def sys_id(name: str) -> str:
    """A sys_id made from a name, so that every practice instance has the same."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"servicenow:{name}").hex


def digest(secret: str) -> str:
    """How a password is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def stored(at: datetime) -> str:
    """A time as the instance stores it: UTC, whole seconds, no zone mark."""
    return at.strftime("%Y-%m-%d %H:%M:%S")


def system(number: str, at: str, by: str) -> Json:
    """The columns that every record has."""
    return {
        "sys_id": number,
        "sys_created_on": at,
        "sys_created_by": by,
        "sys_updated_on": at,
        "sys_updated_by": by,
        "sys_mod_count": "0",
    }


def seed(store: Store, token: str) -> None:
    """Users and groups if they are missing; the password as given, at every start.

    It is the sync account's and also Lena's, so that a visitor can act as a person of the company.
    """
    with store.transaction():
        for user_name, name, email, zone, roles in USERS:
            key = sys_id(user_name)
            if store.get("sys_user", key) is None:
                doc = system(key, BEGINNING, "admin") | {"user_name": user_name, "name": name, "email": email}
                store.put("sys_user", key, doc | {"time_zone": zone, "active": "true"})
            if store.get("roles", key) is None:
                store.put("roles", key, {"roles": list(roles)})
        for name in GROUPS:
            key = sys_id(name)
            if store.get("sys_user_group", key) is None:
                store.put("sys_user_group", key, system(key, BEGINNING, "admin") | {"name": name, "active": "true"})
        for user_name in (SYNC_USER, VISITOR):
            store.put("passwords", user_name, {"digest": digest(token)})
        before = store.get("clients", CLIENT_ID) or {"addresses": []}
        client = {"digest": digest(token), "user": SYNC_USER, "addresses": before["addresses"]}
        store.put("clients", CLIENT_ID, client)
        store.put(
            "sys_properties",
            sys_id("glide.buildname"),
            system(sys_id("glide.buildname"), BEGINNING, "admin") | {"name": "glide.buildname", "value": "Australia"},
        )


def user(store: Store, user_name: str) -> Doc | None:
    """The user with this user name."""
    return next((one for one in store.all("sys_user") if one["user_name"] == user_name), None)


def roles(store: Store, key: str) -> tuple[str, ...]:
    """The roles of a user by sys_id."""
    found = store.get("roles", key)
    return tuple(found["roles"]) if found else ()
