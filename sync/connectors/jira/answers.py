"""Reading Jira's JSON without trust: a key that is missing or of the wrong kind becomes an empty value."""

import re
from datetime import UTC, datetime
from typing import cast

from portal.core.errors import Unavailable
from sync.connectors.wire import Json

#: 2025-07-25T21:15:12.997+0200, in the viewer's offset
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:?\d\d|Z)")


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
    """A whole number."""
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def moment(value: object) -> datetime:
    """A time in UTC. Raises Unavailable when Jira's answer has none where it must."""
    given = text(value)
    try:
        at = datetime.fromisoformat(given)
    except ValueError as error:
        raise Unavailable("Jira sent an answer without a time where one must be.") from error
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)


def version(value: object) -> str:
    """An issue's `updated` as its version, the same in every time zone."""
    return moment(value).isoformat(timespec="milliseconds")
