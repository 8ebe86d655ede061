"""The practice ServiceNow's pages for people: the list, one record, and the forms that work on it."""

from datetime import datetime

from markupsafe import Markup
from werkzeug.wrappers import Response

from sync.sandbox.call import Call, Refusal, Routes
from sync.sandbox.pages import check_form, guard_field, options, page, person, see_other
from sync.sandbox.servicenow import attachments, catalog, deeds, render, rows
from sync.sandbox.servicenow.seed import USERS, VISITOR, user
from sync.sandbox.store import Doc, Store

ROUTES = Routes()
COMPANY = "Infinity Solutions"
NOBODY = ("", "Nobody")

LIST = Markup("""<h1>{title}</h1>
<p class="meta">{count} records, last changed first. {tables}</p>
<div class="columns"><section class="card scroll" tabindex="0" role="region" aria-label="Records"><table>
<thead><tr><th>Number</th><th>Short description</th><th>State</th><th>Priority</th><th>Assigned to</th>
<th>Updated</th></tr></thead>
<tbody>{rows}</tbody></table></section>
<form class="card" method="post" action="/list/{table}">{guard}<h2>Open a record</h2>
<label for="as">You are</label><select id="as" name="as">{people}</select>
<label for="short">Short description</label>
<input id="short" name="short_description" type="text" maxlength="160" required>
<label for="description">Description</label><textarea id="description" name="description"></textarea>
<div class="row"><div><label for="urgency">Urgency</label>
<select id="urgency" name="urgency">{urgencies}</select></div>
<div><label for="impact">Impact</label><select id="impact" name="impact">{impacts}</select></div></div>
<button>Open</button></form></div>""")
ROW = Markup("""<tr><td class="key"><a href="/record/{table}/{sys_id}">{number}</a></td><td>{short}</td>
<td><span class="state">{state}</span></td><td>{priority}</td><td>{assigned}</td><td>{updated}</td></tr>""")
NONE = Markup('<tr><td colspan="6">No records yet. Open the first one on this page.</td></tr>')
LINK = Markup('<a href="/list/{0}">{1}</a>')

RECORD = Markup("""<p class="meta"><a href="/list/{table}">{kind}</a> / {number}</p><h1>{short}</h1>
<p class="meta">Opened by {opener} on {created}</p>
<div class="columns"><div><section class="card body"><h2>Description</h2>{description}</section>{entries}
<form class="card" method="post" action="/record/{table}/{sys_id}/say" enctype="multipart/form-data">{guard}
<h2>Say something</h2><div class="row">
<div><label for="as">You are</label><select id="as" name="as">{people}</select></div>
<div><label for="who">Who may read it</label><select id="who" name="journal">
<option value="comments">Everyone (additional comments)</option>
<option value="work_notes">Colleagues only (work notes)</option></select></div></div>
<label for="text">Text</label><textarea id="text" name="text"></textarea>
<label for="file">File</label><input id="file" name="file" type="file">
<div><button>Post</button></div></form></div>
<aside><section class="card"><dl><dt>State</dt><dd><span class="state">{state}</span></dd>
<dt>Priority</dt><dd>{priority}</dd><dt>Assigned to</dt><dd>{assigned}</dd><dt>Group</dt><dd>{group}</dd>
<dt>Correlation</dt><dd>{correlation}</dd><dt>Updated</dt><dd>{updated}</dd></dl></section>
<form class="card" method="post" action="/record/{table}/{sys_id}/move">{guard}<h2>Move</h2>
<label for="mover">You are</label><select id="mover" name="as">{people}</select>
<label for="state">To</label><select id="state" name="state">{states}</select>{asked}
<button>Move</button></form>
<form class="card" method="post" action="/record/{table}/{sys_id}/edit">{guard}<h2>Edit</h2>
<label for="editor">You are</label><select id="editor" name="as">{people}</select>
<label for="title">Short description</label>
<input id="title" name="short_description" type="text" maxlength="160" value="{short}">
<label for="urgency">Urgency</label><select id="urgency" name="urgency">{urgencies}</select>
<label for="impact">Impact</label><select id="impact" name="impact">{impacts}</select>
<label for="assignee">Assigned to</label><select id="assignee" name="assigned_to">{assignees}</select>
<button>Save</button></form>
<section class="card"><h2>History</h2>{history}</section></aside></div>""")
ASKED = Markup("""<label for="{name}">{label}, where it is asked for</label>
<select id="{name}" name="{name}">{choices}</select>""")
NOTES = Markup("""<label for="close_notes">Close notes</label>
<input id="close_notes" name="close_notes" type="text" maxlength="4000">
<label for="move_comment">Comment to the caller</label>
<input id="move_comment" name="comments" type="text" maxlength="4000">""")
ENTRY = Markup("""<article class="card entry{kind}"><header><b>{author}</b><span>{when}</span>{mark}</header>
<div class="body">{text}</div></article>""")
FILE = Markup("""<p>Attached <a href="/files/{0}">{1}</a> ({2} bytes)</p>""")
PROBLEM = Markup('<div class="card problem"><p>{}</p><p><a href="{}">Back</a></p></div>')


