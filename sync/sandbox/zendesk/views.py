"""The HTML of the help desk's pages: ticket table, conversation, facts, history, forms."""

from markupsafe import Markup

from sync.sandbox.call import Call
from sync.sandbox.pages import options
from sync.sandbox.store import Doc
from sync.sandbox.zendesk.customfields import values_of
from sync.sandbox.zendesk.uploads import shown_attachments

STATES = {
    "new": "New",
    "open": "Open",
    "pending": "Pending",
    "hold": "On-hold",
    "solved": "Solved",
    "closed": "Closed",
}
#: tickets that the list shows
ROWS = 100
PRIORITIES = [("", "-"), ("low", "Low"), ("normal", "Normal"), ("high", "High"), ("urgent", "Urgent")]

HOME = Markup("""<h1>Tickets</h1><p class="meta">{count}, last changed first</p>
{problem}
<div class="columns formfirst"><section><div class="card scroll"><table><thead><tr><th>Number</th><th>Subject</th>
<th>Requester</th><th>Status</th><th>Priority</th><th>Assignee</th><th>Changed (UTC)</th></tr></thead>
<tbody>{rows}</tbody></table></div></section>
<aside><form class="card" method="post" action="/tickets" enctype="multipart/form-data">
<h2>Open a ticket</h2>{guard}
<label for="as">As</label><select id="as" name="as">{people}</select>
<label for="subject">Subject</label><input type="text" id="subject" name="subject" required value="{subject}">
<label for="body">What happened</label><textarea id="body" name="body" required>{text}</textarea>
<div class="row"><div><label for="priority">Priority</label>
<select id="priority" name="priority">{priorities}</select>
</div>
<div><label for="product">Product</label><select id="product" name="product">{products}</select></div></div>
<label for="reference">Customer reference</label>
<input type="text" id="reference" name="reference" value="{reference}">
<label for="file">File</label><input type="file" id="file" name="file">
<button>Open ticket</button></form></aside></div>""")

ROW = Markup(
    '<tr><td><a href="/tickets/{id}">#{id}</a></td><td><a href="/tickets/{id}">{subject}</a></td>'
    '<td>{requester}</td><td><span class="state">{label}</span></td><td>{priority}</td><td>{assignee}</td>'
    "<td>{changed}</td></tr>"
)
EMPTY = Markup('<tr><td colspan="7">No ticket yet. Open the first one with the form.</td></tr>')

TICKET = Markup("""<p class="meta"><a href="/">All tickets</a></p><h1>{subject}</h1>
<p class="meta">#{id} <span class="state">{label}</span> opened by {requester} on {created} UTC</p>
{problem}
<div class="columns"><section>{comments}{reply}</section><aside>{fields}
<div class="card"><h2>History</h2><ol class="history">{history}</ol></div></aside></div>""")

COMMENT = Markup("""<article class="card entry {kind}"><header><b>{author}</b><span>{at} UTC</span>
<span class="state">{label}</span></header><div class="body">{body}</div>{files}</article>""")

REPLY = Markup("""<form class="card" method="post" action="/tickets/{id}/reply" enctype="multipart/form-data">
<h2>Reply</h2>{guard}<label for="as">As</label><select id="as" name="as">{people}</select>
<label for="body">Comment</label><textarea id="body" name="body">{text}</textarea>
<p class="help">Markdown works. Leave it empty to change the status only.</p>
<label class="choice"><input type="radio" name="public" value="yes"{public}> Public reply</label>
<label class="choice"><input type="radio" name="public" value="no"{private}> Internal note</label>
<div class="row"><div><label for="status">Status</label><select id="status" name="status">{states}</select>
</div>
<div><label for="file">File</label><input type="file" id="file" name="file"></div></div>
<button>Submit</button></form>""")

FIELDS = Markup("""<form class="card" method="post" action="/tickets/{id}/fields"><h2>Fields</h2>{guard}
<label for="as2">As</label><select id="as2" name="as">{people}</select>
<label for="subject">Subject</label><input type="text" id="subject" name="subject" value="{subject}">
<label for="assignee">Assignee</label><select id="assignee" name="assignee">{agents}</select>
<label for="priority">Priority</label><select id="priority" name="priority">{priorities}</select>
<label for="product">Product</label><select id="product" name="product">{products}</select>
<label for="reference">Customer reference</label>
<input type="text" id="reference" name="reference" value="{reference}">
<button>Save fields</button></form>""")

LOCKED = Markup('<p class="card">This ticket is closed: nothing can be changed any more.</p>')
PROBLEM = Markup('<p class="card problem" role="alert">Nothing was saved. {}</p>')


def home(call: Call, *, tickets: list[Doc], people: Markup, guard: Markup, problem: str) -> Markup:
    """The list with its form; what was typed before a refusal stands in it again."""
    form = call.request.form
    rows = Markup("").join(_row(call, ticket) for ticket in tickets[:ROWS]) or EMPTY
    return HOME.format(
        count=f"{len(tickets)}" if len(tickets) <= ROWS else f"{ROWS} of {len(tickets)}",
        rows=rows,
        people=people,
        guard=guard,
        problem=_problem(problem),
        subject=form.get("subject", ""),
        text=form.get("body", ""),
        reference=form.get("reference", ""),
        priorities=options(PRIORITIES, form.get("priority", "")),
        products=options(_products(call), form.get("product", "")),
    )


