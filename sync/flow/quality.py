"""Surveys at work: each side's terms counted over its shared items, slice by slice, from what is stored.

A slice is one transaction that sees the own company alone, writes the marks of its items in one statement and moves
the cursor, so that a worker killed anywhere loses a slice's work and nothing else. The figures are counted from the
marks at the end, in one statement; until then the last complete ones stand.
"""

import json
import logging
import time
import traceback
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from governance.dictionary.models import Dictionary, Term
from governance.dictionary.selectors import agreed_terms
from governance.quality.models import Survey
from governance.register.models import Side
from portal.access import rls
from portal.core import clock
from sync.engine.agreement import Link, SideName
from sync.engine.envelope import portable
from sync.engine.quality import Bounds, Known, marked
from sync.engine.types import Fields
from sync.flow.agreements import links, running
from sync.flow.disclosing import enter
from sync.flow.models.cases import Item, Lane
from sync.flow.models.facts import Envelope, Snapshot
from sync.flow.models.writes import Agreed
from sync.flow.wake import wake_survey

log = logging.getLogger(__name__)
State = Survey.State
#: items of one slice, surveys that one sweep wakes, seconds of one task
SLICE, BATCH, SECONDS = 200, 20, 20.0
#: how soon a side is counted again, and how often its count's own duration must have passed before
SOONEST, SPARING = timedelta(minutes=15), 50
#: a side without live rules is looked at again after this
RESTS = timedelta(minutes=2)
NOT_RUNNING = "Both sides need live rules and the connection must run before anything can be counted."
BROKEN = "The count broke on our side. The worker's log has it; it is tried again later."

