"""Reading ServiceNow's JSON without trust: a key that is missing or of the wrong kind becomes an empty value."""

import re
from datetime import UTC, datetime

from portal.core.errors import Missing, Unavailable
from sync.connectors.answers import record

ID = re.compile(r"[0-9a-f]{32}")


def text(value: object) -> str:
    """A value as stored. Numbers and booleans come as text mostly, references and "all" values as objects."""
    if isinstance(value, dict):
        return text(value.get("value"))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, str | int | float) else ""


def shown(value: object) -> str:
    """A value as people read it, "" where the answer has stored values only."""
    return text(record(value).get("display_value"))


def moment(value: object) -> datetime:
    """A stored time, which is UTC. Raises Unavailable when the answer has none where it must."""
    try:
        return datetime.fromisoformat(text(value)).replace(tzinfo=UTC)
    except ValueError as error:
        raise Unavailable("ServiceNow sent an answer without a time where one must be.") from error


def stored(at: datetime) -> str:
    """A time as ServiceNow stores it: UTC, whole seconds, no zone mark."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def sys_id(value: str) -> str:
    """A sys_id that may stand in an address or query. Raises Missing for anything else."""
    if not ID.fullmatch(value):
        raise Missing("ServiceNow's ids have 32 digits and letters. This one leads to no record.")
    return value
