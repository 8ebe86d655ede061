"""Lanes in SQL: making them dirty, claiming, holding the fence, releasing."""

import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from portal.access import rls
from portal.core.retry import next_try
from sync.flow.ports import Claim, FenceLost, Timing
from sync.flow.store.prepared import asked, piped

#: one statement on purpose: it is a transaction of its own, sent once
CLAIM = """
WITH first AS MATERIALIZED (
  SELECT case_id FROM sync_lane
  WHERE dirty AND shard = %(shard)s::int AND case_id >= %(start)s::bigint AND NOT frozen
    AND lease_until < clock_timestamp() AND not_before <= clock_timestamp()
  ORDER BY shard, case_id LIMIT 1 FOR UPDATE SKIP LOCKED
), around AS MATERIALIZED (
  SELECT case_id FROM sync_lane
  WHERE dirty AND shard = %(shard)s::int AND NOT EXISTS (SELECT 1 FROM first) AND NOT frozen
    AND lease_until < clock_timestamp() AND not_before <= clock_timestamp()
  ORDER BY shard, case_id LIMIT 1 FOR UPDATE SKIP LOCKED
)
UPDATE sync_lane SET lease_until = clock_timestamp() + make_interval(secs => %(lease)s::float8), fence = fence + 1
FROM (SELECT case_id FROM first UNION ALL SELECT case_id FROM around) due
WHERE sync_lane.case_id = due.case_id
RETURNING sync_lane.case_id, fence, dirty_seq, companies
"""
HELD = f"""
WITH entered AS MATERIALIZED (
  SELECT {rls.ENTER})
SELECT dirty_seq FROM entered, sync_lane WHERE case_id = %s::bigint AND fence = %s::bigint"""  # noqa: S608
LOCKED = HELD + " FOR UPDATE OF sync_lane"
FINISH = """
UPDATE sync_lane SET lease_until = 'epoch', attempts = 0,
  dirty = (dirty_seq <> %(seq)s::bigint OR %(again)s::timestamptz IS NOT NULL),
  not_before = CASE WHEN dirty_seq <> %(seq)s::bigint OR %(again)s::timestamptz IS NULL THEN 'epoch'
                    ELSE %(again)s::timestamptz END
WHERE case_id = %(case)s::bigint AND fence = %(fence)s::bigint RETURNING case_id
"""
STUMBLE = """
UPDATE sync_lane SET lease_until = 'epoch', attempts = %s, dirty = true, not_before = %s
WHERE case_id = %s AND fence = %s
"""
#: locked in one order, so that two that wake many lanes at once never wait for each other
DIRTY = """
UPDATE sync_lane SET dirty = true, dirty_seq = dirty_seq + 1, not_before = 'epoch',
  dirty_since = CASE WHEN dirty THEN dirty_since ELSE clock_timestamp() END
FROM (SELECT case_id FROM sync_lane WHERE case_id = ANY (%s::bigint[]) ORDER BY case_id FOR UPDATE) woken
WHERE sync_lane.case_id = woken.case_id RETURNING sync_lane.case_id, shard
"""
DUE = """
SELECT DISTINCT shard FROM sync_lane
WHERE dirty AND NOT frozen AND lease_until < clock_timestamp() AND not_before <= clock_timestamp()
"""


def mark_dirty(case_ids: Iterable[int]) -> dict[int, int]:
    """A hint that these cases have work; returns the shard of each that has a lane. In the caller's transaction."""
    return dict(asked(DIRTY, [sorted(set(case_ids))]))


def due_shards() -> list[int]:
    """Shards in which a lane is dirty, due and not leased."""
    with transaction.atomic():
        rls.enter((), role=rls.WORKER)
        with connection.cursor() as cursor:
            cursor.execute(DUE)
            return [shard for (shard,) in cursor.fetchall()]


def claim(shard: int, now: datetime, timing: Timing) -> tuple[Claim, list[int]] | None:
    """Lease one due lane of a shard, from a random place on, so that workers do not meet at the first one.

    `now` is read before the database's own clock moves the lease on, so our idea of its end is never too late.
    """
    given = {"lease": timing.lease.total_seconds(), "shard": shard, "start": random.randrange(1, 1 << 31)}
    rows = asked(CLAIM, given)
    if not rows:
        return None
    case, fence, seq, companies = rows[0]
    return Claim(case, fence, seq, now + timing.lease), list(companies)


@contextmanager
def held(
    claim: Claim, companies: Iterable[int], first: Iterable[Callable[[], None]] = (), *, writes: bool = True
) -> Iterator[int]:
    """A worker transaction of one case that commits only while `claim` still holds its lane; yields its dirty_seq.

    It begins with what is to be stored `first`. One that only reads locks nothing: then its commit has nothing to
    bring to the disk.
    """
    with transaction.atomic():
        with piped():
            given = [*rls.entering(companies, role=rls.WORKER), claim.case, claim.fence]
            found = asked(LOCKED if writes else HELD, given)
            if not found:
                raise FenceLost
            for keep in first:
                keep()
        yield found[0][0]


def stumble(claim: Claim, now: datetime, timing: Timing) -> int:
    """Release a lane whose turn broke on a fault of ours, with a growing wait; returns how often in a row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT attempts FROM sync_lane WHERE case_id = %s AND fence = %s", [claim.case, claim.fence])
        row = cursor.fetchone()
        attempts = row[0] + 1 if row else 0
        at = next_try(now, attempts, first=timing.backoff_first, most=timing.backoff_most, random=random.random())
        cursor.execute(STUMBLE, [attempts, at, claim.case, claim.fence])
    return attempts


def finish(claim: Claim, again: datetime | None) -> None:
    """Release the lane: clean, or dirty because of hints that came meanwhile or of `again`. Raises FenceLost."""
    if not asked(FINISH, {"seq": claim.seq, "again": again, "case": claim.case, "fence": claim.fence}):
        raise FenceLost
