"""The practice Jira's pages for people: the list, one issue, and the forms that work on it."""

from typing import Any

from markupsafe import Markup
from werkzeug.wrappers import Response

from portal.core.text import adf
from sync.sandbox.call import Call, Refusal, Routes
from sync.sandbox.jira import attachments, catalog, deeds, timeline
from sync.sandbox.jira.render import View
from sync.sandbox.jira.seed import PEOPLE, account_id, project
from sync.sandbox.jira.values import Wrong, read_fields, summary
from sync.sandbox.pages import check_form, guard_field, options, page, person, see_other
from sync.sandbox.store import Doc, Json

ROUTES = Routes()
COMPANY = "Infinity Solutions"
DEFAULT_PERSON = "ines@infinity.example"
HOME = "INF"
EVERYONE = "everyone"

LIST = Markup("""<h1>Issues of {project}</h1>
<p class="meta">{count} issues, last changed first. Architects work here.</p>
<div class="columns"><section class="card scroll"><table>
<thead><tr><th>Key</th><th>Summary</th><th>Status</th><th>Priority</th><th>Assignee</th>
<th>Updated</th></tr></thead>
<tbody>{rows}</tbody></table></section>
<form class="card" method="post" action="/issues">{guard}<h2>Create an issue</h2>
<label for="as">You are</label><select id="as" name="as">{people}</select>
<label for="summary">Summary</label><input id="summary" name="summary" type="text" maxlength="254" required>
<label for="description">Description</label><textarea id="description" name="description"></textarea>
<div class="row"><div><label for="type">Type</label><select id="type" name="type">{types}</select></div>
<div><label for="priority">Priority</label>
<select id="priority" name="priority">{priorities}</select></div></div>
<label for="reference">Customer reference</label>
<input id="reference" name="reference" type="text" maxlength="255">
<label for="product">Product</label><select id="product" name="product">{products}</select>
<button>Create</button></form></div>""")
ROW = Markup("""<tr><td class="key"><a href="/browse/{key}">{key}</a></td><td>{summary}</td>
<td><span class="state">{status}</span></td><td>{priority}</td><td>{assignee}</td><td>{updated}</td></tr>""")
NONE = Markup('<tr><td colspan="6">No issues yet. Create the first one on this page.</td></tr>')

ISSUE = Markup("""<p class="meta"><a href="/">All issues</a> / {key}</p><h1>{summary}</h1>
<p class="meta">{type} reported by {reporter} on {created}</p>
<div class="columns"><div><section class="card body"><h2>Description</h2>{description}</section>{timeline}
<form class="card" method="post" action="/browse/{key}/comment"
enctype="multipart/form-data">{guard}
<h2>Comment</h2><div class="row">
<div><label for="as">You are</label><select id="as" name="as">{people}</select></div>
<div><label for="who">Who may read it</label>
<select id="who" name="visibility">{audience}</select></div></div>
<label for="body">Text (Markdown)</label><textarea id="body" name="body"></textarea>
<label for="file">File</label><input id="file" name="file" type="file">
<div><button>Send</button></div></form></div>
<aside><section class="card"><dl><dt>Status</dt><dd><span class="state">{status}</span></dd>
<dt>Resolution</dt><dd>{resolution}</dd><dt>Labels</dt><dd>{labels}</dd><dt>Components</dt><dd>{components}</dd>
<dt>Product</dt><dd>{product}</dd><dt>Updated</dt><dd>{updated}</dd></dl></section>
<form class="card" method="post" action="/browse/{key}/transition">{guard}<h2>Move</h2>
<label for="mover">You are</label><select id="mover" name="as">{people}</select>
<label for="arrow">To</label><select id="arrow" name="transition">{arrows}</select>
<label for="resolution">Resolution, where it is asked for</label>
<select id="resolution" name="resolution">{resolutions}</select><button>Move</button></form>
<form class="card" method="post" action="/browse/{key}/edit">{guard}<h2>Edit</h2>
<label for="editor">You are</label><select id="editor" name="as">{people}</select>
<label for="priority">Priority</label><select id="priority" name="priority">{priorities}</select>
<label for="assignee">Assignee</label><select id="assignee" name="assignee">{assignees}</select>
<label for="reference">Customer reference</label>
<input id="reference" name="reference" type="text" maxlength="255" value="{reference}">
<button>Save</button></form>
<section class="card"><h2>History</h2>{history}</section></aside></div>""")
PROBLEM = Markup('<div class="card problem"><p>{}</p><p><a href="{}">Back</a></p></div>')


def missing(call: Call) -> Response:
    """The page for an address that there is not."""
    return _problem(call, "There is no such page.", "/", 404)


