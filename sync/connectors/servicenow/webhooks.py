"""Messages of an instance's business rule: the signature over id, time and raw body, then the record."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from portal.core.errors import Rejected, Unauthorized
from sync.connectors.answers import record
from sync.connectors.servicenow.answers import ID, text
from sync.engine.types import Hint

TOLERANCE = timedelta(minutes=5)
WRONG = "The webhook's signature is missing or wrong. Check the secret in the business rule."


def signature(secret: str, number: str, stamp: str, body: bytes) -> str:
    """`v1,` and base64(HMAC-SHA256(secret, id.time.body)), the Standard Webhooks form."""
    said = b".".join((number.encode(), stamp.encode(), body))
    return "v1," + base64.b64encode(hmac.new(secret.encode(), said, hashlib.sha256).digest()).decode("ascii")


def hints(
    headers: Mapping[str, str], body: bytes, secrets: tuple[str, ...], tables: tuple[str, ...], now: datetime
) -> tuple[Hint, ...]:
    """The record that a delivery says is dirty; none for a table that takes no part.

    Raises Unauthorized for a missing, wrong or outdated signature, Rejected for a body that is no JSON object.
    """
    given = {name.lower(): value for name, value in headers.items()}
    number, stamp, signed = (given.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    # every secret and every signature is tried, so that the time taken does not tell which one was near
    matches = [
        hmac.compare_digest(signature(secret, number, stamp, body).encode(), one.encode("utf-8", "replace"))
        for secret in secrets
        if secret
        for one in signed.split(" ")
    ]
    if not (number and stamp and any(matches)):
        raise Unauthorized(WRONG, status=401)
    if abs(now - _time(stamp)) > TOLERANCE:
        raise Unauthorized("The webhook's signature is older than 5 minutes.", status=401)
    try:
        said = json.loads(body)
    except ValueError as error:
        raise Rejected("The webhook's body is no JSON.") from error
    if not isinstance(said, dict):
        raise Rejected("The webhook's body is no JSON object.")
    found = text(record(said).get("sys_id"))
    if text(record(said).get("table")) not in tables or not ID.fullmatch(found):
        return ()
    return (Hint(record=found, delivery=number),)


def _time(stamp: str) -> datetime:
    try:
        return datetime.fromtimestamp(int(stamp), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Unauthorized("The webhook's time stamp is no time.", status=401) from error
