"""Values in their order."""

from hypothesis import given
from hypothesis import strategies as st

from governance.rulebook.rules import Line
from sync.engine.merge import equal
from sync.engine.path import Pass, common, moved, way
from tests.sync.engine.sides import STATES

LINE = Line("status", "status", STATES, unmapped="park")
NATIVES = st.lists(st.sampled_from([native for native, _ in STATES]), max_size=8)


def passes(*natives: str) -> list[Pass]:
    """Values a field passed through, from position 1 on."""
    return [Pass(seq, None, value) for seq, value in enumerate(natives, 1)]


def values(found: tuple[Pass, ...]) -> list[object]:
    """The term values of a way."""
    return [one.value for one in found]


def test_every_value_after_the_mark_is_delivered_in_order() -> None:
    assert values(way(passes("work", "done", "new"), LINE, 1, "open")) == ["closed", "open"]


def test_standing_repeats_are_told_once_and_up_to_the_last() -> None:
    found = way(passes("work", "work", "done"), LINE, 0, "closed")
    assert values(found) == ["busy", "closed"]
    assert found[0].seq == 2


def test_a_value_without_an_entry_is_left_out() -> None:
    assert values(way(passes("work", "odd", "done"), LINE, 0, "closed")) == ["busy", "closed"]


def test_a_way_ends_where_the_item_stands() -> None:
    assert values(way(passes("work"), LINE, 0, "closed")) == ["busy", "closed"]


def test_nothing_new_is_no_way() -> None:
    assert way(passes("work"), LINE, 1, "busy") == ()


def test_what_came_round_already_is_not_delivered_again() -> None:
    mine = way(passes("work", "done", "new"), LINE, 0, "open")
    assert common(mine, mine[:2]) == 2
    assert common(mine, mine) == 2
    assert common(mine, ()) == 0


@given(NATIVES)
def test_a_way_is_the_history_without_repeats(natives: list[str]) -> None:
    names = dict(STATES)
    told = [names[native] for native in natives]
    found = values(way(passes(*natives), LINE, 0, told[-1] if told else "open"))
    assert found == [value for n, value in enumerate(told) if n == 0 or value != told[n - 1]]


@given(NATIVES, st.integers(0, 8))
def test_a_way_that_breaks_off_goes_on_from_its_mark(natives: list[str], mark: int) -> None:
    now = dict(STATES)[natives[-1]] if natives else "open"
    whole = [one for one in way(passes(*natives), LINE, 0, now) if one.seq > mark]
    rest = way(passes(*natives), LINE, mark, now)
    assert values(tuple(whole)) == values(rest)[-len(whole) :] if whole else True


def test_a_way_that_leads_nowhere_is_no_move() -> None:
    assert not moved([Pass(1, None, "open")], "open")
    assert moved([Pass(1, None, "busy"), Pass(2, None, "open")], "open")
    assert not equal("busy", "open")
