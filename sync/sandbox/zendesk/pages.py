"""The help desk's web pages: list and ticket; open, comment, move, attach as a chosen person."""

import secrets
from collections.abc import Callable

from markupsafe import Markup
from werkzeug.wrappers import Response

from sync.sandbox.call import Call, Refusal, Routes
from sync.sandbox.pages import check_form, guard_field, options, page, person, see_other
from sync.sandbox.store import Doc, Json
from sync.sandbox.zendesk import edits, views
from sync.sandbox.zendesk.seed import COMPANY
from sync.sandbox.zendesk.tickets import live
from sync.sandbox.zendesk.uploads import keep_file
from sync.sandbox.zendesk.views import field_of

ROUTES = Routes()


def missing(call: Call) -> Response:
    """404 for people."""
    body = Markup('<h1>There is nothing here</h1><p><a href="/">All tickets</a></p>')
    return _page(call, "Not found", body, status=404)


@ROUTES.get("/")
def home(call: Call) -> Response:
    """All tickets, the last changed first, and a form that opens one."""
    return _home(call)


@ROUTES.post("/tickets")
def open_ticket(call: Call) -> Response:
    """Open a ticket as the chosen person."""
    _act(call)
    form = call.request.form
    product, reference = field_of(call, "tagger"), field_of(call, "text")
    given: Json = {
        "subject": form.get("subject", "").strip(),
        "priority": form.get("priority") or None,
        "custom_fields": [
            {"id": product["id"], "value": form.get("product") or None},
            {"id": reference["id"], "value": form.get("reference") or None},
        ],
        "comment": {"body": form.get("body", ""), "uploads": _files(call)},
    }
    ticket, _ = _tried(call, lambda: edits.create(call, given), lambda problem: _home(call, problem))
    return see_other(call, f"/tickets/{ticket['id']}")


@ROUTES.get("/tickets/<int:ticket_id>")
def one(call: Call, ticket_id: int) -> Response:
    """One ticket with its conversation and history."""
    ticket = call.store.get("tickets", ticket_id)
    if ticket is None or ticket["status"] == "deleted":
        return missing(call)
    return _ticket(call, ticket)


@ROUTES.post("/tickets/<int:ticket_id>/reply")
def answer(call: Call, ticket_id: int) -> Response:
    """Comment, attach and move in one write."""
    ticket = _known(call, ticket_id)
    _act(call)
    form = call.request.form
    uploads = _files(call)
    given: Json = {}
    if form.get("status") and form["status"] != ticket["status"]:
        given["status"] = form["status"]
    if form.get("body", "").strip() or uploads:
        text = form.get("body", "").strip() or "(file)"
        given["comment"] = {"body": text, "public": form.get("public") != "no", "uploads": uploads}
    return _saved(call, ticket, given)


@ROUTES.post("/tickets/<int:ticket_id>/fields")
def change(call: Call, ticket_id: int) -> Response:
    """Change priority, assignee, product and reference in one write."""
    ticket = _known(call, ticket_id)
    _act(call)
    form = call.request.form
    product, reference = field_of(call, "tagger"), field_of(call, "text")
    given: Json = {
        "subject": form.get("subject", "").strip() or ticket["subject"],
        "priority": form.get("priority") or None,
        "assignee_id": int(form["assignee"]) if form.get("assignee", "").isdigit() else None,
        "custom_fields": [
            {"id": product["id"], "value": form.get("product") or None},
            {"id": reference["id"], "value": form.get("reference") or None},
        ],
    }
    return _saved(call, ticket, given)


def _saved(call: Call, ticket: Doc, given: Json) -> Response:
    _tried(call, lambda: edits.update(call, ticket, given), lambda problem: _ticket(call, ticket, problem))
    return see_other(call, f"/tickets/{ticket['id']}")


def _tried(call: Call, write: Callable[[], edits.Written], again: Callable[[str], Response]) -> edits.Written:
    """Do the write; when it is refused, undo everything and show the form again with the reason."""
    try:
        return write()
    except Refusal as refusal:
        response = again(_reason(refusal))
        response.status_code = 422
        raise Refusal(422, response) from refusal


def _reason(refusal: Refusal) -> str:
    body = refusal.body if isinstance(refusal.body, dict) else {}
    told = [entry["description"] for entries in (body.get("details") or {}).values() for entry in entries]
    error = body.get("error")
    title = error.get("message", "") if isinstance(error, dict) else str(error or refusal.body)
    return "; ".join(told) or str(title)


def _act(call: Call) -> None:
    """Check the form and become the person that it names."""
    check_form(call)
    call.actor = call.store.get("users", call.request.form.get("as", ""))
    if call.actor is None:
        raise Refusal(400, "Choose who you are on this form.")


def _files(call: Call) -> list[str]:
    """Upload the form's files and return their tokens."""
    tokens: list[str] = []
    for file in call.request.files.getlist("file"):
        if file.filename:
            kept = keep_file(call, name=file.filename, media_type=file.mimetype, body=file.read())
            token = secrets.token_urlsafe(18)
            doc = {"token": token, "expires_at": "9999-12-31T00:00:00Z", "attachments": [kept["id"]]}
            call.store.put("uploads", token, doc)
            tokens.append(token)
    return tokens


def _known(call: Call, ticket_id: int) -> Doc:
    ticket = call.store.get("tickets", ticket_id)
    if ticket is None or ticket["status"] == "deleted":
        raise Refusal(404, missing(call))
    return ticket


def _home(call: Call, problem: str = "") -> Response:
    tickets = sorted(live(call), key=lambda t: (t["updated_at"], t["id"]), reverse=True)
    customers = _people(call, agents=False) + _people(call, agents=True)
    body = views.home(
        call,
        tickets=tickets,
        people=options(customers, person(call, customers[0][0])),
        guard=guard_field(call),
        problem=problem,
    )
    return _page(call, "Tickets", body)


def _ticket(call: Call, ticket: Doc, problem: str = "") -> Response:
    agents = _people(call, agents=True)
    people = agents + [row for row in _people(call, agents=False) if row[0] == str(ticket["requester_id"])]
    known = person(call, "")
    chosen = known if known in {row[0] for row in people} else agents[0][0]
    body = views.ticket(
        call,
        ticket,
        people=options(people, chosen),
        agents=agents,
        guard=guard_field(call),
        problem=problem,
    )
    return _page(call, f"#{ticket['id']} {ticket['subject']}", body)


def _people(call: Call, *, agents: bool) -> list[tuple[str, str]]:
    """(id, label) of agents (the sync account last) or of customers."""
    users = [u for u in call.store.all("users") if (u["role"] != "end-user") == agents and u["active"]]
    users.sort(key=lambda u: (u["role"] == "admin", u["name"]))
    return [(str(u["id"]), f"{u['name']} ({'customer' if u['role'] == 'end-user' else u['role']})") for u in users]


def _page(call: Call, title: str, body: Markup, *, status: int = 200) -> Response:
    return page(call, title=title, company=COMPANY, body=body, theme="zendesk", status=status)
