"""A document tree written as plain HTML without attributes that act."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from portal.core.text.tree import (
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
    Mark,
    Paragraph,
    Quote,
    Table,
)

_TAGS: tuple[tuple[Mark, str], ...] = (
    ("code", "code"),
    ("strike", "del"),
    ("em", "em"),
    ("strong", "strong"),
)


def write(blocks: Blocks) -> str:
    """The HTML of the blocks, one element a line; "" for no blocks."""
    return "\n".join(_block(block) for block in blocks)


def _block(block: Block) -> str:
    match block:
        case Paragraph(inlines):
            written = f"<p>{_inlines(inlines)}</p>"
        case Heading(level, inlines):
            written = f"<h{level}>{_inlines(inlines)}</h{level}>"
        case Code(text, language):
            name = f' class="language-{escape(language)}"' if language else ""
            written = f"<pre><code{name}>{escape(text, quote=False)}\n</code></pre>"
        case Quote(blocks):
            written = f"<blockquote>{write(blocks)}</blockquote>"
        case Listing():
            written = _listing(block)
        case Table():
            written = f"<table>{''.join(_table(block))}</table>"
        case Divider():
            written = "<hr>"
    return written


def _listing(block: Listing) -> str:
    entries = "".join(f"<li>{_entry(entry)}</li>" for entry in block.entries)
    if block.start is None:
        return f"<ul>{entries}</ul>"
    start = "" if block.start == 1 else f' start="{block.start}"'
    return f"<ol{start}>{entries}</ol>"


def _entry(entry: Entry) -> str:
    """An entry of one paragraph needs no paragraph element, nor does one that only nests lists."""
    box = "" if entry.done is None else ("☑ " if entry.done else "☐ ")
    first, *rest = entry.blocks
    if isinstance(first, Paragraph) and all(isinstance(block, Listing) for block in rest):
        return box + _inlines(first.inlines) + write(tuple(rest))
    return box + write(entry.blocks)


def _table(block: Table) -> Iterator[str]:
    if block.head:
        yield f"<thead>{_row(block.head, 'th')}</thead>"
    if block.rows:
        yield f"<tbody>{''.join(_row(row, 'td') for row in block.rows)}</tbody>"


def _row(cells: tuple[Inlines, ...], tag: str) -> str:
    return "<tr>" + "".join(f"<{tag}>{_inlines(cell)}</{tag}>" for cell in cells) + "</tr>"


def _inlines(inlines: Inlines) -> str:
    return "".join(_inline(inline) for inline in inlines)


def _inline(inline: Inline) -> str:
    if isinstance(inline, Break):
        return "<br>"
    written = escape(inline.text, quote=False)
    for mark, tag in _TAGS:
        if mark in inline.marks:
            written = f"<{tag}>{written}</{tag}>"
    return f'<a href="{escape(inline.href)}">{written}</a>' if inline.href else written
