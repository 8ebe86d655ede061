"""A ticket's tags by their own address: read, add, replace, remove."""

from sync.sandbox.call import Call, Refusal, Routes, reply
from sync.sandbox.store import Json
from sync.sandbox.zendesk import edits
from sync.sandbox.zendesk.shapes import seen_ticket

ROUTES = Routes()
PATH = "/api/v2/tickets/<int:ticket_id>/tags"


@ROUTES.get(PATH)
def show_tags(call: Call, ticket_id: int) -> Json:
    """The tags."""
    return {"tags": seen_ticket(call, ticket_id)["tags"]}


@ROUTES.put(PATH)
def add_tags(call: Call, ticket_id: int) -> Json:
    """Add tags; with `updated_stamp` and `safe_update` only when nobody wrote since."""
    return _written(call, ticket_id, "additional_tags")


@ROUTES.post(PATH)
def replace_tags(call: Call, ticket_id: int) -> object:
    """Replace all tags -> 201."""
    return reply(_written(call, ticket_id, "tags"), status=201)


@ROUTES.delete(PATH)
def remove_tags(call: Call, ticket_id: int) -> None:
    """Remove the given tags -> 204."""
    _written(call, ticket_id, "remove_tags")


def _written(call: Call, ticket_id: int, key: str) -> Json:
    body = call.json()
    if "tags" not in body:
        raise Refusal(400, {"error": "ParameterMissing", "description": "Parameter tags is required"})
    safe: Json = {name: body[name] for name in ("safe_update", "updated_stamp") if name in body}
    after, _ = edits.update(call, seen_ticket(call, ticket_id), {key: body["tags"], **safe})
    return {"tags": after["tags"]}
