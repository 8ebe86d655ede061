"""What differs between two rule sets, in words."""

from dataclasses import replace

from governance.rulebook.diff import difference
from governance.rulebook.rules import Line, RuleSet
from tests.story import RULES_A


def test_equal_rules_do_not_differ() -> None:
    told = difference(RULES_A, RULES_A)
    assert (told.before, told.after) == ({}, {})


def test_a_new_line_stands_only_after() -> None:
    told = difference(RuleSet(), RuleSet(outgoing=(Line("title", "subject"),)))
    assert told.before == {}
    assert told.after == {"sends title": "from subject"}


def test_a_changed_map_shows_both_maps() -> None:
    line = Line("status", "state", (("Open", "new"),), "park")
    told = difference(RuleSet(incoming=(line,)), RuleSet(incoming=(replace(line, values=(("Open", "done"),)),)))
    assert told.before == {"takes status": "into state (Open → new; anything else parks)"}
    assert told.after == {"takes status": "into state (Open → done; anything else parks)"}


def test_no_rules_before_shows_everything_after() -> None:
    assert set(difference(None, RULES_A).after) >= {"sends title", "parts", "comment header"}
