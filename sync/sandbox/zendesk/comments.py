"""Comments of tickets: public ones and internal notes, their bodies, their files."""

from dataclasses import dataclass

from sync.sandbox.call import Call, Refusal, Routes
from sync.sandbox.store import Doc, Json
from sync.sandbox.zendesk.audits import via
from sync.sandbox.zendesk.bodies import Bodies, from_html, from_text
from sync.sandbox.zendesk.shapes import (
    bad_attribute,
    by_id,
    invalid,
    iso,
    new_id,
    not_found,
    paged,
    seen_ticket,
    turned,
)
from sync.sandbox.zendesk.sideloads import sideload
from sync.sandbox.zendesk.uploads import claim, shown_attachments

ROUTES = Routes()
#: comments of one ticket; bytes of one comment
MAX_COMMENTS = 5000
MAX_BODY = 65_536
KEYS = frozenset({"body", "html_body", "public", "author_id", "uploads", "channel_back"})


@dataclass(frozen=True, slots=True)
class Draft:
    """A comment that is checked and ready to be stored."""

    bodies: Bodies
    public: bool
    author_id: int
    uploads: tuple[object, ...]


def draft(call: Call, given: Json, *, public: bool, author_id: int) -> Draft:
    """Check a comment as a client gave it; `public` and `author_id` hold where it says nothing."""
    text, html = given.get("body"), given.get("html_body")
    if not str(html or text or "").strip():
        raise invalid("comment", "Comment: cannot be blank", "BlankValue")
    if len(str(html or text).encode()) > MAX_BODY:
        raise invalid("comment", f"Comment: is too long (maximum is {MAX_BODY} bytes)", "TooLong")
    if not isinstance(given.get("uploads") or [], list):
        raise bad_attribute("uploads", "It must be a list of tokens")
    author = given.get("author_id") or author_id
    if call.store.get("users", author) is None:
        raise invalid("comment", "Author: is invalid", "InvalidValue")
    told = given.get("public")
    return Draft(
        bodies=from_html(str(html)) if html else from_text(str(text)),
        public=public if told is None else bool(told),
        author_id=int(author),
        uploads=tuple(given.get("uploads") or ()),
    )


def add(call: Call, ticket_id: int, made: Draft, *, audit_id: int, metadata: Json) -> Json:
    """Store a comment and return its audit event. 422 when the ticket has too many."""
    if len(call.store.all(f"comments/{ticket_id}")) >= MAX_COMMENTS:
        raise invalid("base", f"Ticket has reached the limit of {MAX_COMMENTS} comments", "TooManyComments")
    event: Json = {
        "id": new_id(call),
        "type": "Comment",
        "author_id": made.author_id,
        "body": made.bodies.text,
        "html_body": made.bodies.html,
        "plain_body": made.bodies.plain,
        "public": made.public,
        "attachments": claim(call, made.uploads),
        "audit_id": audit_id,
    }
    rest = {"via": via(call), "created_at": iso(call.practice.now()), "metadata": metadata}
    call.store.put(f"comments/{ticket_id}", event["id"], {**event, **rest})
    return event


def present(call: Call, comment: Doc) -> Json:
    """A comment as the API shows it."""
    return {**comment, "attachments": shown_attachments(call, comment["attachments"])}


@ROUTES.get("/api/v2/tickets/<int:ticket_id>/comments")
def list_comments(call: Call, ticket_id: int) -> Json:
    """A ticket's comments, oldest first unless `sort=-created_at`; `include=users` adds their authors."""
    seen_ticket(call, ticket_id)
    comments = call.store.all(f"comments/{ticket_id}")
    listing = turned(call, by_id("comments", comments, lambda one: present(call, one)))
    body = paged(call, listing)
    return {**body, **sideload(call, users={one["author_id"] for one in body["comments"]})}


@ROUTES.get("/api/v2/tickets/<int:ticket_id>/comments/count")
def count_comments(call: Call, ticket_id: int) -> Json:
    """How many comments a ticket has."""
    seen_ticket(call, ticket_id)
    total = len(call.store.all(f"comments/{ticket_id}"))
    return {"count": {"value": total, "refreshed_at": iso(call.practice.now())}}


@ROUTES.put("/api/v2/tickets/<int:ticket_id>/comments/<int:comment_id>/make_private")
def make_private(call: Call, ticket_id: int, comment_id: int) -> Json:
    """Turn a public comment into an internal note."""
    seen_ticket(call, ticket_id)
    comment = call.store.copy(f"comments/{ticket_id}", comment_id)
    if comment is None:
        raise not_found()
    call.store.put(f"comments/{ticket_id}", comment_id, {**comment, "public": False})
    audit = call.store.copy(f"audits/{ticket_id}", comment["audit_id"])
    if audit is None:
        raise Refusal(404, {"error": "RecordNotFound", "description": "Not found"})
    for event in audit["events"]:
        if event["id"] == comment_id:
            event["public"] = False
    call.store.put(f"audits/{ticket_id}", audit["id"], audit)
    return {}
