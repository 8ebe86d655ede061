"""Whole turns over the in-memory store and trackers."""

from dataclasses import replace

from sync.engine.types import Actor
from sync.flow.points import Point
from tests.simulation.memory import SHARDS
from tests.simulation.stage import Stage, until
from tests.simulation.tracker import Record

ANN = Actor("u1", "Ann1")


def begun() -> tuple[Stage, Record]:
    """An item of Aster's with its twin."""
    stage = Stage(None)
    record = stage.opened(1)
    stage.turn()
    return stage, record


def moved(stage: Stage, record: Record, *values: str) -> None:
    """A person moves an item."""
    for value in values:
        stage.tracker(1).edit(record, {"status": value}, ANN)
    stage.hint(1, record)


def ends(stage: Stage, field: str) -> list[str]:
    """The dispositions of all changes of one field, in order."""
    found = sorted(stage.store.changes.values(), key=lambda change: (change.item, change.seq))
    return [change.disposition for change in found if change.field == field]


def test_an_item_in_scope_gets_one_twin_with_what_was_agreed() -> None:
    stage, record = begun()
    assert len(stage.tracker(3).records) == 1
    assert stage.twin(3).fields["summary"] == record.fields["title"]
    assert "secret" not in stage.twin(3).fields
    assert stage.end() == []


def test_an_item_out_of_scope_gets_none() -> None:
    stage = Stage(None)
    record = stage.scene.people.open_item(1, shared=False)
    stage.hint(1, record)
    stage.turn()
    assert stage.tracker(3).records == {}
    assert ends(stage, "created") == ["filtered"]


def test_a_turn_without_news_writes_nothing() -> None:
    stage, record = begun()
    before = stage.scene.writes()
    stage.hint(1, record)
    stage.turn()
    assert stage.scene.writes() == before


def test_every_status_arrives_in_order() -> None:
    stage, record = begun()
    moved(stage, record, "work", "done", "new")
    stage.turn()
    twin = stage.twin(3)
    assert stage.tracker(3).history[twin.id, "status"] == ["s1", "s2", "s3", "s1"]
    assert ends(stage, "status") == ["applied", "applied", "applied", "echo", "echo", "echo"]


def test_a_way_that_a_crash_breaks_off_goes_on() -> None:
    stage, record = begun()
    moved(stage, record, "work", "done", "new")
    steps = stage.begun()
    until(steps, Point.PART_DONE)
    stage.wait(20.0)
    stage.turn()
    assert stage.tracker(3).history[stage.twin(3).id, "status"] == ["s1", "s2", "s3", "s1"]


def test_later_moves_wait_behind_a_refused_one_and_go_on_when_it_is_put_right() -> None:
    stage, record = begun()
    tracker = stage.tracker(3)
    habits = tracker.habits
    tracker.habits = replace(habits, refused=frozenset({("s1", "s2")}), sentence="canary-3: no.")
    moved(stage, record, "work", "done")
    stage.turn()
    assert tracker.history[stage.twin(3).id, "status"] == ["s1"]
    assert ends(stage, "status") == ["parked", "parked"]
    assert all("canary" not in c.cause for c in stage.store.changes.values() if c.company == 1)
    tracker.habits = habits
    stage.retry()
    stage.hint(1, record)
    stage.turn()
    assert tracker.history[stage.twin(3).id, "status"] == ["s1", "s2", "s3"]
    assert ends(stage, "status")[:2] == ["applied", "applied"]


def test_a_skipped_move_is_left_out_and_the_next_one_goes() -> None:
    stage, record = begun()
    tracker = stage.tracker(3)
    tracker.habits = replace(tracker.habits, refused=frozenset({("s1", "s2")}))
    moved(stage, record, "work", "done")
    stage.turn()
    for rows in stage.store.parked.values():
        for park in rows.values():
            park.state = "skipped"
    stage.hint(1, record)
    stage.turn()
    assert tracker.history[stage.twin(3).id, "status"] == ["s1", "s3"]


def test_a_twin_that_a_poll_saw_first_is_adopted() -> None:
    stage = Stage(None)
    stage.opened(1)
    stage.tracker(3).faults.next["create"] = "after"
    stage.turn()
    stage.hint(3, stage.twin(3))
    stage.wait(20.0)
    for _ in range(2 * SHARDS):
        stage.turn()
    assert len(stage.tracker(3).records) == 1
    assert len({row.case for row in stage.store.items.values()}) == 1
    assert stage.end() == []


def test_a_clone_of_our_copy_is_no_twin_and_gets_none() -> None:
    stage, _ = begun()
    clone = stage.tracker(3).create(dict(stage.twin(3).fields), ANN, stage.twin(3).key)
    stage.hint(3, clone)
    stage.turn()
    assert len(stage.tracker(1).records) == 1
    assert len({row.case for row in stage.store.items.values()}) == 2


def test_a_deleted_item_is_gone_after_a_second_look_and_is_not_made_again() -> None:
    stage, record = begun()
    stage.tracker(3).delete(stage.twin(3))
    stage.comment(1, record)
    stage.hint(1, record)
    stage.turn()
    assert not any(row.gone for row in stage.store.items.values())
    stage.wait(1.0)
    stage.turn()
    assert [row.gone for row in stage.store.items.values()] == [False, True]
    assert len(stage.tracker(3).records) == 1
    assert ends(stage, "comment") == ["filtered"]


def test_an_item_that_was_hidden_only_comes_back() -> None:
    stage, record = begun()
    stage.twin(3).deleted = True
    for _ in range(2):
        stage.hint(1, record)
        stage.turn()
        stage.wait(1.0)
    stage.twin(3).deleted = False
    stage.summarise(1, record)
    stage.hint(1, record)
    stage.turn()
    assert stage.twin(3).fields["summary"] == record.fields["title"]
    assert not any(row.gone for row in stage.store.items.values())


def test_a_holder_whose_lease_was_taken_over_commits_nothing() -> None:
    stage, record = begun()
    stage.summarise(1, record)
    stage.hint(1, record)
    frozen = stage.begun()
    until(frozen, Point.READ)
    stage.wait(20.0)
    stage.turn()
    before = stage.scene.writes()
    assert list(frozen) == []
    assert stage.scene.writes() == before


def test_changes_stay_open_while_a_tracker_is_down_and_end_when_it_is_back() -> None:
    stage, record = begun()
    stage.tracker(3).faults.down_until = 100.0
    stage.summarise(1, record)
    stage.hint(1, record)
    stage.turn()
    assert ends(stage, "title") == [""]
    stage.wait(120.0)
    stage.turn()
    assert ends(stage, "title") == ["applied"]


def test_a_comment_that_turned_private_is_not_edited_on_the_other_side() -> None:
    stage, record = begun()
    stage.comment(1, record)
    stage.hint(1, record)
    stage.turn()
    record.parts[0] = replace(record.parts[0], body="canary-1-x", public=False, edited_at=stage.tracker(1).now())
    stage.hint(1, record)
    stage.turn()
    assert all("canary" not in part.body for part in stage.twin(3).parts)
    assert ends(stage, "comment") == ["applied", "filtered"]
