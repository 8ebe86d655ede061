"""Reading Zendesk's JSON without trust: what is missing or of another kind becomes an empty value."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast

from portal.core.errors import Unavailable
from sync.connectors.wire import Json


def row(value: object) -> Json:
    """A JSON object, {} for anything else."""
    return cast(Json, value) if isinstance(value, dict) else {}


def rows(value: object) -> list[Json]:
    """The JSON objects of a list, [] for anything else."""
    return [cast(Json, one) for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def text(value: object) -> str:
    """A string; ids come as numbers here and as strings there; "" for anything else."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def moment(of: Mapping[str, object], key: str) -> datetime:
    """A time in UTC, whole seconds. Raises Unavailable where Zendesk sent none: that is half an answer."""
    try:
        at = datetime.fromisoformat(text(of.get(key)))
    except ValueError as error:
        raise Unavailable(f"Zendesk sent an answer without a proper {key}.", sent=True) from error
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
