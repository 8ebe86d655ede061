"""Endpoints for work items: create, read, change, recycle bin, updates and revisions."""

import json
from typing import Any

from sync.sandbox.azuredevops import deeds, process, render
from sync.sandbox.azuredevops.place import home_of
from sync.sandbox.azuredevops.refusals import gone, refuse, version
from sync.sandbox.call import Call, Routes
from sync.sandbox.store import Doc, Json

ROUTES = Routes()
WIT = "/_apis/wit"
BATCH = 200
PATCH = "application/json-patch+json"


def operations(call: Call) -> list[Json]:
    """The JSON Patch of a request. Raises Refusal for another media type or body."""
    if call.request.mimetype != PATCH:
        text = f'The request indicated a Content-Type of "{call.request.mimetype}" for method type '
        text += f'"{call.request.method}" which is not supported. Valid content types are: {PATCH}.'
        raise refuse(415, "VssRequestContentTypeNotSupportedException", text)
    try:
        body = json.loads(call.request.get_data())
    except ValueError:
        body = None
    if not isinstance(body, list) or not body or not all(isinstance(one, dict) for one in body):
        raise refuse(
            400, "VssPropertyValidationException", "You must pass a valid patch document in the body of the request."
        )
    return body


def flag(call: Call, name: str) -> bool:
    return call.arg(name).casefold() == "true"


def _whole(name: str, given: str, default: int) -> int:
    """A number of a query. Raises Refusal."""
    if not given:
        return default
    if not given.lstrip("-").isdigit() or int(given) < 0:
        raise refuse(400, "VssPropertyValidationException", f"The value {given} of {name} is out of range.")
    return int(given)


@ROUTES.post(f"{WIT}/workitems/$<kind>")
def create(call: Call, kind: str) -> Json:
    """POST a new item as a JSON Patch; 200 and not 201."""
    version(call)
    home, found = home_of(call), process.KINDS.get(kind.casefold())
    if found is None:
        text = (
            f"VS402323: Work item type {kind} does not exist in project {home['name']} or you do not have permission."
        )
        raise refuse(404, "WorkItemTypeNotFoundException", text)
    doc = deeds.create(call, home, found, operations(call), validate=flag(call, "validateOnly"))
    return render.item(call, doc, expand=call.arg("$expand") or "relations")


@ROUTES.get(f"{WIT}/workitems/<int:number>")
def get(call: Call, number: int) -> Json:
    """GET one item."""
    version(call)
    doc = deeds.load(call, number)
    wanted = [one for one in call.arg("fields").split(",") if one] or None
    if wanted and call.arg("$expand") not in ("", "None", "none"):
        raise refuse(
            400, "VssPropertyValidationException", "The expand parameter can not be used with the fields parameter."
        )
    return render.item(call, doc, expand=call.arg("$expand", "none"), wanted=wanted)


@ROUTES.add("PATCH", f"{WIT}/workitems/<int:number>")
def change(call: Call, number: int) -> Json:
    """PATCH an item."""
    version(call)
    doc = deeds.load(call, number)
    doc = deeds.change(call, doc, operations(call), validate=flag(call, "validateOnly"))
    return render.item(call, doc, expand=call.arg("$expand") or "relations")


def _many(call: Call, ids: list[Any], body: Json) -> Json:
    """Items by id; a missing one fails all, or is null where it may be left out."""
    if not ids or len(ids) > BATCH:
        raise refuse(400, "VssPropertyValidationException", f"VS403474: Between 1 and {BATCH} ids are needed.")
    wanted, expand = body.get("fields") or None, str(body.get("$expand") or "none")
    if wanted and expand.casefold() != "none":
        raise refuse(
            400, "VssPropertyValidationException", "The expand parameter can not be used with the fields parameter."
        )
    rows: list[Json | None] = []
    for one in ids:
        doc = call.store.get("items", one)
        if doc is None or doc["deleted"]:
            if str(body.get("errorPolicy", "fail")).casefold() != "omit":
                raise gone(one)
            rows.append(None)
            continue
        rows.append(render.item(call, doc, expand=expand, wanted=wanted))
    return {"count": len(rows), "value": rows}


@ROUTES.get(f"{WIT}/workitems")
def some(call: Call) -> Json:
    """GET items by a list of ids."""
    version(call)
    ids = [one for one in call.arg("ids").split(",") if one]
    body: Json = {"fields": [one for one in call.arg("fields").split(",") if one]}
    return _many(call, ids, body | {"$expand": call.arg("$expand"), "errorPolicy": call.arg("errorPolicy")})


