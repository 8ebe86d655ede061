"""Endpoints for the entity properties of issues and comments."""

import json
from typing import Any

from werkzeug.wrappers import Response

from sync.sandbox.call import Call, Routes
from sync.sandbox.jira import deeds
from sync.sandbox.jira.issues import check_property
from sync.sandbox.jira.render import View
from sync.sandbox.jira.values import refuse
from sync.sandbox.store import Json

ROUTES = Routes()


def _value(call: Call, key: str) -> Any:
    """A property's new value: any JSON. Raises Refusal."""
    try:
        value = json.loads(call.request.get_data())
    except ValueError as error:
        raise refuse(None, "The property value must be valid JSON.") from error
    check_property(key, value)
    return value


def _missing(key: str) -> Exception:
    return refuse(None, f"The property with key '{key}' does not exist.", status=404)


def _list(view: View, place: str, held: Json) -> Json:
    return {"keys": [{"self": view.link(f"{place}/properties/{key}"), "key": key} for key in held]}


@ROUTES.get("/rest/api/3/issue/<issue>/properties")
def list_issue(call: Call, issue: str) -> Json:
    """The keys of an issue's properties."""
    return _list(View.of(call), f"issue/{issue}", deeds.load(call, issue)["properties"])


@ROUTES.get("/rest/api/3/issue/<issue>/properties/<key>")
def get_issue(call: Call, issue: str, key: str) -> Json:
    """One property of an issue."""
    held = deeds.load(call, issue)["properties"]
    if key not in held:
        raise _missing(key)
    return {"key": key, "value": held[key]}


@ROUTES.put("/rest/api/3/issue/<issue>/properties/<key>")
def put_issue(call: Call, issue: str, key: str) -> Response:
    """Set a property: 201 new, 200 replaced; the issue's time of update stays."""
    doc = deeds.load(call, issue)
    known = key in doc["properties"]
    doc["properties"][key] = _value(call, key)
    call.store.put("issues", doc["id"], doc)
    return Response(status=200 if known else 201)


@ROUTES.delete("/rest/api/3/issue/<issue>/properties/<key>")
def delete_issue(call: Call, issue: str, key: str) -> None:
    """Forget a property."""
    doc = deeds.load(call, issue)
    if doc["properties"].pop(key, None) is None:
        raise _missing(key)
    call.store.put("issues", doc["id"], doc)


def _comment(call: Call, number: str) -> Json:
    for issue in call.store.all("issues"):
        found = call.store.copy(f"comments/{issue['id']}", number)
        if found is not None and View.of(call).sees(found):
            return found
    raise refuse(None, f"Can not find a comment for the id: {number}.", status=404)


@ROUTES.get("/rest/api/3/comment/<number>/properties")
def list_comment(call: Call, number: str) -> Json:
    """The keys of a comment's properties."""
    return _list(View.of(call), f"comment/{number}", _comment(call, number)["properties"])


@ROUTES.get("/rest/api/3/comment/<number>/properties/<key>")
def get_comment(call: Call, number: str, key: str) -> Json:
    """One property of a comment."""
    held = _comment(call, number)["properties"]
    if key not in held:
        raise _missing(key)
    return {"key": key, "value": held[key]}


@ROUTES.put("/rest/api/3/comment/<number>/properties/<key>")
def put_comment(call: Call, number: str, key: str) -> Response:
    """Set a property of a comment."""
    note = _comment(call, number)
    known = key in note["properties"]
    note["properties"][key] = _value(call, key)
    call.store.put(f"comments/{note['issue']}", number, note)
    return Response(status=200 if known else 201)
