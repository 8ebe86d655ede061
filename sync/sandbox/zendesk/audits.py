"""The audit trail of a ticket: every change with its time, author, events and our own metadata."""

from collections.abc import Sequence

from sync.sandbox.call import Call, Routes
from sync.sandbox.store import Doc, Json
from sync.sandbox.zendesk.shapes import by_id, iso, new_id, not_found, paged, seen_ticket, turned
from sync.sandbox.zendesk.uploads import shown_attachments

ROUTES = Routes()
#: values of fields with this ending are ids, which an audit tells as text
ID_FIELD = "_id"


def via(call: Call) -> Json:
    """The channel of a change: people use the web, clients the API."""
    channel = "api" if call.request.path.startswith("/api/") else "web"
    return {"channel": channel, "source": {"from": {}, "to": {}, "rel": None}}


def system_metadata(call: Call) -> Json:
    """What the system notes about the client of a change."""
    return {
        "client": call.request.headers.get("User-Agent", ""),
        "ip_address": call.request.remote_addr or "",
        "location": "London, United Kingdom",
        "latitude": 51.5,
        "longitude": -0.1,
    }


def change_event(call: Call, field: str, value: object, previous: object, *, first: bool) -> Json:
    """A Create (on the ticket's first audit) or Change event of one field."""
    told = {"value": _told(field, value), "field_name": field}
    if first:
        return {"id": new_id(call), "type": "Create", **told}
    return {"id": new_id(call), "type": "Change", **told, "previous_value": _told(field, previous)}


def record(call: Call, ticket_id: int, events: Sequence[Json], *, audit_id: int, metadata: Json) -> Doc:
    """Store the audit of one write. `metadata` has "system" and "custom"."""
    audit: Json = {
        "id": audit_id,
        "ticket_id": ticket_id,
        "created_at": iso(call.practice.now()),
        "author_id": call.actor["id"] if call.actor is not None else -1,
        "metadata": metadata,
        "events": list(events),
        "via": via(call),
    }
    call.store.put(f"audits/{ticket_id}", audit_id, audit)
    return audit


def present(call: Call, audit: Doc) -> Json:
    """An audit as the API shows it."""
    return {**audit, "events": [_shown(call, event) for event in audit["events"]]}


def listed(call: Call, ticket_id: int) -> Json:
    """A page of a ticket's audits, oldest first; `sort=-created_at` or `sort_order=desc` turns them round."""
    audits = call.store.all(f"audits/{ticket_id}")
    listing = by_id("audits", audits, lambda audit: present(call, audit))
    return paged(call, turned(call, listing))


@ROUTES.get("/api/v2/tickets/<int:ticket_id>/audits/<int:audit_id>")
def show_audit(call: Call, ticket_id: int, audit_id: int) -> Json:
    """One audit."""
    seen_ticket(call, ticket_id)
    audit = call.store.get(f"audits/{ticket_id}", audit_id)
    if audit is None:
        raise not_found()
    return {"audit": present(call, audit)}


@ROUTES.get("/api/v2/tickets/<int:ticket_id>/audits/count")
def count_audits(call: Call, ticket_id: int) -> Json:
    """How many audits a ticket has."""
    seen_ticket(call, ticket_id)
    total = len(call.store.all(f"audits/{ticket_id}"))
    return {"count": {"value": total, "refreshed_at": iso(call.practice.now())}}


def _told(field: str, value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool) and field.endswith(ID_FIELD):
        return str(value)
    return value


def _shown(call: Call, event: Doc) -> Json:
    if event["type"] != "Comment":
        return dict(event)
    return {**event, "attachments": shown_attachments(call, event["attachments"])}
