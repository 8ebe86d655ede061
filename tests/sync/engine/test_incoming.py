"""How what arrives is written."""

from hypothesis import given
from hypothesis import strategies as st

from governance.rulebook.rules import Gap, Line
from sync.engine.incoming import Wanted, flows, incoming_line, refuses_parts, wanted
from tests.sync.engine.sides import link, rules


def test_a_term_needs_lines_and_grants_on_both_sides() -> None:
    assert flows(link(), "a", "summary")
    assert not flows(link(granted=("status",)), "a", "summary")
    assert not flows(link(b=rules(incoming=())), "a", "summary")
    assert not flows(link(), "a", "cost")


def test_a_read_grant_lets_nobody_write() -> None:
    joint = link(granted=())
    joint.grants[2, 1, "summary"] = "read"  # type: ignore[index]
    assert incoming_line(joint, "a", "summary") is None


def test_a_text_that_is_too_long_is_cut_or_waits() -> None:
    cut = wanted(Line("summary", "title", max_length=5), "long text")
    assert cut == Wanted("summary", "title", "long…")
    assert isinstance(wanted(Line("summary", "title", max_length=5, too_long="park"), "long text"), Gap)


def test_an_unmapped_value_waits_or_takes_the_default() -> None:
    assert isinstance(wanted(Line("status", "status", (("a", "b"),), unmapped="park"), "x"), Gap)
    line = Line("status", "status", (("a", "b"),), unmapped="default", default="c")
    assert wanted(line, "x") == Wanted("status", "status", "c")


def test_closed_items_refuse_parts_by_the_receivers_own_field() -> None:
    joint = link(b=rules(closed=("done",), closed_field="state"))
    assert refuses_parts(joint, "a", {"state": "done"}) is not None
    assert refuses_parts(joint, "a", {"state": "new", "status": "done"}) is None


@given(st.text(max_size=60), st.integers(1, 20))
def test_what_is_written_fits(text: str, limit: int) -> None:
    found = wanted(Line("summary", "title", max_length=limit), text)
    assert isinstance(found, Wanted)
    assert found.value is None or len(str(found.value)) <= limit
