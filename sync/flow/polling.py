"""Polling: list what changed in a system, remember what was seen, wake the lanes, move the cursor; all at once."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection as database
from django.db import transaction

from portal.access import rls
from portal.core import clock
from portal.core.errors import Fault, RateLimited
from sync.engine.types import Listed
from sync.flow.accounts import note_account
from sync.flow.connecting import connector_of
from sync.flow.models.streams import Seen, Stream
from sync.flow.noticing import notice
from sync.flow.store import gates
from sync.flow.wake import wake_shards

log = logging.getLogger(__name__)
#: pages of one poll; the rest is read by the next, so that one system never keeps a worker
PAGES = 40
#: seconds until a system that did not answer is asked again
SOON = timedelta(seconds=5)
LEASE = """
UPDATE sync_stream SET lease_until = clock_timestamp() + make_interval(secs => %s), fence = fence + 1
WHERE system_id = %s AND lease_until < clock_timestamp() AND next_poll <= clock_timestamp()
  AND state NOT IN ('paused', 'needs-auth') AND (retry_at IS NULL OR retry_at <= clock_timestamp())
  AND concord_downtime(system_id) IS NULL
RETURNING company_id, cursor, fence, account_id
"""
DUE = """
SELECT system_id FROM sync_stream WHERE lease_until < clock_timestamp()
  AND (asked OR (next_poll <= clock_timestamp() AND state NOT IN ('paused', 'needs-auth')
                 AND (retry_at IS NULL OR retry_at <= clock_timestamp())
                 AND concord_downtime(system_id) IS NULL))
"""


@dataclass(slots=True)
class Polled:
    """A leased stream."""

    system: int
    company: int
    cursor: str
    fence: int
    account: str


def due_systems() -> list[int]:
    """Systems whose poll is due, or of which a page asked something."""
    with transaction.atomic():
        rls.enter((), role=rls.WORKER)
        with database.cursor() as cursor:
            cursor.execute(DUE)
            return [system for (system,) in cursor.fetchall()]


def lease(system: int) -> Polled | None:
    """Take a system's stream for one poll, or None when it is not due or somebody else has it."""
    with transaction.atomic():
        rls.enter((), role=rls.WORKER)
        with database.cursor() as cursor:
            cursor.execute(LEASE, [settings.LEASE_SECONDS, system])
            row = cursor.fetchone()
    return None if row is None else Polled(system, *row)


def poll(system: int) -> int:
    """One poll of one system; returns how many records changed.

    1. lease the stream; 2. on first contact learn under which account we work there; 3. page by page: in one
    transaction remember what was listed, wake the lanes of what is new, and move the cursor; 4. release until
    the next poll. A fault leaves the cursor where it was.
    """
    polled = lease(system)
    if polled is None:
        return 0
    found, error, more = 0, None, True
    try:
        with transaction.atomic():
            rls.enter([polled.company], role=rls.WORKER)
            tracker = connector_of(system)
        if not polled.account:
            note_account(system, polled.company, tracker.check())
        for _ in range(PAGES):
            page = tracker.changes(polled.cursor, now=clock.now())
            found += _store(polled, page.rows, page.cursor)
            more = page.more
            if not more:
                break
    except Fault as fault:
        error = fault
        log.warning("Polling system %s: %s", system, fault.code)
    _release(polled, error, more=more)
    return found


def _store(polled: Polled, rows: tuple[Listed, ...], cursor: str) -> int:
    now = clock.now()
    with transaction.atomic():
        rls.enter([polled.company], role=rls.WORKER)
        held = Stream.objects.filter(system_id=polled.system, fence=polled.fence)
        if not held.update(cursor=cursor, last_poll=now):
            return 0
        records = [row.record for row in rows]
        known = dict(
            Seen.objects.filter(system_id=polled.system, record__in=records).values_list("record", "version")
        )
        news = {row.record: row.version[:80] for row in rows if known.get(row.record) != row.version[:80]}
        Seen.objects.bulk_create(
            [
                Seen(system_id=polled.system, company_id=polled.company, record=record, version=version)
                for record, version in sorted(news.items())
            ],
            update_conflicts=True,
            unique_fields=["system", "record"],
            update_fields=["version"],
        )
        shards = notice(polled.system, polled.company, news, now) if news else set()
    polled.cursor = cursor
    wake_shards(shards)
    return len(news)


def _release(polled: Polled, error: Fault | None, *, more: bool) -> None:
    """Note the system's health and when it is asked again."""
    now = clock.now()
    after = timedelta(0) if more and error is None else timedelta(seconds=settings.POLL_SECONDS)
    if error is not None:
        after = SOON
    gates.answered(polled.system, error, now, [polled.company])
    next_poll = error.retry_at if isinstance(error, RateLimited) else now + after
    _finish(polled, next_poll, well=error is None)


def _finish(polled: Polled, next_poll: datetime, *, well: bool) -> None:
    with transaction.atomic():
        rls.enter([polled.company], role=rls.WORKER)
        held = Stream.objects.filter(system_id=polled.system, fence=polled.fence)
        held.update(lease_until=clock.now(), next_poll=next_poll)
        if well:
            held.update(last_ok=clock.now())
