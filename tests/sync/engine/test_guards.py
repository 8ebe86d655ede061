"""The receiver's guard rules: what its own item, as it stands, does not take now; and agreed lengths."""

from dataclasses import replace

import pytest

from governance.rulebook.rules import Condition, Gap, Line, RuleSet, Test, fitted, limited, refusal
from sync.engine.agreement import Link, TermInfo
from sync.engine.merge import Base
from sync.engine.outgoing import drafted, expressed
from sync.engine.path import Pass
from sync.engine.plan import Past, Plan, decided, planned, viewed
from sync.engine.types import Move, SetFields
from sync.flow.dry import with_rules
from tests.sync.engine import sides
from tests.sync.engine.sides import link

AGREED = {"summary": Base("one", "one"), "status": Base("open", "open", 1, 1)}


def guarded(**more: object) -> Link:
    """The link, with more in side b's rules."""
    made = link()
    return replace(made, b=replace(made.b, rules=replace(made.b.rules, **more)))  # type: ignore[arg-type]


def only(made: Link, test: Test, value: str) -> Link:
    """The link whose side b takes titles only while its own status is so."""
    lines = tuple(
        replace(line, only=Condition("status", test, value)) if line.term == "summary" else line
        for line in made.b.rules.incoming
    )
    return replace(made, b=replace(made.b, rules=replace(made.b.rules, incoming=lines)))


def to_b(made: Link, a: dict[str, str], b: dict[str, str], *moves: str) -> Plan:
    """What side b is to be written when people of side a moved its status through `moves`."""
    passes = [Pass(seq, sides.at(seq), value, news=True) for seq, value in enumerate(moves, 2)]
    one = viewed(made, "a", a, Past("1", 1 + len(moves), {"status": passes}), AGREED)
    both = (one, viewed(made, "b", b, Past("2", 1), AGREED))
    return planned(made, "a", decided(made, AGREED, *both, "a"), AGREED, both)


def test_a_term_goes_only_while_the_own_item_is_so() -> None:
    new, now = {"title": "two", "status": "new"}, {"title": "one", "status": "new"}
    assert to_b(only(link(), "is", "new"), new, now).steps[0].step == SetFields({"title": "two"})
    plan = to_b(only(link(), "is not", "new"), new, now)
    assert plan.steps == []
    assert plan.fates["summary"] == ("filtered", "The other side does not take it as things stand there.")
    assert "summary" not in plan.agreed


def test_what_is_closed_is_never_opened_again() -> None:
    done = {"title": "one", "status": "done"}
    moves = ({"title": "one", "status": "work"}, done, "done", "work")
    assert Move("status", "work") in [step.step for step in to_b(guarded(closed=("done",)), *moves).steps]
    plan = to_b(guarded(closed=("done",), reopen=False), *moves)
    assert Move("status", "work") not in [step.step for step in plan.steps]
    assert plan.fates["status"][0] == "filtered"


def test_from_one_closed_value_to_another_is_no_opening() -> None:
    rules = RuleSet(closed=("done", "gone"), reopen=False)
    line = Line("status", "status")
    assert refusal(rules, line, {"status": "done"}, "gone") == ""
    assert refusal(rules, line, {"status": "done"}, "work") != ""
    assert refusal(rules, line, {"status": "work"}, "new") == ""
    assert refusal(rules, Line("title", "title"), {"status": "done"}, "x") == ""


@pytest.mark.parametrize(("own", "agreed", "kept"), [(None, 5, 5), (3, 5, 3), (9, 5, 5), (9, None, 9)])
def test_an_outgoing_line_keeps_to_the_agreed_length(own: int | None, agreed: int | None, kept: int) -> None:
    rules = limited(RuleSet(outgoing=(Line("title", "subject", max_length=own),)), {"title": agreed})
    assert rules.outgoing[0].max_length == kept


def test_a_text_beyond_the_agreed_length_leaves_cut_or_waits() -> None:
    line = Line("title", "subject", max_length=5)
    assert fitted(line, "A long title") == "A lo…"
    assert isinstance(fitted(replace(line, too_long="park"), "A long title"), Gap)


def test_the_length_of_a_term_holds_for_drafts_and_for_what_is_expected_back() -> None:
    made = link()
    short = replace(made, terms={**made.terms, "summary": TermInfo("summary", max_length=5)})
    held = with_rules(short, "a", made.a.rules)
    fields = {"title": "A long title"}
    assert drafted(held, "a", fields).values["summary"] == "A lo…" == expressed(held.a.rules, "summary", fields)
