"""Service hooks of the practice organisation: who wants an event, its body, its retries and its end."""

import json
import uuid
from base64 import b64encode
from typing import Any

import httpx

from sync.sandbox.azuredevops import render
from sync.sandbox.azuredevops.refusals import stamp
from sync.sandbox.azuredevops.seed import ORGANISATION, guid
from sync.sandbox.call import Call
from sync.sandbox.hooks import Delivery
from sync.sandbox.store import Doc, Json

#: seconds before each retry; the real service waits from 1 to 60
WAITS = (1.0, 2.0, 4.0, 8.0, 16.0, 16.0, 16.0, 16.0)
RETRIED = frozenset({408, 502, 503, 504})
EVENTS = {
    "workitem.created": "created",
    "workitem.updated": "updated",
    "workitem.commented": "commented on",
    "workitem.deleted": "deleted",
    "workitem.restored": "restored",
}


def patience(attempt: int, answer: httpx.Response | None) -> float | None:
    """Eight retries on 408, 502, 503, 504 and silence; other failures count against the subscription."""
    again = answer is None or answer.status_code in RETRIED
    return WAITS[attempt - 1] if again and attempt <= len(WAITS) else None


def tell(call: Call, event: str, doc: Doc, changes: Json, said: str) -> None:
    """Queue a delivery for every subscription that wants this event of this project."""
    wanted = [one for one in call.store.all("hooks") if _wants(one, event, doc)]
    for hook in wanted:
        number = call.store.next_id(f"notification/{hook['id']}")
        told = _body(call, hook, event, doc, changes, said) | {"notificationId": number}
        call.deliveries.append(_delivery(call, hook, told))


def _wants(hook: Doc, event: str, doc: Doc) -> bool:
    home = hook["publisherInputs"].get("projectId", "")
    kinds = hook["publisherInputs"].get("workItemType", "")
    return (
        hook["status"] in ("enabled", "onProbation")
        and hook["eventType"] == event
        and home in ("", guid("project", doc["project"]))
        and kinds in ("", doc["fields"]["System.WorkItemType"])
    )


def _body(call: Call, hook: Doc, event: str, doc: Doc, changes: Json, said: str) -> Json:
    project = guid("project", doc["project"])
    shown = f"{doc['fields']['System.WorkItemType']} #{doc['id']} ({doc['fields']['System.Title']}) {EVENTS[event]}"
    return {
        "subscriptionId": hook["id"],
        "id": str(uuid.uuid4()),
        "eventType": event,
        "publisherId": "tfs",
        "message": _message(hook, "messagesToSend", shown),
        "detailedMessage": _message(hook, "detailedMessagesToSend", shown),
        "resource": _resource(call, hook, event, doc, changes, said),
        "resourceVersion": "1.0",
        "resourceContainers": {
            "collection": {"id": guid("collection", ORGANISATION)},
            "account": {"id": guid("account", ORGANISATION)},
            "project": {"id": project},
        },
        "createdDate": stamp(call.practice.now()),
    }


def _message(hook: Doc, name: str, shown: str) -> Json | None:
    if hook["consumerInputs"].get(name, "all") == "none":
        return None
    return {"text": shown, "html": shown, "markdown": shown}


def _resource(call: Call, hook: Doc, event: str, doc: Doc, changes: Json, said: str) -> Json | None:
    """Of an update `id` is the update's own number; people are text in all of them."""
    detail = hook["consumerInputs"].get("resourceDetailsToSend", "all")
    host = call.practice.address or call.request.host_url.rstrip("/")
    address = f"{host}/{ORGANISATION}/_apis/wit/workItems/{doc['id']}"
    fields = render.fields(call, doc, plain=True)
    if said:
        fields["System.History"] = said
    if event == "workitem.updated":
        number = len(call.store.all(f"updates/{doc['id']}"))
        short: Json = {"id": number, "workItemId": doc["id"], "rev": doc["rev"], "url": f"{address}/updates/{number}"}
        shown = {name: _plain(call, name, change) for name, change in changes.items()}
        more: Json = {"fields": shown, "revision": {"id": doc["id"], "rev": doc["rev"], "fields": fields}}
    else:
        short = {"id": doc["id"], "rev": doc["rev"], "url": address}
        more = {"fields": fields}
    return None if detail == "none" else short if detail == "minimal" else short | more


def _plain(call: Call, name: str, change: Json) -> Json:
    return {side: render.field(call, name, value, plain=True) for side, value in change.items()}


def _delivery(call: Call, hook: Doc, body: Json) -> Delivery:
    given = hook["consumerInputs"]
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "VSServices/19.0 (practice)"}
    if given.get("basicAuthUsername") or given.get("basicAuthPassword"):
        pair = f"{given.get('basicAuthUsername', '')}:{given.get('basicAuthPassword', '')}"
        headers["Authorization"] = "Basic " + b64encode(pair.encode()).decode()
    for line in str(given.get("httpHeaders", "")).splitlines():
        name, _, value = line.partition(":")
        if name.strip():
            headers[name.strip()] = value.strip()

    def told(_delivery: Delivery, attempt: int, status: int | None) -> None:
        _judge(call, hook["id"], attempt, status)

    raw = json.dumps(body, ensure_ascii=False).encode()
    return Delivery(id=body["id"], url=str(given["url"]), body=raw, headers=headers, told=told)


def _judge(call: Call, number: str, attempt: int, status: int | None) -> None:
    """410 ends a subscription at once; another failure that is not tried again puts it on probation."""
    answer: Any = httpx.Response(status) if status is not None else None
    state = "enabled"
    if status == 410:
        state = "disabledBySystem"
    elif (status is None or not 200 <= status < 300) and patience(attempt, answer) is None:
        state = "onProbation"
    elif status is None or not 200 <= status < 300:
        return
    with call.store.transaction():
        hook = call.store.copy("hooks", number)
        if hook is not None and hook["status"] in ("enabled", "onProbation") and hook["status"] != state:
            call.store.put("hooks", number, hook | {"status": state})
