"""Jira's webhooks: the signature over the raw bytes, then which issue may have changed."""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping

from portal.core.errors import Rejected, Unauthorized
from sync.connectors.jira.answers import record, records, text
from sync.connectors.wire import Json
from sync.engine.types import Hint

#: a comment-only delivery has no issue; its own address tells it
ISSUE_IN_ADDRESS = re.compile(r"/issue/(\d+)(?:/|$)")


def hints(headers: Mapping[str, str], body: bytes, secrets: tuple[str, ...], project: str) -> tuple[Hint, ...]:
    """The records that a delivery says are dirty.

    1. verify `X-Hub-Signature: sha256=<hex>` over the raw bytes with any of the secrets, in constant time;
    2. find the issue's id; 3. drop issues of other projects, except one that has just been moved.
    Raises Unauthorized for a missing or wrong signature, Rejected for a body that is no JSON object.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    if not signed(lower.get("x-hub-signature", ""), body, secrets):
        raise Unauthorized("The webhook's signature is missing or wrong. Check its secret in Jira.", status=401)
    try:
        event = json.loads(body)
    except ValueError as error:
        raise Rejected("The webhook's body is no JSON.") from error
    if not isinstance(event, dict):
        raise Rejected("The webhook's body is no JSON object.")
    delivery = lower.get("x-atlassian-webhook-identifier", "") or hashlib.sha256(body).hexdigest()
    if _elsewhere(event, project):
        return ()
    return tuple(Hint(record=one, delivery=delivery) for one in _issues(event))


def signed(signature: str, body: bytes, secrets: tuple[str, ...]) -> bool:
    """Whether one of the secrets made this signature; every secret is tried, so that time tells nothing."""
    given = signature.encode("utf-8", "replace")
    matches = [
        hmac.compare_digest(b"sha256=" + hmac.new(one.encode(), body, hashlib.sha256).hexdigest().encode(), given)
        for one in secrets
        if one
    ]
    return any(matches)


def _issues(event: Json) -> tuple[str, ...]:
    """Ids of the issues an event is about, without repeats."""
    link = record(event.get("issueLink"))
    found = [
        text(record(event.get("issue")).get("id")),
        text(link.get("sourceIssueId")),
        text(link.get("destinationIssueId")),
    ]
    for part in (event.get("comment"), event.get("worklog")):
        found.append(text(record(part).get("issueId")))
        address = ISSUE_IN_ADDRESS.search(text(record(part).get("self")))
        found.append(address.group(1) if address else "")
    return tuple(dict.fromkeys(one for one in found if one))


def _elsewhere(event: Json, project: str) -> bool:
    home = record(record(record(event.get("issue")).get("fields")).get("project"))
    if not home or text(home.get("key")).upper() == project.upper() or text(home.get("id")) == project:
        return False
    items = records(record(event.get("changelog")).get("items"))
    return not any(text(item.get("field")).lower() in ("project", "key") for item in items)
