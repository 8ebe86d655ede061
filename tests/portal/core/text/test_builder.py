"""The builder holds the promises of the tree, whatever events come."""

from portal.core.text.builder import Builder
from portal.core.text.tree import (
    MAX_DEPTH,
    Blocks,
    Break,
    Code,
    Entry,
    Heading,
    Listing,
    Paragraph,
    Quote,
    Run,
    Table,
)

A = Paragraph((Run("a"),))


def test_empty_containers_vanish() -> None:
    builder = Builder()
    for kind in ("quote", "list", "entry", "table", "row", "cell"):
        builder.begin(kind)
    assert builder.finish() == ()


def test_text_straight_in_a_list_becomes_an_entry() -> None:
    builder = Builder()
    builder.begin("list")
    builder.text("a")
    assert builder.finish() == (Listing((Entry((A,)),)),)


def test_a_list_straight_in_a_list_joins_the_entry_before() -> None:
    builder = Builder()
    builder.begin("list")
    builder.begin("entry")
    builder.text("a")
    builder.end()
    builder.begin("list", start=3)
    builder.text("a")
    assert builder.finish() == (Listing((Entry((A, Listing((Entry((A,)),), 3))),)),)


def test_an_entry_outside_a_list_is_a_paragraph() -> None:
    builder = Builder()
    builder.begin("entry")
    builder.text("a")
    builder.end()
    builder.end()
    assert builder.finish() == (A,)


def test_blocks_in_a_cell_become_lines() -> None:
    builder = Builder()
    for kind in ("table", "row", "cell", "quote"):
        builder.begin(kind)
    builder.text("a")
    builder.flush(level=2)
    builder.code("b\nc")
    cell = (Run("a"), Break(), Run("b", frozenset({"code"})), Break(), Run("c", frozenset({"code"})))
    assert builder.finish() == (Table(None, ((cell,),)),)


def test_short_rows_are_filled_up() -> None:
    builder = Builder()
    builder.begin("table")
    for width in (1, 2):
        builder.begin("row")
        for _ in range(width):
            builder.begin("cell", head=True)
            builder.text("a")
            builder.end()
        builder.end()
    assert builder.finish() == (Table((A.inlines, ()), ((A.inlines, A.inlines),)),)


def test_a_heading_has_one_line_and_a_level_of_one_to_six() -> None:
    builder = Builder()
    builder.text("a\nb")
    builder.flush(level=9)
    assert builder.finish() == (Heading(6, (Run("a b"),)),)


def test_a_language_is_one_bare_word() -> None:
    builder = Builder()
    builder.code("x", "c++ y")
    builder.code("x", "`evil")
    assert builder.finish() == (Code("x", "c++"), Code("x", ""))


def test_what_is_too_deep_is_flattened() -> None:
    builder = Builder()
    for _ in range(MAX_DEPTH + 10):
        builder.begin("quote")
    builder.text("a")
    assert _depth(builder.finish()) == MAX_DEPTH


def _depth(blocks: Blocks) -> int:
    depth = 0
    while isinstance(blocks[0], Quote):
        blocks, depth = blocks[0].blocks, depth + 1
    return depth