def missing(call: Call) -> Response:
    """The page for an address that there is not."""
    return _problem(call, "There is no such page.", "/", 404)


def _problem(call: Call, sentence: str, back: str, status: int = 400) -> Response:
    body = PROBLEM.format(sentence, back)
    return page(call, title="Not done", company=COMPANY, body=body, theme="servicenow", status=status)


def _act(call: Call) -> None:
    """A post from one of our own forms, by the person that was chosen. Raises Refusal."""
    check_form(call)
    call.actor = user(call.store, person(call, VISITOR))
    if call.actor is None:
        raise Refusal(400, "Choose who you are.")


def _tried(call: Call, table: str, doc: Doc, given: dict[str, str]) -> Response:
    """Change a record; what the instance refuses is told on a page."""
    back = f"/record/{table}/{doc['sys_id']}"
    try:
        deeds.update(call, table, doc, given)
    except Refusal as refusal:
        said = refusal.body["error"] if isinstance(refusal.body, dict) else {}
        return _problem(call, f"{said.get('message', 'Refused')}: {said.get('detail', '')}", back, 409)
    return see_other(call, back)


def _people(chosen: str) -> Markup:
    return options([(row[0], row[1]) for row in USERS if row[4] and row[1] != "Concord"], chosen)


def _choices(table: str, element: str, chosen: str, *, none: bool = False) -> Markup:
    pairs = list(catalog.choices(table, element))
    return options([("", "None"), *pairs] if none else pairs, chosen)


def when(at: str) -> str:
    """A stored time for people."""
    return datetime.fromisoformat(at).strftime("%d %b %Y, %H:%M UTC") if at else "-"


def _name(store: Store, table: str, key: str) -> str:
    return render.name_of(store, table, key) or "Nobody"


def _kinds(chosen: str) -> Markup:
    others = [one for one in catalog.WORK if one != chosen]
    return Markup(", ").join(LINK.format(one, f"{catalog.TABLES[one].label}s") for one in others)


@ROUTES.get("/", "/list/<table>")
def list_page(call: Call, table: str = "incident") -> Response:
    """All records of a table and the form for a new one."""
    if table not in catalog.WORK:
        return missing(call)
    docs = sorted(call.store.all(table), key=lambda doc: str(doc["sys_updated_on"]), reverse=True)
    body = LIST.format(
        title=f"{catalog.TABLES[table].label}s",
        table=table,
        tables=_kinds(table),
        count=len(docs),
        rows=Markup("").join(_row(call.store, table, doc) for doc in docs[:200]) or NONE,
        guard=guard_field(call),
        people=_people(person(call, VISITOR)),
        urgencies=_choices(table, "urgency", "3"),
        impacts=_choices(table, "impact", "3"),
    )
    return page(call, title=catalog.TABLES[table].label, company=COMPANY, body=body, theme="servicenow")


