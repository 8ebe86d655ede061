"""Endpoints for issues: create, read, edit, delete, transitions, history, properties."""

import json
from typing import Any

from werkzeug.wrappers import Response

from sync.sandbox.call import Call, Refusal, Routes, reply
from sync.sandbox.jira import catalog, deeds, render
from sync.sandbox.jira.render import View
from sync.sandbox.jira.values import Wrong, listed, objects, part, project_of, read_fields, refuse, rich
from sync.sandbox.store import Doc, Json

ROUTES = Routes()
EDIT_SCREEN = {field.id for field in catalog.FIELDS.values() if field.edit}
CREATE_SCREEN = {field.id for field in catalog.FIELDS.values() if field.create}
BULK = 100


def wanted(call: Call, default: str = "*all") -> str:
    """The `fields` parameter, which may be repeated."""
    return ",".join(call.request.args.getlist("fields")) or default


def names(body: Json, name: str) -> str:
    """A list of names as the comma-separated text that GET takes. Raises Refusal."""
    return ",".join(str(one) for one in listed(body, name))


def properties_of(body: Json) -> Json:
    """Entity properties of a create or edit. Raises Refusal."""
    found: Json = {}
    for row in objects(body, "properties"):
        key, value = str(row.get("key", "")), row.get("value")
        check_property(key, value)
        found[key] = value
    return found


def check_property(key: str, value: Any) -> None:
    """Refuse a property that is too long."""
    if not key or len(key) > 255:
        raise refuse(None, "The property key cannot be longer than 255 characters.")
    if len(json.dumps(value)) > 32_768:
        raise refuse(None, "The property value cannot be longer than 32768 characters.")


@ROUTES.post("/rest/api/3/issue")
def create(call: Call) -> Response:
    """POST /issue."""
    doc = created(call, call.json())
    view = View.of(call)
    return reply({"id": doc["id"], "key": doc["key"], "self": view.link(f"issue/{doc['id']}")}, status=201)


def created(call: Call, body: Json) -> Doc:
    """A new issue out of a request's body. Raises Refusal with all that is wrong."""
    given = dict(part(body, "fields"))
    home = project_of(given.pop("project", None), call.store)
    if not isinstance(given.get("issuetype"), dict):
        raise refuse({"issuetype": "valid issue type is required"})
    if not given.get("summary"):
        raise refuse({"summary": "You must specify a summary of the issue."})
    values = read_fields(given, CREATE_SCREEN, call.store, View.of(call).version)
    merge(call, values, part(body, "update"), {"labels": [], "components": []}, CREATE_SCREEN)
    return deeds.create(call, home, values, properties_of(body))


@ROUTES.post("/rest/api/3/issue/bulk")
def create_many(call: Call) -> Response:
    """POST /issue/bulk: each is answered by itself."""
    view, done, errors = View.of(call), [], []
    for place, body in enumerate(objects(call.json(), "issueUpdates")[:50]):
        try:
            doc = created(call, body)
        except Refusal as refusal:
            errors.append({"status": 400, "elementErrors": refusal.body, "failedElementNumber": place})
            continue
        done.append({"id": doc["id"], "key": doc["key"], "self": view.link(f"issue/{doc['id']}")})
    return reply({"issues": done, "errors": errors}, status=201 if done else 400)


@ROUTES.get("/rest/api/3/issue/<key>")
def read(call: Call, key: str) -> Json:
    """GET /issue/{key}: `fields`, `expand`, `properties`."""
    doc = deeds.load(call, key)
    properties = ",".join(call.request.args.getlist("properties"))
    return render.issue(View.of(call), doc, wanted=wanted(call), expand=call.arg("expand"), properties=properties)


