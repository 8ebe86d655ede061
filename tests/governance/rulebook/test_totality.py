"""Rules against the system as it describes itself: holes, lengths, types, transitions and duties are named."""

from dataclasses import replace

import pytest

from governance.rulebook.checks import Ground, findings
from governance.rulebook.rules import Condition, Line, RuleSet
from governance.rulebook.totality import Described, Field, Word, described

WORDS = {
    "priority": Word("priority", "Priority", allowed=("P1", "P2"), type="choice"),
    "title": Word("title", "Title", type="text", max_length=250),
    "notes": Word("notes", "Notes", type="rich"),
    "labels": Word("labels", "Labels", type="labels"),
    "count": Word("count", "Count", type="number"),
    "status": Word("status", "Status", path=True, allowed=("new", "done"), type="choice"),
}
FIELDS = {
    "severity": Field("severity", "Severity", "option", options=("High", "Low", "Severity 0")),
    "summary": Field("summary", "Summary", "text", max_length=150),
    "tags": Field("tags", "Tags", "labels"),
    "points": Field("points", "Points", "number"),
    "state": Field("state", "State", "status", options=("Open", "Shut")),
    "made": Field("made", "Made", "date", writable=False),
}
GROUND = Ground(WORDS, frozenset(WORDS), frozenset(WORDS), "Birch", Described(FIELDS))
PAIRS = (("High", "P1"), ("Low", "P2"))
BACK = (("P1", "High"), ("P2", "Low"))


def said(*, out: Line | None = None, into: Line | None = None, ground: Ground = GROUND, **more: object) -> str:
    """All findings as one text."""
    rules = RuleSet((out,) if out else (), (into,) if into else (), **more)  # type: ignore[arg-type]
    return " | ".join(one.sentence for one in findings(rules, ground))


@pytest.mark.parametrize("unmapped", ["park", "pass"])
def test_an_option_without_an_entry_is_a_hole(unmapped: str) -> None:
    line = replace(Line("priority", "severity", PAIRS), unmapped=unmapped)  # type: ignore[arg-type]
    assert "has a hole. It says nothing of 'Severity 0', which Severity can have" in said(out=line)


def test_a_default_or_an_entry_closes_the_hole() -> None:
    assert said(out=Line("priority", "severity", PAIRS, "default", "P2")) == ""
    assert said(out=Line("priority", "severity", (*PAIRS, ("Severity 0", "P1")))) == ""


def test_an_allowed_value_without_an_entry_is_a_hole() -> None:
    into = Line("priority", "severity", BACK[:1], "park")
    assert "says nothing of 'P2', which is agreed" in said(into=into)
    assert "says nothing of 'P2'" in said(into=replace(into, unmapped="pass"))


def test_an_entry_that_leads_to_no_option_is_named() -> None:
    assert "Severity has no option 'Highest'" in said(
        into=Line("priority", "severity", (("P1", "Highest"), ("P2", "Low")))
    )


def test_a_text_that_may_not_fit_needs_a_length() -> None:
    assert "Title may have up to 250 characters, Summary takes 150 chars" in said(into=Line("title", "summary"))
    assert said(into=Line("title", "summary", max_length=150)) == ""


def test_types_that_do_not_fit_are_named() -> None:
    assert "a list does not become a text" in said(out=Line("title", "tags"))
    assert "a rich text does not go into a number" in said(into=Line("notes", "points"))
    assert said(out=Line("count", "points"), into=Line("labels", "tags")) == ""


def test_an_expression_makes_types_fit_and_is_checked_with_them() -> None:
    assert said(out=Line("title", "points", expr="string(value)")) == ""
    assert "the expression does not fit" in said(into=Line("title", "summary", expr="value + 1", max_length=9))


def test_a_field_that_is_not_there_or_not_writable_is_named() -> None:
    assert "has no field colour" in said(out=Line("title", "colour"))
    assert "lets nobody write Made" in said(into=Line("title", "made"))


def test_a_status_that_no_transition_leads_to_is_named() -> None:
    ground = replace(GROUND, system=Described(FIELDS, (("Open", "Shut"),)))
    into = Line("status", "state", (("new", "Open"), ("done", "Shut")))
    assert "no transition of your workflow leads to 'Open'" in said(into=into, ground=ground)
    open_again = Described(FIELDS, (("Open", "Shut"), ("Shut", "Open")))
    assert said(into=into, ground=replace(GROUND, system=open_again)) == ""


def test_what_a_new_item_must_have_is_given_by_somebody() -> None:
    needs = {**FIELDS, "team": Field("team", "Team", "option", required=True)}
    ground = replace(GROUND, system=Described(needs))
    assert "Team (team) must have a value in a new item" in said(accept=True, ground=ground)
    assert said(accept=True, fixed=(("team", "Blue"),), ground=ground) == ""
    assert said(ground=ground) == ""


def test_fields_of_conditions_and_guards_must_be_there() -> None:
    told = said(
        scope=(Condition("colour", "any"),),
        where="fields.size == 1",
        closed=("Shut",),
        closed_field="phase",
    )
    assert [name for name in ("colour", "size", "phase") if f"no field {name}" in told] == ["colour", "size", "phase"]


def test_a_system_that_told_nothing_is_not_checked() -> None:
    ground = replace(GROUND, system=Described())
    assert said(out=Line("title", "colour"), into=Line("title", "other"), accept=True, ground=ground) == ""


def test_a_stored_description_is_read() -> None:
    row = {"key": "a", "label": "A", "type": "option", "required": True, "options": [{"value": "x", "label": ""}]}
    found = described({"fields": [row], "moves": [["x", "y"]]})
    assert found.fields["a"].options == ("x",)
    assert found.moves == (("x", "y"),)
