"""Asking Jira to tell us of changes: one administrator's webhook per address, signed with our secret."""

from sync.connectors.jira.answers import record, records, text
from sync.connectors.wire import Wire

PATH = "rest/webhooks/1.0/webhook"
EVENTS = (
    "jira:issue_created",
    "jira:issue_updated",
    "jira:issue_deleted",
    "comment_created",
    "comment_updated",
    "comment_deleted",
    "attachment_created",
    "attachment_deleted",
)


def subscribe(wire: Wire, url: str, secret: str, project: str) -> str:
    """Make sure one webhook of the project posts to `url`, signed with `secret`; returns that secret.

    Jira never tells a webhook's secret again, so one that is there already is replaced: removed once the new one
    stands. Raises Rejected where the account is no administrator.
    """
    given = wire.value("GET", PATH)
    old = [text(hook.get("self")) for hook in records(given) if hook.get("url") == url]
    body: dict[str, object] = {
        "name": "Concord",
        "url": url,
        "events": list(EVENTS),
        "filters": {"issue-related-events-section": f'project = "{project}"'},
        "secret": secret,
    }
    made = record(wire.value("POST", PATH, body=body))
    for address in old:
        if address and address != text(made.get("self")) and wire.same_site(address):
            wire.value("DELETE", address)
    return secret
