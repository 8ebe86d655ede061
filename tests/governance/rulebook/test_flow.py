"""A sample value on its way through one side."""

from governance.rulebook.checks import Ground, Word
from governance.rulebook.flow import arriving, leaving
from governance.rulebook.rules import Line, Parts, RuleSet

GROUND = Ground(
    {"priority": Word("priority", "Priority"), "labels": Word("labels", "Labels")},
    frozenset({"priority"}),
    frozenset({"priority"}),
    "Birch",
)
QUIET = Parts(False, False, False, False)
MAP = (("urgent", "P1"), ("high", "P2"))


def test_a_leaving_sample_shows_the_field_value_it_came_from() -> None:
    rules = RuleSet(outgoing=(Line("priority", "prio", MAP),), parts=QUIET)
    [line] = leaving(rules, GROUND, taken=frozenset({"priority"}), sample={"priority": "P1"})
    assert (line.own, line.shared, line.partner, line.withheld) == ("urgent", "P1", True, "")


def test_an_arriving_sample_shows_what_would_be_written() -> None:
    rules = RuleSet(incoming=(Line("priority", "prio", (("P1", "Highest"),), "park"),), parts=QUIET)
    [line] = arriving(rules, GROUND, sent=frozenset({"priority"}), sample={"priority": "P1"})
    assert (line.shared, line.own) == ("P1", "Highest")


def test_a_sample_without_an_entry_says_that_it_waits() -> None:
    rules = RuleSet(incoming=(Line("priority", "prio", (("P1", "Highest"),), "park"),), parts=QUIET)
    [line] = arriving(rules, GROUND, sent=frozenset(), sample={"priority": "P9"})
    assert "waits" in line.own
    assert not line.partner


def test_a_term_that_is_not_granted_is_withheld_with_the_reason() -> None:
    rules = RuleSet(outgoing=(Line("labels", "tags"),), parts=QUIET)
    [line] = leaving(rules, GROUND, taken=None, sample={})
    assert "Birch" in line.withheld


def test_an_ambiguous_origin_is_not_guessed() -> None:
    rules = RuleSet(outgoing=(Line("priority", "prio", (("a", "P1"), ("b", "P1"))),), parts=QUIET)
    [line] = leaving(rules, GROUND, taken=None, sample={"priority": "P1"})
    assert line.own == ""


def test_comments_pass_as_a_line_of_their_own() -> None:
    rules = RuleSet(parts=Parts(True, False, False, False))
    [line] = leaving(rules, GROUND, taken=frozenset({"comment"}), sample={})
    assert line.label == "Comments"
    assert line.withheld
