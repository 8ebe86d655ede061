"""Endpoints that tell what the organisation is: who asks, projects, types, fields, states, paths, tags."""

from typing import Any

from sync.sandbox.azuredevops import process, render
from sync.sandbox.azuredevops.items import WIT
from sync.sandbox.azuredevops.locations import LOCATIONS
from sync.sandbox.azuredevops.place import home_of
from sync.sandbox.azuredevops.refusals import refuse, version
from sync.sandbox.azuredevops.seed import ORGANISATION, guid, project
from sync.sandbox.call import Call, Routes
from sync.sandbox.store import Doc, Json

ROUTES = Routes()
SINCE = "2025-01-06T08:00:00Z"


def listed(rows: list[Any]) -> Json:
    """A list as the service wraps it."""
    return {"count": len(rows), "value": rows}


@ROUTES.add("OPTIONS", "/_apis")
def locations(_call: Call) -> Json:
    """OPTIONS: where each resource is, by which programs find their addresses."""
    keys = ("id", "area", "resourceName", "routeTemplate", "resourceVersion")
    versions = {"minVersion": "1.0", "maxVersion": "7.2", "releasedVersion": "7.1"}
    return listed([dict(zip(keys, one, strict=True)) | versions for one in LOCATIONS])


@ROUTES.get("/_apis/resourceareas")
def areas(_call: Call) -> Json:
    """GET: none, as on a server of one's own: every area is at the organisation's address."""
    return listed([])


@ROUTES.get("/_apis/connectiondata")
def connection(call: Call) -> Json:
    """GET who asks."""
    who = call.actor or {}
    said: Json = {
        "id": who.get("id", ""),
        "descriptor": f"Microsoft.IdentityModel.Claims.ClaimsIdentity;{who.get('uniqueName', '')}",
        "subjectDescriptor": f"aad.{who.get('id', '')}",
        "providerDisplayName": who.get("displayName", ""),
        "isActive": True,
        "properties": {"Account": {"$type": "System.String", "$value": who.get("uniqueName", "")}},
    }
    return {
        "authenticatedUser": said,
        "authorizedUser": said,
        "instanceId": guid("instance", ORGANISATION),
        "deploymentId": guid("deployment", ORGANISATION),
        "deploymentType": "hosted",
    }


def _project(call: Call, doc: Doc) -> Json:
    return {
        "id": doc["id"],
        "name": doc["name"],
        "description": "Practice project",
        "url": f"{render.base(call)}/_apis/projects/{doc['id']}",
        "state": "wellFormed",
        "revision": 11,
        "visibility": "private",
        "lastUpdateTime": SINCE,
    }


@ROUTES.get("/_apis/projects")
def projects(call: Call) -> Json:
    """GET all projects."""
    version(call)
    return listed([_project(call, doc) for doc in call.store.all("projects")])


@ROUTES.get("/_apis/projects/<name>")
def one_project(call: Call, name: str) -> Json:
    """GET a project by name or GUID."""
    version(call)
    found = project(call.store, name)
    if found is None:
        text = (
            f"TF200016: The following project does not exist: {name}. Verify that the name of the project is correct."
        )
        raise refuse(404, "ProjectDoesNotExistWithNameException", text)
    return _project(call, found)


def _kind(call: Call, kind: process.Kind) -> Json:
    moves: Json = {"": [{"to": process.FIRST, "actions": None}]}
    moves |= {start: [{"to": end, "actions": None} for end in (start, *ends)] for start, ends in kind.moves.items()}
    return {
        "name": kind.name,
        "referenceName": f"Microsoft.VSTS.WorkItemTypes.{kind.name.replace(' ', '')}",
        "description": f"A {kind.name.lower()} of the practice organisation.",
        "color": kind.color,
        "icon": {"id": "icon_clipboard", "url": f"{render.base(call)}/_apis/wit/workItemIcons/icon_clipboard"},
        "isDisabled": False,
        "xmlForm": "",
        "fields": [_typed(call, ref) for ref in kind.all_fields],
        "fieldInstances": [_typed(call, ref) for ref in kind.all_fields],
        "transitions": moves,
        "states": _states(kind),
        "url": f"{render.base(call)}/_apis/wit/workItemTypes/{kind.name}",
    }


def _states(kind: process.Kind) -> list[Json]:
    return [
        {"name": name, "category": process.CATEGORIES[name][0], "color": process.CATEGORIES[name][1]}
        for name in kind.states
    ]


def _typed(call: Call, ref: str, kind: process.Kind | None = None) -> Json:
    """A field of a type; with the type, also what it allows."""
    field = process.FIELDS[ref]
    made: Json = {
        "alwaysRequired": ref in ("System.Title", "System.State", "System.AreaPath", "System.IterationPath"),
        "referenceName": ref,
        "name": field.name,
        "url": f"{render.base(call)}/_apis/wit/fields/{ref}",
        "defaultValue": "2" if ref.endswith(".Priority") else None,
    }
    if kind is not None:
        allowed = kind.states if ref == "System.State" else field.options
        made |= {"allowedValues": list(allowed), "dependentFields": []}
    return made


