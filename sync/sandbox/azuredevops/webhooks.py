"""Endpoints for service hooks: subscriptions of the kind that posts to an address."""

import uuid
from urllib.parse import urlsplit

from sync.sandbox.azuredevops import deeds, events, render
from sync.sandbox.azuredevops.describe import listed
from sync.sandbox.azuredevops.refusals import refuse, stamp, version
from sync.sandbox.call import Call, Routes
from sync.sandbox.store import Doc, Json

ROUTES = Routes()
PLACE = "/_apis/hooks/subscriptions"
MASK = "********"
SECRET = ("basicAuthPassword", "httpHeaders")


def _shown(call: Call, hook: Doc) -> Json:
    """A subscription as told: its secrets are masked."""
    given = {name: MASK if name in SECRET and value else value for name, value in hook["consumerInputs"].items()}
    return {
        **hook,
        "url": f"{render.base(call)}{PLACE}/{hook['id']}",
        "consumerInputs": given,
        "eventDescription": "Any work item",
        "actionDescription": f"To host {urlsplit(str(hook['consumerInputs'].get('url'))).hostname}",
        "createdBy": render.identity(call, hook["owner"]),
    }


def _part(body: Json, name: str) -> Json:
    given = body.get(name)
    return given if isinstance(given, dict) else {}


def _read(call: Call, before: Doc | None) -> Json:
    """A subscription out of a request. Raises Refusal."""
    body = call.json()
    inputs = _part(body, "consumerInputs")
    place = urlsplit(str(inputs.get("url", "")))
    if place.scheme not in ("http", "https") or not place.hostname:
        raise refuse(400, "SubscriptionInputException", "TF400850: Subscription input 'url' must be an absolute URL.")
    wanted = (body.get("publisherId"), body.get("consumerId"), body.get("consumerActionId"))
    if wanted != ("tfs", "webHooks", "httpRequest") or body.get("eventType") not in events.EVENTS:
        raise refuse(
            400, "SubscriptionInputException", "TF400850: The publisher, consumer or event type is not known."
        )
    # a masked value that is sent back is the mask, as over there: it is no secret any more
    kept: Json = {name: str(value) for name, value in inputs.items()}
    made = dict(before) if before else {"id": str(uuid.uuid4()), "createdDate": stamp(call.practice.now())}
    publisher = _part(body, "publisherInputs")
    return made | {
        "publisherId": "tfs",
        "eventType": body["eventType"],
        "resourceVersion": str(body.get("resourceVersion") or "1.0"),
        "consumerId": "webHooks",
        "consumerActionId": "httpRequest",
        "publisherInputs": {name: str(value) for name, value in publisher.items()},
        "consumerInputs": kept,
        "status": "enabled",
        "owner": deeds.actor_id(call),
        "modifiedDate": stamp(call.practice.now()),
    }


def _one(call: Call, number: str) -> Doc:
    version(call)
    found = call.store.get("hooks", number)
    if found is None:
        raise refuse(404, "SubscriptionNotFoundException", f"TF400864: The subscription {number} does not exist.")
    return found


@ROUTES.get(PLACE)
def some(call: Call) -> Json:
    """GET subscriptions."""
    version(call)
    event = call.arg("eventType")
    return listed([_shown(call, one) for one in call.store.all("hooks") if event in ("", one["eventType"])])


@ROUTES.post(PLACE)
def create(call: Call) -> Json:
    """POST a new one."""
    version(call)
    hook = _read(call, None)
    call.store.put("hooks", hook["id"], hook)
    return _shown(call, hook)


@ROUTES.get(f"{PLACE}/<number>")
def get(call: Call, number: str) -> Json:
    """GET one."""
    return _shown(call, _one(call, number))


@ROUTES.put(f"{PLACE}/<number>")
def change(call: Call, number: str) -> Json:
    """PUT another one in its place; it is on again."""
    hook = _read(call, _one(call, number))
    call.store.put("hooks", number, hook)
    return _shown(call, hook)


@ROUTES.delete(f"{PLACE}/<number>")
def delete(call: Call, number: str) -> None:
    """DELETE one."""
    _one(call, number)
    call.store.delete("hooks", number)
