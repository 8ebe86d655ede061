"""Between the interface's JSON values and portable ones."""

from collections.abc import Mapping
from datetime import UTC, datetime

from portal.core.errors import Unavailable
from sync.connectors.rest.declared import Declaration, FieldLine
from sync.engine.types import Fields, FieldType, Scalar, Value

MANY = frozenset({FieldType.LABELS, FieldType.OPTIONS})
TIMES = frozenset({FieldType.DATE, FieldType.DATETIME})


def text(value: object) -> str:
    """A string; numbers as digits; "" for anything else."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def moment(value: object) -> datetime:
    """A time in UTC, from ISO 8601 or seconds since 1970. Raises Unavailable where there is none."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        at = datetime.fromisoformat(text(value))
    except (ValueError, OverflowError, OSError) as error:
        raise Unavailable(
            "The system sent a record without a time where one must be. Check the paths of its declaration."
        ) from error
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)


def portable(line: FieldLine, value: object) -> Value:
    """A value of a field as rules know it: empty as None, lists as sorted tuples, times as ISO 8601 in UTC."""
    if value is None or value in ("", []):
        return None
    if line.type in MANY:
        found = value if isinstance(value, list) else [value]
        return tuple(sorted(str(one) for one in found))
    if line.type is FieldType.DATETIME:
        return moment(value).isoformat()
    if isinstance(value, str | int | float | bool):
        return value if line.type in (FieldType.NUMBER, FieldType.BOOLEAN) else str(value)
    return str(value)


def fields_of(declaration: Declaration, item: object) -> dict[str, Value]:
    """All declared fields of a record."""
    return {key: portable(line, line.path.first(item)) for key, line in declaration.fields.items()}


def native(fields: Fields) -> dict[str, object]:
    """Portable values as JSON has them."""
    return {key: list(value) if isinstance(value, tuple) else value for key, value in fields.items()}


def is_public(declared: Mapping[str, str], shown: object, hidden: object, *, told: bool) -> bool:
    """Whether a part may be read by others: only where the declaration says so, and when in doubt not.

    `shown` and `hidden` are what the paths `public` and `private` lead to; `told` says whether one is declared.
    """
    if declared.get("public") == "always":
        return True
    if not told:
        return False
    return shown is True if shown is not None else hidden is False


def scalar(value: object) -> Scalar:
    """A value of a history whose field is none of ours."""
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)
