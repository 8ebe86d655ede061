"""The normal form of inline text."""

from hypothesis import given
from hypothesis import strategies as st

from portal.core.text import inline
from portal.core.text.tree import Break, Inline, Marks, Run

from .strategies import HREFS, MARKS, WORDS

BOLD: Marks = frozenset({"strong"})
INLINES: st.SearchStrategy[list[Inline]] = st.lists(
    st.one_of(st.builds(Run, WORDS, MARKS, HREFS), st.builds(Break)), max_size=8
)


def test_neighbours_with_equal_marks_become_one() -> None:
    assert inline.tidy([Run("a"), Run(""), Run("b")]) == (Run("ab"),)


def test_blanks_at_the_edge_leave_the_mark() -> None:
    assert inline.tidy([Run("a"), Run(" b ", BOLD), Run("c")]) == (Run("a "), Run("b", BOLD), Run(" c"))


def test_blanks_between_two_marked_runs_keep_what_both_share() -> None:
    both: Marks = frozenset({"strong", "em"})
    assert inline.tidy([Run("a", both), Run(" "), Run("b", BOLD)]) == (Run("a", both), Run(" b", BOLD))


def test_line_ends_become_breaks_without_blanks_around() -> None:
    assert inline.tidy([Run(" a \n b ")]) == (Run("a"), Break(), Run("b"))


def test_nothing_but_blanks_is_nothing() -> None:
    assert inline.tidy([Run(" "), Break(), Run("\u00a0", BOLD)]) == ()


def test_controls_and_noncharacters_vanish() -> None:
    assert inline.printable("a\x07\ufffe\ud800\tb\n") == "a\tb\n"


@given(INLINES)
def test_tidying_twice_changes_nothing(inlines: list[Inline]) -> None:
    once = inline.tidy(inlines)
    assert inline.tidy(once) == once