BEGIN = """
INSERT INTO governance_survey (uid, connection_id, side, company_id, state, due, figures, items, unknown, done, total,
  cursor, fence, lease_until, seconds, sentence)
SELECT gen_random_uuid(), s.connection_id, s.side, s.company_id, 'waiting', %(now)s::timestamptz, '{}', 0, 0, 0, 0,
  0, 0, %(now)s::timestamptz, 0, ''
FROM governance_side s JOIN governance_connection c ON c.id = s.connection_id
WHERE c.state IN ('live', 'paused')
  AND NOT EXISTS (SELECT 1 FROM governance_survey k WHERE k.connection_id = s.connection_id AND k.side = s.side)
ON CONFLICT (connection_id, side) DO NOTHING
"""
#: rows whose marks stay as they were are not written again
MARK = """
INSERT INTO sync_surveyed AS known (item_id, connection_id, side, company_id, case_id, marks, prints, doubles, known)
SELECT item, %(connection)s, %(side)s, %(company)s, "case", marks, prints, '{}', fields
FROM json_to_recordset(%(rows)s::json)
  AS one (item bigint, "case" bigint, marks text[], prints jsonb, fields boolean)
ON CONFLICT (item_id, connection_id) DO UPDATE
  SET side = excluded.side, case_id = excluded.case_id, marks = excluded.marks, prints = excluded.prints,
    known = excluded.known
  WHERE (known.side, known.case_id, known.marks, known.prints, known.known)
    IS DISTINCT FROM (excluded.side, excluded.case_id, excluded.marks, excluded.prints, excluded.known)
"""
#: what is no shared item of this side any more
FORGET = """
DELETE FROM sync_surveyed s WHERE s.connection_id = %(connection)s AND s.side = %(side)s AND NOT EXISTS (
  SELECT 1 FROM sync_item i JOIN sync_envelope e ON e.case_id = i.case_id AND e.connection_id = s.connection_id
  WHERE i.id = s.item_id AND i.case_id = s.case_id AND i.gone IS NULL AND i.system_id = %(system)s
    AND i.kind = %(kind)s)
"""
DOUBLE = """
WITH twice AS (
  SELECT one.key AS term, one.value AS print FROM sync_surveyed s, jsonb_each_text(s.prints) AS one
  WHERE s.connection_id = %(connection)s AND s.side = %(side)s AND s.prints <> '{}'
  GROUP BY 1, 2 HAVING count(*) > 1
), told AS (
  SELECT s.id, ARRAY(SELECT 'double:' || one.key FROM jsonb_each_text(s.prints) AS one
    JOIN twice ON twice.term = one.key AND twice.print = one.value ORDER BY 1) AS doubles
  FROM sync_surveyed s
  WHERE s.connection_id = %(connection)s AND s.side = %(side)s AND (s.prints <> '{}' OR s.doubles <> '{}')
)
UPDATE sync_surveyed s SET doubles = told.doubles FROM told
WHERE told.id = s.id AND s.doubles <> told.doubles::varchar[]
"""
FIGURES = """
WITH counted AS (
  SELECT split_part(mark, ':', 1) AS kind, split_part(mark, ':', 2) AS term, count(*) AS n
  FROM sync_surveyed s CROSS JOIN LATERAL unnest(s.marks || s.doubles) AS mark
  WHERE s.connection_id = %(connection)s AND s.side = %(side)s GROUP BY 1, 2
), by_term AS (SELECT term, jsonb_object_agg(kind, n) AS told FROM counted GROUP BY term)
SELECT COALESCE((SELECT jsonb_object_agg(term, told) FROM by_term), '{}')::text, count(*),
  count(*) FILTER (WHERE NOT known)
FROM sync_surveyed WHERE connection_id = %(connection)s AND side = %(side)s
"""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a side is counted against: the link in force and what the dictionary says of values."""

    link: Link
    side: SideName
    bounds: dict[str, Bounds]


def wake_due() -> int:
    """Give every running side its survey, and hint at those whose time has come; returns how many."""
    with transaction.atomic():
        enter()
        with connection.cursor() as cursor:
            cursor.execute(BEGIN, {"now": clock.now()})
        found = list(due().order_by("due", "pk").values_list("pk", flat=True)[:BATCH])
    for number in found:
        wake_survey(number)
    return len(found)


def due() -> QuerySet[Survey]:
    """What a worker may take up: what waits, what was left, what is old."""
    now = clock.now()
    left = Q(state=State.RUNNING, lease_until__lt=now)
    over = Q(state__in=[State.WAITING, State.DONE, State.FAILED], due__lte=now)
    return Survey.objects.filter(left | over)


def survey(number: int) -> bool:
    """Go on with one survey for some seconds; returns whether it came to an end.

    1. take it with a new fence, unless somebody else holds it; 2. slice by slice; 3. the figures; 4. when time is
    over, let it wait for the next worker. Whatever breaks is kept with a sentence, and logged without a value.
    """
    row = claimed(number)
    if row is None:
        return False
    began = time.monotonic()
    try:
        ground = grounded(row)
        if ground is None:
            return closed(row, state=State.DONE, sentence=NOT_RUNNING, due=clock.now() + RESTS)
        while time.monotonic() - began < SECONDS:
            moved = looked(row, ground)
            if moved is None:
                return False
            if not moved:
                return figured(row, ground)
    except Exception as error:  # noqa: BLE001 - the text of an error may hold a value
        frames = "".join(traceback.format_tb(error.__traceback__))
        log.error("Survey %s broke with %s:\n%s", number, type(error).__name__, frames)
        return closed(row, state=State.FAILED, sentence=BROKEN, due=clock.now() + SOONEST)
    closed(row, state=State.WAITING)
    wake_survey(row.pk)
    return False


def claimed(number: int) -> Survey | None:
    """Take a survey; None when somebody else holds it or its time has not come."""
    lease = clock.now() + timedelta(seconds=settings.LEASE_SECONDS)
    with transaction.atomic():
        rls.enter((), role=rls.WORKER)
        taken = due().filter(pk=number).update(state=State.RUNNING, fence=F("fence") + 1, lease_until=lease)
        return Survey.objects.get(pk=number) if taken else None


def held(row: Survey) -> QuerySet[Survey]:
    """The row, as long as this worker holds it."""
    return Survey.objects.filter(pk=row.pk, state=State.RUNNING, fence=row.fence)


def grounded(row: Survey) -> Ground | None:
    """What the side is counted against; None while the connection does not run. A new count begins anew."""
    with transaction.atomic():
        rls.enter([row.company_id], role=rls.WORKER)
        both = set(Side.objects.filter(connection=row.connection_id).values_list("company_id", flat=True))
        rls.enter(both, role=rls.WORKER)
        found = links(running(row.connection_id))
        if not found:
            return None
        ground = Ground(found[0], "a" if row.side == "a" else "b", bounds_of(row.connection.integration_id))
    if not row.cursor:
        with transaction.atomic():
            rls.enter([row.company_id], role=rls.WORKER)
            row.done, row.seconds, row.total = 0, 0.0, items_of(row, ground).count()
            held(row).update(done=0, seconds=0.0, total=row.total)
    return ground


def bounds_of(integration: int) -> dict[str, Bounds]:
    """What the dictionary in force says of values. Two queries."""
    keys = Term.objects.filter(
        dictionary__integration=integration, dictionary__state=Dictionary.State.AGREED, unique=True
    )
    unique = set(keys.values_list("name", flat=True))
    rows = agreed_terms(integration)
    return {one.name: Bounds(frozenset(one.allowed), one.max_length, one.name in unique) for one in rows}


def items_of(row: Survey, ground: Ground) -> QuerySet[Item]:
    """The side's items whose case went over this connection, and that their tracker still has."""
    slot = ground.link.end(ground.side).slot
    sent = Envelope.objects.filter(case=OuterRef("case"), connection=row.connection_id)
    rows = Item.objects.filter(system=slot.system, kind=slot.kind, company_id=row.company_id, gone=None)
    return rows.filter(Exists(sent))


