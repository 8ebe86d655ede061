"""Deleted tickets: gone from reads, still in the incremental export, restored or removed for good."""

from sync.sandbox.call import Call, Routes
from sync.sandbox.store import Doc, Json
from sync.sandbox.zendesk.events import announce
from sync.sandbox.zendesk.shapes import by_id, iso, not_found, paged, seen_ticket

ROUTES = Routes()


def soft_delete(call: Call, ticket: Doc) -> None:
    """Mark a ticket as deleted; tells webhooks."""
    moment = call.practice.now()
    after = {
        **ticket,
        "status": "deleted",
        "status_before": ticket["status"],
        "updated_at": iso(moment),
        "generated_timestamp": int(moment.timestamp()),
    }
    call.store.put("tickets", ticket["id"], after)
    announce(call, after, [("soft_deleted", {})])


@ROUTES.delete("/api/v2/tickets/<int:ticket_id>")
def delete_ticket(call: Call, ticket_id: int) -> None:
    """Soft delete -> 204."""
    soft_delete(call, seen_ticket(call, ticket_id))


@ROUTES.get("/api/v2/deleted_tickets")
def list_deleted(call: Call) -> Json:
    """Deleted tickets that can still be restored."""
    gone = [ticket for ticket in call.store.all("tickets") if ticket["status"] == "deleted"]
    return paged(call, by_id("deleted_tickets", gone, lambda ticket: _present(call, ticket)))


@ROUTES.put("/api/v2/deleted_tickets/<int:ticket_id>/restore")
def restore(call: Call, ticket_id: int) -> Json:
    """Bring a ticket back as it was."""
    ticket = _deleted(call, ticket_id)
    moment = call.practice.now()
    after = {name: value for name, value in ticket.items() if name != "status_before"}
    after.update(status=ticket["status_before"], updated_at=iso(moment))
    after["generated_timestamp"] = int(moment.timestamp())
    call.store.put("tickets", ticket_id, after)
    announce(call, after, [("undeleted", {})])
    return {}


@ROUTES.delete("/api/v2/deleted_tickets/<int:ticket_id>")
def remove(call: Call, ticket_id: int) -> Json:
    """Remove for good: the export forgets the ticket too. Answers a finished job."""
    ticket = _deleted(call, ticket_id)
    announce(call, ticket, [("permanently_deleted", {})])
    call.store.delete("tickets", ticket_id)
    for collection in (f"comments/{ticket_id}", f"audits/{ticket_id}"):
        for doc in call.store.all(collection):
            call.store.delete(collection, doc["id"])
    return {
        "job_status": {
            "id": f"V3-{ticket_id}",
            "status": "queued",
            "total": 1,
            "progress": None,
            "results": None,
        }
    }


def _deleted(call: Call, ticket_id: int) -> Doc:
    ticket = call.store.get("tickets", ticket_id)
    if ticket is None or ticket["status"] != "deleted":
        raise not_found()
    return ticket


def _present(call: Call, ticket: Doc) -> Json:
    return {
        "id": ticket["id"],
        "subject": ticket["subject"],
        "description": ticket["description"],
        "actor": {"id": call.actor["id"], "name": call.actor["name"]} if call.actor is not None else {},
        "deleted_at": ticket["updated_at"],
        "previous_state": ticket["status_before"],
    }
