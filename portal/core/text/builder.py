"""Builds a document tree from open, text and close events, whatever order a foreign text brings them in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from portal.core.text import inline
from portal.core.text.tree import (
    LITERAL,
    MAX_DEPTH,
    PLAIN,
    Block,
    Blocks,
    Break,
    Code,
    Divider,
    Entry,
    Heading,
    Inline,
    Inlines,
    Listing,
    Marks,
    Paragraph,
    Quote,
    Run,
    Table,
    on_one_line,
)

Kind = Literal["root", "quote", "list", "entry", "table", "row", "cell"]

_PARENT: dict[Kind, Kind] = {"entry": "list", "row": "table", "cell": "row"}
_MAX_START = 99_999_999
_LANGUAGE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+#._-")


@dataclass(slots=True)
class _Frame:
    kind: Kind
    start: int | None = None
    done: bool | None = None
    head: bool = False
    blocks: list[Block] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    rows: list[tuple[bool, list[Inlines]]] = field(default_factory=list)
    cells: list[Inlines] = field(default_factory=list)
    inlines: list[Inline] = field(default_factory=list)


class Builder:
    """Collects events into blocks that hold the promises of `tree`: nothing empty, nothing too deep.

    What does not fit where it comes (an entry outside a list, a quote in a table cell, the 10,000th quote)
    is opened "flat": its text goes to the nearest place that can hold it. No words are lost, nothing raises.
    """

    def __init__(self) -> None:
        self._frames = [_Frame("root")]
        self._inlines: list[Inline] = []
        #: For each begin that still needs its end: whether it opened a frame, or was flat.
        self._opened: list[bool] = []

    def text(self, text: str, marks: Marks = PLAIN, href: str = "") -> None:
        """Add text to the open paragraph."""
        if text:
            self._inlines.append(Run(text, marks, href))

    def line_break(self) -> None:
        """Add a line end to the open paragraph."""
        self._inlines.append(Break())

    def flush(self, *, level: int = 0) -> None:
        """Close the open paragraph, as a heading of `level` where that is not 0."""
        inlines = inline.tidy(self._inlines)
        self._inlines.clear()
        if not inlines:
            return
        if self._in_cell():
            self._frames[-1].inlines += [Break(), *inlines]
        elif level:
            self._add(Heading(min(max(level, 1), 6), inline.tidy(on_one_line(inlines))))
        else:
            self._add(Paragraph(inlines))

    def code(self, text: str, language: str = "") -> None:
        """Add a block of literal text; in a cell, lines of inline code."""
        self.flush()
        text = inline.printable(text).rstrip("\n")
        if not text.strip():
            return
        if self._in_cell():
            self.text(text, LITERAL)
            self.flush()
            return
        word = language.split(maxsplit=1)[0] if language.strip() else ""
        self._add(Code(text, word if _LANGUAGE.issuperset(word) else ""))

    def divider(self) -> None:
        """Add a horizontal line."""
        self.flush()
        if not self._in_cell():
            self._add(Divider())

    def begin(self, kind: Kind, *, start: int | None = None, done: bool | None = None, head: bool = False) -> None:
        """Open a container; every begin needs its `end`.

        `start` is the first number of a list, `done` the state of an entry that is a task, `head` whether a
        cell is a heading: a first row of nothing but headings is the head of its table.
        """
        self.flush()
        fits = self._fits(kind)
        self._opened.append(fits)
        if fits:
            start = None if start is None else min(max(start, 0), _MAX_START)
            self._frames.append(_Frame(kind, start=start, done=done, head=head or kind == "row"))
        elif kind == "entry" and self._in_cell():
            self.text("- ")

    def task(self, *, done: bool) -> None:
        """Make the open entry a task."""
        if self._frames[-1].kind == "entry":
            self._frames[-1].done = done

    def end(self) -> None:
        """Close the container opened last."""
        self.flush()
        if self._opened and self._opened.pop():
            self._close(self._frames.pop())

    def finish(self) -> Blocks:
        """Close everything and return the blocks."""
        self.flush()
        while len(self._frames) > 1:
            self._close(self._frames.pop())
        return tuple(self._frames[0].blocks)

    def _in_cell(self) -> bool:
        return self._frames[-1].kind == "cell"

    def _fits(self, kind: Kind) -> bool:
        top = self._frames[-1].kind
        if kind in _PARENT:
            return top == _PARENT[kind] and (kind != "entry" or len(self._frames) <= MAX_DEPTH)
        return top not in {"cell", "table", "row"} and len(self._frames) <= MAX_DEPTH

    def _close(self, frame: _Frame) -> None:
        parent = self._frames[-1]
        if frame.kind == "quote" and frame.blocks:
            self._add(Quote(tuple(frame.blocks)))
        elif frame.kind == "entry" and frame.blocks:
            done = frame.done if isinstance(frame.blocks[0], Paragraph) else None
            parent.entries.append(Entry(tuple(frame.blocks), done))
        elif frame.kind == "list" and frame.entries:
            self._add(Listing(tuple(frame.entries), frame.start))
        elif frame.kind == "cell":
            parent.cells.append(inline.tidy(frame.inlines))
            parent.head &= frame.head
        elif frame.kind == "row" and frame.cells:
            parent.rows.append((frame.head, frame.cells))
        elif frame.kind == "table":
            self._close_table(frame)

    def _close_table(self, frame: _Frame) -> None:
        width = max((len(cells) for _, cells in frame.rows), default=0)
        if not any(any(cells) for _, cells in frame.rows):
            return
        rows = [(*cells, *((),) * (width - len(cells))) for _, cells in frame.rows]
        headed = frame.rows[0][0]
        head = rows[0] if headed and any(rows[0]) else None
        self._add(Table(head, tuple(rows[1:] if headed else rows)))

    def _add(self, block: Block) -> None:
        """Put a block where the open frames can hold it."""
        frame = self._frames[-1]
        if frame.kind == "list":
            if isinstance(block, Listing) and frame.entries:
                last = frame.entries[-1]
                frame.entries[-1] = Entry((*last.blocks, block), last.done)
            else:
                frame.entries.append(Entry((block,)))
        elif frame.kind == "table":
            frame.rows.append((False, [_inlines(block)]))
        elif frame.kind == "row":
            frame.cells.append(_inlines(block))
            frame.head = False
        else:
            frame.blocks.append(block)


def _inlines(block: Block) -> Inlines:
    """What a stray block between table rows or cells says."""
    if isinstance(block, Paragraph | Heading):
        return block.inlines
    return inline.tidy([Run(block.text)]) if isinstance(block, Code) else ()
