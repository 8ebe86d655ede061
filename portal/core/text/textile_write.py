"""A document tree written as Textile, foreign words escaped by character references: Textile has no backslash."""

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
_ADDRESS = re.compile(r"(?:https?|ftp)://[^\s\\|\[\]{}<>*\"]*[\w/=]")
_REFERENCE = re.compile(r"&(?=#?\w+;)")
#: what could open a mark, code, a picture, a macro, a link, a cell, a tag, a mention or a link to an issue
_SPECIAL = re.compile(
    r"(?<![^\W_])[*_+^~%@?-](?=\S)|\"(?=[^\"\n]*\":)|!(?=\S)|\[|\{|\||<(?=[/!a-zA-Z])|#(?=\d)|=(?==)"
    r"|(?<=[^\W_])@(?=[^\W_])(?!\S+\.\w)|(?<=\S)(?:__|\*\*)"
)
_LINE_START = re.compile(r"[*#>]|-{3}|_{3}|(?:h[1-6]|bq|p|fn\d+|table|dl|dt|dd)(?=[^\s.]{0,20}\.)")


def write(blocks: Blocks) -> str:
    """The Textile of the blocks, parted by empty lines; "" for no blocks."""
    return "\n\n".join(text for block in blocks if (text := _block(block)))


def escape(text: str) -> str:
    """Foreign text that Textile shows as it is; bare addresses stay whole, since Redmine links them untouched."""
    pieces: list[str] = []
    end = 0
    for address in _ADDRESS.finditer(text):
        pieces += [_escaped(text[end : address.start()]), address[0]]
        end = address.end()
    return "".join(pieces) + _escaped(text[end:])


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda found: _reference(found[0]), _REFERENCE.sub("&amp;", text))


def _reference(chars: str) -> str:
    return "".join(f"&#{ord(char)};" for char in chars)


def _block(block: Block) -> str:
    match block:
        case Paragraph(inlines):
            written = _lines(inlines)
        case Heading(level, inlines):
            written = f"h{level}. {_inlines(inlines)}"
        case Code(text, language):
            written = _code(text, language)
        case Divider():
            written = "---"
        case Quote(blocks):
            inner = "\n\n".join(text for child in blocks if (text := _block(child)))
            written = "\n".join(f"> {line}".rstrip() for line in inner.split("\n"))
        case Listing():
            written = "\n".join(_listing(block, ""))
        case Table():
            written = "\n".join(_table(block))
    return written


def _code(text: str, language: str) -> str:
    """Code as preformatted text; a closing tag inside loses its bracket to a reference."""
    safe = _REFERENCE.sub("&amp;", text).replace("</pre", "&lt;/pre").replace("</code", "&lt;/code")
    return f'<pre><code class="{language}">\n{safe}\n</code></pre>' if language else f"<pre>\n{safe}\n</pre>"


def _listing(block: Listing, prefix: str) -> Iterator[str]:
    """One line per entry; Textile nests lists by repeated markers and knows no other block in an entry."""
    prefix += "*" if block.start is None else "#"
    for entry in block.entries:
        yield from _entry(entry, prefix)


def _entry(entry: Entry, prefix: str) -> Iterator[str]:
    first, *rest = entry.blocks
    box = "" if entry.done is None else ("&#91;x] " if entry.done else "&#91; ] ")
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
        return "\n".join(text for child in block.blocks if (text := _in_entry(child)))
    return "" if isinstance(block, Divider) else _block(block)


def _table(block: Table) -> Iterator[str]:
    if block.head:
        yield "|" + "".join(f"_. {_inlines(_in_cell(cell))} |" for cell in block.head)
    for row in block.rows:
        yield "|" + "".join(f" {_inlines(_in_cell(cell))} |" for cell in row)


def _in_cell(inlines: Inlines) -> Inlines:
    """A cell's text: code with a bar is no code there, since nothing else keeps the bar from ending the cell."""
    return tuple(
        Run(one.text, one.marks - {"code"}, one.href) if isinstance(one, Run) and "|" in one.text else one
        for one in inlines
    )


def _lines(inlines: Inlines) -> str:
    lines: list[list[Inline]] = [[]]
    for inline in inlines:
        if isinstance(inline, Break):
            lines.append([])
        else:
            lines[-1].append(inline)
    return "\n".join(_at_line_start(_inlines(tuple(line)), line) for line in lines)


def _at_line_start(text: str, line: list[Inline]) -> str:
    """A line kept from opening a list, a heading or a quote; a mark of our own stays."""
    first = line[0] if line else None
    own = isinstance(first, Run) and bool(first.marks or first.href)
    found = _LINE_START.match(text)
    if found is None or (own and text[:1] in "*_"):
        return text
    return _reference(text[0]) + text[1:]


def _inlines(inlines: Inlines) -> str:
    """Inline text of one line; a Break (in a cell) is a space, since a line end ends the row."""
    written = ""
    for position, inline in enumerate(inlines):
        following = inlines[position + 1] if position + 1 < len(inlines) else None
        after = following.text[:1] if isinstance(following, Run) else " "
        written += " " if isinstance(inline, Break) else _run(inline, before=written[-1:], after=after)
    return written


def _run(run: Run, *, before: str, after: str) -> str:
    """A run in its markers; within a word and beside other markers Textile has none, and the words go bare."""
    bare = (not before or before in " (>") and (not after or (not after.isalnum() and after not in '*_-@"'))
    if "code" in run.marks:
        simple = bare and "@" not in run.text and not _REFERENCE.search(run.text)
        text = f"@{run.text}@" if simple else f"<code>{_literal(run.text)}</code>"
    else:
        text = escape(run.text)
    if run.href and (not after or after in " .,;:!?)"):
        text = run.href if run.text == run.href else f'"{_label(run)}":{run.href}'
    for mark, marker in _MARKERS:
        if mark in run.marks and bare and "code" not in run.marks and not run.href:
            # in parentheses right behind a marker stands a class of its style
            text = f"{marker}{_reference('(') + text[1:] if text.startswith('(') else text}{marker}"
    return text


def _label(run: Run) -> str:
    """What a link shows; Textile shows markers in it as they are, so it goes without marks."""
    return escape(run.text).replace('"', "&quot;")


def _literal(text: str) -> str:
    return _REFERENCE.sub("&amp;", text).replace("<", "&lt;")
