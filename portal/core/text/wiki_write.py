"""A document tree written as Jira wiki markup, foreign words escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator

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
    Run,
    Table,
    with_mark,
)

_MARKERS: tuple[tuple[Mark, str], ...] = (("strike", "-"), ("em", "_"), ("strong", "*"))
_SPECIAL = re.compile(r"[\\&{}\[\]*_!|^~+?-]")
_ADDRESS = re.compile(r"(?:https?|ftp)://[^\s\\|\[\]{}<>*]*[\w/=#]")
_LINE_START = re.compile(r"(#|(?:h[1-6]|bq)(?=\.))")


def write(blocks: Blocks) -> str:
    """The wiki text of the blocks, parted by empty lines; "" for no blocks."""
    return "\n\n".join(text for block in blocks if (text := _block(block, quoted=False)))


def escape(text: str) -> str:
    """Foreign text that wiki shows as it is; bare addresses stay whole, since wiki links them untouched."""
    pieces: list[str] = []
    end = 0
    for address in _ADDRESS.finditer(text):
        pieces += [_SPECIAL.sub(_guard, text[end : address.start()]), address[0]]
        end = address.end()
    return "".join(pieces) + _SPECIAL.sub(_guard, text[end:])


def _guard(found: re.Match[str]) -> str:
    """A backslash before a marker, a character reference where wiki has no backslash for it."""
    text, char = found.string, found[0]
    before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
    if char == "\\":
        return char if after.isalnum() and before != "\\" else "&#92;"
    if char == "&":
        return "&amp;" if not after or after == "#" or after.isalpha() else char
    if char in "-_+^~" and before.isalnum() and after.isalnum():
        return char
    if char == "?" and "?" not in (before, after):
        return char
    return f"\\{char}"


def _block(block: Block, *, quoted: bool) -> str:
    match block:
        case Paragraph(inlines):
            written = _lines(inlines)
        case Heading(level, inlines):
            written = f"h{level}. {_inlines(inlines)}"
        case Code():
            written = _code(block)
        case Divider():
            written = "----"
        case Quote(blocks):
            inner = "\n\n".join(_block(child, quoted=True) for child in blocks)
            written = inner if quoted else f"{{quote}}\n{inner}\n{{quote}}"
        case Listing():
            written = "\n".join(_listing(block, ""))
        case Table():
            written = "\n".join(_table(block))
    return written


def _code(block: Code) -> str:
    """Code, or where it holds the end of itself, noformat, or escaped lines where it holds both."""
    if "{code}" not in block.text:
        return f"{{code{f':{block.language}' if block.language else ''}}}\n{block.text}\n{{code}}"
    if "{noformat}" not in block.text:
        return f"{{noformat}}\n{block.text}\n{{noformat}}"
    return "\n".join(escape(line) for line in block.text.split("\n"))


def _listing(block: Listing, prefix: str) -> Iterator[str]:
    """One line per entry; wiki nests lists by repeated markers and knows no other block in an entry."""
    prefix += "*" if block.start is None else "#"
    for entry in block.entries:
        yield from _entry(entry, prefix)


def _entry(entry: Entry, prefix: str) -> Iterator[str]:
    first, *rest = entry.blocks
    box = "" if entry.done is None else ("(/) " if entry.done else "(x) ")
    if isinstance(first, Listing):
        yield from _listing(first, prefix)
    else:
        yield f"{prefix} {box}{_in_entry(first)}"
    for block in rest:
        if isinstance(block, Listing):
            yield from _listing(block, prefix)
        elif text := _in_entry(block):
            yield text


def _in_entry(block: Block) -> str:
    if isinstance(block, Heading):
        block = Paragraph(with_mark(block.inlines, "strong"))
    if isinstance(block, Quote):
        return "\n".join(_in_entry(child) for child in block.blocks)
    return "" if isinstance(block, Divider) else _block(block, quoted=True)


def _table(block: Table) -> Iterator[str]:
    if block.head:
        yield "||" + "".join(f" {_inlines(cell)} ||" for cell in block.head)
    for row in block.rows:
        yield "|" + "".join(f" {_inlines(cell)} |" for cell in row)


def _lines(inlines: Inlines) -> str:
    lines: list[list[Inline]] = [[]]
    for inline in inlines:
        if isinstance(inline, Break):
            lines.append([])
        else:
            lines[-1].append(inline)
    return "\n".join(_at_line_start(_inlines(tuple(line))) for line in lines)


def _at_line_start(text: str) -> str:
    """A line kept from opening a numbered list, a heading or a quote."""
    found = _LINE_START.match(text)
    if found is None:
        return text
    return f"\\{text}" if found[1] == "#" else f"{found[1]}&#46;{text[found.end() + 1 :]}"


def _inlines(inlines: Inlines) -> str:
    """Inline text of one line; a Break (in a cell) is wiki's forced one."""
    written = ""
    for position, inline in enumerate(inlines):
        following = inlines[position + 1] if position + 1 < len(inlines) else None
        after = _first(following) if isinstance(following, Run) else " "
        written += "\\\\ " if isinstance(inline, Break) else _run(inline, before=written[-1:], after=after)
    return written


def _first(run: Run) -> str:
    """What the reader sees first of a run: its text, or its own marker, which must not meet another."""
    return "*" if run.marks or run.href else run.text[:1]


def _run(run: Run, *, before: str, after: str) -> str:
    """A run in its markers; beside letters and other markers
    they need braces, or wiki takes them for hyphens and stars.
    """
    text = f"{{{{{escape(run.text)}}}}}" if "code" in run.marks else escape(run.text)
    if run.href:
        href = run.href.replace("[", "%5B").replace("]", "%5D")
        text = f"[{href}]" if run.text == href and "code" not in run.marks else f"[{text}|{href}]"
    within_word = any(c.isalnum() or (c and c in "*_-}+^~") for c in (before, after))
    # A marker right after a bare address would be read as part of it.
    within_word |= text.endswith(tuple(_ADDRESS.findall(text)[-1:]))
    for mark, marker in _MARKERS:
        if mark in run.marks:
            text = f"{{{marker}}}{text}{{{marker}}}" if within_word else f"{marker}{text}{marker}"
    return text
