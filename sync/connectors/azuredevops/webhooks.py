"""Azure DevOps' web hooks: no signature, but a secret in the request's head; then which item may have changed."""

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Mapping

from portal.core.errors import Rejected, Unauthorized
from sync.connectors.azuredevops.answers import record, text
from sync.connectors.wire import Json
from sync.engine.types import Hint

USER = "concord"
HEADER = "X-Concord-Key"
IN_ADDRESS = re.compile(r"/work[iI]tems/(\d+)(?:/|$|\?)")


def hints(headers: Mapping[str, str], body: bytes, secrets: tuple[str, ...]) -> tuple[Hint, ...]:
    """The record that a delivery says is dirty.

    1. the password of Basic sign-in, or our own header, is one of the secrets, in constant time; 2. the item's
    id: of an update it is `workItemId`, for `id` is the update's own number there.
    Raises Unauthorized for a missing or wrong secret, Rejected for a body that is no JSON object.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    by_password = known(_password(lower.get("authorization", "")), secrets)
    by_header = known(lower.get(HEADER.lower(), ""), secrets)
    if not (by_password or by_header):
        raise Unauthorized("The web hook's secret is missing or wrong. Ask for web hooks again on the system's page.")
    try:
        event = json.loads(body)
    except ValueError as error:
        raise Rejected("The web hook's body is no JSON.") from error
    if not isinstance(event, dict):
        raise Rejected("The web hook's body is no JSON object.")
    number = _number(event)
    delivery = text(event.get("id")) or hashlib.sha256(body).hexdigest()
    return (Hint(record=number, delivery=delivery),) if number else ()


def known(given: str, secrets: tuple[str, ...]) -> bool:
    """Whether a secret is one of ours; every one is tried, so that time tells nothing."""
    said = given.encode("utf-8", "replace")
    matches = [hmac.compare_digest(one.encode(), said) for one in secrets if one]
    return any(matches) and bool(given)


def _password(header: str) -> str:
    scheme, _, rest = header.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(rest, validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        return ""


def _number(event: Json) -> str:
    """The work item that an event is about, "" for an event about something else."""
    if not text(event.get("eventType")).startswith("workitem."):
        return ""
    said = record(event.get("resource"))
    whole = record(said.get("revision")).get("id")
    address = IN_ADDRESS.search(text(said.get("url")))
    named = (text(said.get("workItemId")), text(whole), address.group(1) if address else "", text(said.get("id")))
    return next((one for one in named if one.isascii() and one.isdigit()), "")
