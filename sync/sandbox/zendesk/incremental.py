"""Incremental exports: rows in the order of their last change, the freshest ones held back."""

import base64
import binascii
from collections.abc import Sequence
from urllib.parse import urlencode

from sync.sandbox.call import Call, Refusal, Routes
from sync.sandbox.store import Doc, Json
from sync.sandbox.zendesk import tickets, users
from sync.sandbox.zendesk.options import options
from sync.sandbox.zendesk.shapes import forbidden
from sync.sandbox.zendesk.sideloads import ticket_sideloads

ROUTES = Routes()
MAX_ROWS = 1000

#: (generated timestamp, record id): where a row stands in the export
Place = tuple[int, int]


@ROUTES.get("/api/v2/incremental/tickets/cursor")
def tickets_by_cursor(call: Call) -> Json:
    """`start_time=` first, then `cursor=` for ever -> rows, after_cursor, end_of_stream."""
    rows = _ticket_rows(call)
    page, body = _cursor_page(call, rows, "tickets/cursor")
    shown = [doc for _, doc in page]
    return {"tickets": [tickets.present(call, doc) for doc in shown], **body, **ticket_sideloads(call, shown)}


@ROUTES.get("/api/v2/incremental/users/cursor")
def users_by_cursor(call: Call) -> Json:
    """The same for users."""
    page, body = _cursor_page(call, _user_rows(call), "users/cursor")
    return {"users": [users.present(call, doc) for _, doc in page], **body}


@ROUTES.get("/api/v2/incremental/tickets")
def tickets_by_time(call: Call) -> Json:
    """`start_time=` -> rows, end_time, next_page. Rows of one second come together, beyond per_page."""
    page, body = _time_page(call, _ticket_rows(call), "tickets")
    shown = [doc for _, doc in page]
    return {"tickets": [tickets.present(call, doc) for doc in shown], **body, **ticket_sideloads(call, shown)}


@ROUTES.get("/api/v2/incremental/users")
def users_by_time(call: Call) -> Json:
    """The same for users."""
    page, body = _time_page(call, _user_rows(call), "users")
    return {"users": [users.present(call, doc) for _, doc in page], **body}


@ROUTES.get("/api/v2/incremental/ticket_events")
def ticket_events(call: Call) -> Json:
    """Audits as events, by time; comments with their text only with `include=comment_events`."""
    rows: list[tuple[Place, Doc]] = []
    for ticket in call.store.all("tickets"):
        for audit in call.store.all(f"audits/{ticket['id']}"):
            rows.append(((users.seconds(audit["created_at"]), audit["id"]), audit))
    page, body = _time_page(call, sorted(rows, key=lambda row: row[0]), "ticket_events")
    full = "comment_events" in call.arg("include")
    return {"ticket_events": [_event(audit, full=full) for _, audit in page], **body}


def _event(audit: Doc, *, full: bool) -> Json:
    children: list[Json] = []
    for event in audit["events"]:
        if event["type"] == "Comment":
            text = {name: event[name] for name in ("body", "html_body", "public")} if full else {}
            children.append({"id": event["id"], "via": "API", "event_type": "Comment", **text})
        elif event["type"] in {"Create", "Change"}:
            told = {str(event["field_name"]): event["value"], "previous_value": event.get("previous_value")}
            children.append({"id": event["id"], "via": "API", "event_type": event["type"], **told})
    return {
        "id": audit["id"],
        "ticket_id": audit["ticket_id"],
        "timestamp": users.seconds(audit["created_at"]),
        "created_at": audit["created_at"],
        "updater_id": audit["author_id"],
        "via": "API",
        "event_type": "Audit",
        "system": audit["metadata"]["system"],
        "metadata": audit["metadata"],
        "child_events": children,
    }


