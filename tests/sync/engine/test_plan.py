"""From two views to the smallest steps."""

from governance.rulebook.rules import Line
from sync.engine.merge import Base, Merged, Verdict
from sync.engine.path import Pass
from sync.engine.plan import Past, Plan, View, decided, ordered, planned, viewed
from sync.engine.types import Move, SetFields
from tests.sync.engine import sides
from tests.sync.engine.sides import link, rules

AGREED = {"summary": Base("one", "one"), "status": Base("open", "open", 1, 1)}
B_FIELDS = {"title": "one", "status": "new"}


def views(a: dict[str, str], b: dict[str, str], *moves: str) -> tuple[View, View]:
    """Both sides of the link; people of side a moved its status through `moves`."""
    passes = [Pass(seq, sides.at(seq), value, news=True) for seq, value in enumerate(moves, 2)]
    past = Past("1", 1 + len(moves), {"status": passes})
    return viewed(link(), "a", a, past, AGREED), viewed(link(), "b", b, Past("2", 1), AGREED)


def to_b(a: dict[str, str], b: dict[str, str], *moves: str) -> Plan:
    """What side b is to be written."""
    both = views(a, b, *moves)
    return planned(link(), "a", decided(link(), AGREED, *both, "a"), AGREED, both)


def test_states_go_in_one_update_with_their_bases() -> None:
    plan = to_b({"title": "two", "status": "new"}, B_FIELDS)
    assert [step.step for step in plan.steps] == [SetFields({"title": "two"})]
    assert plan.steps[0].bases["summary"].a == "two"
    assert plan.steps[0].bases["summary"].unproven == "b"
    assert plan.steps[0].before == {"title": "one"}


def test_what_stands_there_already_needs_no_write() -> None:
    plan = to_b({"title": "two", "status": "new"}, {"title": "two", "status": "new"})
    assert plan.steps == []
    assert plan.agreed["summary"].b == "two"


def test_a_path_goes_value_by_value() -> None:
    plan = to_b({"title": "one", "status": "new"}, B_FIELDS, "work", "done", "new")
    assert [step.step for step in plan.steps] == [Move("status", v) for v in ("work", "done", "new")]


def test_a_way_that_breaks_off_keeps_its_place() -> None:
    first, *_, last = to_b({"title": "one", "status": "done"}, B_FIELDS, "work", "new", "done").steps
    assert first.bases["status"].mark_a == 2
    assert first.bases["status"].roots == (("1#", 2),)
    assert last.bases["status"].roots == (("1", 4),)


def test_a_missing_field_is_not_an_empty_one() -> None:
    plan = to_b({"status": "new"}, B_FIELDS)
    assert plan.steps == []
    assert "summary" not in plan.agreed


def test_a_value_without_an_entry_waits_and_names_no_field_of_the_receiver() -> None:
    only = rules(incoming=(Line("summary", "hidden", (("x", "y"),), unmapped="park"),))
    joint = link(b=only)
    both = (
        viewed(joint, "a", {"title": "two"}, Past("1", 2), AGREED),
        viewed(joint, "b", {"title": "one"}, Past("2", 1), AGREED),
    )
    plan = planned(joint, "a", {"summary": Merged(Verdict.A)}, AGREED, both)
    assert [gap.field for gap in plan.gaps] == ["hidden"]
    assert plan.fates["summary"][0] == "parked"
    assert "hidden" not in plan.fates["summary"][1]


def test_a_line_for_new_items_alone_writes_nothing_later() -> None:
    joint = link(b=rules(incoming=(Line("summary", "title", when="create"),)))
    both = (
        viewed(joint, "a", {"title": "two"}, Past("1", 2), AGREED),
        viewed(joint, "b", {"title": "one"}, Past("2", 1), AGREED),
    )
    plan = planned(joint, "a", {"summary": Merged(Verdict.A)}, AGREED, both)
    assert plan.steps == []
    assert plan.fates["summary"][0] == "filtered"


def test_an_edit_that_waits_for_an_entry_is_named_when_it_is_overwritten() -> None:
    past = Past("1", 2, {"status": [Pass(2, sides.at(2), "work", news=True)]})
    a = viewed(link(), "a", {"title": "one", "status": "work"}, past, AGREED)
    b = viewed(link(), "b", {"title": "one", "status": "odd"}, Past("2", 1), AGREED)
    found = decided(link(), AGREED, a, b, "a")["status"]
    assert (found.verdict, found.lost) == (Verdict.A, "b")


def test_states_go_first_and_a_clock_put_back_turns_no_order() -> None:
    plan = to_b({"title": "two", "status": "done"}, B_FIELDS, "work", "done")
    plan.steps.reverse()
    early, late = plan.steps[1], plan.steps[0]
    assert [s.op for s in ordered(plan.steps)] == ["fields", "move", "move"]
    assert late.at is not None
    assert early.at is not None
    assert ordered([late, early]) == [late, early]
