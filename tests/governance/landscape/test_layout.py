"""The picture's layout: nothing overlaps, every wire ends where it should, and the same input gives the same."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from governance.landscape.layout import (
    COMPANY_W,
    Columns,
    Group,
    Layout,
    Rect,
    Wire,
    arranged,
    crossings,
    ordered,
)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Group], list[Wire]]:
    """Up to nine companies with up to four systems each, and up to thirty wires between any of them."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=9))
    own = draw(st.integers(0, len(sizes)))
    systems = list(range(1, sum(sizes) + 1))
    groups, rest = [], iter(systems)
    for n, size in enumerate(sizes):
        groups.append(Group(100 + n, tuple(next(rest) for _ in range(size)), n < own))
    ends = draw(st.lists(st.tuples(st.sampled_from(systems), st.sampled_from(systems)), max_size=30))
    return groups, [Wire(n, a, b) for n, (a, b) in enumerate(ends)]


World = tuple[list[Group], list[Wire]]


def apart(boxes: list[Rect]) -> bool:
    """Whether no two boxes share a pixel."""
    return not any(one.overlaps(other) for one, other in combinations(boxes, 2))


def inside(box: Rect, laid: Layout) -> bool:
    """Whether a box lies within the picture."""
    return box.x >= 0 and box.y >= 0 and box.x + box.w <= laid.width and box.y + box.h <= laid.height


@given(worlds())
def test_no_two_boxes_overlap_and_systems_lie_in_their_company(world: World) -> None:
    laid = arranged(*world)
    assert apart(list(laid.groups.values()))
    assert apart(list(laid.systems.values()))
    for group in world[0]:
        outer = laid.groups[group.key]
        for key in group.systems:
            box = laid.systems[key]
            assert outer.x <= box.x
            assert outer.y <= box.y
            assert box.x + box.w <= outer.x + outer.w
            assert box.y + box.h <= outer.y + outer.h


@given(worlds())
def test_no_label_covers_another_or_a_company(world: World) -> None:
    laid = arranged(*world)
    assert apart([route.label for route in laid.wires.values()] + list(laid.groups.values()))


@given(worlds())
def test_every_wire_ends_at_the_faces_of_its_systems_each_at_a_place_of_its_own(world: World) -> None:
    laid = arranged(*world)
    ends = []
    for wire in world[1]:
        route = laid.wires[wire.key]
        for system, (x, y), face in ((wire.a, route.a, route.a_face), (wire.b, route.b, route.b_face)):
            box = laid.systems[system]
            assert x == (box.x + box.w if face > 0 else box.x)
            assert box.y < y < box.y + box.h
            ends.append((x, y))
    assert len(ends) == len(set(ends))


@given(worlds())
def test_a_wire_carries_its_label_on_the_straight_run_beside_one_of_its_ends(world: World) -> None:
    laid = arranged(*world)
    for route in laid.wires.values():
        runs = [(route.a, route.a_turn), (route.b, route.b_turn)]
        assert any(
            min(x, turn) <= route.label.x
            and route.label.x + route.label.w <= max(x, turn)
            and route.label.y < y < route.label.y + route.label.h
            for (x, y), turn in runs
        )


@given(worlds())
def test_everything_lies_in_the_picture_and_its_size_is_bounded(world: World) -> None:
    groups, wires = world
    laid = arranged(groups, wires)
    for box in [*laid.groups.values(), *(route.label for route in laid.wires.values())]:
        assert inside(box, laid)
    for route in laid.wires.values():
        assert all(0 <= turn <= laid.width for turn in (route.a_turn, route.b_turn))
    assert laid.width <= 3 * COMPANY_W + 1200
    assert laid.height <= 200 + 140 * sum(len(group.systems) for group in groups) + 100 * len(wires)


@given(worlds())
@settings(max_examples=300)
def test_the_same_world_is_laid_out_the_same_in_whatever_order_it_is_told(world: World) -> None:
    groups, wires = world
    told = sorted(groups, key=lambda group: -group.key), sorted(wires, key=lambda wire: -wire.key)
    assert arranged(groups, wires) == arranged(groups, wires) == arranged(*told)


def test_partners_stand_to_both_sides_of_ones_own_company() -> None:
    laid = arranged([Group(1, (1,), True), Group(2, (2,)), Group(3, (3,))], [Wire(1, 1, 2), Wire(2, 1, 3)])
    assert laid.groups[2].x < laid.groups[1].x < laid.groups[3].x


def test_barycentres_untangle_what_was_told_crosswise() -> None:
    wires = [Wire(n, n, 17 - n) for n in range(1, 7)]
    columns: Columns = [[(1, list(range(1, 7)))], [(n, [n]) for n in range(11, 17)]]
    assert crossings(columns, wires) == 15
    assert crossings(ordered(columns, wires), wires) == 0


def test_a_hundred_companies_with_a_line_each_stay_one_readable_column_to_each_side() -> None:
    groups = [Group(n, (n,), n == 0) for n in range(100)]
    laid = arranged(groups, [Wire(n, 0, n) for n in range(1, 100)])
    assert laid.width < 1300
    assert laid.height < 7000
    assert apart([route.label for route in laid.wires.values()])


def test_nothing_at_all_is_a_small_empty_picture() -> None:
    laid = arranged([], [])
    assert (dict(laid.groups), dict(laid.wires)) == ({}, {})
    assert laid.height > 0
