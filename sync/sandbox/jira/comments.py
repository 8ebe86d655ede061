"""Endpoints for comments, restricted and internal ones included."""

from typing import Any

from werkzeug.wrappers import Response

from sync.sandbox.call import Call, Routes, reply
from sync.sandbox.jira import catalog, deeds, render
from sync.sandbox.jira.issues import comment_body, properties_of, window
from sync.sandbox.jira.render import View
from sync.sandbox.jira.values import BAD_PAYLOAD, refuse
from sync.sandbox.store import Json

ROUTES = Routes()
ORDERS = ("", "created", "+created", "-created")


@ROUTES.get("/rest/api/3/issue/<key>/comment")
def list_comments(call: Call, key: str) -> Json:
    """GET comments: those the caller may see, oldest first."""
    doc, view, (start, size) = deeds.load(call, key), View.of(call), window(call, 5000)
    if call.arg("orderBy") not in ORDERS:
        raise refuse(None, f"The value '{call.arg('orderBy')}' is not valid for orderBy.")
    rows = render.comments(view, doc["id"])
    if call.arg("orderBy").startswith("-"):
        rows = rows[::-1]
    share = [render.comment(view, one, expand=call.arg("expand")) for one in rows[start : start + size]]
    return {
        "self": view.link(f"issue/{doc['id']}/comment"),
        "maxResults": size,
        "total": len(rows),
        "startAt": start,
        "comments": share,
    }


@ROUTES.post("/rest/api/3/comment/list")
def list_by_id(call: Call) -> Json:
    """POST comment/list: up to 1000 by id, of any issues."""
    ids = call.json().get("ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= 1000:
        raise refuse(None, "The list of comment ids must have 1 to 1000 entries.")
    view, wanted = View.of(call), {str(one) for one in ids}
    trees = [render.comments(view, issue["id"]) for issue in call.store.all("issues")]
    rows = [
        render.comment(view, one, expand=call.arg("expand")) for tree in trees for one in tree if one["id"] in wanted
    ]
    return {"maxResults": 1000, "startAt": 0, "total": len(rows), "isLast": True, "values": rows}


@ROUTES.post("/rest/api/3/issue/<key>/comment")
def add(call: Call, key: str) -> Response:
    """POST a comment with body, visibility and properties."""
    doc, body, view = deeds.load(call, key), call.json(), View.of(call)
    note = deeds.add_comment(
        call,
        doc,
        comment_body(body.get("body"), view.version),
        visibility=visibility(call, body.get("visibility")),
        properties=properties_of(body),
    )
    return reply(render.comment(view, note, expand=call.arg("expand")), status=201)


def visibility(call: Call, given: Any) -> Json | None:
    """A restriction to a role that the caller has. Raises Refusal."""
    if not given:
        return None
    if not isinstance(given, dict):
        raise refuse(None, BAD_PAYLOAD)
    role = given.get("value") or catalog.ROLES.get(str(given.get("identifier")), "")
    if given.get("type") != "role" or role not in catalog.ROLES.values():
        raise refuse({"commentLevel": f"The {given.get('type')} '{role}' does not exist."})
    if call.actor is None or role not in call.actor["roles"]:
        raise refuse({"commentLevel": f"You are currently not a member of the project role: {role}."})
    number = next(key for key, name in catalog.ROLES.items() if name == role)
    return {"type": "role", "value": role, "identifier": number}


def _one(call: Call, key: str, number: str) -> tuple[Json, Json]:
    doc = deeds.load(call, key)
    note = call.store.copy(f"comments/{doc['id']}", number)
    if note is None or not View.of(call).sees(note):
        raise refuse(None, f"Can not find a comment for the id: {number}.", status=404)
    return doc, note


@ROUTES.get("/rest/api/3/issue/<key>/comment/<number>")
def get(call: Call, key: str, number: str) -> Json:
    """GET one comment."""
    _, note = _one(call, key, number)
    return render.comment(View.of(call), note, expand=call.arg("expand"))


@ROUTES.put("/rest/api/3/issue/<key>/comment/<number>")
def update(call: Call, key: str, number: str) -> Json:
    """PUT a comment: the body, the restriction as given (none given = none), properties if given."""
    doc, note = _one(call, key, number)
    body, view = call.json(), View.of(call)
    changed: Json = {
        "body": comment_body(body.get("body"), view.version),
        "visibility": visibility(call, body.get("visibility")),
        "properties": note["properties"] | properties_of(body),
    }
    return render.comment(view, deeds.edit_comment(call, doc, note, changed), expand=call.arg("expand"))


@ROUTES.delete("/rest/api/3/issue/<key>/comment/<number>")
def delete(call: Call, key: str, number: str) -> None:
    """DELETE a comment."""
    doc, note = _one(call, key, number)
    deeds.delete_comment(call, doc, note)