def looked(row: Survey, ground: Ground) -> bool | None:
    """Mark the next items; False when there are none, None when the survey was taken away."""
    began = time.monotonic()
    with transaction.atomic():
        rls.enter([row.company_id], role=rls.WORKER)
        items = list(items_of(row, ground).filter(pk__gt=row.cursor).order_by("pk")[:SLICE])
        if not items:
            return False
        known = known_of(row, ground, items)
        rows = [marks_of(item, ground, known[item.pk]) for item in items]
        with connection.cursor() as cursor:
            cursor.execute(MARK, {**place(row, ground), "company": row.company_id, "rows": json.dumps(rows)})
        row.cursor, row.done = items[-1].pk, row.done + len(items)
        row.seconds += time.monotonic() - began
        kept = held(row).update(
            cursor=row.cursor,
            done=row.done,
            total=max(row.total, row.done),
            seconds=row.seconds,
            lease_until=clock.now() + timedelta(seconds=settings.LEASE_SECONDS),
        )
        if not kept:
            transaction.set_rollback(True)
            return None
    return True


def marks_of(item: Item, ground: Ground, known: Known) -> dict[str, Any]:
    """One row of MARK."""
    found = marked(ground.link, ground.side, ground.bounds, known)
    return {
        "item": item.pk,
        "case": item.case_id,
        "marks": sorted(found.marks),
        "prints": dict(found.prints),
        "fields": known.fields is not None,
    }


def known_of(row: Survey, ground: Ground, items: Sequence[Item]) -> dict[int, Known]:
    """Item → what is stored of it on this connection. Four queries for a slice."""
    cases = [item.case_id for item in items]
    newest = Snapshot.objects.filter(item__in=items).order_by("item", "-read_at", "-pk").distinct("item")
    fields = {one.item_id: valued(one.fields) for one in newest}
    sealed = Envelope.objects.filter(case__in=cases, connection=row.connection_id)
    letters = {
        (one.case_id, one.side): one
        for one in sealed.order_by("case", "side", "-no").distinct("case", "side").select_related("content")
    }
    bases: dict[int, dict[str, tuple[Any, Any]]] = defaultdict(dict)
    for one in Agreed.objects.filter(case__in=cases, connection=row.connection_id):
        pair = portable(one.value_a), portable(one.value_b)
        bases[one.case_id][one.term] = pair if ground.side == "a" else pair[::-1]
    busy = set(Lane.objects.filter(case__in=cases, dirty=True).values_list("case_id", flat=True))
    other = "b" if ground.side == "a" else "a"
    found = {}
    for item in items:
        own, theirs = letters.get((item.case_id, ground.side)), letters.get((item.case_id, other))
        found[item.pk] = Known(
            fields=fields.get(item.pk),
            sent=terms_in(own),
            got=terms_in(theirs),
            bases=bases[item.case_id],
            waits=item.case_id in busy or (own is not None and own.applied is None),
        )
    return found


def terms_in(letter: Envelope | None) -> Fields | None:
    """The terms of an envelope; None without one."""
    return None if letter is None else valued(letter.content.body.get("terms") or {})


def valued(stored: dict[str, Any]) -> Fields:
    """Stored values as the engine has them."""
    return {name: portable(value) for name, value in stored.items()}


def place(row: Survey, ground: Ground) -> dict[str, Any]:
    """What the statements name."""
    slot = ground.link.end(ground.side).slot
    return {"connection": row.connection_id, "side": row.side, "system": slot.system, "kind": slot.kind}


def figured(row: Survey, ground: Ground) -> bool:
    """The end: forget what is shared no more, find what stands twice, count the figures from the marks."""
    began = time.monotonic()
    with transaction.atomic():
        rls.enter([row.company_id], role=rls.WORKER)
        with connection.cursor() as cursor:
            for statement in (FORGET, DOUBLE, FIGURES):
                cursor.execute(statement, place(row, ground))
            figures, items, unknown = cursor.fetchone()
        took = timedelta(seconds=row.seconds + time.monotonic() - began)
        now = clock.now()
        return closed(
            row,
            state=State.DONE,
            sentence="",
            at=now,
            due=now + max(SOONEST, took * SPARING),
            figures=json.loads(figures),
            items=items,
            unknown=unknown,
            cursor=0,
        )


def closed(row: Survey, **changed: Any) -> bool:
    """Let a survey go that this worker still holds; returns whether it did."""
    with transaction.atomic():
        rls.enter([row.company_id], role=rls.WORKER)
        return bool(held(row).update(**changed))
