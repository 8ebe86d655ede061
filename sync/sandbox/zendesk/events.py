"""Ticket events as webhooks tell them: ids as text, enumerations in capitals, one update = several events."""

from collections.abc import Iterator, Sequence

from sync.sandbox.call import Call
from sync.sandbox.store import Doc, Json
from sync.sandbox.zendesk.shapes import ACCOUNT_ID, iso, new_id
from sync.sandbox.zendesk.uploads import shown_attachments
from sync.sandbox.zendesk.users import is_agent
from sync.sandbox.zendesk.webhooks import deliver

PREFIX = "zen:event-type:ticket."
#: a change of this field is told as this kind of event with `current` and `previous`
KINDS = {
    "subject": "subject_changed",
    "status": "status_changed",
    "custom_status_id": "custom_status_changed",
    "priority": "priority_changed",
    "type": "type_changed",
    "assignee_id": "agent_assignment_changed",
    "group_id": "group_assignment_changed",
    "requester_id": "requester_changed",
    "organization_id": "organization_changed",
    "brand_id": "brand_changed",
    "ticket_form_id": "form_changed",
    "external_id": "external_id_changed",
    "problem_id": "problem_link_changed",
    "due_at": "task_due_at_changed",
}
CAPITALS = frozenset({"status", "priority", "type"})

Told = tuple[str, Json]


def announce_write(call: Call, ticket: Doc, audit: Doc, *, created: bool) -> None:
    """Queue the events of one write for every webhook that subscribed to them."""
    told: list[Told] = [("created", {})] if created else []
    for event in audit["events"]:
        told += list(_of(call, event, created=created))
    announce(call, ticket, told)


def announce(call: Call, ticket: Doc, told: Sequence[Told]) -> None:
    """Queue events (kind, content) of one ticket."""
    sequence = str(new_id(call))
    for place, (kind, content) in enumerate(told, start=1):
        meta = {"sequence": {"id": sequence, "position": place, "total": len(told)}}
        body: Json = {
            "type": f"{PREFIX}{kind}",
            "account_id": ACCOUNT_ID,
            "time": iso(call.practice.now()),
            "zendesk_event_version": "2022-11-06",
            "subject": f"zen:ticket:{ticket['id']}",
            "event": {**content, "meta": meta},
            "detail": detail(call, ticket),
        }
        deliver(call, body)


def detail(call: Call, ticket: Doc) -> Json:
    """The ticket as an event carries it."""
    ids = ["assignee_id", "brand_id", "group_id", "organization_id", "requester_id", "submitter_id"]
    plain = ["created_at", "description", "external_id", "is_public", "subject", "tags", "updated_at"]
    return {
        "id": str(ticket["id"]),
        "actor_id": str(call.actor["id"]) if call.actor is not None else "-1",
        "form_id": _id(ticket["ticket_form_id"]),
        "custom_status": _id(ticket["custom_status_id"]),
        **{name: _id(ticket[name]) for name in ids},
        **{name: ticket[name] for name in plain},
        **{name: _capital(ticket[name]) for name in sorted(CAPITALS)},
        "via": {"channel": str(ticket["via"]["channel"]).upper()},
    }


def _of(call: Call, event: Doc, *, created: bool) -> Iterator[Told]:
    """The events that one audit event makes."""
    if event["type"] == "Comment":
        yield from _comment(call, event)
    if event["type"] != "Change" or created:
        return
    name, value, old = event["field_name"], event["value"], event["previous_value"]
    if name == "tags":
        yield (
            "tags_changed",
            {"tags_added": sorted(set(value) - set(old)), "tags_removed": sorted(set(old) - set(value))},
        )
    elif name in KINDS:
        show = _capital if name in CAPITALS else _same
        yield KINDS[name], {"current": show(value), "previous": show(old)}
    elif str(name).isdigit():
        field = call.store.get("ticket_fields", name)
        if field is not None:
            told = {"id": str(field["id"]), "title": field["title"], "raw_title": field["raw_title"]}
            kind = {**told, "type": str(field["type"]).upper()}
            yield "custom_field_changed", {"current": value, "previous": old, "field": kind}


def _comment(call: Call, event: Doc) -> Iterator[Told]:
    author = call.store.get("users", event["author_id"])
    who = {
        "id": str(event["author_id"]),
        "is_staff": is_agent(author),
        "name": author["name"] if author else "",
    }
    comment = {"id": str(event["id"]), "author": who, "body": event["body"], "is_public": event["public"]}
    yield "comment_added", {"comment": comment}
    for file in shown_attachments(call, event["attachments"]):
        told = {"id": str(file["id"]), "filename": file["file_name"], "content_url": file["content_url"]}
        shown = {**told, "content_type": file["content_type"], "is_public": event["public"]}
        yield "attachment_linked_to_comment", {"attachment": shown, "comment": {"id": str(event["id"])}}


def _id(value: object) -> str | None:
    return None if value is None else str(value)


def _capital(value: object) -> str | None:
    return None if value is None else str(value).upper()


def _same(value: object) -> object:
    return value
