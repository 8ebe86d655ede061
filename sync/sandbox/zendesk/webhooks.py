"""Webhooks: made by API, signed as documented, delivered in the background, their invocations remembered."""

import base64
import hashlib
import hmac
import json
import secrets
import uuid
from collections.abc import Callable, Mapping

import httpx

from sync.sandbox.call import Call, Refusal, Routes, reply
from sync.sandbox.hooks import TIMEOUT, Delivery
from sync.sandbox.store import Doc, Json
from sync.sandbox.zendesk.shapes import ACCOUNT_ID, by_id, forbidden, iso, new_id, paged, wanted

ROUTES = Routes()
#: signs tests of webhooks that are not saved yet; published by the vendor
TEST_SECRET = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="  # noqa: S105
KEYS = ("name", "description", "status", "endpoint", "http_method", "request_format", "subscriptions")
REQUIRED = ("name", "endpoint", "http_method", "request_format", "status")
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
HIDDEN = frozenset({"secret", "record", "authentication", "updated_by"})
#: invocations of one webhook that are kept
KEPT = 100


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """base64(HMAC-SHA256(secret as text, timestamp + body))."""
    digest = hmac.new(secret.encode(), timestamp.encode() + body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def patience(attempt: int, answer: httpx.Response | None) -> float | None:
    """Three more attempts after 409, or after 429 and 503 that ask for at most a minute; else none."""
    if answer is None or attempt > 3:
        return None
    if answer.status_code == 409:
        return 1.0
    asked = answer.headers.get("Retry-After", "")
    if answer.status_code in {429, 503} and asked.isdigit() and int(asked) <= 60:
        return float(asked)
    return None


def deliver(call: Call, body: Json) -> None:
    """Queue one event for each active webhook that subscribed to its type."""
    for webhook in call.store.all("webhooks"):
        if webhook["status"] == "active" and body["type"] in webhook["subscriptions"]:
            event = {**body, "id": str(uuid.uuid4())}
            call.deliveries.append(delivery(call, webhook, json.dumps(event, ensure_ascii=False).encode()))


def delivery(call: Call, webhook: Doc, body: bytes, told: Callable[..., None] | None = None) -> Delivery:
    """A webhook request, signed and addressed."""
    timestamp = iso(call.practice.now())
    invocation = f"{secrets.token_hex(13)}".upper()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Zendesk Webhook",
        "X-Zendesk-Account-Id": str(ACCOUNT_ID),
        "X-Zendesk-Webhook-Id": str(webhook["id"]),
        "X-Zendesk-Webhook-Invocation-Id": invocation,
        "X-Zendesk-Webhook-Signature-Timestamp": timestamp,
        "X-Zendesk-Webhook-Signature": signature(str(webhook["secret"]), timestamp, body),
        **_credential(webhook),
    }
    store = call.store

    def remember(_sent: Delivery, attempt: int, status: int | None) -> None:
        collection = f"invocations/{webhook['id']}"
        known = store.copy(collection, invocation) or {
            "id": invocation,
            "webhook_id": webhook["id"],
            "attempts": [],
        }
        good = status is not None and 200 <= status < 300
        one = {"id": f"{invocation}-{attempt}", "invocation_id": invocation, "status_code": status}
        known["attempts"].append({**one, "status": "success" if good else "failed", "completed_at": timestamp})
        known.update(latest_completed_at=timestamp, status="success" if good else "failed", status_code=status)
        store.put(collection, invocation, known)
        for old in store.all(collection)[:-KEPT]:
            store.delete(collection, old["id"])

    return Delivery(
        id=invocation,
        url=str(webhook["endpoint"]),
        body=body,
        headers=headers,
        method=str(webhook["http_method"]),
        told=told or remember,
    )


