"""One line of Jira wiki markup read into marked runs."""

from __future__ import annotations

import re
from html import unescape
from typing import Final

from portal.core.text import links
from portal.core.text.builder import Builder
from portal.core.text.tree import LITERAL, Mark, Marks

_TOKEN: Final = re.compile(
    r"""
      (?P<break>\\\\[ ]?)
    | \\(?P<escaped>[^\w\s]|_)
    | (?P<entity>&(?:\#\d{1,7}|\w{2,31});)
    | \{\{(?P<code>(?:\\.|[^{}\n])+)\}\}
    | (?P<unseen>\{(?:color|anchor)(?::[^{}\n]*)?\})
    | \[~(?P<mention>[^\[\]\n|]+)\]
    | \[\^(?P<file>[^\[\]\n|]+)[^\[\]\n]*\]
    | \[(?P<link>(?:\\.|[^\[\]\\\n])+)\]
    | !(?P<image>[^\s!|][^!|\n]*)(?:\|[^!\n]*)?!(?!\w)
    | (?P<address>(?:https?|ftp)://[^\s\\|\[\]{}<>*]*[\w/=\#])
    | (?P<literal>-{2,}|_{2,}|\*{2,}|\+{2,}|~{2,}|\?{3,})
    | \{(?P<braced>[*_+^~-])\}
    | (?P<marker>\?\?|[*_+^~-])
    """,
    re.VERBOSE,
)
_MARKS: Final[dict[str, Mark | None]] = {
    **{"*": "strong", "_": "em", "-": "strike", "??": "em"},
    **dict.fromkeys("+^~"),
}
_ESCAPED: Final = re.compile(r"\\([^\w\s]|_)")


def read(builder: Builder, line: str) -> None:
    """Add one line to the builder's open paragraph."""
    _Line(builder, line).read()


class _Line:
    def __init__(self, builder: Builder, line: str) -> None:
        self._builder = builder
        self._line = line
        self._open: list[str] = []
        #: Markers for which the rest of the line is known to hold no end.
        self._endless: set[str] = set()

    def read(self) -> None:
        end = 0
        for token in _TOKEN.finditer(self._line):
            self._say(self._line[end : token.start()])
            self._read_token(token)
            end = token.end()
        self._say(self._line[end:])

    def _read_token(self, token: re.Match[str]) -> None:
        kind, value = token.lastgroup or "", token[token.lastgroup or 0]
        if kind == "break":
            self._builder.line_break()
        elif kind == "code":
            self._builder.text(_plain(value), self._marks() | LITERAL)
        elif kind == "link":
            self._read_link(value)
        elif kind == "image":
            self._read_image(value, token[0])
        elif kind in {"marker", "braced"}:
            self._read_marker(token, value)
        else:
            self._say(_said(kind, value))

    def _read_link(self, value: str) -> None:
        label, bar, target = value.rpartition("|")
        if bar and "|" in label and not links.tidy(target):
            label, _, target = label.rpartition("|")
        href = links.tidy(target)
        shown = _plain(label) if bar else target
        code = label.startswith("{{") and label.endswith("}}")
        if code:
            shown = shown[2:-2]
        if not href and not bar and not target.startswith("#"):
            shown = f"[{_plain(target)}]"
        marks = self._marks() | LITERAL if code else self._marks()
        self._builder.text(shown, marks, href)

    def _read_image(self, value: str, written: str) -> None:
        href = links.tidy(value)
        if not href and "." not in value:
            self._say(_plain(written))
            return
        name = links.file_name(value) or value.rpartition("/")[2]
        self._builder.text(links.note("image", name), self._marks(), href)

    def _read_marker(self, token: re.Match[str], value: str) -> None:
        braced = token.lastgroup == "braced"
        key = token[0]
        if key in self._open and (braced or self._may_end(token)):
            self._open.remove(key)
        elif key not in self._open and (braced or self._may_start(token)) and self._ends_later(token, key):
            self._open.append(key)
        else:
            self._say(token[0])

    def _may_start(self, token: re.Match[str]) -> bool:
        before = self._line[token.start() - 1 : token.start()]
        after = self._line[token.end() : token.end() + 1]
        return not before.isalnum() and bool(after.strip())

    def _may_end(self, token: re.Match[str]) -> bool:
        before = self._line[token.start() - 1 : token.start()]
        after = self._line[token.end() : token.end() + 1]
        return not after.isalnum() and bool(before.strip())

    def _ends_later(self, token: re.Match[str], key: str) -> bool:
        if key in self._endless:
            return False
        mark = re.escape(key)
        pattern = mark if key.startswith("{") else rf"(?<=[^\s\\]){mark}(?![^\W_])"
        if re.compile(pattern).search(self._line, token.end() + 1) is None:
            self._endless.add(key)
            return False
        return True

    def _marks(self) -> Marks:
        named = (_MARKS[key.strip("{}")] for key in self._open)
        return frozenset(mark for mark in named if mark)

    def _say(self, text: str) -> None:
        self._builder.text(text, self._marks())


def _said(kind: str, value: str) -> str:
    """The visible words of a token that is neither markup of a run nor a link."""
    if kind == "entity":
        return unescape(value)
    if kind == "mention":
        return "@someone" if value.startswith("accountid:") else f"@{value}"
    if kind == "file":
        return links.note("file", value)
    return "" if kind == "unseen" else value


def _plain(text: str) -> str:
    """Text of a label or code with its escapes taken off."""
    return unescape(_ESCAPED.sub(r"\1", text))
