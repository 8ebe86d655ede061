"""Zendesk's webhooks: signature over time stamp and raw body, then the tickets that may have changed."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from portal.core.errors import Rejected, Unauthorized
from sync.connectors.zendesk.shapes import row, text
from sync.engine.types import Hint

#: a retry keeps its first time stamp; three retries of at most a minute each fit in
TOLERANCE = timedelta(minutes=5)
SUBJECT = "zen:ticket:"


def signature(secret: str, stamp: str, body: bytes) -> str:
    """base64(HMAC-SHA256(secret as text, time stamp header + raw body)), as Zendesk documents it."""
    digest = hmac.new(secret.encode(), stamp.encode() + body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode("ascii")


def parse(headers: Mapping[str, str], body: bytes, secrets: tuple[str, ...], now: datetime) -> tuple[Hint, ...]:
    """The tickets of a delivery. Raises Unauthorized for a bad or old signature, Rejected for no JSON."""
    given = {name.lower(): value for name, value in headers.items()}
    stamp = given.get("x-zendesk-webhook-signature-timestamp", "")
    sign = given.get("x-zendesk-webhook-signature", "")
    if not (stamp and sign and secrets):
        raise Unauthorized("The webhook is not signed.")
    # every secret is tried, so that the time taken does not tell which one was near
    matches = [hmac.compare_digest(signature(one, stamp, body).encode(), sign.encode()) for one in secrets]
    if not any(matches):
        raise Unauthorized("The webhook's signature is wrong.")
    if abs(now - _time(stamp)) > TOLERANCE:
        raise Unauthorized("The webhook's signature is older than 5 minutes.")
    try:
        said = json.loads(body)
    except ValueError as error:
        raise Rejected("The webhook's body is no JSON.") from error
    if not isinstance(said, dict):
        raise Rejected("The webhook's body is no JSON object.")
    delivery = given.get("x-zendesk-webhook-invocation-id") or text(said.get("id")) or sign
    return tuple(Hint(record, delivery) for record in _tickets(said))


def _time(stamp: str) -> datetime:
    try:
        at = datetime.fromisoformat(stamp)
    except ValueError as error:
        raise Unauthorized("The webhook's time stamp is no time.") from error
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def _tickets(said: Mapping[str, object]) -> Iterator[str]:
    """Events name the ticket in `subject`; a trigger's body is free: `ticket_id`, `ticket.id`."""
    subject = text(said.get("subject"))
    named = (
        subject.removeprefix(SUBJECT) if subject.startswith(SUBJECT) else "",
        text(said.get("ticket_id")),
        text(row(said.get("ticket")).get("id")),
    )
    for one in named:
        if one.isascii() and one.isdigit():
            yield one
            return
