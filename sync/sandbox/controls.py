"""The switches of a practice system under /_practice: faults, outage, clock; JSON only, no account."""

from sync.sandbox.call import Call, Refusal, Routes
from sync.sandbox.faults import HookFault
from sync.sandbox.store import Json

ROUTES = Routes()


def _control(call: Call) -> Json:
    """The JSON of a control request. Other content types are refused: a web page cannot send this one."""
    if call.request.mimetype != "application/json":
        raise Refusal(415, {"error": "Send application/json."})
    return call.json()


@ROUTES.get("/_practice/health")
def health(call: Call) -> Json:
    """Alive, and whether webhooks are still on their way."""
    return {
        "name": call.practice.name,
        "down": call.practice.faults.down,
        "idle": call.practice.courier.idle(),
    }


@ROUTES.get("/_practice/faults")
def list_faults(call: Call) -> Json:
    """The faults in force."""
    return {"faults": [repr(f) for f in call.practice.faults.planned], "down": call.practice.faults.down}


@ROUTES.post("/_practice/faults")
def plan_fault(call: Call) -> Json:
    """Plan one fault (faults.Fault tells the keys)."""
    try:
        fault = call.practice.faults.plan(_control(call))
    except (ValueError, TypeError) as error:
        raise Refusal(400, {"error": str(error)}) from error
    return {"planned": repr(fault)}


@ROUTES.delete("/_practice/faults")
def clear_faults(call: Call) -> None:
    """Back to normal."""
    call.practice.faults.clear()


@ROUTES.post("/_practice/down")
def set_down(call: Call) -> Json:
    """{"down": true|false, "how": "closed"|"503"}: the API stops or starts answering; pages stay."""
    body = _control(call)
    how = "503" if body.get("how") == "503" else "closed"
    call.practice.faults.down = how if body.get("down", True) else ""
    return {"down": call.practice.faults.down}


@ROUTES.post("/_practice/hooks")
def set_hooks(call: Call) -> Json:
    """How webhooks go wrong from now on (faults.HookFault tells the keys); {} = as they should."""
    try:
        call.practice.faults.hooks = HookFault(**_control(call))
    except TypeError as error:
        raise Refusal(400, {"error": str(error)}) from error
    return {"hooks": repr(call.practice.faults.hooks)}


@ROUTES.post("/_practice/clock")
def set_clock(call: Call) -> Json:
    """{"skew": seconds}: run this tracker's clock ahead of (or behind) the true time."""
    call.practice.skew = float(_control(call).get("skew", 0))
    return {"skew": call.practice.skew, "at": call.practice.now().isoformat()}
