"""Small expressions: what they can say, and that nothing gets out, runs long or grows without bound."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.rulebook.expressions import (
    SOURCE,
    TEXT,
    Value,
    Wrong,
    condition,
    evaluated,
    fields_named,
    wrong_source,
)
from governance.rulebook.rules import Gap, Line, RuleSet, scope_of, translated

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=200),
    st.lists(st.text(max_size=20), max_size=5).map(tuple),
)
PIECES = st.sampled_from(
    [
        *"()[]{}.,+-*/%!?:<>=&|",
        *("value", "fields", "value.", "fields.a", "'a'", "1", "0", "1.5", "true", "null", "in", "lower()"),
        *("replace('a', value)", "first(9)", "size()", "matches('(a+)+$')", "map(x, x)", "has(fields.a)"),
    ]
)


@pytest.mark.parametrize(
    ("source", "value", "result"),
    [
        ("value.trim().lower()", "  Open ", "open"),
        ('value.replace("_", " ")', "in_progress", "in progress"),
        ('value.after("-")', "INF-88", "88"),
        ('value.before("-")', "INF-88", "INF"),
        ("value.first(4)", "abcdef", "abcd"),
        ('value == "P1" ? "urgent" : "normal"', "P1", "urgent"),
        ("value + 1", 41, 42),
        ('"vip" in value', ("b", "vip"), True),
        ('["b", "a", "b"]', "x", ("a", "b")),
        ('value.matches("^INF-[0-9]+$")', "INF-88", True),
        ("null", "x", None),
    ],
)
def test_what_an_expression_makes_of_a_value(source: str, value: Value, result: Value) -> None:
    assert evaluated(source, value) == result


@pytest.mark.parametrize(
    "source",
    [
        "value.__class__",
        "value.foo",
        "__import__('os')",
        "open('/etc/passwd')",
        "value ?",
        "",
        "x",
        "value.map(x, x)",
        "[value, value].exists(x, true)",
        "(" * 200 + "value" + ")" * 200,
        "value" + " + value" * 60,
        "'" + "a" * SOURCE + "'",
        "value\n",
    ],
)
def test_what_it_may_not_say_is_a_sentence(source: str) -> None:
    found = evaluated(source, "x")
    assert isinstance(found, Wrong)
    assert found.sentence.endswith(".")


@pytest.mark.parametrize("value", ["a\x00b", "\ud800", "a" * (TEXT + 1)])
def test_a_value_that_would_be_cut_is_refused(value: str) -> None:
    assert isinstance(evaluated("value", value), Wrong)


@pytest.mark.parametrize(
    "source", ['value.replace("a", "aaaaaaaaaa")', "value + value + value", 'value.replace("", "b")']
)
def test_a_text_never_grows_beyond_its_bound(source: str) -> None:
    assert isinstance(evaluated(source, "a" * 50_000), Wrong)


def test_a_regular_expression_takes_linear_time() -> None:
    start = time.monotonic()
    assert evaluated('value.matches("(a+)+$")', "a" * 90_000 + "b") is False
    assert time.monotonic() - start < 2


@given(st.lists(PIECES, max_size=40).map("".join), VALUES)
def test_no_expression_and_no_value_raises(source: str, value: Value) -> None:
    found = evaluated(source, value)
    assert found is None or isinstance(found, Wrong | str | int | float | bool | tuple)
    assert not isinstance(found, str) or len(found) <= TEXT


@given(st.text(max_size=600), st.dictionaries(st.text(max_size=10), VALUES, max_size=4))
def test_no_condition_raises(source: str, fields: dict[str, Value]) -> None:
    assert isinstance(condition(source, fields), bool | Wrong)


def test_types_are_checked_when_it_is_saved() -> None:
    assert "no matching overload" in wrong_source("value + 1", kind="string")
    assert wrong_source("value.size()", kind="string", gives=frozenset({"string"})).startswith("It results in int")
    assert wrong_source('fields.a == "x"', kind="fields", gives=frozenset({"bool"})) == ""


def test_a_condition_reads_ones_own_fields() -> None:
    source = 'fields.priority == "urgent" && "vip" in fields["cust labels"]'
    assert condition(source, {"priority": "urgent", "cust labels": ("vip",)}) is True
    assert isinstance(condition(source, {"priority": "urgent"}), Wrong)
    assert fields_named(source) == {"priority", "cust labels"}


def test_a_line_changes_the_value_before_its_map() -> None:
    line = Line("status", "state", (("open", "new"),), "park", expr="value.lower()")
    assert translated(line, "OPEN") == "new"
    assert translated(line, "") is None
    assert isinstance(translated(line, "Shut"), Gap)


def test_an_error_parks_the_value_with_a_sentence() -> None:
    gap = translated(Line("title", "subject", expr="value + 1"), "text")
    assert isinstance(gap, Gap)
    assert "The expression of title gives nothing for this value." in gap.sentence


def test_a_scope_that_cannot_be_told_is_a_gap() -> None:
    rules = RuleSet(offer=True, where="fields.vip")
    assert scope_of(rules, {"vip": True}) is True
    assert scope_of(rules, {"vip": False}) is False
    assert isinstance(scope_of(rules, {}), Gap)
    assert scope_of(RuleSet(where="fields.vip"), {}) is False
