"""Asking Zendesk to tell us of changes: one webhook per address, whose secret Zendesk makes."""

from portal.core.errors import Rejected
from sync.connectors.wire import Wire
from sync.connectors.zendesk.people import API
from sync.connectors.zendesk.shapes import row, rows, text

#: ticket events that can change what we read; the payload is only a hint, so more would do no harm
EVENTS = (
    "created",
    "status_changed",
    "priority_changed",
    "subject_changed",
    "comment_added",
    "attachment_linked_to_comment",
    "agent_assignment_changed",
    "custom_field_changed",
    "tags_changed",
    "merged",
    "soft_deleted",
    "undeleted",
)


def subscribe(wire: Wire, url: str, secret: str) -> str:
    """Make sure one active webhook posts ticket events to `url`; returns the secret that signs them.

    Zendesk makes the secret itself, so `secret` is not used. A webhook that is there already is kept, so asking
    again doubles nothing. Raises Rejected where the account's plan or role does not allow webhooks.
    """
    found = [
        hook for hook in rows(wire.json("GET", f"{API}/webhooks").get("webhooks")) if hook.get("endpoint") == url
    ]
    hook = found[0] if found else _made(wire, url)
    number = text(hook.get("id"))
    signing = row(wire.json("GET", f"{API}/webhooks/{number}/signing_secret").get("signing_secret"))
    made = text(signing.get("secret"))
    if not made:
        raise Rejected("Zendesk gave no signing secret for the webhook. Check that the account is an administrator.")
    return made


def _made(wire: Wire, url: str) -> dict[str, object]:
    webhook = {
        "name": "Concord",
        "status": "active",
        "endpoint": url,
        "http_method": "POST",
        "request_format": "json",
        "subscriptions": [f"zen:event-type:ticket.{event}" for event in EVENTS],
    }
    return dict(row(wire.json("POST", f"{API}/webhooks", body={"webhook": webhook}).get("webhook")))
