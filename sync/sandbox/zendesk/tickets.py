"""Tickets of the practice Zendesk: read, list, open, change."""

import hashlib
import json
from dataclasses import replace

from sync.sandbox.call import Call, Refusal, Routes, reply
from sync.sandbox.store import Doc, Json
from sync.sandbox.zendesk import audits, edits
from sync.sandbox.zendesk.shapes import by_id, ids_of, iso, paged, seen_ticket, turned, url, wanted
from sync.sandbox.zendesk.sideloads import included, sideload, ticket_sideloads

ROUTES = Routes()
#: characters of an idempotency key; seconds for which its answer is remembered
MAX_KEY = 255
KEY_LIFE = 2 * 3600
INTERNAL = frozenset({"generated_timestamp", "status_before"})
SORTABLE = frozenset({"id", "created_at", "updated_at", "status", "priority", "subject"})


def present(call: Call, ticket: Doc, *, generated: bool = True) -> Json:
    """A ticket as the API shows it; lists leave the generated timestamp out."""
    shown: Json = {"url": url(call, f"tickets/{ticket['id']}")}
    shown.update({name: value for name, value in ticket.items() if name not in INTERNAL})
    shown["fields"] = ticket["custom_fields"]
    if "comment_count" in included(call):
        shown["comment_count"] = len(call.store.all(f"comments/{ticket['id']}"))
    if generated:
        shown["generated_timestamp"] = ticket["generated_timestamp"]
    return shown


def live(call: Call) -> list[Doc]:
    """All tickets that are not deleted."""
    return [ticket for ticket in call.store.all("tickets") if ticket["status"] != "deleted"]


def answered(call: Call, tickets: list[Doc]) -> Json:
    """One page of tickets in the asked order, with what rides along."""
    listing = by_id("tickets", tickets, lambda ticket: present(call, ticket))
    order = (call.arg("sort_by") or call.arg("sort").lstrip("-")) or "id"
    if order in SORTABLE and order != "id":
        rows = sorted((((str(t[order] or ""), t["id"]), t) for t in tickets), key=lambda row: row[0])
        listing = replace(listing, rows=rows)
    body = paged(call, turned(call, listing))
    shown = {ticket["id"] for ticket in body["tickets"]}
    return {**body, **ticket_sideloads(call, [ticket for ticket in tickets if ticket["id"] in shown])}


@ROUTES.get("/api/v2/tickets")
def list_tickets(call: Call) -> Json:
    """All tickets, or those with `external_id` (not unique, not by the search index)."""
    outside = call.arg("external_id")
    return answered(call, [t for t in live(call) if not outside or t["external_id"] == outside])


@ROUTES.get("/api/v2/tickets/count")
def count_tickets(call: Call) -> Json:
    """How many tickets there are."""
    return {"count": {"value": len(live(call)), "refreshed_at": iso(call.practice.now())}}


@ROUTES.get("/api/v2/tickets/show_many")
def show_many(call: Call) -> Json:
    """Tickets by `ids` or `external_ids`, at most 100; unknown ones are left out."""
    outside = {part.strip() for part in call.arg("external_ids").split(",") if part.strip()}
    ids = set(ids_of(call))
    return answered(call, [t for t in live(call) if t["id"] in ids or t["external_id"] in outside])


@ROUTES.get("/api/v2/users/<int:user_id>/tickets/<any(requested,assigned):how>")
def of_user(call: Call, user_id: int, how: str) -> Json:
    """Tickets that a user requested or works on."""
    name = "requester_id" if how == "requested" else "assignee_id"
    return answered(call, [t for t in live(call) if t[name] == user_id])


@ROUTES.get("/api/v2/tickets/<int:ticket_id>")
def show_ticket(call: Call, ticket_id: int) -> Json:
    """One ticket."""
    ticket = seen_ticket(call, ticket_id)
    return {"ticket": present(call, ticket), **ticket_sideloads(call, [ticket])}


@ROUTES.get("/api/v2/tickets/<int:ticket_id>/audits")
def list_audits(call: Call, ticket_id: int) -> Json:
    """A ticket's audits; `include=users,tickets` brings their authors and the ticket itself along."""
    ticket = seen_ticket(call, ticket_id)
    body = audits.listed(call, ticket_id)
    authors = {audit["author_id"] for audit in body["audits"]}
    authors |= {event.get("author_id") for audit in body["audits"] for event in audit["events"]}
    brought: Json = {"tickets": [present(call, ticket, generated=False)]} if "tickets" in included(call) else {}
    return {**body, **sideload(call, users=authors), **brought}


@ROUTES.post("/api/v2/tickets")
def create_ticket(call: Call) -> object:
    """Open a ticket -> 201 with its audit. A repeated `Idempotency-Key` gets the first answer again."""
    key = call.request.headers.get("Idempotency-Key", "")
    if key and (known := _remembered(call, key)) is not None:
        return known
    given = wanted(call.json(), "ticket")
    edits.warn_of_unknown_keys(call, given, action="create")
    ticket, audit = edits.create(call, given)
    body = {"ticket": present(call, ticket), "audit": audits.present(call, audit)}
    headers = {"Location": body["ticket"]["url"]}
    if key:
        _remember(call, key, body)
        headers["x-idempotency-lookup"] = "miss"
    return reply(body, status=201, headers=headers)


@ROUTES.put("/api/v2/tickets/<int:ticket_id>")
def update_ticket(call: Call, ticket_id: int) -> Json:
    """Change the given keys of a ticket -> 200 with its audit."""
    ticket = seen_ticket(call, ticket_id)
    given = wanted(call.json(), "ticket")
    edits.warn_of_unknown_keys(call, given, action="update")
    after, audit = edits.update(call, ticket, given)
    return {"ticket": present(call, after), "audit": audits.present(call, audit)}


def _fingerprint(call: Call) -> str:
    who = str(call.actor["id"]) if call.actor is not None else ""
    return hashlib.sha256(who.encode() + b"\n" + call.request.get_data()).hexdigest()


def _remembered(call: Call, key: str) -> object | None:
    """The stored answer of this key. 400 for a key that is too long or came with another body before."""
    if len(key) > MAX_KEY:
        raise Refusal(
            400,
            {"error": "IdempotentRequestError", "description": f"Idempotency-Key is longer than {MAX_KEY}"},
        )
    known = call.store.get("idempotency", key)
    if known is None or known["at"] < call.practice.now().timestamp() - KEY_LIFE:
        return None
    if known["fingerprint"] != _fingerprint(call):
        sentence = "The idempotency key was used before with different parameters"
        raise Refusal(400, {"error": "IdempotentRequestError", "description": sentence})
    headers = {"Location": known["body"]["ticket"]["url"], "x-idempotency-lookup": "hit"}
    return reply(known["body"], status=201, headers=headers)


def _remember(call: Call, key: str, body: Json) -> None:
    at = call.practice.now().timestamp()
    kept: Json = {
        "id": key,
        "fingerprint": _fingerprint(call),
        "at": at,
        "body": json.loads(json.dumps(body)),
    }
    call.store.put("idempotency", key, kept)
    for old in call.store.all("idempotency"):
        if old["at"] >= at - KEY_LIFE:
            break
        call.store.delete("idempotency", old["id"])
