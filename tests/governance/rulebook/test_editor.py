"""The editor's sheet: what was typed is never lost."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.rulebook.editor import Known, Sheet, acted, marked, posted, rules_of, sheet_of
from governance.rulebook.rules import Condition, Line, RuleSet
from portal.core.errors import BadInput
from tests.governance.rulebook.test_rules import RULES
from tests.story import RULES_A, RULES_B

NOTHING = Known()


def form_of(sheet: Sheet) -> dict[str, str]:
    """A sheet as its own form would post it."""
    data = {name: "on" for name, is_on in sheet.switches.items() if is_on}
    data |= {"closed_field": sheet.closed_field, "closed": sheet.closed, "header": sheet.header}
    data |= {"where": sheet.where, "filter": sheet.filter}
    for group, rows in sheet.groups.items():
        for row in rows:
            data |= {f"{group}-{row.n}-{cell}": value for cell, value in row.cells.items()}
            for place, (left, right) in enumerate(row.pairs):
                data |= {f"{group}-{row.n}-from-{place}": left, f"{group}-{row.n}-to-{place}": right}
    return data


@pytest.mark.parametrize(
    "rules", [RULES_A, RULES_B, RuleSet(), replace(RULES_A, filter="tags:partner -status:closed")]
)
def test_stored_rules_survive_the_form(rules: RuleSet) -> None:
    assert rules_of(posted(form_of(sheet_of(rules)))) == rules


@given(RULES)
def test_posting_a_sheet_gives_the_same_sheet(rules: RuleSet) -> None:
    sheet = sheet_of(rules)
    assert posted(form_of(sheet)) == sheet


@given(RULES, st.sampled_from(["outgoing", "incoming", "scope", "fixed"]))
def test_adding_and_removing_a_row_loses_nothing(rules: RuleSet, group: str) -> None:
    sheet = sheet_of(rules)
    longer = acted(sheet, f"add-{group}", NOTHING)
    assert longer.groups[group][:-1] == sheet.groups[group]
    assert acted(longer, f"remove-{group}-{len(longer.groups[group]) - 1}", NOTHING) == sheet


def test_an_entry_is_added_to_one_lines_map() -> None:
    sheet = acted(sheet_of(RULES_A), "pair-outgoing-2", NOTHING)
    assert sheet.outgoing[2].pairs[-1] == ("", "")
    assert sheet.outgoing[1] == sheet_of(RULES_A).outgoing[1]


def test_known_values_fill_a_map_and_equal_words_are_paired() -> None:
    known = Known({"state": ("New", "Shut")}, {"status": ("new", "done")})
    sheet = acted(sheet_of(RuleSet(outgoing=(Line("status", "state"),))), "fill-outgoing-0", known)
    assert sheet.outgoing[0].pairs == (("New", "new"), ("Shut", ""))
    back = acted(sheet_of(RuleSet(incoming=(Line("status", "state"),))), "fill-incoming-0", known)
    assert back.incoming[0].pairs == (("new", "New"), ("done", ""))


@pytest.mark.parametrize("act", ["", "save", "add-nonsense", "remove-outgoing-99", "pair-outgoing-x"])
def test_an_unknown_button_changes_nothing(act: str) -> None:
    assert acted(sheet_of(RULES_A), act, NOTHING) == sheet_of(RULES_A)


def test_a_half_filled_line_is_named_and_the_rest_stays() -> None:
    sheet = posted({"outgoing-0-field": "subject", "outgoing-0-term": ""})
    with pytest.raises(BadInput) as caught:
        rules_of(sheet)
    assert "outgoing-0" in caught.value.fields
    assert marked(sheet, caught.value.fields).outgoing[0].wrong


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"outgoing-0-max_length": "many"}, "number of characters"),
        ({"outgoing-0-from-0": "a", "outgoing-0-to-0": "b", "outgoing-0-from-1": "a"}, "twice"),
        ({"outgoing-0-to-0": "b"}, "not what goes in"),
        ({"outgoing-1-term": "title", "outgoing-1-field": "other"}, "has a line already"),
    ],
)
def test_what_is_wrong_with_a_line_is_said(typed: dict[str, str], words: str) -> None:
    with pytest.raises(BadInput) as caught:
        rules_of(posted({"outgoing-0-term": "title", "outgoing-0-field": "subject", **typed}))
    assert any(words in sentence for sentence in caught.value.fields.values())


def test_wholly_empty_lines_are_left_out() -> None:
    assert rules_of(posted({"outgoing-0-term": "", "outgoing-0-field": "", "header": ""})).outgoing == ()


def test_conditions_and_fixed_values_are_kept() -> None:
    rules = RuleSet(scope=(Condition("tags", "is", "vip"),), fixed=(("type", "Task"),))
    assert rules_of(posted(form_of(sheet_of(rules)))) == rules
