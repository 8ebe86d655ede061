"""Endpoints for projects and for what their create screens ask."""

from typing import Any

from werkzeug.wrappers import Response

from sync.sandbox.call import Call, Routes, reply
from sync.sandbox.jira import catalog, render
from sync.sandbox.jira.issues import paged, window
from sync.sandbox.jira.render import View
from sync.sandbox.jira.seed import account_id, project
from sync.sandbox.jira.values import refuse
from sync.sandbox.store import Doc, Json

ROUTES = Routes()
LEAD = "ines@infinity.example"
MAX_PAGE = 200
DEPRECATED = "299 - The issue create meta endpoint has been deprecated. (Deprecation start date: June 03, 2024)"


def _found(call: Call, key: str) -> Doc:
    doc = project(call.store, key)
    if doc is None:
        raise refuse(None, f"No project could be found with key '{key}'.", status=404)
    return doc


def _visible(call: Call) -> list[Doc]:
    """All projects; an anonymous caller sees none, with status 200."""
    return call.store.all("projects") if call.actor else []


@ROUTES.get("/rest/api/3/project")
def list_projects(call: Call) -> Response:
    """All projects as an array."""
    return reply([render.project_ref(View.of(call), one["key"]) for one in _visible(call)])


@ROUTES.get("/rest/api/3/project/search")
def search_projects(call: Call) -> Json:
    """A page of projects."""
    rows = [render.project_ref(View.of(call), one["key"]) for one in _visible(call)]
    wanted = call.arg("query").casefold()
    rows = [one for one in rows if wanted in f"{one['key']} {one['name']}".casefold()]
    return paged(call, rows, "project/search")


@ROUTES.get("/rest/api/3/project/<key>")
def get_project(call: Call, key: str) -> Json:
    """One project with its kinds and components."""
    view, doc = View.of(call), _found(call, key)
    kinds = [render.issue_type(view, number) for number in catalog.TYPES]
    return {
        "expand": "description,lead,issueTypes,url,projectKeys,permissions,insight",
        **render.project_ref(view, doc["key"]),
        "description": "",
        "lead": render.user(view, account_id(LEAD)),
        "components": [render.component(view, number) for number in catalog.COMPONENTS],
        "issueTypes": kinds,
        "assigneeType": "UNASSIGNED",
        "versions": [],
        "roles": {name: view.link(f"project/{doc['id']}/role/{key}") for key, name in catalog.ROLES.items()},
        "style": "classic",
        "isPrivate": False,
        "properties": {},
    }


@ROUTES.get("/rest/api/3/project/<key>/statuses")
def statuses(call: Call, key: str) -> Response:
    """Statuses by kind of issue."""
    view = View.of(call)
    _found(call, key)
    states = [render.status(view, number) for number in catalog.STATUSES]
    return reply(
        [
            {
                "self": view.link(f"issuetype/{number}"),
                "id": number,
                "name": name,
                "subtask": level < 0,
                "statuses": states,
            }
            for number, (name, _, level) in catalog.TYPES.items()
        ]
    )


@ROUTES.get("/rest/api/3/project/<key>/components")
def components(call: Call, key: str) -> Response:
    """A project's components."""
    _found(call, key)
    return reply([render.component(View.of(call), number) for number in catalog.COMPONENTS])


def meta(view: View, field: catalog.Field, home: Doc, kind: str) -> Json:
    """What the create screen asks of one field."""
    said: Json = {
        "required": field.required,
        "schema": field.schema,
        "name": field.name,
        "key": field.id,
        "hasDefaultValue": field.default,
        "operations": list(field.operations) if field.id != "issuetype" else [],
    }
    allowed: dict[str, list[Any]] = {
        "priority": [render.priority(view, number) for number in catalog.PRIORITIES],
        "components": [render.component(view, number) for number in catalog.COMPONENTS],
        "customfield_10051": [render.product(view, number) for number in catalog.PRODUCTS],
        "issuetype": [render.issue_type(view, kind)],
        "project": [render.project_ref(view, home["key"])],
    }
    if field.id in allowed:
        said["allowedValues"] = allowed[field.id]
    if field.id == "priority":
        said["defaultValue"] = render.priority(view, catalog.DEFAULT_PRIORITY)
    if field.type == "user":
        said["autoCompleteUrl"] = view.link(f"user/assignable/search?project={home['key']}&query=")
    return said


@ROUTES.get("/rest/api/3/issue/createmeta/<key>/issuetypes")
def create_types(call: Call, key: str) -> Json:
    """A page of the kinds that can be created in a project."""
    _found(call, key)
    _limited(call)
    view, (start, size) = View.of(call), window(call, MAX_PAGE)
    rows = [render.issue_type(view, number) for number in catalog.TYPES]
    return {
        "maxResults": size,
        "startAt": start,
        "total": len(rows),
        "issueTypes": rows[start : start + size],
    }


@ROUTES.get("/rest/api/3/issue/createmeta/<key>/issuetypes/<kind>")
def create_fields(call: Call, key: str, kind: str) -> Json:
    """A page of the create screen's fields of one kind."""
    home = _found(call, key)
    if kind not in catalog.TYPES:
        raise refuse(None, f"Issue type with id '{kind}' does not exist in this project.", status=404)
    _limited(call)
    view, (start, size) = View.of(call), window(call, MAX_PAGE)
    screen = [field for field in catalog.FIELDS.values() if field.create]
    rows = [{"fieldId": field.id, **meta(view, field, home, kind)} for field in screen[start : start + size]]
    return {"maxResults": size, "startAt": start, "total": len(screen), "fields": rows}


def _limited(call: Call) -> None:
    """Refuse a page that is too large, as the real site does."""
    if call.arg("maxResults").isdigit() and int(call.arg("maxResults")) > MAX_PAGE:
        raise refuse(None, f"Parameter 'maxResults' must not exceed the limit '{MAX_PAGE}'")


@ROUTES.get("/rest/api/3/issue/createmeta")
def create_meta(call: Call) -> Json:
    """The old endpoint, which says that it is deprecated."""
    call.headers["Warning"] = DEPRECATED
    view, expanded = View.of(call), "projects.issuetypes.fields" in call.arg("expand")
    keys = {one for one in call.arg("projectKeys").split(",") if one}
    names = {one for one in call.arg("issuetypeNames").split(",") if one}
    rows = []
    for home in _visible(call):
        if keys and home["key"] not in keys:
            continue
        kinds = []
        for number, (name, _, _) in catalog.TYPES.items():
            if names and name not in names:
                continue
            kind = render.issue_type(view, number)
            if expanded:
                screen = [field for field in catalog.FIELDS.values() if field.create]
                kind |= {
                    "expand": "fields",
                    "fields": {one.id: meta(view, one, home, number) for one in screen},
                }
            kinds.append(kind)
        rows.append({"expand": "issuetypes", **render.project_ref(view, home["key"]), "issuetypes": kinds})
    return {"expand": "projects", "projects": rows}
