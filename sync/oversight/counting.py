"""Overseen connections are counted by the sweep, all in one statement; rows that did not change are not written."""

from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from governance.raci.notices import companies
from portal.access import rls
from portal.core import clock
from sync.flow import pulse
from sync.flow.models.pulse import Pulse
from sync.oversight.models import INTEGRATORS

EVERY, DAY = timedelta(seconds=15), timedelta(days=1)
OVERSEE = "oversee"
#: a connection is overseen when a joined integrator of its integration has no side of it
OVERSEEN = """
SELECT c.* FROM governance_connection c WHERE EXISTS (
  SELECT 1 FROM governance_party p WHERE p.integration_id = c.integration_id AND p.joined IS NOT NULL
    AND p.siam_role = ANY (%(roles)s) AND NOT c.companies @> ARRAY[p.company_id])
"""
COUNT = f"""
WITH overseen AS ({OVERSEEN})
INSERT INTO sync_overseen AS known (uid, connection_id, integration_id, name, state, companies, ends, live_sides,
  cases, day, waiting, oldest, parked)
SELECT gen_random_uuid(), c.id, c.integration_id, c.name, c.state, c.companies, COALESCE(ends.told, '[]'),
  (SELECT count(*) FROM governance_disclosure d WHERE d.connection_id = c.id),
  COALESCE((SELECT max(k.cases) FROM sync_disclosed k WHERE k.connection_id = c.id), 0),
  sealed.day, sealed.waiting, sealed.oldest,
  (SELECT count(*) FROM sync_parked w WHERE w.connection_id = c.id AND w.state = 'open')
FROM overseen c
LEFT JOIN LATERAL (
  SELECT jsonb_agg(jsonb_build_object('side', s.side, 'company', s.company_id, 'system', s.system_name,
    'product', s.system_kind, 'item', s.kind, 'run', r.state) ORDER BY s.side) AS told
  FROM governance_side s LEFT JOIN sync_stream r ON r.system_id = s.system_id WHERE s.connection_id = c.id
) AS ends ON true
CROSS JOIN LATERAL (
  SELECT count(*) AS day, count(*) FILTER (WHERE e.applied IS NULL) AS waiting,
    min(e.sealed) FILTER (WHERE e.applied IS NULL) AS oldest
  FROM sync_envelope e WHERE e.connection_id = c.id AND e.sealed > %(since)s
) AS sealed
ON CONFLICT (connection_id) DO UPDATE SET name = excluded.name, state = excluded.state,
  companies = excluded.companies, ends = excluded.ends, live_sides = excluded.live_sides, cases = excluded.cases,
  day = excluded.day, waiting = excluded.waiting, oldest = excluded.oldest, parked = excluded.parked
WHERE (known.name, known.state, known.companies, known.ends, known.live_sides, known.cases, known.day, known.waiting,
    known.oldest, known.parked)
  IS DISTINCT FROM (excluded.name, excluded.state, excluded.companies, excluded.ends, excluded.live_sides,
    excluded.cases, excluded.day, excluded.waiting, excluded.oldest, excluded.parked)
"""  # noqa: S608 - constants of this file
OVER = f"DELETE FROM sync_overseen WHERE connection_id NOT IN (SELECT id FROM ({OVERSEEN}) AS overseen)"  # noqa: S608


def count_due() -> int:
    """Count what is overseen, unless that was done a moment ago; returns how many rows changed."""
    if Pulse.objects.filter(name=OVERSEE, at__gt=clock.now() - EVERY).exists():
        return 0
    pulse.beat(OVERSEE)
    return count()


def count() -> int:
    """Count every overseen connection anew; returns how many rows changed. Safe to run any number of times."""
    told: dict[str, Any] = {"roles": list(INTEGRATORS), "since": clock.now() - DAY}
    with transaction.atomic():
        rls.enter((), role=rls.WORKER)
        rls.enter(companies(), role=rls.WORKER)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('sync_overseen'))")
            if not cursor.fetchone()[0]:
                return 0
            cursor.execute(COUNT, told)
            changed = int(cursor.rowcount)
            cursor.execute(OVER, told)
            return changed + int(cursor.rowcount)
