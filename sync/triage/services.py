"""What a person does with parked work: try again, or leave it with a reason."""

from collections.abc import Sequence

from django.db import transaction

from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.core.errors import BadInput, Denied, Stale
from portal.history.services import record
from sync.flow.lanes import mark_dirty
from sync.flow.sight import refusal
from sync.triage.models import Parked

#: rows of one cause that are tried again at once
MOST = 1000
SETTLED = "Somebody else settled this meanwhile. Nothing was done twice."


@transaction.atomic
def retry_parked(*, by: Subject, parked: Parked) -> None:
    """Let the engine try one parked thing again. Raises Denied, or Stale when it is no longer open."""
    row = held(by, parked)
    _retry(by, [row])


@transaction.atomic
def retry_cause(*, by: Subject, fingerprint: str) -> int:
    """Let the engine try everything of one cause again; returns how much that was. Raises Denied when none may."""
    rows = visible_to(Parked.objects.filter(fingerprint=fingerprint, state=Parked.State.OPEN), by)
    found = list(rows.select_related("connection").select_for_update(of=("self",)).order_by("pk")[:MOST])
    refused = [refusal(by, row) for row in found]
    mine = [row for row, why in zip(found, refused, strict=True) if not why]
    if found and not mine:
        raise Denied(refused[0])
    _retry(by, mine)
    return len(mine)


@transaction.atomic
def skip_parked(*, by: Subject, parked: Parked, reason: str) -> None:
    """Leave one parked thing undone, for a reason. A new value is tried again by itself.

    Raises BadInput without a reason, Denied, or Stale when it is no longer open.
    """
    why = reason.strip()
    if not why:
        raise BadInput(
            "Skipping needs a reason.",
            fields={"reason": "Say why this may stay undone; it is kept with the case."},
        )
    row = held(by, parked)
    before = {"state": row.state}
    row.state, row.settled_by, row.reason = Parked.State.SKIPPED, by.name[:120], why[:300]
    row.save(update_fields=["state", "settled_by", "reason"])
    mark_dirty([row.case_id])
    record(
        by=by,
        verb="skip",
        thing=row,
        company=row.company_id,
        before=before,
        after={"state": row.state, "reason": row.reason},
    )


def held(by: Subject, parked: Parked) -> Parked:
    """The row locked and still open, if `by` may act on it."""
    rows = visible_to(Parked.objects.filter(pk=parked.pk), by).select_related("connection")
    row = rows.select_for_update(of=("self",)).first()
    why = refusal(by, row or parked)
    if why:
        raise Denied(why)
    if row is None or row.state != Parked.State.OPEN:
        raise Stale(SETTLED)
    return row


def _retry(by: Subject, rows: Sequence[Parked]) -> None:
    Parked.objects.filter(pk__in=[row.pk for row in rows]).update(state=Parked.State.RETRY, settled_by=by.name[:120])
    if rows:
        mark_dirty(row.case_id for row in rows)
    for row in rows:
        record(
            by=by,
            verb="retry",
            thing=row,
            company=row.company_id,
            before={"state": row.state},
            after={"state": Parked.State.RETRY},
        )
