"""Waiting: a case for a system (hold), and everybody for a system (its breaker)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from portal.access import rls
from portal.core.errors import Fault, RateLimited, Unauthorized, Unavailable
from sync.flow.models.cases import Hold
from sync.flow.models.streams import Stream
from sync.flow.store import lanes

#: failures in a row after which a system counts as not reachable, and how long everybody then leaves it alone
TRIES, PAUSE = 3, timedelta(seconds=5)


def hold(case: int, system: int, until: datetime, code: str, companies: Iterable[int], now: datetime) -> int:
    """Store that a case waits for a system; returns how often in a row."""
    row, created = Hold.objects.get_or_create(
        case_id=case,
        system_id=system,
        defaults={
            "companies": sorted(companies),
            "until": until,
            "code": code,
            "since": now,
            "attempts": 1,
        },
    )
    if not created:
        Hold.objects.filter(pk=row.pk).update(until=until, code=code, attempts=F("attempts") + 1)
        return row.attempts + 1
    return 1


def release(case: int, clean: bool) -> None:
    """A clean lane waits for nobody."""
    if clean:
        Hold.objects.filter(case_id=case).delete()


def answered(system: int, error: Exception | None, now: datetime, companies: Iterable[int]) -> None:
    """Keep a system's health. An answer after failures wakes every case that waited for it.

    An answer to a request that was under way does not end the wait that the tracker asked for.
    """
    with transaction.atomic():
        rls.enter(companies, role=rls.WORKER)
        rows = Stream.objects.filter(system_id=system)
        if error is None:
            bad = ~Q(state=Stream.State.OK) | Q(failures__gt=0)
            told_to_wait = Q(state=Stream.State.THROTTLED, retry_at__gt=now)
            if (
                rows.filter(bad)
                .exclude(Q(state=Stream.State.PAUSED) | told_to_wait)
                .update(state=Stream.State.OK, reason="", failures=0, retry_at=None, last_ok=now)
            ):
                reopen(system)
        elif isinstance(error, RateLimited):
            rows.update(state=Stream.State.THROTTLED, reason=error.sentence[:300], retry_at=error.retry_at)
        elif isinstance(error, Unauthorized):
            rows.update(state=Stream.State.NEEDS_AUTH, reason=error.sentence[:300], retry_at=None)
        elif isinstance(error, Unavailable):
            rows.update(failures=F("failures") + 1)
            rows.filter(failures__gte=TRIES).update(
                state=Stream.State.UNREACHABLE, reason=error.sentence[:300], retry_at=now + PAUSE
            )
        elif isinstance(error, Fault):
            rows.update(reason=error.sentence[:300])


def reopen(system: int) -> None:
    """Everybody who waits for a system that did not answer may go on."""
    waiting = Hold.objects.filter(system_id=system, code__in=["tracker-unavailable", "tracker-unauthorized"])
    cases = list(waiting.values_list("case_id", flat=True))
    waiting.delete()
    if cases:
        lanes.mark_dirty(cases)
