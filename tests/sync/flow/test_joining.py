"""Items that come into the case of their origin, with all that is known of them."""

import time
from concurrent.futures import Future, ThreadPoolExecutor

from django.db import connection, transaction
from django.db.models import F

from portal.access import rls
from portal.core import clock
from sync.flow.models.cases import Case, Item, Lane, Part
from sync.flow.models.facts import Change
from sync.flow.noticing import notice
from sync.flow.ports import Landed, Origin, State
from sync.flow.store import observing
from tests.story import Story
from tests.sync.flow import tracks
from tests.sync.flow.holding import as_worker, begun, fresh, lane, promise, taken


def facts(case: int, item: Item) -> None:
    """A change and a part of an item, as its first read leaves them."""
    now = clock.now()
    told = {"case_id": case, "system_id": item.system_id, "company_id": item.company_id}
    Change.objects.create(
        **told, item=item, record=item.record, remote_id="r1", field="x", seq=1, occurred=now, seen=now
    )
    Part.objects.create(**told, companies=item.readers, kind="comment", remote_id="p1", at=now, public=True)


def test_a_twin_that_the_poll_saw_first_comes_over_with_its_facts(agreed: Story, workers: ThreadPoolExecutor) -> None:
    (home,) = begun(agreed.desk, "1")
    store, claims = fresh(), []

    def start() -> State:
        claims.append(taken(store))
        return store.load(claims[0])

    state = as_worker(workers, start)
    assert isinstance(state, State)
    (lone,) = begun(agreed.board, "900")
    facts(lone, Item.objects.get(record="900"))

    def bind() -> None:
        intent = store.intend(claims[0], promise(agreed))
        store.settle(claims[0], intent, Landed("900", "B-900"), state)

    as_worker(workers, bind)
    assert list(Item.objects.order_by("id").values_list("case_id", flat=True)) == [home, home]
    assert {*Change.objects.values_list("case_id", flat=True), *Part.objects.values_list("case_id", flat=True)} == {
        home
    }
    assert not Case.objects.filter(pk=lone).exists()
    assert [change.remote_id for change in state.changes] == ["r1"]
    assert sorted(lane(home).companies) == sorted([agreed.a.pk, agreed.b.pk])


def test_a_lone_item_with_our_marker_joins_its_origin(agreed: Story, workers: ThreadPoolExecutor) -> None:
    (home,) = begun(agreed.desk, "1")
    Lane.objects.update(dirty=False)
    (lone,) = begun(agreed.board, "900")
    facts(lone, Item.objects.get(record="900"))
    origin = Origin(agreed.desk.pk, "1", "", agreed.board.pk)

    def adopt() -> bool:
        store = fresh()
        claim = taken(store)
        state = store.load(claim)
        return store.adopt(claim, state.items[0], origin)

    assert as_worker(workers, adopt) is True
    assert set(Item.objects.values_list("case_id", flat=True)) == {home}
    assert not Lane.objects.filter(pk=lone).exists()
    assert lane(home).dirty


def test_a_clone_of_a_twin_does_not_join(agreed: Story, workers: ThreadPoolExecutor) -> None:
    (home,) = begun(agreed.desk, "1")
    twin = Item.objects.get()
    tracks.item(Case.objects.get(pk=home), agreed.board, "B-1", twin.readers, clock.now())
    Item.objects.filter(system=agreed.board).update(kind="Task")
    Lane.objects.update(dirty=False)
    (lone,) = begun(agreed.board, "900")
    origin = Origin(agreed.desk.pk, "1", "", agreed.board.pk)

    def adopt() -> bool:
        store = fresh()
        claim = taken(store)
        return store.adopt(claim, store.load(claim).items[0], origin)

    assert as_worker(workers, adopt) is False
    assert Item.objects.get(record="900").case_id == lone


def waits(job: Future[set[int]]) -> bool:
    """Whether a worker's statement waits for a lock by now."""
    end = time.monotonic() + 10
    while time.monotonic() < end and not job.done():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return True
        time.sleep(0.02)
    return False


def test_a_hint_for_an_item_that_moves_at_that_moment_reaches_its_new_home(
    agreed: Story, workers: ThreadPoolExecutor
) -> None:
    (home,) = begun(agreed.desk, "1")
    (lone,) = begun(agreed.board, "900")
    Lane.objects.update(dirty=False, dirty_seq=F("dirty_seq"))

    def hint() -> set[int]:
        with transaction.atomic():
            rls.enter([agreed.b.pk], role=rls.WORKER)
            return notice(agreed.board.pk, agreed.b.pk, ["900"], clock.now())

    with transaction.atomic():
        observing.join(Item.objects.get(record="900").pk, lone, home, [agreed.a.pk, agreed.b.pk])
        seq = lane(home).dirty_seq
        Case.objects.filter(pk=home).update(companies=[agreed.a.pk, agreed.b.pk])
        Lane.objects.filter(pk=home).update(companies=[agreed.a.pk, agreed.b.pk])
        job = workers.submit(hint)
        assert waits(job)
    assert job.result(30) == {lane(home).shard}, "no worker holds the lane, so its shard is woken"
    assert lane(home).dirty_seq == seq + 1
    assert Item.objects.filter(record="900").count() == 1
