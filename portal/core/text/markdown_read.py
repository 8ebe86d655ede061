"""Markdown (CommonMark with GFM tables, strikethrough and task lists) read into a document tree."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from portal.core.text import links
from portal.core.text.builder import Builder, Kind
from portal.core.text.inline import clean
from portal.core.text.tree import PLAIN, Blocks, Mark, Marks

#: Deeper than every tree of ours (MAX_DEPTH and a table), shallow enough for Python's stack.
_MAX_NESTING = 60

_TASK = re.compile(r"\[([ xX])\] +(?=\S)")
_BR = re.compile(r"<br ?/?>", re.IGNORECASE)

_OPEN: dict[str, Kind] = {
    "blockquote_open": "quote",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "list_item_open": "entry",
    "table_open": "table",
    "tr_open": "row",
    "th_open": "cell",
    "td_open": "cell",
}
_CLOSE = frozenset(name.replace("_open", "_close") for name in _OPEN)
_MARKS: dict[str, Mark] = {"strong": "strong", "em": "em", "s": "strike"}


class _Parser(MarkdownIt):
    """markdown-it without its own view on addresses: `links.tidy` decides; a refused link keeps its text."""

    def validateLink(self, url: str) -> bool:  # noqa: N802
        return True

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        return url

    def normalizeLinkText(self, url: str) -> str:  # noqa: N802
        return url


def _line_break(state: StateInline, silent: bool) -> bool:
    """`<br>` is the only tag with a meaning: GFM has no other line end inside a table cell."""
    found = _BR.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        state.push("hardbreak", "br", 0)
    state.pos = found.end()
    return True


def _parser() -> MarkdownIt:
    parser = _Parser("commonmark", {"html": False, "maxNesting": _MAX_NESTING})
    parser.enable(["table", "strikethrough"])
    # A line like "[ERROR]: timeout" would vanish as the definition of a link that nobody uses.
    parser.disable("reference")
    parser.inline.ruler.before("autolink", "br", _line_break)
    return parser


_PARSER = _parser()


def read(text: str) -> Blocks:
    """The blocks of a Markdown text; raw HTML is text, and a line end in a paragraph stays a line end.

    That a single line end counts is the rule of the comment boxes of trackers. Text nested deeper than
    60 levels is kept as it stands, because the parser would drop what it does not enter.
    """
    text = clean(text)
    tokens = _PARSER.parse(text)
    builder = Builder()
    if any(token.level >= _MAX_NESTING - 1 for token in tokens):
        builder.text(text)
        return builder.finish()
    head = False
    for position, token in enumerate(tokens):
        head = token.type == "thead_open" or (head and token.type != "thead_close")
        if token.type in _OPEN:
            builder.begin(_OPEN[token.type], start=_start(token), head=head)
        elif token.type in _CLOSE:
            builder.end()
        elif token.type == "inline":
            _read_inline(builder, token, starts_entry=_starts_entry(tokens, position))
        else:
            _read_leaf(builder, token)
    return builder.finish()


def _read_leaf(builder: Builder, token: Token) -> None:
    if token.type in {"fence", "code_block"}:
        # A fence around nothing shows nothing, so its words must not hide behind it.
        if not token.content.strip():
            builder.text(token.info)
        builder.code(token.content, token.info)
    elif token.type == "hr":
        builder.divider()
    elif token.type == "heading_close":
        builder.flush(level=int(token.tag[1:]))
    elif token.type in {"paragraph_open", "paragraph_close", "heading_open"}:
        builder.flush()


def _start(token: Token) -> int | None:
    return int(token.attrGet("start") or 0) if token.attrGet("start") is not None else _first(token)


def _first(token: Token) -> int | None:
    return 1 if token.type == "ordered_list_open" else None


def _starts_entry(tokens: Sequence[Token], position: int) -> bool:
    return (
        position >= 2
        and tokens[position - 2].type == "list_item_open"
        and tokens[position - 1].type == "paragraph_open"
    )


def _read_inline(builder: Builder, token: Token, *, starts_entry: bool) -> None:
    children = token.children or []
    task = _TASK.match(token.content) if starts_entry and children and children[0].type == "text" else None
    skip = task.end() if task and children[0].content.startswith(task[0]) else 0
    if task and skip:
        builder.task(done=task[1] != " ")
    open_marks: list[Mark] = []
    href = ""
    for position, child in enumerate(children):
        name, _, edge = child.type.rpartition("_")
        if name in _MARKS:
            open_marks.append(_MARKS[name]) if edge == "open" else open_marks.remove(_MARKS[name])
        elif child.type == "link_open":
            href = links.tidy(str(child.attrGet("href") or ""))
        elif child.type == "link_close":
            href = ""
        else:
            _read_run(builder, child, marks=frozenset(open_marks), href=href, skip=0 if position else skip)


def _read_run(builder: Builder, child: Token, *, marks: Marks, href: str, skip: int) -> None:
    if child.type in {"hardbreak", "softbreak"}:
        builder.line_break()
    elif child.type == "code_inline":
        builder.text(child.content, marks | {"code"}, href)
    elif child.type == "image":
        source = str(child.attrGet("src") or "")
        name = _alt(child) or links.file_name(source)
        builder.text(links.note("image", unquote(name)), marks, href or links.tidy(source))
    else:
        builder.text(child.content[skip:], marks or PLAIN, href)


def _alt(image: Token) -> str:
    """The words of an image's label, its own marks and links left aside."""
    words, stack = [], list(reversed(image.children or []))
    while stack:
        token = stack.pop()
        if token.type == "image":
            stack.extend(reversed(token.children or []))
        elif token.type in {"softbreak", "hardbreak"}:
            words.append(" ")
        else:
            words.append(token.content)
    return "".join(words)