def _credential(webhook: Doc) -> Mapping[str, str]:
    given = webhook.get("authentication")
    if not given:
        return {}
    data = given.get("data") or {}
    if given["type"] == "bearer_token":
        return {"Authorization": f"Bearer {data.get('token', '')}"}
    if given["type"] == "basic_auth":
        pair = f"{data.get('username', '')}:{data.get('password', '')}"
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    return {str(data.get("name", "X-Api-Key")): str(data.get("value", ""))}


def present(webhook: Doc) -> Json:
    """A webhook as the API shows it: without its secret, and without the secrets of its credential."""
    shown: Json = {name: value for name, value in webhook.items() if name not in HIDDEN}
    given = webhook.get("authentication")
    if given:
        data = given.get("data") or {}
        seen = {name: data[name] for name in ("username", "name") if name in data}
        shown["authentication"] = {**given, "data": seen}
    return shown


@ROUTES.get("/api/v2/webhooks")
def list_webhooks(call: Call) -> Json:
    """All webhooks, by cursor."""
    needle = call.arg("filter[name_contains]").lower()
    docs = [{**w, "id": w["record"], "shown": w} for w in call.store.all("webhooks") if needle in w["name"].lower()]
    return paged(call, by_id("webhooks", docs, lambda doc: present(doc["shown"])), default="cursor")


@ROUTES.post("/api/v2/webhooks")
def create_webhook(call: Call) -> object:
    """Make a webhook -> 201; needs an admin."""
    given = wanted(call.json(), "webhook")
    _admin(call)
    _check(given)
    webhook: Json = {
        "id": f"01{secrets.token_hex(12)}".upper(),
        "record": new_id(call),
        "description": "",
        **{name: given[name] for name in KEYS if name in given},
        "subscriptions": given.get("subscriptions") or [],
        "created_at": iso(call.practice.now()),
        "created_by": str(call.actor["id"] if call.actor is not None else ""),
        "secret": base64.b64encode(secrets.token_bytes(32)).decode(),
    }
    if given.get("authentication"):
        webhook["authentication"] = given["authentication"]
    call.store.put("webhooks", webhook["id"], webhook)
    return reply({"webhook": present(webhook)}, status=201)


@ROUTES.get("/api/v2/webhooks/<webhook_id>")
def show_webhook(call: Call, webhook_id: str) -> Json:
    """One webhook."""
    return {"webhook": present(_webhook(call, webhook_id))}


@ROUTES.add("PATCH", "/api/v2/webhooks/<webhook_id>")
@ROUTES.put("/api/v2/webhooks/<webhook_id>")
def update_webhook(call: Call, webhook_id: str) -> None:
    """Change a webhook -> 204."""
    _admin(call)
    given = wanted(call.json(), "webhook")
    after = {**_webhook(call, webhook_id), **{k: given[k] for k in (*KEYS, "authentication") if k in given}}
    _check(after)
    call.store.put("webhooks", webhook_id, after)


@ROUTES.delete("/api/v2/webhooks/<webhook_id>")
def delete_webhook(call: Call, webhook_id: str) -> None:
    """Remove a webhook -> 204."""
    _admin(call)
    _webhook(call, webhook_id)
    call.store.delete("webhooks", webhook_id)


@ROUTES.get("/api/v2/webhooks/<webhook_id>/signing_secret")
def show_secret(call: Call, webhook_id: str) -> Json:
    """The secret that signs this webhook's deliveries."""
    _admin(call)
    return {"signing_secret": {"algorithm": "SHA256", "secret": _webhook(call, webhook_id)["secret"]}}


@ROUTES.post("/api/v2/webhooks/<webhook_id>/signing_secret")
def reset_secret(call: Call, webhook_id: str) -> object:
    """A new secret from now on -> 201."""
    _admin(call)
    fresh = base64.b64encode(secrets.token_bytes(32)).decode()
    call.store.put("webhooks", webhook_id, {**_webhook(call, webhook_id), "secret": fresh})
    return reply({"signing_secret": {"algorithm": "SHA256", "secret": fresh}}, status=201)