def ticket(
    call: Call, doc: Doc, *, people: Markup, agents: list[tuple[str, str]], guard: Markup, problem: str
) -> Markup:
    """One ticket's page."""
    closed = doc["status"] == "closed"
    return TICKET.format(
        id=doc["id"],
        subject=doc["subject"],
        label=STATES[doc["status"]],
        requester=name_of(call, doc["requester_id"]),
        created=_time(doc["created_at"]),
        problem=_problem(problem),
        comments=Markup("").join(_comment(call, one) for one in call.store.all(f"comments/{doc['id']}")),
        reply=LOCKED if closed else _reply(call, doc, people=people, guard=guard),
        fields="" if closed else _fields(call, doc, people=people, agents=agents, guard=guard),
        history=_history(call, doc),
    )


def name_of(call: Call, user_id: object) -> str:
    """A person's name; "-" for nobody."""
    user = call.store.get("users", user_id) if user_id else None
    return str(user["name"]) if user is not None else "-"


def field_of(call: Call, kind: str) -> Doc:
    """The seeded ticket field of a type."""
    known = call.store.get("cast", f"field-{kind}") or {}
    return call.store.get("ticket_fields", known.get("id")) or {"id": 0, "custom_field_options": []}


def _row(call: Call, doc: Doc) -> Markup:
    return ROW.format(
        id=doc["id"],
        subject=doc["subject"],
        requester=name_of(call, doc["requester_id"]),
        label=STATES[doc["status"]],
        priority=dict(PRIORITIES)[doc["priority"] or ""],
        assignee=name_of(call, doc["assignee_id"]),
        changed=_time(doc["updated_at"]),
    )


def _comment(call: Call, doc: Doc) -> Markup:
    """A comment; its HTML was cleaned when it was stored (bodies.py)."""
    files = [
        Markup('<a href="{}">{}</a> ({} bytes)').format(f["content_url"], f["file_name"], f["size"])
        for f in shown_attachments(call, doc["attachments"])
    ]
    return COMMENT.format(
        kind="" if doc["public"] else "private",
        label="Public reply" if doc["public"] else "Internal note",
        author=name_of(call, doc["author_id"]),
        at=_time(doc["created_at"]),
        body=Markup(doc["html_body"]),  # noqa: S704
        files=Markup("<p>Files: {}</p>").format(Markup(", ").join(files)) if files else "",
    )


def _reply(call: Call, doc: Doc, *, people: Markup, guard: Markup) -> Markup:
    form = call.request.form
    states = [(s, STATES[s]) for s in STATES if s not in {"new", "closed"} or s == doc["status"]]
    note = form.get("public") == "no"
    return REPLY.format(
        id=doc["id"],
        guard=guard,
        people=people,
        text=form.get("body", ""),
        public="" if note else Markup(" checked"),
        private=Markup(" checked") if note else "",
        states=options(states, form.get("status") or doc["status"]),
    )


def _fields(call: Call, doc: Doc, *, people: Markup, agents: list[tuple[str, str]], guard: Markup) -> Markup:
    values = values_of(doc)
    product, reference = field_of(call, "tagger"), field_of(call, "text")
    return FIELDS.format(
        id=doc["id"],
        guard=guard,
        people=people,
        subject=doc["subject"],
        agents=options([("", "-"), *agents], str(doc["assignee_id"] or "")),
        priorities=options(PRIORITIES, doc["priority"] or ""),
        products=options(_products(call), str(values.get(product["id"]) or "")),
        reference=values.get(reference["id"]) or "",
    )


def _history(call: Call, doc: Doc) -> Markup:
    """The audits in words, newest first."""
    lines: list[Markup] = []
    for audit in reversed(call.store.all(f"audits/{doc['id']}")):
        told = [text for text in (_told(call, event) for event in audit["events"]) if text]
        if any(event["type"] == "Create" for event in audit["events"]):
            told = ["opened the ticket"]
        who = name_of(call, audit["author_id"])
        lines.append(
            Markup("<li><b>{}</b> {} UTC<br>{}</li>").format(who, _time(audit["created_at"]), "; ".join(told))
        )
    return Markup("").join(lines)


def _told(call: Call, event: Doc) -> str:
    if event["type"] == "Comment":
        return "replied" if event["public"] else "noted internally"
    if event["type"] != "Change" or event["field_name"] == "custom_status_id":
        return ""
    field = call.store.get("ticket_fields", event["field_name"])
    name = field["title"] if field is not None else event["field_name"].removesuffix("_id").replace("_", " ")
    return f"{name}: {_value(call, event, 'previous_value')} to {_value(call, event, 'value')}"


def _value(call: Call, event: Doc, key: str) -> str:
    value = event[key]
    if event["field_name"] in {"assignee_id", "requester_id"}:
        return name_of(call, value)
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or "-"
    return str(value or "-")


def _products(call: Call) -> list[tuple[str, str]]:
    return [("", "-"), *((o["value"], o["name"]) for o in field_of(call, "tagger")["custom_field_options"])]


def _problem(text: str) -> Markup:
    return PROBLEM.format(text) if text else Markup("")


def _time(text: str) -> str:
    return text.replace("T", " ").removesuffix("Z")
