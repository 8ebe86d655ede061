"""The document tree between all text languages: a few frozen shapes, inline text kept flat as marked runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Mark = Literal["strong", "em", "strike", "code"]
Marks = frozenset[Mark]
PLAIN: Marks = frozenset()
LITERAL: Marks = frozenset({"code"})

#: Quotes, lists and entries nested deeper than this are flattened by the builder, so writers may recurse.
MAX_DEPTH = 40


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text without line ends; `href` is empty or an address that `links.tidy` let pass."""

    text: str
    marks: Marks = PLAIN
    href: str = ""


@dataclass(frozen=True, slots=True)
class Break:
    """A line end inside a paragraph or cell."""


Inline = Run | Break
Inlines = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Never empty."""

    inlines: Inlines


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` is 1 to 6; the inlines hold no Break."""

    level: int
    inlines: Inlines


@dataclass(frozen=True, slots=True)
class Code:
    """Literal lines without line ends at their end; `language` is a bare word or empty."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Divider:
    """A horizontal line."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Never empty."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One list entry, never empty; `done` is None where it is no task, else it begins with a paragraph."""

    blocks: tuple[Block, ...]
    done: bool | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A list, never empty; `start` is the first number, or None for bullets."""

    entries: tuple[Entry, ...]
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of equally long rows of cells; `head` is None where the source had no heading row."""

    head: tuple[Inlines, ...] | None
    rows: tuple[tuple[Inlines, ...], ...]


Block = Paragraph | Heading | Code | Divider | Quote | Listing | Table
Blocks = tuple[Block, ...]


def with_mark(inlines: Inlines, mark: Mark) -> Inlines:
    """The same inlines, every run marked with `mark` as well."""
    return tuple(Run(i.text, i.marks | {mark}, i.href) if isinstance(i, Run) else i for i in inlines)


def on_one_line(inlines: Inlines) -> Inlines:
    """The same inlines with every Break replaced by a space."""
    return tuple(Run(" ") if isinstance(i, Break) else i for i in inlines)


def plain(inlines: Inlines) -> str:
    """The visible text of inlines, a Break as a line end."""
    return "".join(i.text if isinstance(i, Run) else "\n" for i in inlines)