def _problem(call: Call, sentence: str, back: str, status: int = 400) -> Response:
    body = PROBLEM.format(sentence, back)
    return page(call, title="Not done", company=COMPANY, body=body, theme="jira", status=status)


def _act(call: Call) -> None:
    """A post from one of our own forms, by the person that was chosen. Raises Refusal."""
    check_form(call)
    call.actor = call.store.get("people", account_id(person(call, DEFAULT_PERSON)))
    if call.actor is None:
        raise Refusal(400, "Choose who you are.")


def _people(chosen: str) -> Markup:
    return options([(email, name) for name, email, _, roles in PEOPLE if roles and name != "Concord"], chosen)


def _named(table: dict[str, Any], chosen: str = "", *, none: str = "") -> Markup:
    rows = [(key, catalog.label_of(table, key) or "") for key in table]
    return options([("", none), *rows] if none else rows, chosen)


@ROUTES.get("/")
def list_page(call: Call) -> Response:
    """All issues and the form for a new one."""
    view = View.of(call)
    docs = sorted(call.store.all("issues"), key=lambda doc: str(doc["updated"]), reverse=True)
    home = project(call.store, HOME)
    body = LIST.format(
        project=home["name"] if home else HOME,
        count=len(docs),
        rows=Markup("").join(_row(view, doc) for doc in docs[:200]) or NONE,
        guard=guard_field(call),
        people=_people(person(call, DEFAULT_PERSON)),
        types=options([(key, row[0]) for key, row in catalog.TYPES.items() if row[2] >= 0], "10001"),
        priorities=_named(catalog.PRIORITIES, catalog.DEFAULT_PRIORITY),
        products=_named(catalog.PRODUCTS, none="None"),
    )
    return page(call, title="Issues", company=COMPANY, body=body, theme="jira")


def _row(view: View, doc: Doc) -> Markup:
    return ROW.format(
        key=doc["key"],
        summary=doc["summary"],
        status=catalog.label_of(catalog.STATUSES, doc["status"]),
        priority=catalog.label_of(catalog.PRIORITIES, doc["priority"]),
        assignee=timeline.name(view.store, doc["assignee"], "Unassigned"),
        updated=timeline.when(doc["updated"]),
    )


@ROUTES.post("/issues")
def create_form(call: Call) -> Response:
    """Create an issue as the chosen person."""
    _act(call)
    form = call.request.form
    home = project(call.store, HOME)
    try:
        values: Json = {"summary": summary(" ".join(form.get("summary", "").split()))}
    except Wrong as wrong:
        return _problem(call, str(wrong), "/")
    text = form.get("description", "").replace("\r\n", "\n").strip()
    values |= {
        "issuetype": form.get("type") if form.get("type") in catalog.TYPES else "10001",
        "priority": form.get("priority") if form.get("priority") in catalog.PRIORITIES else None,
        "description": adf.from_markdown(text) if text else None,
        "customfield_10050": form.get("reference", "").strip()[:255] or None,
        "customfield_10051": form.get("product") if form.get("product") in catalog.PRODUCTS else None,
    }
    doc = deeds.create(call, home or {"key": HOME}, values, {})
    return see_other(call, f"/browse/{doc['key']}")


@ROUTES.get("/browse/<key>")
def issue_page(call: Call, key: str) -> Response:
    """One issue: what it says, what happened, and what can be done."""
    try:
        doc = deeds.load(call, key)
    except Refusal:
        return _problem(call, f"There is no issue {key}.", "/", 404)
    who = person(call, DEFAULT_PERSON)
    call.actor = call.store.get("people", account_id(who))
    view = View.of(call)
    body = ISSUE.format(
        **_facts(view, doc),
        guard=guard_field(call),
        people=_people(who),
        audience=options(
            [(EVERYONE, "Everyone")] + [(role, f"Only {role}") for role in catalog.ROLES.values()], EVERYONE
        ),
        arrows=options([(one.id, _arrow(one)) for one in deeds.transitions(doc)], ""),
        resolutions=_named(catalog.RESOLUTIONS, none="None"),
        priorities=_named(catalog.PRIORITIES, doc["priority"]),
        assignees=options(
            [("", "Unassigned")]
            + [(one["accountId"], one["displayName"]) for one in call.store.all("people") if one["roles"]],
            doc["assignee"] or "",
        ),
        timeline=timeline.entries(view, doc),
        history=timeline.history(view, doc),
    )
    return page(call, title=doc["key"], company=COMPANY, body=body, theme="jira")


def _arrow(one: catalog.Transition) -> str:
    return f"{catalog.label_of(catalog.STATUSES, one.target)} ({one.name})"


