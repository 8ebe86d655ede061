"""Textile read into a document tree, as Redmine renders it."""

from __future__ import annotations

import re
from html import unescape
from itertools import pairwise
from typing import Final

from portal.core.text import textile_inline
from portal.core.text.builder import Builder
from portal.core.text.inline import clean
from portal.core.text.tree import Blocks

_LITERAL: Final = re.compile(r"<pre\b[^>\n]*>(.*?)(?:</pre>|\Z)", re.DOTALL | re.IGNORECASE)
_CODE: Final = re.compile(
    r"\s?<code(?:\s+class=[\"']?(?:language-)?([\w+#.-]+)[^>\n]*)?>(.*?)(?:</code>\s*|\Z)", re.DOTALL | re.IGNORECASE
)
_STYLE: Final = r"(?:\([^()\n]*\)|\{[^{}\n]*\}|\[[^\[\]\n]*\]|[<>=()]+)*"
_HEADING: Final = re.compile(rf"h([1-6]){_STYLE}\.\s+(.*)")
_BLOCK: Final = re.compile(rf"(bq|p|fn\d+){_STYLE}\.\s+(.*)")
_DIVIDER: Final = re.compile(r" {0,3}(?:-[ -]*){3,}|\s*(?:\*[ ]*){3,}|\s*_{3,}\s*")
_ENTRY: Final = re.compile(r"\s*([*#]+)\s+(\S.*)")
_BOX: Final = re.compile(r"(?:\[|&#91;)([ xX])\]\s+")
_QUOTED: Final = re.compile(r"((?:> ?)+)(.*)")
_CELL: Final = re.compile(rf"(_)?(?:[\\/]\d+|[\^~-])*{_STYLE}\.\s")
_BARS: Final = re.compile(r"@[^@|\n]*@|\[\[[^\[\]\n]*\]\]|<code>.*?</code>|(?P<bar>\|)")


def read(text: str) -> Blocks:
    """The blocks of a Textile text; macros are text. Nothing raises."""
    return _Reader().read(clean(text))


class _Reader:
    def __init__(self) -> None:
        self._builder = Builder()
        #: the markers of the lists that are open, outermost first: "*#" is a numbered list in a bullet
        self._lists = ""
        self._in_table = False
        self._quotes = 0

    def read(self, text: str) -> Blocks:
        end = 0
        for literal in _LITERAL.finditer(text):
            self._read_lines(text[end : literal.start()])
            self._close_lists()
            self._read_literal(literal[1])
            end = literal.end()
        self._read_lines(text[end:])
        return self._builder.finish()

    def _read_literal(self, words: str) -> None:
        code = _CODE.fullmatch(words)
        language, inner = (code[1] or "", code[2]) if code else ("", words)
        self._builder.code(unescape(inner).strip("\n"), language)

    def _read_lines(self, text: str) -> None:
        for line in text.split("\n"):
            self._read_line(line)

    def _read_line(self, line: str) -> None:
        quoted = _QUOTED.fullmatch(line)
        self._quote(quoted[1].count(">") if quoted else 0)
        words = quoted[2] if quoted else line
        if entry := _ENTRY.fullmatch(words):
            self._read_entry(entry[1], entry[2])
        elif words.lstrip().startswith("|") and words.rstrip().endswith("|") and len(words.strip()) > 1:
            self._read_row(words.strip())
        elif not words.strip() or _DIVIDER.fullmatch(words):
            self._close_lists()
            if words.strip():
                self._builder.divider()
        elif heading := _HEADING.fullmatch(words):
            self._close_lists()
            textile_inline.read(self._builder, heading[2])
            self._builder.flush(level=int(heading[1]))
        elif block := _BLOCK.fullmatch(words):
            self._read_block(block)
        else:
            self._close_table()
            textile_inline.read(self._builder, words)
            self._builder.line_break()

    def _read_block(self, block: re.Match[str]) -> None:
        """A paragraph with a prefix; one that is quoted ends with its line."""
        self._close_lists()
        quote = block[1] == "bq"
        if quote:
            self._builder.begin("quote")
        textile_inline.read(self._builder, block[2])
        self._builder.line_break()
        if quote:
            self._builder.end()

    def _quote(self, depth: int) -> None:
        """Open and close quotes until so many are open."""
        if depth == self._quotes:
            return
        self._close_lists()
        while self._quotes < depth:
            self._builder.begin("quote")
            self._quotes += 1
        while self._quotes > depth:
            self._builder.end()
            self._quotes -= 1

    def _read_entry(self, markers: str, words: str) -> None:
        self._close_table()
        kept = 0
        while kept < min(len(markers), len(self._lists)) and markers[kept] == self._lists[kept]:
            kept += 1
        self._close_lists(kept)
        if self._lists and kept == len(markers):
            self._builder.end()
            self._builder.begin("entry")
        for marker in markers[kept:]:
            self._builder.begin("list", start=1 if marker == "#" else None)
            self._builder.begin("entry")
        self._lists = markers
        if box := _BOX.match(words):
            self._builder.task(done=box[1] != " ")
            words = words[box.end() :]
        textile_inline.read(self._builder, words)
        self._builder.line_break()

    def _close_lists(self, kept: int = 0) -> None:
        """End the open lists but the `kept` outermost ones, and with the last one the paragraph and table."""
        self._builder.flush()
        for _ in self._lists[kept:]:
            self._builder.end()
            self._builder.end()
        self._lists = self._lists[:kept]
        if not kept:
            self._close_table()

    def _read_row(self, line: str) -> None:
        if not self._in_table:
            self._close_lists()
            self._builder.begin("table")
            self._in_table = True
        self._builder.begin("row")
        bars = [found for found in _BARS.finditer(line) if found["bar"]]
        for bar, following in pairwise(bars):
            words = line[bar.end() : following.start()]
            style = _CELL.match(words)
            self._builder.begin("cell", head=style is not None and style[1] == "_")
            textile_inline.read(self._builder, words[style.end() :] if style else words)
            self._builder.end()
        self._builder.end()

    def _close_table(self) -> None:
        if self._in_table:
            self._builder.end()
            self._in_table = False
