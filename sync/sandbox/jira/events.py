"""Webhooks of the practice site: who wants an event, its v2 body, its signature and headers."""

import hashlib
import hmac
import json
import secrets
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from sync.sandbox.call import Call
from sync.sandbox.hooks import Delivery
from sync.sandbox.jira import render
from sync.sandbox.jira.jql import BadQuery, parse
from sync.sandbox.jira.match import Asker, run
from sync.sandbox.store import Doc, Json

#: seconds before each retry; the real site waits minutes
WAITS = (1.0, 2.0, 4.0, 8.0, 16.0)
RETRIED = frozenset({408, 409, 425, 429})
#: fields of an issue beside a comment
TRIMMED = "summary,issuetype,project,assignee,priority,status"
SECTION = "issue-related-events-section"


def patience(attempt: int, answer: httpx.Response | None) -> float | None:
    """Five retries on 408, 409, 425, 429, 5xx and silence."""
    again = answer is None or answer.status_code in RETRIED or answer.status_code >= 500
    return WAITS[attempt - 1] if again and attempt <= len(WAITS) else None


def issue(call: Call, event: str, doc: Doc, *, kind: str, changelog: Doc | None = None) -> None:
    """An event about an issue."""
    view = _view(call)
    body = _head(event, doc["updated"]) | {
        "issue_event_type_name": kind,
        "user": render.user(view, call.actor["accountId"] if call.actor else None),
        "issue": render.issue(view, doc),
    }
    if changelog is not None:
        body["changelog"] = {"id": changelog["id"], "items": changelog["items"]}
    _announce(call, event, body, doc)


def comment(call: Call, event: str, doc: Doc, note: Doc) -> None:
    """An event about a comment; the issue beside it is trimmed."""
    view = _view(call)
    trimmed = render.issue(view, doc, wanted=TRIMMED)
    del trimmed["expand"]
    body = _head(event, note["updated"]) | {
        "comment": render.comment(view, note),
        "issue": trimmed,
        "eventType": "primaryAction",
    }
    _announce(call, event, body, doc)
    if event == "comment_created":
        issue(call, "jira:issue_updated", doc, kind="issue_commented")


def attachment(call: Call, event: str, file: Doc) -> None:
    """An event about a file: it does not say of which issue."""
    body = _head(event, file["created"]) | {"attachment": render.attachment(_view(call), file)}
    _announce(call, event, body, None)


def _view(call: Call) -> render.View:
    base = call.practice.address or call.request.host_url.rstrip("/")
    return render.View(call.store, 2, base, ZoneInfo("Etc/UTC"), call.actor)


def _head(event: str, at: str) -> Json:
    return {"timestamp": int(datetime.fromisoformat(at).timestamp() * 1000), "webhookEvent": event}


def _announce(call: Call, event: str, body: Json, doc: Doc | None) -> None:
    """Queue a delivery for every enabled webhook that wants this event of this issue."""
    raw = json.dumps(body, ensure_ascii=False).encode()
    for hook in call.store.all("webhooks"):
        if hook["enabled"] and event in hook["events"] and _fits(call, hook["jql"], doc):
            call.deliveries.append(_delivery(hook, raw))


def _fits(call: Call, jql: str, doc: Doc | None) -> bool:
    if not jql.strip() or doc is None:
        return True
    asker = Asker(call.store, ZoneInfo("Etc/UTC"), call.practice.now())
    try:
        return bool(run(parse(jql), [doc], asker))
    except BadQuery:
        return False


def _delivery(hook: Doc, raw: bytes) -> Delivery:
    """A signed request. Its retries carry their number, as the real site's do."""
    identifier = secrets.token_hex(16)
    headers: dict[str, str] = {
        "Content-Type": "application/json; charset=UTF-8",
        "User-Agent": "Atlassian Webhook HTTP Client",
        "X-Atlassian-Webhook-Identifier": identifier,
        "X-Atlassian-Webhook-Flow": "Primary",
        "X-Atlassian-Webhook-Trace": secrets.token_hex(8),
    }
    if hook["secret"]:
        mac = hmac.new(hook["secret"].encode(), raw, hashlib.sha256).hexdigest()
        headers["X-Hub-Signature"] = f"sha256={mac}"

    def count(_delivery: Delivery, attempt: int, _status: int | None) -> None:
        headers["X-Atlassian-Webhook-Retry"] = str(attempt)

    return Delivery(id=identifier, url=hook["url"], body=raw, headers=headers, told=count)


def check_jql(call: Call, jql: Any) -> str:
    """A webhook's filter, sound. Raises BadQuery."""
    text = str(jql or "")
    if text.strip():
        asker = Asker(call.store, ZoneInfo("Etc/UTC"), call.practice.now())
        run(parse(text), [], asker)
    return text
