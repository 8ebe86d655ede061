"""The practice Jira's own switches under /_practice: index lag, limits, media host, a move."""

from sync.sandbox.call import Call, Refusal, Routes
from sync.sandbox.jira import deeds
from sync.sandbox.jira.seed import account_id, project
from sync.sandbox.store import Json

ROUTES = Routes()


def _switch(call: Call) -> Json:
    """The JSON of a switch; other content types are refused, so that no web page can send one."""
    if call.request.mimetype != "application/json":
        raise Refusal(415, {"error": "Send application/json."})
    return call.json()


@ROUTES.post("/_practice/index")
def index(call: Call) -> Json:
    """{"lag": seconds}: searches show what was so many seconds ago."""
    state = {"lag": float(_switch(call).get("lag", 0))}
    call.store.put("practice", "index", state)
    return state


@ROUTES.post("/_practice/limits")
def limits(call: Call) -> Json:
    """{"burst": requests a second, "per_issue": writes to one issue in 2 seconds}; 0 = no limit."""
    body = _switch(call)
    state = {"burst": int(body.get("burst", 0)), "per_issue": int(body.get("per_issue", 0))}
    call.store.put("practice", "limits", state)
    return state


@ROUTES.post("/_practice/media")
def media(call: Call) -> Json:
    """{"base": address}: downloads are sent to this address of the same server ("" = its own)."""
    state: Json = dict(call.store.get("practice", "media") or {})
    base = str(_switch(call).get("base", ""))
    call.store.put("practice", "media", state | {"base": base})
    return {"base": base}


@ROUTES.post("/_practice/move")
def move(call: Call) -> Json:
    """{"issue": key, "project": key, "as": e-mail}: what only Jira's own pages can do on the real site."""
    body = _switch(call)
    home = project(call.store, str(body.get("project", "")))
    if home is None:
        raise Refusal(400, {"error": "No such project."})
    call.actor = call.store.get("people", account_id(str(body.get("as", "ines@infinity.example"))))
    doc = deeds.relocate(call, deeds.load(call, str(body.get("issue", ""))), home)
    return {"id": doc["id"], "key": doc["key"]}
