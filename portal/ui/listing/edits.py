"""Bulk edit: the same change on many rows, first as a plan that the services themselves tell, then for good.

The plan is the change itself, done row by row through the room's own service and undone at the end. So it knows
every refusal that a service knows, and applying it can hold nothing else.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from portal.access.subject import Subject
from portal.core.errors import BadInput, Fault, Stale
from portal.ui.listing.declare import Edit, Listing, Row

#: rows that one bulk edit takes
MOST = 1_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of one row. `kind` is changed, same or refused."""

    uid: str
    label: str
    kind: str
    before: str = ""
    after: str = ""
    sentence: str = ""


class _Undo(Exception):
    """Ends a transaction without a trace."""


def planned(*, by: Subject, listing: Listing, edit: Edit, rows: Sequence[Row], value: Any) -> list[Outcome]:
    """What would become of each row; everything that the services wrote meanwhile is undone."""
    found: list[Outcome] = []
    try:
        with transaction.atomic():
            found = done(by=by, listing=listing, edit=edit, rows=rows, value=value)
            raise _Undo
    except _Undo:
        return found


def applied(
    *, by: Subject, listing: Listing, edit: Edit, rows: Sequence[Row], value: Any, seen: str
) -> list[Outcome]:
    """Change the rows in one transaction; nothing is written when the outcome is not the one that was `seen`."""
    with transaction.atomic():
        found = done(by=by, listing=listing, edit=edit, rows=rows, value=value)
        if fingerprint(found) != seen:
            raise Stale("The rows have changed since you saw the plan. Nothing was written. Look at it again.")
    return found


def done(*, by: Subject, listing: Listing, edit: Edit, rows: Sequence[Row], value: Any) -> list[Outcome]:
    """Each row through its service, in a savepoint of its own; a refusal is an outcome, not an error."""
    if len(rows) > MOST:
        raise BadInput(
            f"{len(rows):,} {listing.words} are chosen; one edit takes {MOST:,}. Narrow the list.",
            code="too-many-rows",
        )
    told, found = edit.told(value), []
    for row in rows:
        uid, label, before = str(row.uid), str(row), edit.now(row)
        if before == told:
            found.append(Outcome(uid, label, "same", before, told))
            continue
        try:
            with transaction.atomic():
                edit.change(by, row, value)
        except Fault as fault:
            sentence = next(iter(getattr(fault, "fields", {}).values()), fault.sentence)
            found.append(Outcome(uid, label, "refused", before, told, sentence))
        else:
            found.append(Outcome(uid, label, "changed", before, told))
    return found


def fingerprint(outcomes: Sequence[Outcome]) -> str:
    """What a person saw of a plan, short enough for a form."""
    told = "\n".join(f"{one.uid} {one.kind} {one.before} {one.after}" for one in outcomes)
    return hashlib.sha256(told.encode()).hexdigest()
