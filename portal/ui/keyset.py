"""Keyset pages for lists: stable under inserts, without a count."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Slice(Generic[M]):
    """One page of a list. `older` and `newer` are cursors for the neighbouring pages, "" where there is none."""

    rows: list[M]
    older: str
    newer: str


def keyset(
    queryset: QuerySet[M], field: str, *, cursor: str = "", size: int = 50, ascending: bool = False
) -> Slice[M]:
    """One page of `queryset` by a time field and id; newest first unless `ascending`.

    1. read the cursor (one that cannot be read is the first page); 2. take one row more than the page holds to
    know whether it goes on; 3. backwards pages are read in the other direction and turned round.
    """
    at = opened(cursor)
    back = bool(at and at[0] == "newer")
    down = ascending == back
    sign = "-" if down else ""
    rows = queryset.order_by(f"{sign}{field}", f"{sign}pk")
    if at:
        how = "lt" if down else "gt"
        rows = rows.filter(Q(**{f"{field}__{how}": at[1]}) | Q(**{field: at[1], f"pk__{how}": at[2]}))
    found = list(rows[: size + 1])
    goes_on, found = len(found) > size, found[:size]
    if back:
        found.reverse()
    older = found and (goes_on or back)
    newer = found and (goes_on if back else bool(at))
    return Slice(
        found,
        closed("older", found[-1], field) if older else "",
        closed("newer", found[0], field) if newer else "",
    )


def closed(way: str, row: Model, field: str) -> str:
    """A cursor as it stands in an address."""
    at: datetime = getattr(row, field)
    text = json.dumps([way, at.isoformat(), row.pk], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def opened(cursor: str) -> tuple[str, datetime, int] | None:
    """(way, time, id) of a cursor, or None when it is empty or not one of ours."""
    try:
        way, at, pk = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return str(way), datetime.fromisoformat(at), int(pk)
    except (ValueError, TypeError):
        return None
