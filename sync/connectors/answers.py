"""Reading a tracker's JSON without trust: a key that is missing or of the wrong kind becomes an empty value."""

from datetime import UTC, datetime
from typing import cast

from portal.core.errors import Unavailable
from sync.connectors.wire import Json


def record(value: object) -> Json:
    """A JSON object, {} for anything else."""
    return cast(Json, value) if isinstance(value, dict) else {}


def records(value: object) -> list[Json]:
    """A list's JSON objects, [] for anything else."""
    return [cast(Json, one) for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def text(value: object) -> str:
    """A string, numbers as digits (ids come as both), "" for anything else."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def whole(value: object, default: int = 0) -> int:
    """A whole number, also out of digits in a string."""
    if isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def moment(value: object) -> datetime:
    """A time in UTC; one without an offset is UTC. Raises Unavailable when an answer has none where it must."""
    try:
        at = datetime.fromisoformat(text(value))
    except ValueError as error:
        raise Unavailable("The tracker sent an answer without a time where one must be.") from error
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
