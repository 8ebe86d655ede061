"""What may leave."""

from hypothesis import given
from hypothesis import strategies as st

from governance.rulebook.rules import Line
from sync.engine.outgoing import drafted, expressed
from tests.sync.engine.sides import STATES, link, rules

FIELDS = {"title": "one", "status": "work", "secret": "canary"}


def test_only_what_the_rules_name_and_the_matrix_grants_leaves() -> None:
    draft = drafted(link(granted=("summary",)), "a", FIELDS)
    assert draft.values == {"summary": "one"}
    assert set(draft.withheld) == {"status"}


def test_what_is_withheld_is_named_and_its_value_is_nowhere() -> None:
    own = rules(outgoing=(Line("summary", "title"), Line("unknown", "secret")))
    draft = drafted(link(a=own), "a", FIELDS)
    assert "unknown" in draft.withheld
    assert "canary" not in repr(draft)


def test_a_field_that_is_not_shown_is_left_out() -> None:
    assert drafted(link(), "a", {"title": "one"}).values == {"summary": "one"}


def test_a_value_without_an_entry_is_a_gap() -> None:
    draft = drafted(link(), "a", {"title": "one", "status": "odd"})
    assert draft.values == {"summary": "one"}
    assert [gap.term for gap in draft.gaps] == ["status"]


def test_a_term_without_a_line_says_nothing() -> None:
    assert expressed(rules(), "cost", FIELDS) is None


@given(st.dictionaries(st.sampled_from(["title", "status", "secret", "other"]), st.text(min_size=1, max_size=8)))
def test_nothing_leaves_but_granted_terms(fields: dict[str, str]) -> None:
    draft = drafted(link(granted=("summary",)), "a", fields)
    assert set(draft.values) <= {"summary"}
    assert draft.values.get("summary") == fields.get("title")


@given(st.sampled_from([native for native, _ in STATES]))
def test_a_mapped_value_leaves_as_its_term(native: str) -> None:
    assert drafted(link(), "a", {"status": native}).values["status"] == dict(STATES)[native]
