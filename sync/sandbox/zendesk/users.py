"""Users of the practice Zendesk: show, search, make; a requester is found or made by e-mail address."""

from datetime import datetime

from sync.sandbox.call import Call, Refusal, Routes, reply
from sync.sandbox.store import Doc, Json
from sync.sandbox.zendesk.accounts import ANONYMOUS
from sync.sandbox.zendesk.shapes import (
    bad_attribute,
    by_id,
    ids_of,
    invalid,
    iso,
    new_id,
    not_found,
    paged,
    url,
    wanted,
)

ROUTES = Routes()
ROLES = frozenset({"end-user", "agent", "admin"})
#: a user's keys that a client may write, with their first values
WRITABLE: Json = {
    "name": "",
    "email": None,
    "role": "end-user",
    "phone": None,
    "external_id": None,
    "organization_id": None,
    "alias": None,
    "details": None,
    "notes": None,
    "signature": None,
    "tags": [],
    "verified": False,
    "suspended": False,
    "time_zone": "London",
    "locale": "en-US",
    "locale_id": 1,
    "custom_role_id": None,
    "moderator": False,
    "ticket_restriction": None,
    "only_private_comments": False,
    "default_group_id": None,
    "user_fields": {},
}
FIXED: Json = {
    "active": True,
    "iana_time_zone": "Europe/London",
    "shared": False,
    "shared_agent": False,
    "shared_phone_number": None,
    "photo": None,
    "last_login_at": None,
    "two_factor_auth_enabled": None,
    "role_type": None,
    "report_csv": False,
}


def present(call: Call, user: Doc) -> Json:
    """A user as the API shows it."""
    address = url(call, f"users/{user['id']}")
    return {"id": user["id"], "url": address, **user, "restricted_agent": user["role"] == "end-user"}


def user_or_404(call: Call, user_id: int) -> Doc:
    """The user, or 404."""
    user = call.store.get("users", user_id)
    if user is None:
        raise not_found()
    return user


def is_agent(user: Doc | None) -> bool:
    """Whether a user works in the help desk."""
    return user is not None and user["role"] in {"agent", "admin"}


def by_email(call: Call, email: str) -> Doc | None:
    """The user with this address, any case."""
    known = call.store.get("emails", email.strip().lower())
    return None if known is None else call.store.get("users", known["id"])


def make(call: Call, given: Json) -> Doc:
    """Create a user. 422 for a missing name, an unknown role or an address that is taken."""
    now = iso(call.practice.now())
    user: Json = {
        "id": new_id(call),
        **WRITABLE,
        **{name: given[name] for name in WRITABLE if name in given},
        **FIXED,
        "created_at": now,
        "updated_at": now,
    }
    if user["role"] == "end-user" and user["ticket_restriction"] is None:
        user["ticket_restriction"] = "requested"
    return _keep(call, user)


def change(call: Call, user: Doc, given: Json) -> Doc:
    """Write the given keys. 422 as for `make`."""
    after = {**user, **{name: given[name] for name in WRITABLE if name in given}}
    if after == dict(user):
        return user
    if user["email"] and user["email"] != after["email"]:
        call.store.delete("emails", str(user["email"]).lower())
    return _keep(call, {**after, "updated_at": iso(call.practice.now())})


def requester(call: Call, given: Json) -> Doc:
    """The user that `requester: {name, email}` means, made when the address is unknown."""
    email = str(given.get("email") or "")
    known = by_email(call, email) if email else None
    if known is not None:
        return known
    if not str(given.get("name") or "").strip():
        raise invalid("requester", "Requester: Name: is too short (minimum one character)", "BlankValue")
    return make(call, {"name": given["name"], "email": email or None})


@ROUTES.get("/api/v2/users/me")
def show_me(call: Call) -> Json:
    """Who calls; nobody is "Anonymous user" with status 200, as in the real one."""
    if call.actor is None:
        return {"user": {**ANONYMOUS, "url": url(call, "users/me")}}
    user = user_or_404(call, call.actor["id"])
    return {"user": present(call, user)}


@ROUTES.get("/api/v2/users")
def list_users(call: Call) -> Json:
    """All users, by role when `role` or `role[]` is given."""
    roles = {*call.request.args.getlist("role[]"), *([call.arg("role")] if call.arg("role") else [])}
    users = [user for user in call.store.all("users") if not roles or user["role"] in roles]
    return paged(call, by_id("users", users, lambda user: present(call, user)))


@ROUTES.post("/api/v2/users")
def create_user(call: Call) -> object:
    """Create one user -> 201."""
    user = make(call, wanted(call.json(), "user"))
    shown = present(call, user)
    return reply({"user": shown}, status=201, headers={"Location": shown["url"]})


