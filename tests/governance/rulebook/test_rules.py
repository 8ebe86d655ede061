"""The rules themselves: pure values, read by the editor, the dry run and the engine alike."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.rulebook.rules import (
    Condition,
    Gap,
    Line,
    Parts,
    RuleSet,
    dumped,
    holds,
    parsed,
    scope_of,
    translated,
)
from portal.core.errors import BadInput

WORDS = st.text(alphabet="abcdefghij -", min_size=1, max_size=12).map(str.strip).filter(bool)
PAIRS = st.dictionaries(WORDS, WORDS, max_size=5).map(lambda found: tuple(found.items()))


@st.composite
def lines(draw: st.DrawFn) -> tuple[Line, ...]:
    """Lines of one direction, each term once."""
    terms = draw(st.lists(WORDS, unique=True, max_size=5))
    return tuple(
        Line(
            term,
            draw(WORDS),
            draw(PAIRS),
            draw(st.sampled_from(["pass", "park", "default"])),
            draw(WORDS),
            draw(st.sampled_from(["cut", "park"])),
            draw(st.none() | st.integers(1, 500)),
            draw(st.sampled_from(["chars", "bytes", "utf16"])),
            draw(st.sampled_from(["always", "create"])),
        )
        for term in terms
    )


RULES = st.builds(
    RuleSet,
    outgoing=lines(),
    incoming=lines(),
    parts=st.builds(Parts, st.booleans(), st.booleans(), st.booleans(), st.booleans()),
    offer=st.booleans(),
    scope=st.lists(
        st.builds(Condition, WORDS, st.sampled_from(["is", "is not", "contains", "any"]), WORDS), max_size=3
    ).map(tuple),
    accept=st.booleans(),
    fixed=PAIRS,
    closed_field=WORDS,
    closed=st.lists(WORDS, max_size=3).map(tuple),
)


@given(RULES)
def test_rules_come_back_from_json_as_they_were(rules: RuleSet) -> None:
    assert parsed(json.loads(json.dumps(dumped(rules)))) == rules


@given(PAIRS)
def test_every_mapped_value_becomes_its_pair(pairs: tuple[tuple[str, str], ...]) -> None:
    line = Line("status", "state", pairs, "park")
    assert all(translated(line, left) == right for left, right in pairs)


@given(PAIRS, WORDS)
def test_a_value_without_a_pair_parks_or_passes_or_is_replaced(pairs: tuple[tuple[str, str], ...], word: str) -> None:
    value = f"{word}!"
    there = (*pairs, ("known", "word"))
    assert translated(Line("t", "f", there, "pass"), value) == value
    assert translated(Line("t", "f", there, "default", "other"), value) == "other"
    gap = translated(Line("t", "f", there, "park"), value)
    assert isinstance(gap, Gap)
    assert value in gap.sentence


@given(st.lists(WORDS, unique=True, max_size=5))
def test_a_list_goes_value_by_value_and_comes_out_sorted(values: list[str]) -> None:
    line = Line("labels", "tags", tuple((value, value.upper()) for value in values))
    expected = tuple(sorted({value.upper() for value in values})) if values else ()
    assert translated(line, tuple(values)) == expected


@pytest.mark.parametrize("empty", [None, ""])
def test_empty_stays_empty(empty: str | None) -> None:
    assert translated(Line("title", "subject", (("a", "b"),), "park"), empty) is None


def test_a_gap_in_a_list_names_the_value() -> None:
    gap = translated(Line("labels", "tags", (("a", "b"),), "park"), ("a", "z"))
    assert isinstance(gap, Gap)
    assert gap.value == "z"


@pytest.mark.parametrize(
    ("test", "wanted", "value", "expected"),
    [
        ("is", "VIP, refund", ("vip",), True),
        ("is", "refund", "Refund", True),
        ("is", "refund", None, False),
        ("is not", "closed", "open", True),
        ("is not", "closed", "Closed", False),
        ("contains", "fund", "refund", True),
        ("contains", "fund", None, False),
        ("any", "", 0, True),
        ("any", "", None, False),
    ],
)
def test_a_condition_holds_without_regard_to_case(
    test: str, wanted: str, value: str | tuple[str, ...] | None, expected: bool
) -> None:
    assert holds(Condition("f", test, wanted), value) is expected  # type: ignore[arg-type]


def test_an_item_is_offered_only_when_every_condition_holds() -> None:
    scope = (Condition("tags", "is", "escalate"), Condition("status", "is not", "closed"))
    rules = RuleSet(offer=True, scope=scope)
    assert scope_of(rules, {"tags": ("escalate",), "status": "open"}) is True
    assert scope_of(rules, {"tags": ("escalate",), "status": "closed"}) is False
    assert scope_of(RuleSet(offer=False), {}) is False


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"outgoing": [{"term": "title", "field": "a"}, {"term": "title", "field": "b"}]}, "twice"),
        ({"outgoing": [{"term": "", "field": "a"}]}, "no term or no field"),
        ({"incoming": [{"term": "t", "field": "f", "values": [["a", "b"], ["a", "c"]]}]}, "twice"),
        ({"outgoing": [{"term": "t", "field": "f", "nonsense": 1}]}, "unknown entries nonsense"),
        ({"outgoing": [{"term": "t", "field": "f", "unmapped": "guess"}]}, "unknown choice"),
        ({"scope": [{"field": "f", "test": "like"}]}, "unknown test"),
        ({"header": "{secret}"}, "only {author} and {company}"),
        ({"parts": {"nonsense": True}}, "cannot be read"),
        ({"outgoing": ["text"]}, "cannot be read"),
    ],
)
def test_rules_that_make_no_sense_are_refused_with_a_sentence(body: dict[str, object], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        parsed(body)
