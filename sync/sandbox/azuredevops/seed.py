"""What a new practice organisation begins with: people, the sync account, projects and their paths; idempotent."""

import hashlib
import uuid

from sync.sandbox.store import Doc, Store

ORGANISATION = "global"
SYNC_EMAIL = "concord@global.example"
VISITOR_EMAIL = "gita@global.example"
PEOPLE: tuple[tuple[str, str], ...] = (
    ("Gita Menon", "gita@global.example"),
    ("Omar Haddad", "omar@global.example"),
    ("Petra Novak", "petra@global.example"),
    ("Concord", SYNC_EMAIL),
)
#: name -> area paths and iteration paths below it
PROJECTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "Delivery": (("Development", "Network", "Network\\Core"), ("Sprint 1", "Sprint 2")),
    "Lab Network": (("Bench",), ("Sprint 1",)),
}


def guid(kind: str, name: str) -> str:
    """An id made from a name, so that every practice organisation has the same."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{kind}:{name.casefold()}"))


def digest(token: str) -> str:
    """How a token is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def seed(store: Store, token: str) -> None:
    """People and projects if they are missing; the token as given, at every start, as the sync account's."""
    with store.transaction():
        for name, address in PEOPLE:
            key = guid("person", address)
            if store.get("people", key) is None:
                store.put("people", key, {"id": key, "displayName": name, "uniqueName": address})
        for name, (areas, iterations) in PROJECTS.items():
            if store.get("projects", name.casefold()) is None:
                paths = {"area": [name, *(f"{name}\\{one}" for one in areas)]}
                paths["iteration"] = [name, *(f"{name}\\{one}" for one in iterations)]
                store.put("projects", name.casefold(), {"id": guid("project", name), "name": name, **paths})
        give(store, SYNC_EMAIL, token)


def give(store: Store, address: str, token: str) -> None:
    """Make a personal access token of a person: one at a time, as is enough for practice."""
    owner = guid("person", address)
    for key, one in list(store.docs.get("tokens", {}).items()):
        if one["person"] == owner:
            store.delete("tokens", key)
    store.put("tokens", digest(token), {"person": owner})


def project(store: Store, name_or_id: str) -> Doc | None:
    """The project with this name or GUID, in any case."""
    found = store.get("projects", name_or_id.casefold())
    return found or next((one for one in store.all("projects") if one["id"] == name_or_id.casefold()), None)


def person(store: Store, said: str) -> Doc | None:
    """The person of a GUID, mail address, "Name <mail>" or name; None for nobody and for several."""
    given = said.strip()
    if given.endswith(">") and "<" in given:
        given = given.rpartition("<")[2].rstrip(">")
    wanted = given.casefold()
    known = [
        one
        for one in store.all("people")
        if wanted in (one["id"], one["uniqueName"].casefold(), one["displayName"].casefold())
    ]
    return known[0] if len(known) == 1 else None
