"""Signed hints from a declared interface: HMAC-SHA256 of the raw body, in hexadecimal, in a declared header."""

import hashlib
import hmac
import json
from collections.abc import Mapping

from portal.core.errors import Rejected, Unauthorized
from sync.connectors.rest.declared import Section
from sync.connectors.rest.values import text
from sync.engine.types import Hint


def hints(section: Section, headers: Mapping[str, str], body: bytes, secrets: tuple[str, ...]) -> tuple[Hint, ...]:
    """The record that a delivery names. Raises Unauthorized for a signature that is missing, wrong or not declared,
    Rejected for a body that is no JSON object."""
    lower = {name.lower(): value for name, value in headers.items()}
    given = lower.get(section.words.get("signature", "").lower(), "").removeprefix("sha256=")
    if not given or not _signed(given, body, secrets):
        raise Unauthorized(
            "The webhook's signature is missing or wrong. Check its secret and its header.", status=401
        )
    try:
        event = json.loads(body)
    except ValueError as error:
        raise Rejected("The webhook's body is no JSON.") from error
    if not isinstance(event, dict):
        raise Rejected("The webhook's body is no JSON object.")
    record = text(section.first("id", event))
    told = lower.get(section.words.get("delivery", "").lower(), "")
    return (Hint(record, told or hashlib.sha256(body).hexdigest()),) if record else ()


def _signed(given: str, body: bytes, secrets: tuple[str, ...]) -> bool:
    """Whether one of the secrets made this signature; every secret is tried, so that time tells nothing."""
    said = given.lower().encode("utf-8", "replace")
    made = [hmac.new(one.encode(), body, hashlib.sha256).hexdigest().encode() for one in secrets if one]
    return sum(hmac.compare_digest(one, said) for one in made) > 0
