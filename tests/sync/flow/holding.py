"""A PostgresStore at work in tests: records noticed, lanes taken, writes promised."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.db import transaction

from governance.register.models import System
from portal.core import clock
from sync.engine.agreement import Slot
from sync.flow.models.cases import Item, Lane
from sync.flow.noticing import notice
from sync.flow.ports import Claim, Promise, Timing
from sync.flow.store.lanes import due_shards
from sync.flow.store.postgres import PostgresStore
from tests.story import Story

TIMING = Timing(lease=timedelta(seconds=120))


def begun(system: System, *records: str) -> list[int]:
    """Cases of records that were just noticed."""
    with transaction.atomic():
        notice(system.pk, system.company_id, records, clock.now())
    rows = Item.objects.filter(system=system, record__in=records).order_by("id")
    return list(rows.values_list("case_id", flat=True))


def taken(store: PostgresStore) -> Claim:
    """The one lane that is due."""
    (shard,) = due_shards()
    claim = store.claim(shard, clock.now())
    assert claim is not None
    return claim


def fresh() -> PostgresStore:
    """A store for one turn."""
    return PostgresStore(clock.now, TIMING)


def as_worker(pool: ThreadPoolExecutor, work: Callable[[], object]) -> object:
    """Something done in a worker's thread."""
    return pool.submit(work).result(30)


def claims_of(store: PostgresStore) -> Iterator[Claim]:
    """Claims until nothing is due."""
    while True:
        claim = next((c for shard in range(8) if (c := store.claim(shard, clock.now()))), None)
        if claim is None:
            return
        yield claim


def lane(case: int) -> Lane:
    """A lane as it stands."""
    return Lane.objects.get(pk=case)


def promise(story: Story) -> Promise:
    """A write into the board."""
    return Promise(
        link=story.connection.pk,
        side="b",
        slot=Slot(story.board.pk, "Task"),
        company=story.b.pk,
        op="create",
        subject="create@1",
        key="k",
        rule_version=1,
        payload={},
        before={},
        bases={},
    )