@ROUTES.put("/rest/api/3/issue/<key>")
def edit(call: Call, key: str) -> Any:
    """PUT /issue/{key}: `fields` sets, `update` has verbs, `properties` are kept."""
    doc, body = deeds.load(call, key), call.json()
    given, verbs = part(body, "fields"), part(body, "update")
    both = sorted(set(given) & set(verbs))
    if both:
        raise refuse({both[0]: f"Field '{both[0]}' cannot appear in both 'fields' and 'update'"})
    values = read_fields(given, EDIT_SCREEN, call.store, View.of(call).version)
    notes = merge(call, values, verbs, doc, EDIT_SCREEN)
    kept = properties_of(body)
    if kept:
        doc["properties"] = doc["properties"] | kept
        call.store.put("issues", doc["id"], doc)
    deeds.edit(call, doc, values, metadata=body.get("historyMetadata"))
    for note in notes:
        deeds.add_comment(call, doc, note)
    return render.issue(View.of(call), doc) if call.arg("returnIssue") == "true" else None


@ROUTES.put("/rest/api/3/issue/<key>/assignee")
def assign(call: Call, key: str) -> None:
    """PUT assignee: an account or nobody."""
    doc = deeds.load(call, key)
    values = read_fields({"assignee": call.json()}, EDIT_SCREEN, call.store, View.of(call).version)
    deeds.edit(call, doc, values, kind="issue_assigned")


def merge(call: Call, values: Json, verbs: Json, doc: Json, screen: set[str]) -> list[Json]:
    """Work the verbs of `update` into `values`; returns the bodies of comments to add. Raises Refusal."""
    notes: list[Json] = []
    version = View.of(call).version
    for name, steps in verbs.items():
        for step in steps if isinstance(steps, list) else [steps]:
            if not isinstance(step, dict) or len(step) != 1:
                raise refuse({name: "Operation value must be an object with one verb."})
            verb, value = next(iter(step.items()))
            if name == "comment" and verb == "add":
                notes.append(comment_body((value or {}).get("body"), version))
            elif verb == "set":
                values |= read_fields({name: value}, screen, call.store, version)
            elif verb in ("add", "remove") and name in ("labels", "components"):
                one = read_fields({name: [value]}, screen, call.store, version)[name]
                present: list[str] = values[name] if name in values else doc[name]
                rest = [entry for entry in present if entry not in one]
                values[name] = rest + one if verb == "add" else rest
            else:
                raise refuse({name: f"Operation '{verb}' is not supported by the field '{name}'."})
    return notes


def comment_body(value: Any, version: int) -> Json:
    """A comment's body. Raises Refusal."""
    try:
        body = rich(value, version)
    except Wrong as wrong:
        said = "Comment body is not valid!" if str(wrong) == "INVALID_INPUT" else str(wrong)
        raise refuse({"comment": said}) from wrong
    if body is None or not body.get("content"):
        raise refuse({"comment": "Comment body can not be empty!"})
    return body


@ROUTES.delete("/rest/api/3/issue/<key>")
def delete(call: Call, key: str) -> None:
    """DELETE /issue/{key}."""
    deeds.remove(call, deeds.load(call, key))


@ROUTES.get("/rest/api/3/issue/<key>/transitions")
def list_transitions(call: Call, key: str) -> Json:
    """GET transitions: those that leave the present status, with their screens where asked."""
    doc, view = deeds.load(call, key), View.of(call)
    expanded = "transitions.fields" in call.arg("expand").split(",")
    only = call.arg("transitionId")
    rows = [arrow for arrow in deeds.transitions(doc) if only in ("", arrow.id)]
    return {
        "expand": "transitions",
        "transitions": [_arrow(view, arrow, expanded=expanded) for arrow in rows],
    }


def _arrow(view: View, arrow: catalog.Transition, *, expanded: bool) -> Json:
    said: Json = {
        "id": arrow.id,
        "name": arrow.name,
        "to": render.status(view, arrow.target),
        "hasScreen": arrow.asks,
        "isGlobal": False,
        "isInitial": False,
        "isAvailable": True,
        "isConditional": False,
        "looped": False,
    }
    if expanded:
        said["fields"] = {"resolution": _resolution_screen(view)} if arrow.asks else {}
    return said


def _resolution_screen(view: View) -> Json:
    field = catalog.FIELDS["resolution"]
    return {
        "required": True,
        "schema": field.schema,
        "name": field.name,
        "key": field.id,
        "hasDefaultValue": False,
        "operations": ["set"],
        "allowedValues": [render.resolution(view, key) for key in catalog.RESOLUTIONS],
    }


