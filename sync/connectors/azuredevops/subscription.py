"""Asking Azure DevOps to tell us of changes: one service hook for each kind of event, with our secret in it."""

from sync.connectors.azuredevops.answers import record, records, text
from sync.connectors.azuredevops.home import VERSION, Home
from sync.connectors.azuredevops.webhooks import HEADER, USER
from sync.connectors.wire import Json

PATH = "_apis/hooks/subscriptions"
EVENTS = (
    "workitem.created",
    "workitem.updated",
    "workitem.commented",
    "workitem.deleted",
    "workitem.restored",
)


def subscribe(home: Home, url: str, secret: str) -> str:
    """Make sure one hook for each event of the project posts to `url` with `secret`; returns that secret.

    A secret is never told again, so hooks that are there already are replaced: removed once the new ones stand,
    those among them that the service has switched off. Raises Rejected where the account may not edit hooks.
    """
    listed = records(home.wire.json("GET", PATH, params={**VERSION, "publisherId": "tfs"}).get("value"))
    old = [text(one.get("id")) for one in listed if record(one.get("consumerInputs")).get("url") == url]
    for event in EVENTS:
        home.wire.json("POST", PATH, params=VERSION, body=_hook(home, event, url, secret))
    for number in old:
        if number:
            home.wire.value("DELETE", f"{PATH}/{number}", params=VERSION)
    return secret


def _hook(home: Home, event: str, url: str, secret: str) -> Json:
    return {
        "publisherId": "tfs",
        "eventType": event,
        "resourceVersion": "1.0",
        "consumerId": "webHooks",
        "consumerActionId": "httpRequest",
        "publisherInputs": {"projectId": text(home.about().get("id"))},
        "consumerInputs": {
            "url": url,
            "basicAuthUsername": USER,
            "basicAuthPassword": secret,
            "httpHeaders": f"{HEADER}: {secret}",
            "resourceDetailsToSend": "all",
            "messagesToSend": "none",
            "detailedMessagesToSend": "none",
        },
    }