def _found(kind: str) -> process.Kind:
    found = process.KINDS.get(kind)
    if found is None:
        raise refuse(404, "WorkItemTypeNotFoundException", f"VS402323: Work item type {kind} does not exist.")
    return found


@ROUTES.get(f"{WIT}/workitemtypes")
def kinds(call: Call) -> Json:
    """GET the project's types."""
    version(call)
    home_of(call)
    return listed([_kind(call, one) for one in process.KINDS.values()])


@ROUTES.get(f"{WIT}/workitemtypes/<kind>")
def one_kind(call: Call, kind: str) -> Json:
    """GET one type."""
    version(call)
    home_of(call)
    return _kind(call, _found(kind))


@ROUTES.get(f"{WIT}/workitemtypes/<kind>/fields")
def kind_fields(call: Call, kind: str) -> Json:
    """GET the fields of a type; with what they allow where that is asked for."""
    version(call)
    home_of(call)
    found = _found(kind)
    wide = found if call.arg("$expand").casefold() in ("all", "allowedvalues") else None
    return listed([_typed(call, ref, wide) for ref in found.all_fields])


@ROUTES.get(f"{WIT}/workitemtypes/<kind>/states")
def kind_states(call: Call, kind: str) -> Json:
    """GET the states of a type."""
    version(call)
    home_of(call)
    return listed(_states(_found(kind)))


def _field(call: Call, ref: str) -> Json:
    field = process.FIELDS[ref]
    return {
        "name": field.name,
        "referenceName": ref,
        "description": None,
        "type": field.type,
        "usage": "workItem",
        "readOnly": field.given or field.type == "treePath",
        "canSortBy": field.type not in ("html", "history"),
        "isQueryable": True,
        "supportedOperations": [{"referenceName": "SupportedOperations.Equals", "name": "="}],
        "isIdentity": field.identity,
        "isPicklist": False,
        "isPicklistSuggested": False,
        "url": f"{render.base(call)}/_apis/wit/fields/{ref}",
    }


@ROUTES.get(f"{WIT}/fields")
def fields(call: Call) -> Json:
    """GET all fields."""
    version(call)
    return listed([_field(call, ref) for ref in process.FIELDS])


@ROUTES.get(f"{WIT}/fields/<name>")
def one_field(call: Call, name: str) -> Json:
    """GET a field by reference name or name."""
    version(call)
    ref = process.LOOKUP.get(name)
    if ref is None:
        raise refuse(404, "WorkItemTrackingFieldDefinitionNotFoundException", f"TF51535: Cannot find field {name}.")
    return _field(call, ref)


def _node(call: Call, kind: str, path: str, paths: list[str], depth: int) -> Json:
    """A node of a tree with what is below it, so many levels deep."""
    below = [one for one in paths if one.rpartition("\\")[0] == path]
    made: Json = {
        "id": 1 + paths.index(path),
        "identifier": guid(kind, path),
        "name": path.rpartition("\\")[2],
        "structureType": kind,
        "hasChildren": bool(below),
        "path": "\\" + path.replace("\\", f"\\{kind.capitalize()}\\", 1)
        if "\\" in path
        else f"\\{path}\\{kind.capitalize()}",
        "url": f"{render.base(call)}/_apis/wit/classificationNodes/{kind.capitalize()}s",
    }
    if below and depth > 0:
        made["children"] = [_node(call, kind, one, paths, depth - 1) for one in below]
    return made


@ROUTES.get(f"{WIT}/classificationnodes")
def nodes(call: Call) -> Json:
    """GET the roots of areas and iterations."""
    version(call)
    home, depth = home_of(call), int(call.arg("$depth") or 0)
    return listed([_node(call, kind, home["name"], list(home[kind]), depth) for kind in ("area", "iteration")])


@ROUTES.get(f"{WIT}/classificationnodes/<group>")
def one_tree(call: Call, group: str) -> Json:
    """GET the root of one tree."""
    version(call)
    home, kind = home_of(call), group.removesuffix("s")
    if kind not in ("area", "iteration"):
        raise refuse(404, "ClassificationNodeNotFoundException", f"VS402485: The node {group} does not exist.")
    return _node(call, kind, home["name"], list(home[kind]), int(call.arg("$depth") or 0))


@ROUTES.get(f"{WIT}/tags")
def tags(call: Call) -> Json:
    """GET the tags of a project."""
    version(call, preview=True)
    name = home_of(call)["name"]
    rows = [str(doc["fields"].get("System.Tags", "")) for doc in call.store.all("items") if doc["project"] == name]
    found = sorted({one.strip() for row in rows for one in row.split(";") if one.strip()}, key=str.casefold)
    return listed(
        [{"id": guid("tag", one), "name": one, "url": f"{render.base(call)}/_apis/wit/tags/{one}"} for one in found]
    )


@ROUTES.get(f"{WIT}/workitemrelationtypes")
def relation_types(call: Call) -> Json:
    """GET the kinds of relation."""
    version(call)
    rows = (("AttachedFile", "Attached File"), ("Hyperlink", "Hyperlink"), ("System.LinkTypes.Related", "Related"))
    return listed([{"referenceName": ref, "name": name, "attributes": {"enabled": True}} for ref, name in rows])