def _facts(view: View, doc: Doc) -> Json:
    """What the page says of the issue itself."""
    return {
        "key": doc["key"],
        "summary": doc["summary"],
        "type": catalog.label_of(catalog.TYPES, doc["issuetype"]),
        "reporter": timeline.name(view.store, doc["reporter"], "nobody"),
        "created": timeline.when(doc["created"]),
        "updated": timeline.when(doc["updated"]),
        "description": timeline.shown(doc["description"]) or Markup("<p>None.</p>"),
        "status": catalog.label_of(catalog.STATUSES, doc["status"]),
        "resolution": catalog.label_of(catalog.RESOLUTIONS, doc["resolution"]) or "Unresolved",
        "labels": ", ".join(sorted(doc["labels"])) or "None",
        "components": ", ".join(catalog.COMPONENTS[one] for one in doc["components"]) or "None",
        "product": catalog.label_of(catalog.PRODUCTS, doc["customfield_10051"]) or "None",
        "reference": doc["customfield_10050"] or "",
    }


@ROUTES.post("/browse/<key>/comment")
def comment_form(call: Call, key: str) -> Response:
    """A comment for everybody or one role, a file, or both; a restricted comment shows its file."""
    _act(call)
    doc, form = deeds.load(call, key), call.request.form
    role, text = form.get("visibility", EVERYONE), form.get("body", "").replace("\r\n", "\n").strip()
    file = call.request.files.get("file")
    attached = bool(file and file.filename)
    if not text and not attached:
        return _problem(call, "Write a text or choose a file.", f"/browse/{key}")
    restriction: Json | None = None
    if role != EVERYONE:
        number = next((number for number, name in catalog.ROLES.items() if name == role), "")
        restriction = {"type": "role", "value": role, "identifier": number}
    body: Json = dict(adf.from_markdown(text))
    if file and attached:
        made = deeds.attach(
            call, doc, file.filename or "file", file.mimetype or "application/octet-stream", file.read()
        )
        body["content"] = [*body.get("content", []), _media(made)]
    if text or restriction:
        deeds.add_comment(call, doc, body, visibility=restriction)
    return see_other(call, f"/browse/{doc['key']}")


def _media(file: Doc) -> Json:
    """How the real site's editor shows an attached file in a comment: the media's own id, the name as alt."""
    attrs = {"id": f"00000000-0000-4000-8000-{int(file['id']):012d}", "type": "file", "collection": ""}
    media = {"type": "media", "attrs": {**attrs, "alt": file["filename"]}}
    return {"type": "mediaSingle", "attrs": {"layout": "align-start"}, "content": [media]}


@ROUTES.post("/browse/<key>/transition")
def transition_form(call: Call, key: str) -> Response:
    """Move along one arrow."""
    _act(call)
    doc, form = deeds.load(call, key), call.request.form
    arrow = next((one for one in deeds.transitions(doc) if one.id == form.get("transition")), None)
    if arrow is None:
        return _problem(call, "The issue has moved in the meantime. Look at it again.", f"/browse/{key}", 409)
    chosen = form.get("resolution", "")
    if arrow.asks and chosen not in catalog.RESOLUTIONS:
        return _problem(call, "This move asks for a resolution.", f"/browse/{key}")
    deeds.move(call, doc, arrow, {"resolution": chosen} if arrow.asks else {})
    return see_other(call, f"/browse/{doc['key']}")


@ROUTES.post("/browse/<key>/edit")
def edit_form(call: Call, key: str) -> Response:
    """Set priority, assignee and customer reference."""
    _act(call)
    doc, form = deeds.load(call, key), call.request.form
    given = {
        "priority": {"id": form.get("priority", doc["priority"])},
        "assignee": {"accountId": form["assignee"]} if form.get("assignee") else None,
        "customfield_10050": form.get("reference", "").strip() or None,
    }
    deeds.edit(call, doc, read_fields(given, set(given), call.store, 3))
    return see_other(call, f"/browse/{doc['key']}")


@ROUTES.get("/browse/<key>/files/<number>")
def file_page(call: Call, key: str, number: str) -> Response:
    """A file for people."""
    file = call.store.get("files", number)
    if file is None or file["issue"] != deeds.load(call, key)["id"]:
        return missing(call)
    return attachments.sent(call, file)


@ROUTES.get("/avatar/<name>")
def avatar(_call: Call, name: str) -> Response:
    """A person's picture: the initials on a plain ground."""
    letters = "".join(part[0] for part in name.split()[:2]).upper()
    svg = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" width="48" height="48"><rect width="48" height="48" '
        'fill="#4c6a92"/><text x="24" y="31" font-family="sans-serif" font-size="20" fill="#fff" '
        'text-anchor="middle">{}</text></svg>'
    ).format(letters)
    return Response(svg, content_type="image/svg+xml", headers={"X-Content-Type-Options": "nosniff"})
