"""The one end of every change."""

import pytest

from sync.flow import dispose
from sync.flow.dispose import dispositions
from sync.flow.ports import Bound, Claim, KnownChange, State
from sync.flow.turn import Turn
from tests.simulation.stage import Stage
from tests.simulation.treaty import SLOTS
from tests.sync.engine.sides import MORNING


def turn(*changes: KnownChange) -> Turn:
    """A turn that worked on Aster's item with these changes, over its link with Cedar."""
    stage = Stage(None)
    state = State([Bound(1, SLOTS[1], "1-1", 1)], list(stage.scene.treaty.links), changes=list(changes))
    work = Turn(Claim(1, 1, 1, MORNING), stage.scene.world, state)
    record = stage.scene.people.open_item(1)
    work.items[SLOTS[1]] = stage.tracker(1).item(record, None)
    work.linked.add(SLOTS[1])
    return work


def change(
    number: int, name: str, *, opened: bool = True, parked: bool = False, private: bool = False
) -> KnownChange:
    """One open change of Aster's item."""
    return KnownChange(number, 1, name, number, MORNING, "x", opened, private, parked=parked)


def ends(work: Turn) -> dict[int, str]:
    """Change → disposition."""
    return {end.change: end.name for end in dispositions(work)}


def test_a_private_change_is_filtered() -> None:
    assert ends(turn(change(1, "comment", private=True))) == {1: "filtered"}


def test_a_field_that_no_rule_names_is_filtered() -> None:
    assert ends(turn(change(1, "colour"))) == {1: "filtered"}


def test_the_newest_of_several_is_applied_and_the_others_superseded() -> None:
    work = turn(change(1, "title"), change(2, "title"))
    work.fates[SLOTS[1], "title"] = [("applied", "")]
    assert ends(work) == {1: "superseded", 2: "applied"}


def test_every_value_of_a_path_is_applied() -> None:
    work = turn(change(1, "status"), change(2, "status"))
    work.fates[SLOTS[1], "status"] = [("applied", "")]
    assert ends(work) == {1: "applied", 2: "applied"}


@pytest.mark.parametrize(
    ("fates", "end"),
    [
        (("applied", "withheld"), "applied"),
        (("applied", "parked"), "parked"),
        (("filtered", "withheld"), "withheld"),
        (("applied", "conflict-lost"), "conflict-lost"),
    ],
)
def test_the_strongest_of_what_several_links_say_counts(fates: tuple[str, ...], end: str) -> None:
    work = turn(change(1, "title"))
    work.fates[SLOTS[1], "title"] = [(name, "") for name in fates]
    assert ends(work) == {1: end}


def test_changes_wait_with_the_system_they_go_to() -> None:
    work = turn(change(1, "title"))
    work.waiting[3] = MORNING
    assert ends(work) == {}


def test_what_was_parked_ends_anew_once_it_goes() -> None:
    work = turn(change(1, "title", opened=False, parked=True))
    work.fates[SLOTS[1], "title"] = [("parked", "")]
    assert ends(work) == {}
    work.fates[SLOTS[1], "title"] = [("applied", "")]
    assert ends(work) == {1: "applied"}


def test_an_item_that_nobody_wants_and_one_that_is_gone() -> None:
    outside, gone = turn(change(1, "title")), turn(change(1, "title"))
    outside.linked.clear()
    gone.state.items[0].gone = True
    assert [end.cause for end in (*dispositions(outside), *dispositions(gone))] == [
        dispose.OUTSIDE,
        dispose.HERE_GONE,
    ]


def test_changes_of_an_item_whose_twin_is_refused_wait_in_triage() -> None:
    work = turn(change(1, "created"), change(2, "comment"))
    work.unborn.add(SLOTS[1])
    assert ends(work) == {1: "parked", 2: "parked"}
