"""A record may have changed: its case's lane turns dirty; a record never seen gets a case of its own first."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.conf import settings

from portal.core.errors import Unavailable
from sync.flow.models.cases import Case, Item, Lane
from sync.flow.store.prepared import asked

#: how often a record is looked up again that moves between cases
TRIES = 5
#: a time before all leases and waits
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: lanes are locked in one order, so that two that wake many at once never wait for each other. `held` is a lane that
#: a worker holds right now: it lets go only after this commits, sees the lane dirty again, and goes on with it
HINT = """
WITH known AS MATERIALIZED (
  SELECT case_id, array_agg(record) AS records FROM sync_item
  WHERE system_id = %(system)s::bigint AND record = ANY (%(records)s::text[]) GROUP BY case_id
), found AS MATERIALIZED (
  SELECT case_id, lease_until > clock_timestamp() AS held
  FROM sync_lane WHERE case_id IN (SELECT case_id FROM known) ORDER BY case_id FOR UPDATE
)
UPDATE sync_lane SET dirty = true, dirty_seq = dirty_seq + 1, not_before = 'epoch',
  dirty_since = CASE WHEN dirty THEN dirty_since ELSE clock_timestamp() END
FROM known JOIN found USING (case_id) WHERE sync_lane.case_id = known.case_id RETURNING records, shard, held
"""
#: records that belong to a case
KNOWN = "SELECT record FROM sync_item WHERE system_id = %(system)s::bigint AND record = ANY (%(records)s::text[])"


def notice(system: int, company: int, records: Iterable[str], now: datetime) -> set[int]:
    """Make the lanes of these records dirty; returns the shards that must be woken for it. Inside a transaction of
    the system's company.

    1. records that belong to a case wake its lane, in one statement; 2. the others get a case, an item and a lane
    each, in bulk; 3. what was neither is looked at again: its item moved to another case in that very moment, or
    another process began its case first (the unique key lets one win), and a hint must not get lost with a lane that
    ended. A shard whose lanes are all held needs no hint.
    """
    shards: set[int] = set()
    wanted = set(records)
    for _ in range(TRIES):
        for woken, shard, held in asked(HINT, {"system": system, "records": sorted(wanted)}):
            wanted.difference_update(woken)
            if not held:
                shards.add(shard)
        if not wanted:
            return shards
        known = {record for (record,) in asked(KNOWN, {"system": system, "records": sorted(wanted)})}
        begun = begin(system, company, sorted(wanted - known), now) if wanted - known else {}
        shards.update(begun.values())
        wanted.difference_update(begun)
        if not wanted:
            return shards
    raise Unavailable(f"{len(wanted)} records kept moving between cases; they are noticed again at the next poll.")


def begin(system: int, company: int, records: list[str], now: datetime) -> dict[str, int]:
    """Cases for records that were never seen; returns the shard of each that this process began."""
    cases = Case.objects.bulk_create([Case(companies=[company], created=now, touched=now) for _ in records])
    items = [
        Item(case=case, system_id=system, company_id=company, readers=[company], record=record, created=now)
        for case, record in zip(cases, records, strict=True)
    ]
    Item.objects.bulk_create(items, ignore_conflicts=True)
    won = dict(Item.objects.filter(case__in=cases).values_list("case_id", "record"))
    Case.objects.filter(pk__in=[case.pk for case in cases if case.pk not in won]).delete()
    rows = [
        Lane(
            case_id=case,
            companies=[company],
            shard=case % settings.SHARDS,
            dirty_since=now,
            lease_until=EPOCH,
            not_before=EPOCH,
        )
        for case in sorted(won)
    ]
    Lane.objects.bulk_create(rows)
    return {won[row.case_id]: row.shard for row in rows}
