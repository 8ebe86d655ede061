"""What Request Tracker's error bodies say: one message, in the account's language."""

from sync.connectors.answers import record, text
from sync.connectors.wire import Explained


def explain(body: object) -> Explained:
    """RT's own sentence; it names no field."""
    return Explained(" ".join(text(record(body).get("message")).split()))
