"""A record may have changed: its case's lane turns dirty; a record never seen gets a case of its own first."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.conf import settings

from portal.core.errors import Unavailable
from sync.flow.models.cases import Case, Item, Lane
from sync.flow.store import lanes

#: how often a record is looked up again that moves between cases
TRIES = 5
#: a time before all leases and waits
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def notice(system: int, company: int, records: Iterable[str], now: datetime) -> set[int]:
    """Make the lanes of these records dirty; returns their shards. Inside a transaction of the system's company.

    1. records that belong to a case wake its lane; 2. the others get a case, an item and a lane each, in bulk;
    3. what was neither is looked at again: its item moved to another case in that very moment, or another process
    began its case first (the unique key lets one win), and a hint must not get lost with a lane that ended.
    """
    shards: set[int] = set()
    wanted = set(records)
    for _ in range(TRIES):
        known = dict(Item.objects.filter(system_id=system, record__in=wanted).values_list("record", "case_id"))
        woken = lanes.mark_dirty(known.values()) if known else {}
        begun = begin(system, company, sorted(wanted - set(known)), now) if wanted - set(known) else {}
        shards |= set(woken.values()) | set(begun.values())
        wanted -= {record for record, case in known.items() if case in woken} | set(begun)
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