@ROUTES.post("/api/v2/users/create_or_update")
def create_or_update(call: Call) -> object:
    """Match by e-mail or external_id -> 200 with the changed user, or 201 with a new one."""
    given = wanted(call.json(), "user")
    known = by_email(call, str(given["email"])) if given.get("email") else None
    if known is None and given.get("external_id"):
        fits = [u for u in call.store.all("users") if u["external_id"] == given["external_id"]]
        known = fits[0] if fits else None
    if known is None:
        return reply({"user": present(call, make(call, given))}, status=201)
    return {"user": present(call, change(call, known, given))}


@ROUTES.get("/api/v2/users/show_many")
def show_many(call: Call) -> Json:
    """Users by `ids` or `external_ids`, at most 100; unknown ones are left out."""
    outside = {part.strip() for part in call.arg("external_ids").split(",") if part.strip()}
    ids = set(ids_of(call))
    users = [u for u in call.store.all("users") if u["id"] in ids or str(u["external_id"]) in outside]
    return paged(call, by_id("users", users, lambda user: present(call, user)))


@ROUTES.get("/api/v2/users/search", "/api/v2/users/autocomplete")
def search_users(call: Call) -> Json:
    """`query=email:x`, `query=words`, `external_id=` or `name=`."""
    query, outside = call.arg("query") or call.arg("name"), call.arg("external_id")
    users = [u for u in call.store.all("users") if _fits(u, query, outside)]
    return paged(call, by_id("users", users, lambda user: present(call, user)))


@ROUTES.get("/api/v2/users/<int:user_id>")
def show_user(call: Call, user_id: int) -> Json:
    """One user."""
    return {"user": present(call, user_or_404(call, user_id))}


@ROUTES.put("/api/v2/users/<int:user_id>")
def update_user(call: Call, user_id: int) -> Json:
    """Change one user."""
    return {"user": present(call, change(call, user_or_404(call, user_id), wanted(call.json(), "user")))}


@ROUTES.get("/api/v2/users/<int:user_id>/identities")
def identities(call: Call, user_id: int) -> Json:
    """The user's addresses: here, one."""
    user = user_or_404(call, user_id)
    rows = [{"id": user["id"] + 1, "user_id": user["id"], "type": "email", "value": user["email"]}]
    shared = {
        "verified": True,
        "primary": True,
        "created_at": user["created_at"],
        "updated_at": user["updated_at"],
    }
    return paged(call, by_id("identities", [{**row, **shared} for row in rows if row["value"]], dict))


def _fits(user: Doc, query: str, external_id: str) -> bool:
    if external_id:
        return str(user["external_id"]) == external_id
    kind, colon, value = query.partition(":")
    if colon and kind == "email":
        return str(user["email"] or "").lower() == value.strip('"').lower()
    if colon and kind in {"role", "external_id", "name"}:
        return str(user[kind]).lower() == value.strip('"').lower()
    return query.lower() in f"{user['name']} {user['email']}".lower()


def _check_type(key: str, value: object) -> None:
    """400 for a value of another kind than the key's first value; text may be empty, objects and lists not."""
    first = WRITABLE[key]
    kind = str | int if first is None or isinstance(first, str) else type(first)
    if (value is None and not isinstance(first, bool | list | dict | str)) or isinstance(value, kind):
        return
    raise bad_attribute(key, "It has the wrong type")


def _keep(call: Call, user: Json) -> Doc:
    user["name"] = str(user["name"] or "")
    if not user["name"].strip():
        raise invalid("name", "Name: is too short (minimum one character)", "BlankValue")
    for key in WRITABLE:
        _check_type(key, user[key])
    if user["role"] not in ROLES:
        raise invalid("role", f"Role: {user['role']} is not valid", "InvalidValue")
    email = str(user["email"] or "").strip().lower()
    if email:
        taken = call.store.get("emails", email)
        if taken is not None and taken["id"] != user["id"]:
            raise invalid("email", f"Email: {email} is already being used by another user", "DuplicateValue")
        if "@" not in email:
            raise invalid("email", f"Email: {email} is not properly formatted", "InvalidFormat")
        call.store.put("emails", email, {"id": user["id"]})
    call.store.put("users", user["id"], user)
    return user


def unreadable(why: str) -> Refusal:
    """400 for a body that is no JSON object."""
    return Refusal(400, {"error": "Unprocessable", "description": f"JSON could not be parsed: {why}"})


def seconds(text: str) -> int:
    """Unix time of a time as the API writes it."""
    return int(datetime.fromisoformat(text).timestamp())
