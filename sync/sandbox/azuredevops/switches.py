"""The practice organisation's own switches under /_practice: limits, pages and tokens of the list of changes."""

from sync.sandbox.call import Call, Refusal, Routes
from sync.sandbox.store import Json

ROUTES = Routes()


def _switch(call: Call) -> Json:
    """The JSON of a switch; other content types are refused, so that no web page can send one."""
    if call.request.mimetype != "application/json":
        raise Refusal(415, {"error": "Send application/json."})
    return call.json()


@ROUTES.post("/_practice/limits")
def limits(call: Call) -> Json:
    """{"delay": n, "block": n}: requests a minute until answers ask for patience, or none come; 0 = never."""
    body = _switch(call)
    state = {"delay": int(body.get("delay", 0)), "block": int(body.get("block", 0))}
    call.store.put("practice", "limits", state)
    return state


@ROUTES.post("/_practice/reporting")
def reporting(call: Call) -> Json:
    """{"page": rows in a batch, "refuse": true}: short batches; tokens given so far are no longer taken."""
    body = _switch(call)
    epoch = int((call.store.get("practice", "reporting") or {}).get("epoch", 1))
    state = {"page": int(body.get("page", 200)), "epoch": epoch + bool(body.get("refuse"))}
    call.store.put("practice", "reporting", state)
    return dict(state)
