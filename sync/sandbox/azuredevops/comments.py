"""Endpoints for the comments of a work item: a preview in every version so far."""

from base64 import b64decode, b64encode
from typing import Any

from sync.sandbox.azuredevops import deeds, past, render
from sync.sandbox.azuredevops.items import WIT, flag
from sync.sandbox.azuredevops.place import home_of
from sync.sandbox.azuredevops.refusals import gone, refuse, version
from sync.sandbox.call import Call, Routes
from sync.sandbox.store import Doc, Json

ROUTES = Routes()
PAGE = 200
PLACE = f"{WIT}/workitems/<int:number>/comments"


def _item(call: Call, number: int) -> Json:
    """The item, at home in the project that the address names. Raises Refusal."""
    version(call, preview=True)
    doc = deeds.load(call, number)
    if doc["project"] != home_of(call)["name"]:
        raise gone(number)
    return doc


def _one(call: Call, number: int, comment: int) -> tuple[Json, Json]:
    doc, found = _item(call, number), call.store.copy(f"comments/{number}", comment)
    if found is None or (found["deleted"] and not flag(call, "includeDeleted")):
        raise refuse(404, "WorkItemCommentNotFoundException", f"VS403673: Comment {comment} does not exist.")
    return doc, found


def _shown(call: Call, doc: Doc, note: Doc) -> Json:
    rendered = ""
    if "renderedtext" in call.arg("$expand").casefold() or call.arg("$expand").casefold() == "all":
        rendered = past.rendered(note)
    return render.comment(call, doc, note, rendered=rendered)


@ROUTES.get(PLACE)
def some(call: Call, number: int) -> Json:
    """GET comments, newest first unless asked, by pages."""
    doc = _item(call, number)
    rows = [one for one in call.store.all(f"comments/{number}") if not one["deleted"] or flag(call, "includeDeleted")]
    wanted = [one for one in call.arg("ids").split(",") if one]
    if wanted:
        rows = [one for one in rows if str(one["id"]) in wanted]
    if call.arg("order").casefold() != "asc":
        rows = rows[::-1]
    top, start = min(int(call.arg("$top") or PAGE), PAGE), _start(call.arg("continuationToken"))
    page = rows[start : start + top]
    made: Json = {"totalCount": len(rows), "count": len(page)}
    made["comments"] = [_shown(call, doc, one) for one in page]
    if start + top < len(rows):
        token = b64encode(str(start + top).encode()).decode()
        made |= {"continuationToken": token, "nextPage": f"{call.request.base_url}?continuationToken={token}"}
    return made


def _start(token: str) -> int:
    try:
        return int(b64decode(token)) if token else 0
    except ValueError:
        raise refuse(400, "VssPropertyValidationException", "The continuation token is not valid.") from None


def _text(call: Call) -> tuple[str, str]:
    """The text of a request and its format. Raises Refusal for none."""
    said: Any = call.json().get("text")
    if not isinstance(said, str) or not said.strip():
        raise refuse(400, "VssPropertyValidationException", "VS403672: The comment's text must not be empty.")
    kind = call.arg("format").casefold() or "html"
    if kind not in ("html", "markdown"):
        raise refuse(400, "VssPropertyValidationException", f"The format {kind} is not known.")
    return said, kind


@ROUTES.post(PLACE)
def add(call: Call, number: int) -> Json:
    """POST a comment."""
    doc = _item(call, number)
    return _shown(call, doc, deeds.comment(call, doc, *_text(call)))


@ROUTES.get(f"{PLACE}/<int:comment>")
def get(call: Call, number: int, comment: int) -> Json:
    """GET one comment."""
    doc, found = _one(call, number, comment)
    return _shown(call, doc, found)


@ROUTES.add("PATCH", f"{PLACE}/<int:comment>")
def change(call: Call, number: int, comment: int) -> Json:
    """PATCH the text: only its author may."""
    doc, found = _one(call, number, comment)
    if found["by"] != deeds.actor_id(call):
        raise refuse(403, "WorkItemCommentUnauthorizedException", "VS403675: You may only change your own comments.")
    text, kind = _text(call)
    return _shown(call, doc, deeds.edit_comment(call, doc, found, text=text, kind=kind))


@ROUTES.delete(f"{PLACE}/<int:comment>")
def delete(call: Call, number: int, comment: int) -> None:
    """DELETE a comment; its place stays."""
    doc, found = _one(call, number, comment)
    deeds.edit_comment(call, doc, found, text=None, kind=found["format"])


@ROUTES.get(f"{PLACE}/<int:comment>/versions")
def versions(call: Call, number: int, comment: int) -> Json:
    """GET a comment as it was and is."""
    doc = _item(call, number)
    found = call.store.get(f"comments/{number}", comment)
    rows = [*call.store.all(f"versions/{comment}"), *([found] if found else [])]
    return {"count": len(rows), "value": [render.comment(call, doc, one) for one in rows]}
