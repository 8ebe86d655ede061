"""Texts between Markdown and what ServiceNow keeps: plain lines, HTML fields, HTML between code tags in journals."""

import html as entities
import re
from collections.abc import Iterator
from functools import lru_cache

from portal.core.text import html, markdown_read
from portal.core.text.tree import (
    Block,
    Blocks,
    Break,
    Code,
    Divider,
    Heading,
    Inlines,
    Listing,
    Paragraph,
    Quote,
    Run,
)

CODE = re.compile(r"\[code\](.*?)\[/code\]", re.DOTALL | re.IGNORECASE)
TAG = re.compile(r"\[(?=/?code\])", re.IGNORECASE)
MARK = re.compile(r"<!-- concord:([\w.~-]+) -->|(?:^|\n)\[concord:([\w.~-]+)\]\s*$")
#: characters that our marker adds to a comment at most, beyond the text
ROOM = 240


def markdown(plain: str) -> str:
    """Markdown that shows a plain text as it stands, line by line."""
    return _remembered(plain) if len(plain) <= 8_192 else _shown(plain)


@lru_cache(maxsize=2_048)
def _remembered(plain: str) -> str:
    """Entries never change and are read again with every change of their record."""
    return _shown(plain)


def _shown(plain: str) -> str:
    paragraphs = re.split(r"\n[ \t]*\n", plain.replace("\r\n", "\n").strip("\n"))
    return html.to_markdown("".join(f"<p>{_escaped(one)}</p>" for one in paragraphs if one.strip())).strip()


def _escaped(plain: str) -> str:
    return entities.escape(plain, quote=False).replace("\n", "<br>")


def plain(markdown_text: str) -> str:
    """A Markdown text as plain lines: what marks it up is dropped, what it says stays."""
    return "\n".join(_lines(markdown_read.read(markdown_text))).strip("\n")


def _lines(blocks: Blocks) -> Iterator[str]:
    for place, block in enumerate(blocks):
        if place:
            yield ""
        yield from _block(block)


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Paragraph | Heading):
        yield from _said(block.inlines).split("\n")
    elif isinstance(block, Code):
        yield from block.text.split("\n")
    elif isinstance(block, Divider):
        yield "----"
    elif isinstance(block, Quote):
        yield from (f"> {line}".rstrip() for line in _lines(block.blocks))
    elif isinstance(block, Listing):
        yield from _listing(block)
    else:
        for row in ((block.head,) if block.head else ()) + block.rows:
            yield " | ".join(_said(cell).replace("\n", " ") for cell in row)


def _listing(block: Listing) -> Iterator[str]:
    for number, entry in enumerate(block.entries):
        head = "- " if block.start is None else f"{block.start + number}. "
        if entry.done is not None:
            head += "[x] " if entry.done else "[ ] "
        for place, line in enumerate(line for line in _lines(entry.blocks) if line):
            yield f"{head if not place else ' ' * len(head)}{line}"


def _said(inlines: Inlines) -> str:
    """Visible text; a link tells its address where that is not its text."""
    return "".join("\n" if isinstance(one, Break) else _run(one) for one in inlines)


def _run(run: Run) -> str:
    address = run.href.removeprefix("mailto:")
    return f"{run.text} ({run.href})" if run.href and run.text not in (run.href, address) else run.text


def is_plain(markdown_text: str) -> bool:
    """Whether a text is nothing but paragraphs without marks, so that plain lines lose nothing."""
    return all(
        isinstance(block, Paragraph)
        and all(isinstance(one, Break) or not (one.marks or one.href) for one in block.inlines)
        for block in markdown_read.read(markdown_text)
    )


def entry(body: str, key: str, *, limit: int | None, code_tags: bool) -> str:
    """A journal entry of a Markdown text with our marker.

    1. marked-up text goes as HTML between code tags where the instance shows those and it fits in `limit`; 2. else
    as plain lines, cut where they must be; 3. the marker is an HTML comment that nobody sees, or the last line.
    """
    mark = f"[code]<!-- concord:{key} -->[/code]" if code_tags else f"\n[concord:{key}]"
    said = plain(body).strip() or "-"
    rich = TAG.sub("&#91;", html.from_markdown(body)) if code_tags else ""
    formatted = f"[code]{rich}[/code]"
    if rich and (TAG.search(said) or not is_plain(body)) and (limit is None or len(formatted + mark) <= limit):
        return formatted + mark
    said = TAG.sub("(", said) if code_tags else said
    room = None if limit is None else max(0, limit - len(mark))
    return (said if room is None or len(said) <= room else said[: max(0, room - 1)] + "…") + mark


def read_entry(value: str) -> tuple[str, str | None]:
    """A journal entry as Markdown, and the marker in it if any."""
    found = MARK.search(value)
    key = next((one for one in found.groups() if one), None) if found else None
    rest = MARK.sub("", value)
    parts = []
    for place, piece in enumerate(CODE.split(rest)):
        said = html.to_markdown(piece).strip() if place % 2 else markdown(piece)
        if said:
            parts.append(said)
    return "\n\n".join(parts), key


def one_line(value: str) -> str:
    """A single-line field's text."""
    return " ".join(value.split())