@ROUTES.post("/rest/api/3/issue/<key>/transitions")
def transition(call: Call, key: str) -> None:
    """POST transitions: one arrow, with the fields of its screen."""
    doc, body = deeds.load(call, key), call.json()
    wish = str(part(body, "transition").get("id", ""))
    if not wish:
        raise refuse(None, "Missing 'transition' identifier")
    arrow = next((one for one in deeds.transitions(doc) if one.id == wish), None)
    if arrow is None:
        raise refuse(
            None,
            f"It seems that you have tried to perform a workflow operation ({wish}) that is not valid for "
            f"the current state of this issue ({doc['key']}). The likely cause is that somebody has changed the "
            "issue recently, please look at the issue history for details.",
        )
    screen = {"resolution"} if arrow.asks else set()
    values = read_fields(part(body, "fields"), screen, call.store, View.of(call).version)
    if arrow.asks and not values.get("resolution"):
        raise refuse({"resolution": "Resolution is required."})
    notes = merge(call, values, part(body, "update"), doc, screen)
    deeds.move(call, doc, arrow, values, metadata=body.get("historyMetadata"))
    for note in notes:
        deeds.add_comment(call, doc, note)


@ROUTES.get("/rest/api/3/issue/<key>/changelog")
def changelog(call: Call, key: str) -> Json:
    """GET changelog: the whole history, oldest first."""
    doc, view = deeds.load(call, key), View.of(call)
    entries = call.store.all(f"log/{doc['id']}")
    return paged(call, [render.history(view, one) for one in entries], f"issue/{key}/changelog")


def paged(call: Call, rows: list[Json], place: str, *, cap: int = 100) -> Json:
    """A page bean: self, startAt, maxResults, total, isLast, values, nextPage."""
    view, (start, size) = View.of(call), window(call, cap)
    share = rows[start : start + size]
    said: Json = {
        "self": view.link(f"{place}?maxResults={size}&startAt={start}"),
        "maxResults": size,
        "startAt": start,
        "total": len(rows),
        "isLast": start + size >= len(rows),
        "values": share,
    }
    if not said["isLast"]:
        said["nextPage"] = view.link(f"{place}?maxResults={size}&startAt={start + size}")
    return said


def window(call: Call, cap: int = 100, default: int = 50) -> tuple[int, int]:
    """startAt and maxResults. Raises Refusal for what is no number."""
    try:
        start, size = int(call.arg("startAt") or 0), int(call.arg("maxResults") or default)
    except ValueError as error:
        raise refuse(None, "startAt and maxResults must be numbers.") from error
    return max(start, 0), min(max(size, 0), cap) or default


@ROUTES.get("/rest/api/3/issue/<key>/editmeta")
def editmeta(call: Call, key: str) -> Json:
    """GET editmeta: an object by field id."""
    deeds.load(call, key)
    rows = {name: catalog.FIELDS[name] for name in sorted(EDIT_SCREEN)}
    return {
        "fields": {
            name: {
                "required": field.required,
                "schema": field.schema,
                "name": field.name,
                "key": name,
                "operations": list(field.operations),
            }
            for name, field in rows.items()
        }
    }


@ROUTES.post("/rest/api/3/issue/bulkfetch")
def bulk_fetch(call: Call) -> Json:
    """POST bulkfetch: up to 100 issues."""
    body, view = call.json(), View.of(call)
    keys = [str(one) for one in listed(body, "issueIdsOrKeys")]
    if not keys or len(keys) > BULK:
        raise refuse(None, f"Between 1 and {BULK} issue ids or keys are required.")
    found, missing = [], []
    for key in dict.fromkeys(keys):
        moved = call.store.get("keys", key.upper())
        doc = call.store.get("issues", moved["id"] if moved else key)
        if doc is None:
            missing.append({"id": key, "errorMessage": deeds.NO_ISSUE})
            continue
        found.append(
            render.issue(
                view,
                doc,
                wanted=names(body, "fields") or "*navigable",
                expand=names(body, "expand"),
                properties=names(body, "properties"),
            )
        )
    return {"issues": found, "issueErrors": missing}
