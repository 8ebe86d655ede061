"""What the instance does not allow: data policies, state models, records that are closed."""

from collections.abc import Mapping

from sync.sandbox.call import Refusal
from sync.sandbox.servicenow import catalog
from sync.sandbox.store import Doc

CLOSED = "ACL Exception Update Failed due to security constraints"
RESOLVED, HOLD, CALLER = ("6", "7"), "3", "1"


def refused(message: str, detail: str, *, status: int = 403) -> Refusal:
    """A refusal in the form that the API gives it."""
    return Refusal(status, {"error": {"message": message, "detail": detail}, "status": "failure"})


def check(table: str, before: Doc | None, after: Doc, given: Mapping[str, str]) -> None:
    """Raise Refusal where a write breaks a rule. `given` is what the write itself says."""
    if table == "incident":
        _incident(before, after, given)
    elif table == "change_request":
        _change(before, after)
    elif before and before.get("state") in catalog.ENDED.get(table, ()) and before["state"] != after["state"]:
        raise aborted(table, "Final states")


def aborted(table: str, rule: str) -> Refusal:
    """A business rule said no."""
    text = f"Operation against file '{table}' was aborted by Business Rule '{rule}'. Business Rule Stack:{rule}"
    return refused("Operation Failed", text)


def mandatory(*labels: str) -> Refusal:
    """A data policy said no."""
    return refused(
        "Operation Failed", f"Data Policy Exception: The following fields are mandatory: {', '.join(labels)}"
    )


def _incident(before: Doc | None, after: Doc, given: Mapping[str, str]) -> None:
    if before is not None and before["state"] in ("7", "8") and set(given) - set(catalog.JOURNALS):
        raise refused("Operation Failed", CLOSED)
    state = after["state"]
    moved = before is None or before["state"] != state
    if state == HOLD and not after["hold_reason"]:
        raise mandatory("On hold reason")
    if state == HOLD and moved and after["hold_reason"] == CALLER and not given.get("comments"):
        raise mandatory("Additional comments")
    if state in RESOLVED:
        _asked(after, {"close_code": "Resolution code", "close_notes": "Close notes"})


def _change(before: Doc | None, after: Doc) -> None:
    state = after["state"]
    if before is None or before["state"] == state:
        return
    if before["state"] in catalog.ENDED["change_request"]:
        raise aborted("change_request", "Change Model: Check State Transition")
    flow = catalog.CHANGE_FLOW
    forward = state in flow and flow.index(state) == flow.index(before["state"]) + 1
    if not forward and state != "4":
        raise aborted("change_request", "Change Model: Check State Transition")
    if state == "3":
        _asked(after, {"close_code": "Close code", "close_notes": "Close notes"})


def _asked(after: Doc, fields: Mapping[str, str]) -> None:
    missing = [label for name, label in fields.items() if not after[name]]
    if missing:
        raise mandatory(*missing)
