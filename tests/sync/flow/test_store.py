"""The engine's memory in PostgreSQL: claims, fences, hints and walls, seen from logins of the worker."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction

from governance.accessmatrix.models import Grant
from governance.register.models import Connection, System
from portal.access import rls
from portal.core import clock
from sync.engine.agreement import Slot
from sync.engine.envelope import Envelope
from sync.flow.models.cases import Case, Hold, Item, Lane
from sync.flow.models.facts import Envelope as Sealed
from sync.flow.models.facts import Withheld
from sync.flow.models.streams import Stream
from sync.flow.models.writes import Intent, Journal
from sync.flow.noticing import notice
from sync.flow.ports import Claim, Disposition, FenceLost, Landed, State, ToPark
from sync.flow.store import loading
from sync.flow.store.lanes import due_shards, mark_dirty
from sync.flow.store.postgres import PostgresStore
from sync.triage.models import Parked
from tests import factories
from tests.story import Story
from tests.sync.flow.holding import as_worker, begun, claims_of, fresh, lane, promise, taken
from tests.sync.flow.stage import EPOCH


def test_a_record_never_seen_gets_one_case_however_many_notice_it(agreed: Story, workers: ThreadPoolExecutor) -> None:
    records, gate = [str(n) for n in range(40)], threading.Barrier(3)

    def look() -> None:
        gate.wait(10)
        for record in records:
            with transaction.atomic():
                rls.enter([agreed.a.pk], role=rls.WORKER)
                notice(agreed.desk.pk, agreed.a.pk, [record], clock.now())

    for done in [workers.submit(look) for _ in range(3)]:
        done.result(30)
    assert Item.objects.count() == Case.objects.count() == Lane.objects.count() == len(records)
    assert set(Lane.objects.values_list("dirty_seq", flat=True)) == {3}


def test_a_hint_wakes_somebody_unless_a_worker_holds_the_lane(agreed: Story) -> None:
    (case,) = begun(agreed.desk, "1")
    now = clock.now()

    def woken(**changed: object) -> set[int]:
        rows = Lane.objects.filter(case_id=case)
        rows.update(**{"dirty": True, "dirty_since": now, "not_before": EPOCH, "lease_until": EPOCH, **changed})
        with transaction.atomic():
            shards = notice(agreed.desk.pk, agreed.a.pk, ["1"], clock.now())
        assert rows.filter(dirty=True, not_before=EPOCH).exists()
        return shards

    assert woken(dirty=False) == {case % 8}
    assert woken() == {case % 8}, "whoever was told before may just have passed it by"
    assert woken(not_before=now + timedelta(minutes=1)) == {case % 8}, "it was to wait"
    assert woken(lease_until=now + timedelta(minutes=1)) == set(), "whoever holds it looks again"


def test_a_lane_is_held_by_one_worker_at_a_time(agreed: Story, workers: ThreadPoolExecutor) -> None:
    begun(agreed.desk, *[str(n) for n in range(60)])
    jobs = [workers.submit(lambda: [claim.case for claim in claims_of(fresh())]) for _ in range(3)]
    found = [job.result(60) for job in jobs]
    flat = [case for cases in found for case in cases]
    assert len(flat) == len(set(flat)) == 60


def test_a_claim_passes_a_lane_that_another_transaction_holds(agreed: Story, workers: ThreadPoolExecutor) -> None:
    first, second = begun(agreed.desk, "1", "2")
    Lane.objects.update(shard=0)
    with transaction.atomic():
        Lane.objects.select_for_update().get(pk=first)
        began = time.monotonic()
        found = as_worker(workers, lambda: [claim.case for claim in claims_of(fresh())])
        assert time.monotonic() - began < 5
    assert found == [second]


def test_a_lease_that_ran_out_is_taken_over_under_a_new_fence(agreed: Story) -> None:
    (case,) = begun(agreed.desk, "1")
    claim = taken(fresh())
    assert due_shards() == []
    Lane.objects.update(lease_until=clock.now() - timedelta(seconds=1))
    again = taken(fresh())
    assert (again.case, again.fence) == (case, claim.fence + 1)


def disposed(store: PostgresStore, claim: Claim) -> None:
    """What ends with the turn is stored with its end."""
    store.dispose(claim, [Disposition(1, "applied")])
    store.finish(claim, None)


COMMITS: dict[str, Callable[[PostgresStore, Claim, State, Story], object]] = {
    "load": lambda store, claim, state, story: store.load(claim),
    "seal": lambda store, claim, state, story: (
        store.seal(claim, state.links[0], Envelope(story.connection.pk, "a", 1, {"title": "x"}, {}, ()), {}, state),
        store.intend(claim, promise(story)),
    ),
    "intend": lambda store, claim, state, story: store.intend(claim, promise(story)),
    "agree": lambda store, claim, state, story: store.agree(claim, {}, [], state),
    "hold": lambda store, claim, state, story: store.hold(claim, story.board.pk, clock.now(), "x", state),
    "park": lambda store, claim, state, story: store.park(
        claim, [ToPark(Slot(story.desk.pk, "ticket"), story.a.pk, None, "s", "c", "Sentence.", "p")], [], state
    ),
    "dispose": lambda store, claim, state, story: disposed(store, claim),
    "gone": lambda store, claim, state, story: store.gone(claim, state.items[0]),
    "finish": lambda store, claim, state, story: store.finish(claim, None),
}


@pytest.mark.parametrize("name", COMMITS)
def test_a_holder_whose_lease_was_taken_over_commits_nothing(
    agreed: Story, workers: ThreadPoolExecutor, name: str
) -> None:
    (case,) = begun(agreed.desk, "1")
    old, claims = fresh(), []

    def start() -> State:
        claims.append(taken(old))
        return old.load(claims[0])

    state = as_worker(workers, start)
    assert isinstance(state, State)
    Lane.objects.update(lease_until=EPOCH)
    taken(fresh())
    with pytest.raises(FenceLost):
        as_worker(workers, lambda: COMMITS[name](old, claims[0], state, agreed))
    untouched = lane(case)
    assert untouched.dirty and untouched.lease_until > clock.now()
    for model in (Intent, Sealed, Hold, Parked):
        assert not model.objects.exists()
    assert Item.objects.get().gone is None


def test_an_intent_is_settled_once(agreed: Story) -> None:
    begun(agreed.desk, "1")
    store = fresh()
    claim = taken(store)
    state = store.load(claim)
    intent = store.intend(claim, promise(agreed))
    store.settle(claim, intent, Landed("900", "B-900"), state)
    with pytest.raises(FenceLost):
        store.settle(claim, intent, None, state)
    assert (Intent.objects.get().state, Journal.objects.count()) == ("done", 1)


def test_nothing_is_promised_under_an_agreement_that_changed_meanwhile(agreed: Story) -> None:
    begun(agreed.desk, "1")
    store = fresh()
    claim = taken(store)
    store.load(claim)
    Grant.objects.filter(term="title", company=agreed.a).update(level="none", changed=clock.now())
    with pytest.raises(FenceLost):
        store.intend(claim, promise(agreed))
    assert not Intent.objects.exists()
    assert taken(fresh()).fence == claim.fence + 1, "the lane is not kept waiting for the end of the lease"


def test_what_leaves_is_stored_with_the_promise_at_the_latest(agreed: Story) -> None:
    begun(agreed.desk, "1")
    store = fresh()
    claim = taken(store)
    state = store.load(claim)
    drawn = Envelope(agreed.connection.pk, "a", 1, {"title": "x"}, {}, ())
    number = store.seal(claim, state.links[0], drawn, {"priority": "Not granted."}, state)
    assert store.seal(claim, state.links[0], drawn, {}, state) == number, "an equal envelope is not sealed twice"
    store.intend(claim, replace(promise(agreed), envelope=number))
    sealed = Sealed.objects.get()
    assert (Intent.objects.get().envelope_id, sealed.no, sealed.terms) == (sealed.pk, 1, ["title"])
    assert sealed.content.body["terms"] == {"title": "x"}
    assert [(row.term, row.times) for row in Withheld.objects.all()] == [("priority", 1)]
    again = store.load(claim)
    assert again.sealed[agreed.connection.pk, "a"] == (1, drawn.digest(), sealed.pk)


def test_a_hint_while_a_case_is_loaded_makes_it_load_again(agreed: Story) -> None:
    (case,) = begun(agreed.desk, "1")
    store = fresh()
    claim = taken(store)
    with transaction.atomic():
        rls.enter([agreed.a.pk], role=rls.WORKER)
        found = loading.state_of(case, {agreed.a.pk}, claim.seq - 1)
    assert [bound.record for bound in found.state.items] == ["1"]
    assert [link.id for link in found.state.links] == [agreed.connection.pk]


def test_a_promise_renews_the_lease(agreed: Story) -> None:
    (case,) = begun(agreed.desk, "1")
    store = fresh()
    claim = taken(store)
    store.load(claim)
    Lane.objects.update(lease_until=clock.now() + timedelta(seconds=5))
    before = claim.lease_until
    intent = store.intend(claim, promise(agreed))
    assert claim.lease_until > before
    assert lane(case).lease_until > clock.now() + timedelta(seconds=100)
    assert intent.lease_until == claim.lease_until


def test_a_hint_during_a_turn_keeps_the_lane_dirty(agreed: Story) -> None:
    (case,) = begun(agreed.desk, "1")
    store = fresh()
    claim = taken(store)
    mark_dirty([case])
    store.finish(claim, None)
    assert lane(case).dirty
    assert taken(store).seq == claim.seq + 1


def test_a_lane_without_a_hint_is_clean_afterwards(agreed: Story) -> None:
    (case,) = begun(agreed.desk, "1")
    store = fresh()
    store.finish(taken(store), None)
    assert not lane(case).dirty
    assert due_shards() == []


def test_a_lane_that_waits_is_due_at_its_time_or_at_the_next_hint(agreed: Story) -> None:
    (case,) = begun(agreed.desk, "1")
    store = fresh()
    store.finish(taken(store), clock.now() + timedelta(minutes=5))
    assert lane(case).dirty
    assert due_shards() == []
    mark_dirty([case])
    assert taken(store).case == case


def test_a_hint_during_a_turn_is_not_kept_waiting_by_what_the_turn_waits_for(agreed: Story) -> None:
    (case,) = begun(agreed.desk, "1")
    store = fresh()
    claim = taken(store)
    mark_dirty([case])
    store.finish(claim, clock.now() + timedelta(minutes=5))
    assert taken(store).case == case


def test_a_hold_is_per_system_counts_and_ends_with_a_clean_lane(agreed: Story) -> None:
    begun(agreed.desk, "1")
    store = fresh()
    claim = taken(store)
    state = store.load(claim)
    later = clock.now() + timedelta(seconds=30)
    for _ in range(2):
        store.hold(claim, agreed.board.pk, later, "tracker-unavailable", state)
    assert (state.holds[agreed.board.pk].attempts, set(state.holds)) == (2, {agreed.board.pk})
    store.finish(claim, later)
    assert Hold.objects.get().attempts == 2
    Lane.objects.update(not_before=EPOCH)
    store.finish(taken(store), None)
    assert not Hold.objects.exists()


def test_an_answer_after_failures_wakes_who_waited_for_that_system(agreed: Story) -> None:
    (case,) = begun(agreed.desk, "1")
    store = fresh()
    claim = taken(store)
    state = store.load(claim)
    later = clock.now() + timedelta(hours=1)
    store.hold(claim, agreed.board.pk, later, "tracker-unavailable", state)
    store.hold(claim, agreed.desk.pk, later, "outcome-unknown", state)
    store.finish(claim, later)
    Stream.objects.filter(pk=agreed.board.pk).update(state=Stream.State.UNREACHABLE, failures=3)
    store.well.clear()
    store.gate(agreed.board.pk, None, clock.now())
    assert list(Hold.objects.values_list("code", flat=True)) == ["outcome-unknown"]
    assert taken(store).case == case


def test_a_workers_transaction_sees_exactly_the_companies_of_the_case(
    agreed: Story, workers: ThreadPoolExecutor
) -> None:
    stranger = factories.system(factories.company("Dune"))
    begun(agreed.desk, "1")
    seen: dict[str, set[int]] = {}

    def look() -> None:
        store = fresh()
        claim = taken(store)
        seen["claimed"] = set(store.companies)
        store.load(claim)
        with store._held(claim):
            seen["loaded"] = set(System.objects.values_list("company_id", flat=True))
        seen["outside"] = set(System.objects.values_list("company_id", flat=True))

    as_worker(workers, look)
    both = {agreed.a.pk, agreed.b.pk}
    assert seen == {"claimed": {agreed.a.pk}, "loaded": both, "outside": set()}
    assert System.objects.filter(pk=stranger.pk).exists()


def test_a_paused_connection_rests(agreed: Story, workers: ThreadPoolExecutor) -> None:
    Connection.objects.update(state=Connection.State.PAUSED)
    begun(agreed.desk, "1")
    store = fresh()

    def look() -> State:
        return store.load(taken(store))

    state = as_worker(workers, look)
    assert isinstance(state, State)
    (link,) = state.links
    assert state.rests[link.id] > clock.now()


def test_a_pending_connection_leaves_its_partner_out_of_the_transaction(
    agreed: Story, workers: ThreadPoolExecutor
) -> None:
    Connection.objects.update(state=Connection.State.PENDING)
    begun(agreed.desk, "1")
    store = fresh()

    def look() -> State:
        return store.load(taken(store))

    state = as_worker(workers, look)
    assert isinstance(state, State) and state.links == []
    assert store.companies == {agreed.a.pk}
