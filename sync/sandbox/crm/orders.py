"""Orders: listed by time of change, read, opened, changed, deleted; with comments and a history of fields."""

import hashlib
from datetime import datetime
from typing import Any

from werkzeug.wrappers import Response

from sync.sandbox.call import Call, Refusal, Routes, reply
from sync.sandbox.store import Doc, Json

ROUTES = Routes()
PAGE = 50
STATES = ("new", "in progress", "done")
PRIORITIES = ("low", "normal", "high")
TITLE = 120
#: field → what it may hold, or how long it may be, or its type
FIELDS: dict[str, tuple[str, ...] | int | type] = {
    "subject": TITLE,
    "description": 20_000,
    "state": STATES,
    "priority": PRIORITIES,
    "tags": list,
    "customer_no": 40,
    "amount": float,
    "external_ref": 255,
}
#: told to nobody in the history: it is the integration's own
QUIET = frozenset({"external_ref"})


def refusal(status: int, message: str, field: str = "") -> Refusal:
    """The API's way to say no."""
    return Refusal(status, {"error": {"message": message, **({"field": field} if field else {})}})


def digest(text: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(text.encode()).hexdigest()


@ROUTES.get("/api/orders")
def listing(call: Call) -> Json:
    """Orders changed at or after `since`, oldest first, 50 a page; or those of one `external_ref`."""
    rows = [one for one in call.store.all("orders") if not one["deleted"]]
    if reference := call.arg("external_ref"):
        return {"orders": [shown(one) for one in rows if one["external_ref"] == reference]}
    if since := call.arg("since"):
        try:
            mark = datetime.fromisoformat(since)
        except ValueError as error:
            raise refusal(400, "since is no time", "since") from error
        rows = [one for one in rows if datetime.fromisoformat(one["updated_at"]) >= mark]
    rows.sort(key=lambda one: (one["updated_at"], one["id"]))
    number = int(call.arg("page", "1")) if call.arg("page", "1").isdecimal() else 1
    return {"orders": [shown(one) for one in rows[(number - 1) * PAGE : number * PAGE]]}


@ROUTES.get("/api/orders/<number>")
def read(call: Call, number: str) -> Json:
    """One order."""
    return {"order": shown(load(call, number))}


@ROUTES.post("/api/orders")
def create(call: Call) -> Response:
    """A new order."""
    return reply({"order": shown(opened(call, checked(call.json().get("order"))))}, status=201)


@ROUTES.add("PATCH", "/api/orders/<number>")
def change(call: Call, number: str) -> Json:
    """Some fields of an order."""
    return {"order": shown(changed(call, load(call, number), checked(call.json().get("order"))))}


@ROUTES.delete("/api/orders/<number>")
def delete(call: Call, number: str) -> None:
    """Gone for good."""
    call.store.put("orders", number, {**load(call, number), "deleted": True})


@ROUTES.get("/api/orders/<number>/comments")
def comments(call: Call, number: str) -> Json:
    """An order's comments."""
    load(call, number)
    return paged(call, "comments", call.store.all(f"comments/{number}"))


@ROUTES.post("/api/orders/<number>/comments")
def add_comment(call: Call, number: str) -> Response:
    """One comment; `internal` ones are for colleagues."""
    body = call.json()
    if not str(body.get("text", "")).strip():
        raise refusal(422, "A comment needs a text", "text")
    made = commented(call, load(call, number), str(body["text"]), internal=body.get("internal") is True, ref=body)
    return reply({"comment": made}, status=201)


@ROUTES.add("PATCH", "/api/orders/<number>/comments/<comment>")
def edit_comment(call: Call, number: str, comment: str) -> Json:
    """Another text."""
    load(call, number)
    found = call.store.copy(f"comments/{number}", comment)
    if found is None:
        raise refusal(404, "There is no such comment")
    found |= {"text": str(call.json().get("text", "")), "edited_at": stamp(call)}
    call.store.put(f"comments/{number}", comment, found)
    touched(call, number)
    return {"comment": found}


@ROUTES.get("/api/orders/<number>/history")
def history(call: Call, number: str) -> Json:
    """Every change of a field, oldest first."""
    load(call, number)
    return paged(call, "changes", call.store.all(f"history/{number}"))


def paged(call: Call, name: str, rows: list[Doc]) -> Json:
    """One page of 50 rows, and the token of the next."""
    start = int(call.arg("cursor", "0")) if call.arg("cursor", "0").isdecimal() else 0
    more = start + PAGE < len(rows)
    return {name: rows[start : start + PAGE], "next": str(start + PAGE) if more else None}


def load(call: Call, number: str) -> Doc:
    """An order, or the API's 404."""
    found = call.store.get("orders", number)
    if found is None or found["deleted"]:
        raise refusal(404, f"There is no order {number}")
    return found


def stamp(call: Call) -> str:
    """Now, as the API tells times."""
    return call.practice.now().isoformat()


def who(call: Call) -> Json:
    """The one who asks, or the person at the web page."""
    person = call.actor or call.store.get("people", "u2") or {}
    return {"id": person["id"], "name": person["name"]}


def checked(given: object) -> Json:
    """The fields of a request. Raises 422 naming the field that cannot be taken."""
    if not isinstance(given, dict):
        raise refusal(400, "The body has no order")
    for name, value in given.items():
        rule = FIELDS.get(name)
        if rule is None:
            raise refusal(422, f"An order has no {name}", str(name))
        if isinstance(rule, tuple) and value not in rule:
            raise refusal(422, f"{name} is one of {', '.join(rule)}", name)
        if isinstance(rule, int) and len(str(value or "")) > rule:
            raise refusal(422, f"{name} has at most {rule} characters", name)
        if rule is list and not isinstance(value, list):
            raise refusal(422, f"{name} is a list", name)
    return dict(given)


def opened(call: Call, given: Json) -> Doc:
    """Store a new order."""
    if not str(given.get("subject", "")).strip():
        raise refusal(422, "An order needs a subject", "subject")
    number, now = str(call.store.next_id("orders", start=20_417)), stamp(call)
    empty: Json = {"description": "", "state": "new", "priority": "normal", "tags": [], "customer_no": ""}
    empty |= {"amount": None, "external_ref": "", "deleted": False, "rev": 1}
    order = {**empty, **given, "id": number, "owner": who(call), "created_at": now, "updated_at": now}
    call.store.put("orders", number, order)
    return order


def changed(call: Call, order: Doc, given: Json) -> Doc:
    """Store changed fields with their history."""
    number = str(order["id"])
    for name, value in given.items():
        if order[name] == value or name in QUIET:
            continue
        one = str(call.store.next_id("changes"))
        row = {"id": one, "at": stamp(call), "by": who(call), "field": name, "old": order[name], "new": value}
        call.store.put(f"history/{number}", one, row)
    fresh = {**order, **given, "updated_at": stamp(call), "rev": order["rev"] + 1}
    call.store.put("orders", number, fresh)
    return fresh


def commented(call: Call, order: Doc, text: str, *, internal: bool, ref: Json) -> Doc:
    """Store a comment."""
    number, one = str(order["id"]), str(call.store.next_id("comments"))
    made: Json = {"id": one, "text": text, "internal": internal, "by": who(call), "at": stamp(call)}
    made |= {"edited_at": None, "ref": str(ref.get("ref") or "")}
    call.store.put(f"comments/{number}", one, made)
    touched(call, number)
    return made


def touched(call: Call, number: str) -> None:
    """A part of it changed."""
    order: Any = call.store.copy("orders", number)
    call.store.put("orders", number, {**order, "updated_at": stamp(call), "rev": order["rev"] + 1})


def shown(order: Doc) -> Json:
    """An order as the API tells it."""
    return {name: value for name, value in order.items() if name != "deleted"}
