"""What ServiceNow's error bodies say, as one sentence."""

from sync.connectors.answers import record
from sync.connectors.servicenow.answers import text
from sync.connectors.wire import Explained


def explain(body: object) -> Explained:
    """`{"error": {"message", "detail"}}` of the API, `{"error", "error_description"}` of the sign-in."""
    said = record(body)
    error = said.get("error")
    if isinstance(error, dict):
        parts = (text(error.get("message")), text(error.get("detail")))
    else:
        parts = (text(error), text(said.get("error_description")))
    return Explained(": ".join(dict.fromkeys(one for one in parts if one)))
