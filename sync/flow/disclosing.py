"""The disclosure register is counted from what was sealed: by the sweep, connection by connection, never by a turn.

A turn that added to shared counters would make the lanes of a connection wait for each other.
"""

import time
from collections.abc import Sequence
from datetime import timedelta

from django.db import connection, transaction

from portal.access import rls
from portal.core import clock
from sync.flow.models.streams import Stream

#: how soon a connection with news is counted again, and how often its count's own duration must have passed before
SOONEST, SPARING = timedelta(seconds=15), 100
#: a transaction may commit its envelope this long after it was sealed
LATE = timedelta(minutes=2)
#: connections that one sweep counts at most
BATCH = 20

DUE = """
SELECT c.id, c.companies FROM governance_connection c LEFT JOIN sync_count k ON k.connection_id = c.id
WHERE (k.due IS NULL OR k.due <= %(now)s::timestamptz) AND EXISTS (
  SELECT 1 FROM sync_envelope e
  WHERE e.connection_id = c.id AND e.sealed > COALESCE(k.at - make_interval(secs => %(late)s), '-infinity'))
ORDER BY k.due NULLS FIRST, c.id LIMIT %(most)s
"""
COUNT = """
WITH by_case AS (
  SELECT e.side, e.from_company AS sender, e.to_company AS receiver, term, e.case_id, count(*) AS times,
    min(e.sealed) AS first, max(e.sealed) AS last
  FROM sync_envelope e CROSS JOIN LATERAL unnest(e.terms) AS term
  WHERE e.connection_id = %(connection)s AND e.from_company <> e.to_company GROUP BY 1, 2, 3, 4, 5
), terms AS (
  SELECT side, sender, receiver, term, count(*) AS cases, sum(times) AS times, min(first) AS first, max(last) AS last
  FROM by_case GROUP BY 1, 2, 3, 4
), parts AS (
  SELECT mine.side, mine.company_id AS sender, theirs.company_id AS receiver, p.kind AS term,
    count(DISTINCT p.case_id) AS cases, count(*) AS times, min(copy.at) AS first, max(copy.at) AS last
  FROM governance_side mine
  JOIN governance_side theirs ON theirs.connection_id = mine.connection_id AND theirs.side <> mine.side
  JOIN sync_partcopy copy ON copy.system_id = theirs.system_id
  JOIN sync_partcopy source ON source.part_id = copy.part_id AND source.system_id = mine.system_id
    AND source.id < copy.id
  JOIN sync_part p ON p.id = copy.part_id
  WHERE mine.connection_id = %(connection)s AND mine.company_id <> theirs.company_id
    AND EXISTS (SELECT 1 FROM sync_envelope e WHERE e.case_id = p.case_id
      AND e.connection_id = mine.connection_id AND e.side = mine.side)
  GROUP BY 1, 2, 3, 4
)
INSERT INTO sync_disclosed AS known (uid, connection_id, side, sender_id, receiver_id, companies, term, cases, times,
  first, last)
SELECT gen_random_uuid(), %(connection)s, side, sender, receiver, ARRAY[sender, receiver], term, cases, times,
  first, last
FROM (SELECT * FROM terms UNION ALL SELECT * FROM parts) AS told
ON CONFLICT (connection_id, side, term) DO UPDATE
  SET cases = excluded.cases, times = excluded.times, first = excluded.first, last = excluded.last
"""
COUNTED = """
INSERT INTO sync_count (connection_id, companies, at, due) VALUES (%s, %s, %s, %s)
ON CONFLICT (connection_id) DO UPDATE SET at = excluded.at, due = excluded.due
"""


def count_due() -> int:
    """Count the connections with news anew; returns how many. Safe to run anywhere, any number of times.

    A count is complete, so that nothing missed or counted twice stays. One that takes long is repeated less often:
    counting takes a worker one hundredth of its time at most.
    """
    now = clock.now()
    with transaction.atomic():
        everybody = enter()
        with connection.cursor() as cursor:
            cursor.execute(DUE, {"now": now, "late": LATE.total_seconds(), "most": BATCH})
            due = cursor.fetchall()
    for number, companies in due:
        count(number, companies, everybody)
    return len(due)


def enter() -> list[int]:
    """Enter this transaction as a worker that sees all companies: a part may come from a third one."""
    rls.enter((), role=rls.WORKER)
    companies = sorted(set(Stream.objects.values_list("company_id", flat=True)))
    rls.enter(companies, role=rls.WORKER)
    return companies


def count(number: int, companies: Sequence[int], everybody: Sequence[int]) -> None:
    """Count one connection, unless somebody else does so at this moment."""
    began, now = time.monotonic(), clock.now()
    with transaction.atomic(), connection.cursor() as cursor:
        rls.enter({*everybody, *companies}, role=rls.WORKER)
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('sync_count'), %s::int)", [number])
        if not cursor.fetchone()[0]:
            return
        cursor.execute(COUNT, {"connection": number})
        took = timedelta(seconds=time.monotonic() - began)
        due = now + max(SOONEST, took * SPARING)
        cursor.execute(COUNTED, [number, list(companies), now, due])
