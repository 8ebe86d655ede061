"""A document tree written as Markdown in one canonical form, which reads back as the same tree."""

from __future__ import annotations

import re
from collections.abc import Iterator

from portal.core.text import markdown_inline
from portal.core.text.tree import (
    Block,
    Blocks,
    Code,
    Divider,
    Entry,
    Heading,
    Inlines,
    Listing,
    Paragraph,
    Quote,
    Table,
)

_BACKTICKS = re.compile(r"`{3,}")
_CLOSING_HASHES = re.compile(r"(?:(?<=\s)|^)#(?=#*$)")


def write(blocks: Blocks) -> str:
    """The Markdown of the blocks, without a line end at its end; "" for no blocks."""
    return "\n".join(_lines(blocks))


def _lines(blocks: Blocks) -> Iterator[str]:
    """The lines of the blocks, parted by empty ones; neighbouring lists of one kind alternate markers."""
    previous: Block | None = None
    second = False
    for block in blocks:
        if previous is not None:
            yield ""
        if isinstance(block, Listing):
            second = _are_alike(previous, block) and not second
            yield from _list_lines(block, second=second)
        else:
            yield from _block_lines(block)
        previous = block


def _are_alike(previous: Block | None, block: Listing) -> bool:
    return isinstance(previous, Listing) and (previous.start is None) == (block.start is None)


def _block_lines(block: Block) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield from markdown_inline.write(block.inlines).split("\n")
    elif isinstance(block, Heading):
        yield f"{'#' * block.level} " + _CLOSING_HASHES.sub(r"\\#", markdown_inline.write(block.inlines), count=1)
    elif isinstance(block, Code):
        yield from _code_lines(block)
    elif isinstance(block, Divider):
        yield "***"
    elif isinstance(block, Quote):
        for line in _lines(block.blocks):
            yield f"> {line}" if line else ">"
    elif isinstance(block, Table):
        yield from _table_lines(block)


def _code_lines(block: Code) -> Iterator[str]:
    fence = "`" * max((len(run) + 1 for run in _BACKTICKS.findall(block.text)), default=3)
    yield fence + block.language
    yield from block.text.split("\n")
    yield fence


def _list_lines(block: Listing, *, second: bool) -> Iterator[str]:
    tight = _is_tight(block)
    for number, entry in enumerate(block.entries):
        if number and not tight:
            yield ""
        if block.start is None:
            marker = "+ " if second else "- "
        else:
            marker = f"{block.start + number}{')' if second else '.'} "
        yield from _entry_lines(entry, marker=marker, tight=tight)


def _entry_lines(entry: Entry, *, marker: str, tight: bool) -> Iterator[str]:
    task = "" if entry.done is None else ("[x] " if entry.done else "[ ] ")
    first = True
    for line in _lines(entry.blocks):
        if first:
            yield f"{marker}{task}{line}"
        elif line or not tight:
            yield f"{' ' * len(marker)}{line}" if line else ""
        first = False


def _is_tight(block: Listing) -> bool:
    """Whether the list may be written without empty lines: a paragraph and at most one list in each entry."""
    return all(
        isinstance(entry.blocks[0], Paragraph)
        and (len(entry.blocks) == 1 or (len(entry.blocks) == 2 and _may_follow_directly(entry.blocks[1])))
        for entry in block.entries
    )


def _may_follow_directly(block: Block) -> bool:
    return isinstance(block, Listing) and block.start in {None, 1} and _is_tight(block)


def _table_lines(block: Table) -> Iterator[str]:
    """GFM knows no table without a head: an empty head stands for none."""
    width = len(block.head or block.rows[0])
    yield _row(block.head or ((),) * width)
    yield "|" + " --- |" * width
    for row in block.rows:
        yield _row(row)


def _row(cells: tuple[Inlines, ...]) -> str:
    return "|" + "".join(f" {markdown_inline.write(cell, in_cell=True)} |" for cell in cells)