def _ticket_rows(call: Call) -> list[tuple[Place, Doc]]:
    gone = call.arg("exclude_deleted") == "true"
    found = [t for t in call.store.all("tickets") if not (gone and t["status"] == "deleted")]
    return sorted((((t["generated_timestamp"], t["id"]), t) for t in found), key=lambda row: row[0])


def _user_rows(call: Call) -> list[tuple[Place, Doc]]:
    found = call.store.all("users")
    return sorted((((users.seconds(u["updated_at"]), u["id"]), u) for u in found), key=lambda row: row[0])


def _cursor_page(
    call: Call, rows: Sequence[tuple[Place, Doc]], name: str
) -> tuple[Sequence[tuple[Place, Doc]], Json]:
    """The next rows after the asked place, and the page's own keys."""
    _admin_only(call)
    horizon = _horizon(call)
    cursor = call.arg("cursor")
    start = _opened(cursor) if cursor else (_start_time(call) - 1, 2**63)
    ready = [row for row in rows if start < row[0] and row[0][0] <= horizon]
    page = ready[: _size(call)]
    after = _sealed(page[-1][0]) if page else cursor or None
    kept = {key: call.arg(key) for key in ("per_page", "include", "exclude_deleted") if call.arg(key)}
    link = f"{call.request.host_url}api/v2/incremental/{name}.json?{urlencode({'cursor': after, **kept})}"
    return page, {
        "after_url": link if after else None,
        "after_cursor": after,
        "before_url": None,
        "before_cursor": None,
        "end_of_stream": len(page) == len(ready),
    }


def _time_page(call: Call, rows: Sequence[tuple[Place, Doc]], name: str) -> tuple[Sequence[tuple[Place, Doc]], Json]:
    """Rows from `start_time` on; the last second is always whole."""
    _admin_only(call)
    start, horizon = _start_time(call), _horizon(call)
    ready = [row for row in rows if start <= row[0][0] <= horizon]
    size = _size(call)
    last = ready[size - 1][0][0] if len(ready) > size else horizon
    page = [row for row in ready if row[0][0] <= last]
    done = len(page) == len(ready)
    end = page[-1][0][0] + (0 if done else 1) if page else start
    size_part = f"per_page={call.arg('per_page')}&" if call.arg("per_page") else ""
    link = f"{call.request.host_url}api/v2/incremental/{name}.json?{size_part}start_time={end}"
    return page, {"count": len(page), "end_of_stream": done, "next_page": link, "end_time": end}


def _horizon(call: Call) -> int:
    """The last whole second that is shown. At least one back, so that a second is complete when it is."""
    return int(call.practice.now().timestamp()) - max(1, options(call.store).hold_back)


def _start_time(call: Call) -> int:
    text = call.arg("start_time")
    if not text.lstrip("-").isdigit():
        sentence = "start_time is required and must be a Unix time"
        raise Refusal(400, {"error": "InvalidStartTime", "description": sentence})
    wait = options(call.store).hold_back
    if int(text) > call.practice.now().timestamp() - wait:
        sentence = f"Too recent start_time. Use a start_time older than {wait} seconds"
        raise Refusal(400, {"error": "StartTimeTooRecent", "description": sentence})
    return int(text)


def _size(call: Call) -> int:
    text = call.arg("per_page")
    return max(1, min(int(text), MAX_ROWS)) if text.isdigit() else MAX_ROWS


def _sealed(place: Place) -> str:
    return base64.b64encode(f"{place[0]}.0||{place[1]}|".encode()).decode()


def _opened(cursor: str) -> Place:
    try:
        moment, _, rest = base64.b64decode(cursor, validate=True).decode().partition("||")
        return int(float(moment)), int(rest.rstrip("|"))
    except (binascii.Error, ValueError) as error:
        raise Refusal(400, {"error": "InvalidCursor", "description": "The cursor is invalid"}) from error


def _admin_only(call: Call) -> None:
    if call.actor is None or call.actor["role"] != "admin":
        raise forbidden()
