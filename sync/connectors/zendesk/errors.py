"""What Zendesk's many error bodies say, as one sentence and one portable field key."""

from portal.core.errors import Rejected
from sync.connectors.wire import Explained
from sync.connectors.zendesk.shapes import row, rows, text

#: Zendesk's names in `details` for what we call otherwise
FIELDS = {
    "assignee_id": "assignee",
    "requester_id": "requester",
    "group_id": "group",
    "custom_status_id": "status",
    "ticket_type_id": "type",
    "priority_id": "priority",
    "status_id": "status",
    "comment": "description",
}
REPEATED = "IdempotentRequestError"


def explain(body: object) -> Explained:
    """`error` may be a code, a sentence or an object; newer parts of the API send a list `errors`."""
    said = row(body)
    listed = rows(said.get("errors"))
    if listed:
        return Explained("; ".join(filter(None, (_listed(one) for one in listed))))
    details = row(said.get("details"))
    if details:
        told, field = _details(details)
        return Explained(told or text(said.get("description")), field)
    error = said.get("error")
    if isinstance(error, dict):
        inner = row(error)
        return Explained(": ".join(filter(None, (text(inner.get("title")), text(inner.get("message"))))))
    more = text(said.get("description")) or text(said.get("error_description")) or text(said.get("message"))
    return Explained(": ".join(filter(None, (text(error), more))))


def is_repeat(fault: Rejected) -> bool:
    """Whether a create was refused because its key was used before, with other values."""
    return fault.status == 400 and REPEATED.lower() in fault.sentence.replace(" ", "").lower()


def _listed(one: dict[str, object]) -> str:
    return text(one.get("detail")) or text(one.get("title")) or text(one.get("code"))


def _details(details: dict[str, object]) -> tuple[str, str | None]:
    sentences: list[str] = []
    field: str | None = None
    for name, entries in details.items():
        for entry in rows(entries):
            sentences.append(text(entry.get("description")) or text(entry.get("error")) or name)
            number = text(entry.get("ticket_field_id"))
            if field is None and (number or name != "base"):
                field = f"field_{number}" if number else FIELDS.get(name, name)
    return "; ".join(dict.fromkeys(sentences)), field
