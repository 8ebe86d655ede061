"""The practice organisation's pages for people: the list, one work item, and the forms that work on it."""

from datetime import datetime
from urllib.parse import quote

from markupsafe import Markup
from werkzeug.wrappers import Response

from portal.core.text import html
from sync.sandbox.azuredevops import deeds, files, process
from sync.sandbox.azuredevops.past import entries, history
from sync.sandbox.azuredevops.render import base
from sync.sandbox.azuredevops.seed import ORGANISATION, PEOPLE, VISITOR_EMAIL, person, project
from sync.sandbox.call import Call, Refusal, Routes
from sync.sandbox.pages import check_form, guard_field, options, page, see_other
from sync.sandbox.pages import person as chosen_person
from sync.sandbox.store import Doc, Json

ROUTES = Routes()
COMPANY = "Global Pvt Ltd"
HOME = "Delivery"
PLACE = f"/{ORGANISATION}/<name>/_workitems/edit/<int:number>"
AREA, ITERATION = "System.AreaPath", "System.IterationPath"

LIST = Markup("""<h1>Work items of {project}</h1>
<p class="meta">{count} work items{found}, last changed first. Developers and network engineers work here.</p>
<div class="columns"><section class="card scroll"><table>
<thead><tr><th>ID</th><th>Type</th><th>Title</th><th>State</th><th>Assigned to</th><th>Area</th>
<th>Changed</th></tr></thead><tbody>{rows}</tbody></table></section>
<form class="card" method="post" action="/new">{guard}<h2>Create a work item</h2>
<label for="as">You are</label><select id="as" name="as">{people}</select>
<label for="title">Title</label><input id="title" name="title" type="text" maxlength="255" required>
<label for="description">Description</label><textarea id="description" name="description"></textarea>
<div class="row"><div><label for="type">Type</label><select id="type" name="type">{kinds}</select></div>
<div><label for="priority">Priority</label><select id="priority" name="priority">{priorities}</select></div></div>
<label for="area">Area</label><select id="area" name="area">{areas}</select>
<label for="tags">Tags, parted by semicolons</label><input id="tags" name="tags" type="text">
<button>Create</button></form></div>""")
ROW = Markup("""<tr><td class="key"><a href="{path}">{number}</a></td><td>{kind}</td><td>{title}</td>
<td><span class="state">{state}</span></td><td>{who}</td><td>{area}</td><td>{changed}</td></tr>""")
NONE = Markup('<tr><td colspan="7">No work items here. Create the first one on this page.</td></tr>')