@ROUTES.post(f"{WIT}/workitemsbatch")
def batch(call: Call) -> Json:
    """POST a list of ids."""
    version(call)
    body = call.json()
    return _many(call, list(body.get("ids") or []), body)


def _binned(call: Call, doc: Doc) -> Json:
    """An item of the recycle bin, with a date as this part of the service writes it."""
    at = call.practice.now()
    place = f"{render.base(call)}/_apis/wit/recyclebin/{doc['id']}"
    return {
        "id": doc["id"],
        "type": doc["fields"]["System.WorkItemType"],
        "name": doc["fields"]["System.Title"],
        "project": doc["project"],
        "deletedDate": f"{at.month}/{at.day}/{at.year} {at.strftime('%I:%M:%S %p').lstrip('0')}",
        "deletedBy": render.named(call.store, doc["fields"]["System.ChangedBy"]),
        "code": 200,
        "url": place,
        "resource": {
            "id": doc["id"],
            "rev": doc["rev"],
            "fields": render.fields(call, doc, plain=True),
            "url": place,
        },
    }


@ROUTES.delete(f"{WIT}/workitems/<int:number>")
def delete(call: Call, number: int) -> Json | None:
    """DELETE an item: into the recycle bin, or for ever."""
    version(call)
    doc = deeds.bin_item(call, deeds.load(call, number), deleted=True)
    if flag(call, "destroy"):
        deeds.destroy(call, doc)
        return None
    return _binned(call, doc)


@ROUTES.get(f"{WIT}/recyclebin")
def bin_list(call: Call) -> Json:
    """GET what is in the recycle bin of the project."""
    version(call)
    name = home_of(call)["name"]
    found = [doc for doc in call.store.all("items") if doc["deleted"] and doc["project"] == name]
    rows = [{"id": doc["id"], "url": f"{render.base(call)}/_apis/wit/recyclebin/{doc['id']}"} for doc in found]
    return {"count": len(rows), "value": rows}


@ROUTES.get(f"{WIT}/recyclebin/<int:number>")
def bin_get(call: Call, number: int) -> Json:
    """GET one item of the recycle bin."""
    version(call)
    return _binned(call, deeds.load(call, number, deleted=True))


@ROUTES.add("PATCH", f"{WIT}/recyclebin/<int:number>")
def restore(call: Call, number: int) -> Json:
    """PATCH {"IsDeleted": false}: back from the recycle bin."""
    version(call)
    doc = deeds.load(call, number, deleted=True)
    if {name.casefold(): value for name, value in call.json().items()}.get("isdeleted") is not False:
        raise refuse(
            400, "VssPropertyValidationException", "TF237090: IsDeleted must be false to restore a work item."
        )
    return _binned(call, deeds.bin_item(call, doc, deleted=False))


@ROUTES.delete(f"{WIT}/recyclebin/<int:number>")
def destroy(call: Call, number: int) -> None:
    """DELETE for ever."""
    version(call)
    deeds.destroy(call, deeds.load(call, number, deleted=True))


@ROUTES.get(f"{WIT}/workitems/<int:number>/updates")
def updates(call: Call, number: int) -> Json:
    """GET the changes of an item, oldest first."""
    version(call)
    doc = deeds.load(call, number)
    top, skip = _whole("$top", call.arg("$top"), BATCH), _whole("$skip", call.arg("$skip"), 0)
    rows = call.store.all(f"updates/{number}")[skip : skip + min(top, BATCH)]
    return {"count": len(rows), "value": [render.update(call, doc, one) for one in rows]}


@ROUTES.get(f"{WIT}/workitems/<int:number>/updates/<int:update>")
def one_update(call: Call, number: int, update: int) -> Json:
    """GET one change."""
    version(call)
    doc, found = deeds.load(call, number), call.store.get(f"updates/{number}", update)
    if found is None:
        raise gone(number)
    return render.update(call, doc, found)


@ROUTES.get(f"{WIT}/workitems/<int:number>/revisions")
def revisions(call: Call, number: int) -> Json:
    """GET an item as it was at each revision."""
    version(call)
    deeds.load(call, number)
    top, skip = _whole("$top", call.arg("$top"), BATCH), _whole("$skip", call.arg("$skip"), 0)
    rows = call.store.all(f"revisions/{number}")[skip : skip + min(top, BATCH)]
    return {"count": len(rows), "value": [render.item(call, one, expand=call.arg("$expand", "none")) for one in rows]}
