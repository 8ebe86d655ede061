"""OAuth clients of the practice Zendesk: made and listed by an admin, as in its admin centre."""

import secrets

from sync.sandbox.call import Call, Routes, reply
from sync.sandbox.store import Doc, Json
from sync.sandbox.zendesk.shapes import forbidden, invalid, new_id, not_found, wanted

ROUTES = Routes()


@ROUTES.get("/api/v2/oauth/clients")
def list_clients(call: Call) -> Json:
    """All clients, their secrets cut short."""
    _admin(call)
    return {"clients": [_present(client) for client in call.store.all("oauth_clients")]}


@ROUTES.post("/api/v2/oauth/clients")
def create_client(call: Call) -> object:
    """Make a client -> 201; its whole secret is told only now."""
    owner = _admin(call)
    given = wanted(call.json(), "client")
    identifier = str(given.get("identifier") or "")
    if not identifier or call.store.get("oauth_clients", identifier) is not None:
        raise invalid("identifier", "Identifier: is missing or taken", "DuplicateValue")
    client: Json = {
        "id": new_id(call),
        "identifier": identifier,
        "name": str(given.get("name") or identifier),
        "kind": "public" if given.get("kind") == "public" else "confidential",
        "secret": secrets.token_hex(32),
        "user_id": given.get("user_id") or owner["id"],
        "redirect_uris": _addresses(given.get("redirect_uri")),
    }
    call.store.put("oauth_clients", identifier, client)
    return reply({"client": {**_present(client), "secret": client["secret"]}}, status=201)


@ROUTES.put("/api/v2/oauth/clients/<identifier>")
def update_client(call: Call, identifier: str) -> Json:
    """Change a client's name or addresses."""
    _admin(call)
    client = call.store.copy("oauth_clients", identifier)
    if client is None:
        raise not_found()
    given = wanted(call.json(), "client")
    if "redirect_uri" in given:
        client["redirect_uris"] = _addresses(given["redirect_uri"])
    client["name"] = str(given.get("name") or client["name"])
    call.store.put("oauth_clients", identifier, client)
    return {"client": _present(client)}


def _addresses(given: object) -> list[str]:
    parts = given if isinstance(given, list) else str(given or "").split()
    return [str(part) for part in parts]


def _present(client: Doc) -> Json:
    shown = {name: value for name, value in client.items() if name not in {"redirect_uris", "secret"}}
    return {**shown, "redirect_uri": client["redirect_uris"], "secret": f"{client['secret'][:10]}..."}


def _admin(call: Call) -> Doc:
    if call.actor is None or call.actor["role"] != "admin":
        raise forbidden()
    return call.actor
