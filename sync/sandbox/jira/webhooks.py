"""Endpoints for webhooks: those of administrators (signed) and the dynamic ones of apps."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from werkzeug.wrappers import Response

from sync.sandbox.call import Call, Refusal, Routes, reply
from sync.sandbox.jira import events
from sync.sandbox.jira.deeds import actor_id
from sync.sandbox.jira.jql import BadQuery
from sync.sandbox.jira.render import stored
from sync.sandbox.jira.seed import person
from sync.sandbox.jira.values import listed, objects, part, refuse
from sync.sandbox.store import Doc, Json

ROUTES = Routes()
KNOWN = frozenset(
    {
        "jira:issue_created",
        "jira:issue_updated",
        "jira:issue_deleted",
        "comment_created",
        "comment_updated",
        "comment_deleted",
        "attachment_created",
        "attachment_deleted",
        "issuelink_created",
        "issuelink_deleted",
        "worklog_created",
        "worklog_updated",
        "worklog_deleted",
    }
)
LIFE = timedelta(days=30)


def _shown(call: Call, hook: Doc) -> Json:
    """An administrator's webhook as listed; its secret is never told."""
    owner = person(call.store, hook["owner"])
    return {
        "name": hook["name"],
        "url": hook["url"],
        "excludeBody": False,
        "filters": {events.SECTION: hook["jql"]},
        "events": hook["events"],
        "enabled": hook["enabled"],
        "isSigned": bool(hook["secret"]),
        "self": f"{call.request.host_url}rest/webhooks/1.0/webhook/{hook['id']}",
        "lastUpdatedUser": hook["owner"],
        "lastUpdatedDisplayName": owner["displayName"] if owner else "",
        "lastUpdated": hook["updated"],
    }


def _read(call: Call, body: Json, before: Doc | None) -> Json:
    """A webhook out of a request. Raises Refusal."""
    old: Json = dict(before or {"enabled": True, "secret": "", "jql": "", "events": [], "url": "", "name": ""})
    url, wanted = str(body.get("url", old["url"])), [str(one) for one in listed(body, "events")] or old["events"]
    if urlsplit(url).scheme not in ("http", "https"):
        raise refuse(None, "The URL is not valid. Only absolute URLs of HTTP and HTTPS are accepted.")
    if not body.get("name", old["name"]):
        raise refuse(None, "The webhook name must not be empty.")
    unknown = sorted(set(wanted) - KNOWN)
    if unknown:
        raise refuse(None, f"Unknown webhook event: {unknown[0]}")
    try:
        jql = events.check_jql(call, part(body, "filters").get(events.SECTION, old["jql"]))
    except BadQuery as error:
        raise refuse(None, str(error)) from error
    return old | {
        "name": body.get("name", old["name"]),
        "url": url,
        "events": wanted,
        "jql": jql,
        "secret": str(body.get("secret", old["secret"]) or ""),
        "enabled": bool(body.get("enabled", old["enabled"])),
        "owner": actor_id(call),
        "updated": int(call.practice.now().timestamp() * 1000),
        "dynamic": False,
    }


def _one(call: Call, number: str) -> Doc:
    found = call.store.get("webhooks", number)
    if found is None or found["dynamic"]:
        raise refuse(None, "Webhook does not exist.", status=404)
    return found


@ROUTES.get("/rest/webhooks/1.0/webhook")
def list_webhooks(call: Call) -> Response:
    """All administrators' webhooks."""
    return reply([_shown(call, hook) for hook in call.store.all("webhooks") if not hook["dynamic"]])


@ROUTES.post("/rest/webhooks/1.0/webhook")
def create_webhook(call: Call) -> Response:
    """A new one; with `secret` its deliveries are signed."""
    hook = _read(call, call.json(), None)
    hook["id"] = str(call.store.next_id("webhook"))
    call.store.put("webhooks", hook["id"], hook)
    return reply(_shown(call, hook), status=201)


@ROUTES.get("/rest/webhooks/1.0/webhook/<number>")
def get_webhook(call: Call, number: str) -> Json:
    """One webhook."""
    return _shown(call, _one(call, number))


@ROUTES.put("/rest/webhooks/1.0/webhook/<number>")
def update_webhook(call: Call, number: str) -> Json:
    """Change a webhook."""
    hook = _read(call, call.json(), _one(call, number))
    call.store.put("webhooks", number, hook)
    return _shown(call, hook)


@ROUTES.delete("/rest/webhooks/1.0/webhook/<number>")
def delete_webhook(call: Call, number: str) -> None:
    """Forget a webhook."""
    _one(call, number)
    call.store.delete("webhooks", number)


@ROUTES.post("/rest/api/3/webhook")
def register(call: Call) -> Json:
    """Dynamic webhooks: each is answered by itself, 200 all the same."""
    body = call.json()
    results: list[Json] = []
    for spec in objects(body, "webhooks"):
        unknown = sorted({str(one) for one in listed(spec, "events")} - KNOWN)
        try:
            jql = events.check_jql(call, spec.get("jqlFilter"))
            if not jql or unknown:
                raise BadQuery(f"Unsupported event: {unknown[0]}" if unknown else "The JQL filter is missing.")
        except BadQuery as error:
            results.append({"errors": [str(error)]})
            continue
        number = call.store.next_id("webhook", start=1000)
        hook = {
            "id": str(number),
            "dynamic": True,
            "enabled": True,
            "secret": "",
            "url": str(body.get("url")),
        }
        hook |= {"events": listed(spec, "events"), "jql": jql, "owner": actor_id(call)}
        hook["expires"] = stored(call.practice.now() + LIFE)
        call.store.put("webhooks", number, hook)
        results.append({"createdWebhookId": number})
    return {"webhookRegistrationResult": results}


@ROUTES.get("/rest/api/3/webhook")
def list_dynamic(call: Call) -> Json:
    """The caller's dynamic webhooks."""
    mine = [one for one in call.store.all("webhooks") if one["dynamic"] and one["owner"] == actor_id(call)]
    rows = [
        {
            "id": int(one["id"]),
            "jqlFilter": one["jql"],
            "events": one["events"],
            "url": one["url"],
            "expirationDate": _millis(one["expires"]),
        }
        for one in mine
    ]
    return {"startAt": 0, "maxResults": 100, "total": len(rows), "isLast": True, "values": rows}


@ROUTES.put("/rest/api/3/webhook/refresh")
def refresh(call: Call) -> Json:
    """Thirty days more."""
    expires = stored(call.practice.now() + LIFE)
    for number in listed(call.json(), "webhookIds"):
        hook = call.store.copy("webhooks", number)
        if hook and hook["dynamic"]:
            call.store.put("webhooks", number, hook | {"expires": expires})
    return {"expirationDate": _millis(expires)}


def _millis(stored_time: str) -> int:
    """A stored time as the milliseconds that this part of the API speaks."""
    return int(datetime.fromisoformat(stored_time).timestamp() * 1000)


@ROUTES.delete("/rest/api/3/webhook")
def unregister(call: Call) -> Response:
    """Forget dynamic webhooks."""
    numbers = call.json().get("webhookIds")
    if not isinstance(numbers, list):
        raise Refusal(400, {"errorMessages": ["The list of webhook IDs is missing."], "errors": {}})
    for number in numbers:
        hook = call.store.get("webhooks", number)
        if hook and hook["dynamic"]:
            call.store.delete("webhooks", number)
    return Response(status=202)
