"""The practice ServiceNow's own switches under /_practice: the business rule's address, the hourly limit."""

from sync.sandbox.call import Call, Refusal, Routes
from sync.sandbox.servicenow.seed import digest
from sync.sandbox.store import Json

ROUTES = Routes()


def _switch(call: Call) -> Json:
    """The JSON of a switch; other content types are refused, so that no web page can send one."""
    if call.request.mimetype != "application/json":
        raise Refusal(415, {"error": "Send application/json."})
    return call.json()


@ROUTES.post("/_practice/outbound")
def outbound(call: Call) -> Json:
    """{"url", "secret"}: stands for the business rule that an administrator pastes; "" as secret takes it away."""
    body = _switch(call)
    url, secret = str(body.get("url", "")), str(body.get("secret", ""))
    if not url:
        raise Refusal(400, {"error": "Give a url."})
    call.store.delete("outbound", digest(url))
    if secret:
        call.store.put("outbound", digest(url), {"url": url, "secret": secret})
    return {"url": url, "on": bool(secret)}


@ROUTES.post("/_practice/limits")
def limits(call: Call) -> Json:
    """{"hourly": requests an hour}; 0 = no limit, as on a new instance."""
    state = {"hourly": int(_switch(call).get("hourly", 0))}
    call.store.put("practice", "limits", state)
    return state
