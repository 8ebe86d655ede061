"""A record may have changed: its case's lane turns dirty; a record never seen gets a case of its own first."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.conf import settings

from sync.flow.models.cases import Case, Item, Lane
from sync.flow.store import lanes

#: a time before all leases and waits
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def notice(system: int, company: int, records: Iterable[str], now: datetime) -> set[int]:
    """Make the lanes of these records dirty; returns their shards. Inside a transaction of the system's company.

    1. records that belong to a case wake its lane; 2. the others get a case, an item and a lane each, in bulk.
    A record that two processes see first at once stays one item: the unique key lets one of them win.
    """
    wanted = sorted(set(records))
    known = dict(Item.objects.filter(system_id=system, record__in=wanted).values_list("record", "case_id"))
    shards = lanes.mark_dirty(known.values()) if known else set()
    fresh = [record for record in wanted if record not in known]
    return shards | (begin(system, company, fresh, now) if fresh else set())


def begin(system: int, company: int, records: list[str], now: datetime) -> set[int]:
    """Cases for records that were never seen."""
    cases = Case.objects.bulk_create([Case(companies=[company], created=now, touched=now) for _ in records])
    items = [
        Item(case=case, system_id=system, company_id=company, readers=[company], record=record, created=now)
        for case, record in zip(cases, records, strict=True)
    ]
    Item.objects.bulk_create(items, ignore_conflicts=True)
    won = set(Item.objects.filter(case__in=cases).values_list("case_id", flat=True))
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
    return {row.shard for row in rows}
