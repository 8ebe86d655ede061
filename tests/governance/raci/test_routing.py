"""Where an event goes under a matrix."""

from dataclasses import replace

import pytest

from governance.raci.events import EVENTS
from governance.raci.routing import route
from governance.raci.rules import Frozen, Holder, Row, Someone
from governance.raci.templates import ALL

ASTER, BIRCH = 1, 2
PEOPLE = {
    1: Someone(1, "Ada", ASTER, stand_in=3),
    2: Someone(2, "Ben", BIRCH),
    3: Someone(3, "Cleo", ASTER),
    4: Someone(4, "Vic", ASTER),
}
HOLDERS = tuple(Holder(f"person:{one.id}", "person", one.name, one.company, (one.id,)) for one in PEOPLE.values())
MATRIX = Frozen(
    2,
    {ASTER: "Aster", BIRCH: "Birch"},
    (Row("solve-parked", "Solve parked work", each=True), Row("settle-conflict", "Look after lost conflicts")),
    HOLDERS,
    {
        ("solve-parked", "person:4"): "R",
        ("solve-parked", "person:1"): "A",
        ("solve-parked", "person:3"): "I",
        ("solve-parked", "person:2"): "RA",
        ("settle-conflict", "person:2"): "RA",
    },
    PEOPLE,
    {ASTER: 4, BIRCH: 2},
    (2,),
)


def away(person: int, matrix: Frozen = MATRIX) -> Frozen:
    """The matrix while somebody is away."""
    gone = replace(matrix.people[person], here=False, why="away")
    return replace(matrix, people={**matrix.people, person: gone})


def test_r_does_it_a_signs_and_the_others_are_told_each_at_the_own_company() -> None:
    way = route(MATRIX, "work-parked", company=ASTER)
    assert [[step.name for step in steps] for steps in (way.does, way.signs, way.told)] == [
        ["Vic"],
        ["Ada"],
        ["Cleo"],
    ]
    assert way.does[0].why == "R for “Solve parked work” in RACI 2"


def test_what_is_one_for_all_goes_to_whichever_company_holds_it() -> None:
    assert [step.name for step in route(MATRIX, "conflict-lost", company=ASTER).does] == ["Ben"]


def test_the_stand_in_is_told_in_place_of_who_is_away() -> None:
    (step,) = route(away(1), "work-parked", company=ASTER).signs
    assert (step.name, step.instead) == ("Cleo", "Ada")
    assert step.why.endswith("in place of Ada")


def test_it_escalates_to_the_stand_in_then_the_party_then_the_owner() -> None:
    way = route(MATRIX, "work-parked", company=ASTER)
    assert [step.name for step in way.escalates] == ["Cleo", "Vic", "Ben"]


def test_without_a_signed_matrix_an_event_is_unrouted() -> None:
    assert route(None, "work-parked", company=ASTER).unrouted == "The integration has no signed RACI."


def test_an_event_is_unrouted_when_nobody_who_does_or_signs_it_is_here() -> None:
    way = route(away(4, away(3, away(1))), "work-parked", company=ASTER)
    assert way.unrouted.startswith("Nobody who is here holds R or A")


def test_an_event_of_another_companys_role_is_not_unrouted_here() -> None:
    role = Holder("role:birch:operator", "role", "Operators, Birch", BIRCH, (), "", True)
    matrix = replace(MATRIX, holders=(role,), cells={("settle-conflict", role.key): "RA"})
    assert route(matrix, "conflict-lost", company=ASTER).unrouted == ""


def test_somebody_with_several_letters_is_on_the_route_once() -> None:
    assert [step.letter for step in route(MATRIX, "work-parked", company=BIRCH).everybody] == ["A"]


@pytest.mark.parametrize("event", sorted(EVENTS))
def test_every_event_belongs_to_an_activity_that_a_matrix_begins_with(event: str) -> None:
    assert EVENTS[event].activity in {row.key for row in ALL}