def _row(store: Store, table: str, doc: Doc) -> Markup:
    return ROW.format(
        table=table,
        sys_id=doc["sys_id"],
        number=doc["number"],
        short=doc["short_description"],
        state=render.label(table, "state", doc["state"]),
        priority=render.label(table, "priority", doc["priority"]),
        assigned=_name(store, "sys_user", doc["assigned_to"]),
        updated=when(doc["sys_updated_on"]),
    )


@ROUTES.post("/list/<table>")
def open_form(call: Call, table: str) -> Response:
    """Open a record as the chosen person."""
    _act(call)
    if table not in catalog.WORK:
        return missing(call)
    form = call.request.form
    given = {name: form.get(name, "").replace("\r\n", "\n").strip() for name in ("short_description", "description")}
    if not given["short_description"]:
        return _problem(call, "Write a short description.", f"/list/{table}")
    given |= {name: form.get(name, "3") for name in ("urgency", "impact")}
    doc = deeds.insert(call, table, given)
    return see_other(call, f"/record/{table}/{doc['sys_id']}")


def _found(call: Call, table: str, key: str) -> Doc | None:
    return call.store.get(table, key) if table in catalog.WORK else None


@ROUTES.get("/record/<table>/<key>")
def record_page(call: Call, table: str, key: str) -> Response:
    """One record: what it says, what happened, and what can be done."""
    doc = _found(call, table, key)
    if doc is None:
        return _problem(call, "There is no such record.", "/", 404)
    store = call.store
    asked = [one for one in ("hold_reason", "close_code") if catalog.choices(table, one)]
    body = RECORD.format(
        table=table,
        kind=f"{catalog.TABLES[table].label}s",
        sys_id=key,
        number=doc["number"],
        short=doc["short_description"],
        opener=_name(store, "sys_user", doc["opened_by"]),
        created=when(doc["sys_created_on"]),
        description=_lines(doc["description"]) or Markup("<p>None.</p>"),
        entries=_entries(store, doc),
        guard=guard_field(call),
        people=_people(person(call, VISITOR)),
        state=render.label(table, "state", doc["state"]),
        priority=render.label(table, "priority", doc["priority"]),
        assigned=_name(store, "sys_user", doc["assigned_to"]),
        group=_name(store, "sys_user_group", doc["assignment_group"]),
        correlation=doc["correlation_display"] or "None",
        updated=when(doc["sys_updated_on"]),
        states=_choices(table, "state", doc["state"]),
        asked=Markup("").join(_asked(table, one) for one in asked) + NOTES,
        urgencies=_choices(table, "urgency", doc["urgency"]),
        impacts=_choices(table, "impact", doc["impact"]),
        assignees=options(
            [NOBODY, *((one["sys_id"], one["name"]) for one in store.all("sys_user"))], doc["assigned_to"]
        ),
        history=_history(store, table, doc),
    )
    return page(call, title=doc["number"], company=COMPANY, body=body, theme="servicenow")


def _asked(table: str, name: str) -> Markup:
    label = catalog.columns(table)[name].label
    return ASKED.format(name=name, label=label, choices=_choices(table, name, "", none=True))


def _lines(text: str) -> Markup:
    """A plain text with its line ends."""
    return Markup("<br>").join(text.split("\n")) if text else Markup("")


def _entries(store: Store, doc: Doc) -> Markup:
    """Journal entries and files, oldest first."""
    said, files = (store.all(f"{table}/{doc['sys_id']}") for table in ("sys_journal_field", "sys_attachment"))
    found = [(str(one["sys_created_on"]), _entry(store, one)) for one in said]
    found += [(str(one["sys_created_on"]), _file(store, one)) for one in files]
    return Markup("").join(text for _, text in sorted(found, key=lambda pair: pair[0]))


