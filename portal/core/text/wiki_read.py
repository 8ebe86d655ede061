"""Jira wiki markup read into a document tree."""

from __future__ import annotations

import re
from typing import Final

from portal.core.text import wiki_inline
from portal.core.text.builder import Builder
from portal.core.text.inline import clean
from portal.core.text.tree import Blocks

_MACRO: Final = re.compile(r"(?<!\\)\{(code|noformat|quote|panel)(?::([^{}\n]*))?\}")
_HEADING: Final = re.compile(r"\s*h([1-6])\.\s+(.*)")
_QUOTE: Final = re.compile(r"\s*bq\.\s+(.*)")
_DIVIDER: Final = re.compile(r"\s*-{4,}\s*")
_ENTRY: Final = re.compile(r"\s*([*#]+|-)\s+(\S.*)")
_BOX: Final = re.compile(r"\((/|x)\)\s+")
_CELLS: Final = re.compile(r"\\.|\{\{[^{}\n]*\}\}|\[[^\[\]\n]*\]|!\S[^!\n]*!|(?P<bar>\|\|?)")


def read(text: str) -> Blocks:
    """The blocks of a wiki text; macros nobody knows are text. Nothing raises."""
    return _Reader().read(clean(text))


class _Reader:
    def __init__(self) -> None:
        self._builder = Builder()
        #: The markers of the lists that are open, outermost first: "*#" is a numbered list in a bullet.
        self._lists = ""
        self._in_table = False
        self._open: list[str] = []
        self._endless: set[str] = set()

    def read(self, text: str) -> Blocks:
        position = sought = 0
        while (macro := _MACRO.search(text, sought)) is not None:
            literal = macro[1] in {"code", "noformat"}
            end = self._end_of_literal(text, macro) if literal else macro.end()
            if end < 0:
                sought = macro.end()
                continue
            self._read_lines(text[position : macro.start()])
            self._close_lists()
            if literal:
                self._builder.code(text[macro.end() : end].strip("\n"), _language(macro[2] or ""))
                position = end + len(f"{{{macro[1]}}}")
            else:
                self._toggle(macro)
                position = end
            sought = position
        self._read_lines(text[position:])
        return self._builder.finish()

    def _end_of_literal(self, text: str, macro: re.Match[str]) -> int:
        """Where the closing macro stands, or -1; a search that failed once is not made again."""
        if macro[1] in self._endless:
            return -1
        end = text.find(f"{{{macro[1]}}}", macro.end())
        if end < 0:
            self._endless.add(macro[1])
        return end

    def _toggle(self, macro: re.Match[str]) -> None:
        """A quote or panel begins, or the open one ends with all that began within it."""
        if macro[1] not in self._open:
            self._open.append(macro[1])
            self._builder.begin("quote")
            title = re.search(r"title=([^|]*)", macro[2] or "")
            self._builder.text(title[1] if title else "", frozenset({"strong"}))
            self._builder.flush()
            return
        while self._open:
            self._builder.end()
            if self._open.pop() == macro[1]:
                return

    def _read_lines(self, text: str) -> None:
        for line in text.split("\n"):
            self._read_line(line)

    def _read_line(self, line: str) -> None:
        if entry := _ENTRY.fullmatch(line):
            self._read_entry(entry[1], entry[2])
        elif line.lstrip().startswith("|"):
            self._read_row(line.strip())
        elif not line.strip() or _DIVIDER.fullmatch(line):
            self._close_lists()
            if line.strip():
                self._builder.divider()
        elif heading := _HEADING.fullmatch(line):
            self._close_lists()
            wiki_inline.read(self._builder, heading[2])
            self._builder.flush(level=int(heading[1]))
        elif quote := _QUOTE.fullmatch(line):
            self._close_lists()
            self._builder.begin("quote")
            wiki_inline.read(self._builder, quote[1])
            self._builder.end()
        else:
            self._close_table()
            wiki_inline.read(self._builder, line)
            self._builder.line_break()

    def _read_entry(self, markers: str, words: str) -> None:
        markers = markers.replace("-", "*")
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
            self._builder.task(done=box[1] == "/")
            words = words[box.end() :]
        wiki_inline.read(self._builder, words)
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
        bars = [found for found in _CELLS.finditer(line) if found["bar"]]
        for bar, following in zip(bars, [*bars[1:], None], strict=True):
            words = line[bar.end() : following.start() if following else len(line)]
            if following is None and not words.strip():
                break
            self._builder.begin("cell", head=bar["bar"] == "||")
            wiki_inline.read(self._builder, words)
            self._builder.end()
        self._builder.end()

    def _close_table(self) -> None:
        if self._in_table:
            self._builder.end()
            self._in_table = False


def _language(parameters: str) -> str:
    """The language of `{code:java}` or `{code:title=A.java|language=java}`."""
    for parameter in parameters.split("|"):
        name, equals, value = parameter.partition("=")
        if not equals:
            return name
        if name == "language":
            return value
    return ""