ITEM = Markup("""<p class="meta"><a href="/">All work items</a> / {kind} {number}</p><h1>{title}</h1>
<p class="meta">{kind} created by {creator} on {created}, revision {rev}</p>
<div class="columns"><div><section class="card body"><h2>Description</h2>{description}</section>{timeline}
<form class="card" method="post" action="{path}/comment" enctype="multipart/form-data">{guard}
<h2>Comment</h2><label for="as">You are</label><select id="as" name="as">{people}</select>
<label for="body">Text (Markdown)</label><textarea id="body" name="body"></textarea>
<label for="file">File</label><input id="file" name="file" type="file">
<div><button>Send</button></div></form></div>
<aside><section class="card"><dl><dt>State</dt><dd><span class="state">{state}</span></dd>
<dt>Reason</dt><dd>{reason}</dd><dt>Tags</dt><dd>{tags}</dd><dt>Links</dt><dd>{links}</dd>
<dt>Changed</dt><dd>{changed}</dd></dl></section>
<form class="card" method="post" action="{path}/state">{guard}<h2>Move</h2>
<label for="mover">You are</label><select id="mover" name="as">{people}</select>
<label for="state">To</label><select id="state" name="state">{states}</select><button>Move</button></form>
<form class="card" method="post" action="{path}/fields">{guard}<h2>Edit</h2>
<label for="editor">You are</label><select id="editor" name="as">{people}</select>
<label for="title">Title</label><input id="title" name="title" type="text" maxlength="255" value="{title}" required>
<label for="priority">Priority</label><select id="priority" name="priority">{priorities}</select>
<label for="assignee">Assigned to</label><select id="assignee" name="assignee">{assignees}</select>
<label for="area">Area</label><select id="area" name="area">{areas}</select>
<label for="iteration">Iteration</label><select id="iteration" name="iteration">{iterations}</select>
<label for="tags">Tags, parted by semicolons</label><input id="tags" name="tags" type="text" value="{tagged}">
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
    return page(call, title="Not done", company=COMPANY, body=body, theme="azuredevops", status=status)


def _act(call: Call) -> None:
    """A post from one of our own forms, by the person that was chosen. Raises Refusal."""
    check_form(call)
    call.actor = person(call.store, chosen_person(call, VISITOR_EMAIL))
    if call.actor is None:
        raise Refusal(400, "Choose who you are.")


def _people(chosen: str) -> Markup:
    return options([(address, name) for name, address in PEOPLE if name != "Concord"], chosen)


def _priorities(chosen: str) -> Markup:
    return options([(one, one) for one in process.FIELDS[process.COMMON + "Priority"].options], chosen)


def _paths(home: Doc, kind: str, chosen: str) -> Markup:
    return options([(one, one) for one in home[kind]], chosen)


def path_of(doc: Doc) -> str:
    """The page of an item."""
    return f"/{ORGANISATION}/{quote(doc['project'])}/_workitems/edit/{doc['id']}"


def shown_time(stored: str) -> str:
    """A time for people."""
    return datetime.fromisoformat(stored).strftime("%d %b %Y, %H:%M UTC")


def name_of(call: Call, key: str | None, nobody: str = "Nobody") -> str:
    """A person's name."""
    found = call.store.get("people", key) if key else None
    return str(found["displayName"]) if found else nobody


@ROUTES.get("/")
def list_page(call: Call) -> Response:
    """All work items and the form for a new one."""
    return _list(call, "", "")


@ROUTES.get(f"/{ORGANISATION}/<name>/_search")
def search_page(call: Call, name: str) -> Response:
    """The items of a project that have a tag or a word in their title."""
    return _list(call, name, call.arg("text"))


def _list(call: Call, name: str, wanted: str) -> Response:
    docs = [doc for doc in call.store.all("items") if not doc["deleted"] and _fits(doc, name, wanted.casefold())]
    docs.sort(key=lambda doc: datetime.fromisoformat(doc["fields"]["System.ChangedDate"]), reverse=True)
    home = project(call.store, HOME) or {"area": [], "iteration": []}
    body = LIST.format(
        project=name or "all projects",
        count=len(docs),
        found=f" with “{wanted}”" if wanted else "",
        rows=Markup("").join(_row(call, doc) for doc in docs[:200]) or NONE,
        guard=guard_field(call),
        people=_people(chosen_person(call, VISITOR_EMAIL)),
        kinds=options([(key, kind.name) for key, kind in process.KINDS.items()], "task"),
        priorities=_priorities("2"),
        areas=_paths(home, "area", HOME),
    )
    return page(call, title="Work items", company=COMPANY, body=body, theme="azuredevops")


def _fits(doc: Doc, name: str, wanted: str) -> bool:
    said = f"{doc['fields'].get('System.Tags', '')} {doc['fields']['System.Title']}".casefold()
    return wanted in said and name.casefold() in ("", doc["project"].casefold())


def _row(call: Call, doc: Doc) -> Markup:
    fields = doc["fields"]
    return ROW.format(
        path=path_of(doc),
        number=doc["id"],
        kind=fields["System.WorkItemType"],
        title=fields["System.Title"],
        state=fields["System.State"],
        who=name_of(call, fields.get("System.AssignedTo"), "Nobody"),
        area=fields[AREA],
        changed=shown_time(fields["System.ChangedDate"]),
    )


def _set(name: str, value: object) -> Json:
    return {"op": "replace", "path": f"/fields/{name}", "value": value}


@ROUTES.post("/new")
def create_form(call: Call) -> Response:
    """Create a work item as the chosen person."""
    _act(call)
    form, home = call.request.form, project(call.store, HOME)
    text = form.get("description", "").replace("\r\n", "\n").strip()
    operations = [_set("System.Title", form.get("title", "")), _set(AREA, form.get("area") or HOME)]
    operations += [_set("System.Description", html.from_markdown(text)), _set("System.Tags", form.get("tags", ""))]
    operations.append(_set(process.COMMON + "Priority", form.get("priority") or 2))
    kind = process.KINDS.get(form.get("type", ""), process.KINDS["task"])
    try:
        doc = deeds.create(call, home or {"name": HOME}, kind, operations)
    except Refusal as refusal:
        return _told(call, refusal, "/")
    return see_other(call, path_of(doc))


def _told(call: Call, refusal: Refusal, back: str) -> Response:
    """A refusal of the service as a page."""
    said = refusal.body if isinstance(refusal.body, dict) else {}
    return _problem(call, str(said.get("message", "This was refused.")), back)


@ROUTES.get(PLACE)
def item_page(call: Call, name: str, number: int) -> Response:
    """One work item: what it says, what happened, and what can be done."""
    try:
        doc = deeds.load(call, number)
    except Refusal:
        return _problem(call, f"There is no work item {number} in {name}.", "/", 404)
    who, fields = chosen_person(call, VISITOR_EMAIL), doc["fields"]
    home = project(call.store, doc["project"]) or {"area": [], "iteration": []}
    kind = process.KINDS[fields["System.WorkItemType"].casefold()]
    assigned = call.store.get("people", fields.get("System.AssignedTo") or "")
    body = ITEM.format(
        **_facts(call, doc),
        path=path_of(doc),
        guard=guard_field(call),
        people=_people(who),
        states=options([(one, one) for one in kind.moves[fields["System.State"]]], ""),
        priorities=_priorities(str(fields.get(process.COMMON + "Priority", ""))),
        assignees=options(
            [("", "Nobody"), *((address, shown) for shown, address in PEOPLE)],
            str(assigned["uniqueName"]) if assigned else "",
        ),
        areas=_paths(home, "area", fields[AREA]),
        iterations=_paths(home, "iteration", fields[ITERATION]),
        timeline=entries(call, doc),
        history=history(call, doc),
    )
    return page(call, title=f"{kind.name} {number}", company=COMPANY, body=body, theme="azuredevops")


def _facts(call: Call, doc: Doc) -> Json:
    """What the page says of the item itself."""
    fields = doc["fields"]
    links = [one for one in doc["relations"] if one["rel"] == "Hyperlink"]
    return {
        "number": doc["id"],
        "rev": doc["rev"],
        "kind": fields["System.WorkItemType"],
        "title": fields["System.Title"],
        "creator": name_of(call, fields["System.CreatedBy"]),
        "created": shown_time(fields["System.CreatedDate"]),
        "changed": shown_time(fields["System.ChangedDate"]),
        "description": _body(doc),
        "state": fields["System.State"],
        "reason": fields.get("System.Reason", ""),
        "tags": fields.get("System.Tags") or "None",
        "tagged": fields.get("System.Tags", ""),
        "links": Markup(", ").join(Markup('<a href="{}">link</a>').format(one["url"]) for one in links) or "None",
        "reference": fields.get("Custom.CustomerReference", ""),
    }


def _body(doc: Doc) -> Markup:
    """The description, or a bug's steps, as safe HTML."""
    parts = []
    for ref in ("System.Description", "Microsoft.VSTS.TCM.ReproSteps"):
        given = str(doc["fields"].get(ref, ""))
        parts.append(given if doc["formats"].get(ref) == "markdown" else html.to_markdown(given))
    said = html.safe("\n\n".join(one for one in parts if one))
    return Markup(said or "<p>None.</p>")  # noqa: S704 - made safe


def _done(call: Call, number: int, operations: list[Json]) -> Response:
    """Change an item as the chosen person, back to its page."""
    doc = deeds.load(call, number)
    back = path_of(doc)
    try:
        deeds.change(call, doc, operations)
    except Refusal as refusal:
        return _told(call, refusal, back)
    return see_other(call, back)


@ROUTES.post(f"{PLACE}/comment")
def comment_form(call: Call, name: str, number: int) -> Response:
    """A comment, a file, or both."""
    _act(call)
    doc, text = deeds.load(call, number), call.request.form.get("body", "").replace("\r\n", "\n").strip()
    file = call.request.files.get("file")
    if not text and not (file and file.filename):
        return _problem(call, "Write a text or choose a file.", path_of(doc))
    if text:
        deeds.comment(call, doc, text, "markdown")
    if file and file.filename:
        kept = deeds.keep_file(call, file.filename, file.read())
        url = f"{base(call)}/_apis/wit/attachments/{kept['id']}"
        relation: Json = {"rel": "AttachedFile", "url": url, "attributes": {}}
        return _done(call, number, [{"op": "add", "path": "/relations/-", "value": relation}])
    return see_other(call, path_of(doc))


@ROUTES.post(f"{PLACE}/state")
def state_form(call: Call, name: str, number: int) -> Response:
    """Move to another state."""
    _act(call)
    return _done(call, number, [_set("System.State", call.request.form.get("state", ""))])


@ROUTES.post(f"{PLACE}/fields")
def edit_form(call: Call, name: str, number: int) -> Response:
    """Set title, priority, person, paths, tags and customer reference."""
    _act(call)
    form = call.request.form
    given = {
        "System.Title": form.get("title", ""),
        process.COMMON + "Priority": form.get("priority", ""),
        "System.AssignedTo": form.get("assignee", ""),
        AREA: form.get("area", ""),
        ITERATION: form.get("iteration", ""),
        "System.Tags": form.get("tags", ""),
        "Custom.CustomerReference": form.get("reference", "").strip(),
    }
    return _done(call, number, [_set(ref, value) for ref, value in given.items()])


@ROUTES.get(f"{PLACE}/files/<file>")
def file_page(call: Call, name: str, number: int, file: str) -> Response:
    """A file for people, where it is on the item."""
    found = call.store.get("files", file)
    linked = any(one.get("file") == file for one in deeds.load(call, number)["relations"])
    return files.sent(call, found) if found and linked else missing(call)