def _author(store: Store, user_name: str) -> str:
    found = user(store, user_name)
    return str(found["name"]) if found else user_name


def _entry(store: Store, one: Doc) -> Markup:
    inside = one["element"] == "work_notes"
    return ENTRY.format(
        kind=" private" if inside else "",
        author=_author(store, one["sys_created_by"]),
        when=when(one["sys_created_on"]),
        mark=Markup('<span class="state">Work notes</span>') if inside else "",
        text=_lines(one["value"]),
    )


def _file(store: Store, one: Doc) -> Markup:
    return ENTRY.format(
        kind="",
        author=_author(store, one["sys_created_by"]),
        when=when(one["sys_created_on"]),
        mark="",
        text=FILE.format(one["sys_id"], one["file_name"], one["size_bytes"]),
    )


def _history(store: Store, table: str, doc: Doc) -> Markup:
    """The audit without journal texts, newest first."""
    known = catalog.columns(table)
    lines = [
        Markup("<li><b>{}</b>, {}<br>{}: {} to {}</li>").format(
            _author(store, one["user"]),
            when(one["sys_created_on"]),
            known[one["fieldname"]].label,
            *(_short(store, table, known[one["fieldname"]], one[side]) for side in ("oldvalue", "newvalue")),
        )
        for one in store.all(f"sys_audit/{doc['sys_id']}")[::-1]
        if one["fieldname"] not in catalog.JOURNALS
    ]
    return Markup('<ul class="history">{}</ul>').format(Markup("").join(lines)) if lines else Markup("<p>None.</p>")


def _short(store: Store, table: str, column: catalog.Column, value: str) -> str:
    if column.reference and value:
        value = _name(store, column.reference, value)
    elif column.choice:
        value = render.label(table, column.element, value)
    return (value if len(value) <= 60 else value[:60] + "…") or "nothing"


@ROUTES.post("/record/<table>/<key>/say")
def say_form(call: Call, table: str, key: str) -> Response:
    """A comment or work note, a file, or both."""
    _act(call)
    doc = _found(call, table, key)
    if doc is None:
        return missing(call)
    form, file = call.request.form, call.request.files.get("file")
    text, back = form.get("text", "").replace("\r\n", "\n").strip(), f"/record/{table}/{key}"
    attached = bool(file and file.filename)
    if not text and not attached:
        return _problem(call, "Write a text or choose a file.", back)
    if file and attached:
        media_type = file.mimetype or "application/octet-stream"
        deeds.attach(call, doc, file.filename or "file", media_type, file.read())
    if not text:
        return see_other(call, back)
    element = "work_notes" if form.get("journal") == "work_notes" else "comments"
    return _tried(call, table, doc, {element: text})


@ROUTES.post("/record/<table>/<key>/move")
def move_form(call: Call, table: str, key: str) -> Response:
    """Another state, with what it asks for."""
    _act(call)
    doc = _found(call, table, key)
    if doc is None:
        return missing(call)
    form = call.request.form
    given = {"state": form.get("state", doc["state"])}
    asked = ("hold_reason", "close_code", "close_notes", "comments")
    given |= {name: form[name].strip() for name in asked if form.get(name, "").strip()}
    return _tried(call, table, doc, given)


@ROUTES.post("/record/<table>/<key>/edit")
def edit_form(call: Call, table: str, key: str) -> Response:
    """Short description, urgency, impact, who works on it."""
    _act(call)
    doc = _found(call, table, key)
    if doc is None:
        return missing(call)
    names = ("short_description", "urgency", "impact", "assigned_to")
    given = {name: call.request.form[name].strip() for name in names if name in call.request.form}
    return _tried(call, table, doc, given)


@ROUTES.get("/files/<key>")
def file_page(call: Call, key: str) -> Response:
    """A file for people."""
    row = rows.one_row(call.store, "sys_attachment", key)
    return attachments.sent(call, row) if row else missing(call)