@ROUTES.post("/api/v2/webhooks/test")
def try_webhook(call: Call) -> Callable[[], object]:
    """Send one request now and tell what came back; one that is not saved is signed with TEST_SECRET."""
    _admin(call)
    known = dict(_webhook(call, call.arg("webhook_id"))) if call.arg("webhook_id") else {}
    given = call.json().get("request") or {}
    blank = {"id": "", "http_method": "POST", "endpoint": "", "secret": TEST_SECRET}
    webhook = {**blank, **known, **{k: given[k] for k in ("endpoint", "http_method") if k in given}}
    if not str(webhook["endpoint"]).startswith(("http://", "https://")):
        raise _refused("InvalidUrl", "Invalid URL", "The endpoint must be an http or https address.")
    body = str(given.get("payload") or "").encode()
    ready = delivery(call, webhook, body)
    return lambda: _sent(ready)


@ROUTES.get("/api/v2/webhooks/<webhook_id>/invocations")
def invocations(call: Call, webhook_id: str) -> Json:
    """The last deliveries of a webhook."""
    _webhook(call, webhook_id)
    rows = [{**one, "id": n, "shown": one} for n, one in enumerate(call.store.all(f"invocations/{webhook_id}"))]
    listing = by_id("invocations", rows, lambda row: {k: v for k, v in row["shown"].items() if k != "attempts"})
    return paged(call, listing, default="cursor")


@ROUTES.get("/api/v2/webhooks/<webhook_id>/invocations/<invocation_id>/attempts")
def attempts(call: Call, webhook_id: str, invocation_id: str) -> Json:
    """The attempts of one delivery."""
    found = call.store.get(f"invocations/{webhook_id}", invocation_id)
    if found is None:
        raise _refused("WebhookInvocationNotFound", "Not found", "Not found", status=404)
    return {"attempts": list(found["attempts"])}


def _sent(ready: Delivery) -> Json:
    try:
        answer = httpx.request(
            ready.method,
            ready.url,
            content=ready.body,
            headers=dict(ready.headers),
            timeout=TIMEOUT,
            trust_env=False,
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _refused("WebhookTestFailed", "Request failed", f"{type(error).__name__}") from error
    headers = [{"key": name, "value": value} for name, value in answer.headers.items()]
    return {"response": {"status": answer.status_code, "headers": headers, "payload": answer.text[:4000]}}


def _webhook(call: Call, webhook_id: str) -> Doc:
    webhook = call.store.get("webhooks", webhook_id)
    if webhook is None:
        raise _refused("WebhookNotFound", "Webhook not found", "The webhook does not exist.", status=404)
    return webhook


def _admin(call: Call) -> None:
    if call.actor is None or call.actor["role"] != "admin":
        raise forbidden()


def _check(given: Mapping[str, object]) -> None:
    for name in REQUIRED:
        if not given.get(name):
            raise _refused("MissingParameter", "Missing parameter", f"The parameter {name} is required.")
    if not str(given["endpoint"]).startswith(("http://", "https://")):
        raise _refused("InvalidUrl", "Invalid URL", "The endpoint must be an http or https address.")
    if not all(isinstance(given[name], str) for name in REQUIRED):
        raise _refused("InvalidParameter", "Invalid parameter", f"{', '.join(REQUIRED)} must be strings.")
    if not isinstance(given.get("authentication") or {}, dict):
        raise _refused("InvalidParameter", "Invalid parameter", "authentication must be an object.")
    if given["http_method"] not in METHODS or given["status"] not in {"active", "inactive"}:
        raise _refused("InvalidParameter", "Invalid parameter", "http_method or status is not valid.")
    subscribed = given.get("subscriptions") or []
    if not isinstance(subscribed, list) or ("conditional_ticket_events" in subscribed and len(subscribed) > 1):
        raise _refused("InvalidParameter", "Invalid subscriptions", "One kind of subscription, as a list.")


def _refused(code: str, title: str, detail: str, *, status: int = 400) -> Refusal:
    return Refusal(status, {"errors": [{"code": code, "title": title, "detail": detail}]})
