"""One line of Textile read into marked runs."""

from __future__ import annotations

import re
from html import unescape
from typing import Final

from portal.core.text import links
from portal.core.text.builder import Builder
from portal.core.text.tree import LITERAL, Mark, Marks

_TOKEN: Final = re.compile(
    r"""
      (?P<entity>&(?:\#\d{1,7}|\w{2,31});)
    | <code[^>]*>(?P<tagged>.*?)</code>
    | <notextile>(?P<bare>.*?)</notextile>
    | (?<!\w)@(?P<code>[^\s@](?:[^@]*[^\s@])?)@(?!\w)
    | \[\[(?P<wiki>[^\[\]\n]+)\]\]
    | "(?P<label>[^"\n]+)":(?P<target>(?:https?://|ftp://|mailto:|/|www\.)[^\s<>"]*[\w/=])
    | (?<![\w!])!(?P<image>[^\s!]+\.[^\s!]+)!(?::\S+)?
    | (?P<address>(?:https?|ftp)://[^\s\\|\[\]{}<>*"]*[\w/=\#])
    | (?P<literal>-{2,}|\+{2,}|~{2,}|\?{3,}|\*{3,}|_{3,})
    | (?P<marker>\?\?|\*\*|__|[*_+^~%-])
    """,
    re.VERBOSE,
)
_MARKS: Final[dict[str, Mark | None]] = {
    **{"*": "strong", "**": "strong", "_": "em", "__": "em", "??": "em", "-": "strike"},
    **dict.fromkeys("+^~%"),
}
#: a look at the start of a marked run: %{color:red}words%
_STYLE: Final = re.compile(r"(?:\{[^{}\n]*\}|\([^()\n]*\))+(?=\S)")


def read(builder: Builder, line: str) -> None:
    """Add one line to the builder's open paragraph."""
    _Line(builder, line).read()


class _Line:
    def __init__(self, builder: Builder, line: str) -> None:
        self._builder = builder
        self._line = line
        self._open: list[str] = []
        #: markers for which the rest of the line is known to hold no end
        self._endless: set[str] = set()

    def read(self) -> None:
        end = 0
        while (token := _TOKEN.search(self._line, end)) is not None:
            self._say(self._line[end : token.start()])
            end = self._read_token(token)
        self._say(self._line[end:])

    def _read_token(self, token: re.Match[str]) -> int:
        """Read one token; where the next begins."""
        kind = token.lastgroup or ""
        value = token[kind]
        if kind in {"code", "tagged"}:
            self._builder.text(unescape(value), self._marks() | LITERAL)
        elif kind == "target":
            self._read_link(token["label"], value)
        elif kind == "image":
            name = links.file_name(value) or value.rpartition("/")[2]
            self._builder.text(links.note("image", name), self._marks(), links.tidy(value))
        elif kind == "wiki":
            target, bar, label = value.partition("|")
            self._say(label if bar else target)
        elif kind == "marker":
            return self._read_marker(token, value)
        else:
            self._say(unescape(value) if kind in {"entity", "bare"} else value)
        return token.end()

    def _read_link(self, label: str, target: str) -> None:
        href = links.tidy(target)
        self._builder.text(unescape(label), self._marks(), href)

    def _read_marker(self, token: re.Match[str], marker: str) -> int:
        if marker in self._open and self._may_end(token):
            del self._open[self._open.index(marker) :]
        elif marker not in self._open and self._may_start(token) and self._ends_later(token, marker):
            self._open.append(marker)
            style = _STYLE.match(self._line, token.end())
            return style.end() if style else token.end()
        else:
            self._say(token[0])
        return token.end()

    def _may_start(self, token: re.Match[str]) -> bool:
        before = self._line[token.start() - 1 : token.start()]
        after = self._line[token.end() : token.end() + 1]
        return not before.isalnum() and bool(after.strip())

    def _may_end(self, token: re.Match[str]) -> bool:
        before = self._line[token.start() - 1 : token.start()]
        after = self._line[token.end() : token.end() + 1]
        return not after.isalnum() and bool(before.strip())

    def _ends_later(self, token: re.Match[str], marker: str) -> bool:
        if marker in self._endless:
            return False
        pattern = rf"(?<=\S){re.escape(marker)}(?![^\W_])"
        if re.compile(pattern).search(self._line, token.end() + 1) is None:
            self._endless.add(marker)
            return False
        return True

    def _marks(self) -> Marks:
        named = (_MARKS[marker] for marker in self._open)
        return frozenset(mark for mark in named if mark)

    def _say(self, text: str) -> None:
        self._builder.text(text, self._marks())
