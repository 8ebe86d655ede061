"""Reading Azure DevOps' JSON without trust: a key that is missing or of the wrong kind becomes an empty value."""

import re
from datetime import UTC, datetime
from typing import cast

from portal.core.errors import Unavailable
from sync.connectors.wire import Json
from sync.engine.types import Actor

#: 2025-07-25T19:15:12.723Z, with 0 to 7 decimals
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")
#: identities as text, in web hooks and old answers: Jane Roe <jane@example.org>
NAMED = re.compile(r"(?P<name>.*?)\s*<(?P<address>[^<>]*)>")
NOBODY = Actor(id="", name="Azure DevOps")


def record(value: object) -> Json:
    """A JSON object, {} for anything else."""
    return cast(Json, value) if isinstance(value, dict) else {}


def records(value: object) -> list[Json]:
    """A list's JSON objects, [] for anything else (items left out of a batch are null)."""
    return [cast(Json, one) for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def text(value: object) -> str:
    """A string, numbers as digits, "" for anything else."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def whole(value: object, default: int = 0) -> int:
    """A whole number."""
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def moment(value: object) -> datetime:
    """A time in UTC, cut to microseconds. Raises Unavailable when there is none where one must be."""
    given = text(value)
    if STAMP.fullmatch(given):
        try:
            at = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", given))
        except ValueError:
            at = None
        if at is not None:
            return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    raise Unavailable("Azure DevOps sent an answer without a time where one must be.")


def actor(value: object) -> Actor:
    """A person: an identity with `id` and names, or the text "Name <mail>"; NOBODY for none."""
    said = record(value)
    known = text(said.get("id")) or text(said.get("descriptor")) or text(said.get("uniqueName"))
    if known:
        return Actor(id=known, name=text(said.get("displayName")) or text(said.get("uniqueName")) or known)
    given = text(value)
    found = NAMED.fullmatch(given)
    if found:
        return Actor(id=found["address"], name=found["name"] or found["address"])
    return Actor(id=given, name=given) if given else NOBODY
