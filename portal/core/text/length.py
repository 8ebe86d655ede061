"""Texts cleaned, cut to a tracker's limit between whole characters, and compared as a reader would."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from portal.core.text import markdown_inline, markdown_read, markdown_write
from portal.core.text.inline import clean

__all__ = ["Cut", "Unit", "clean", "cut", "measure", "same"]

Unit = Literal["chars", "bytes", "utf16"]

_ENCODING: dict[Unit, str] = {"bytes": "utf-8", "utf16": "utf-16-le"}
_WIDTH: dict[Unit, int] = {"bytes": 1, "utf16": 2}

#: An address written as its own link, as `markdown_inline` writes it.
_OWN_LINK = re.compile(r"<((?:https?|ftp)://[^\s<>]+)>")

_ZWJ = "\u200d"
_ZWNJ = "\u200c"
_REGIONAL = ("\U0001f1e6", "\U0001f1ff")
_SKIN = ("\U0001f3fb", "\U0001f3ff")
_TAGS = ("\U000e0020", "\U000e007f")
_HALF_WIDTH_VOICED = ("\uff9e", "\uff9f")
#: Signs that stand before the letter they belong to (Unicode: Grapheme_Cluster_Break=Prepend).
_PREPENDED = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\u0d4e"
    "\U000110bd\U000110cd\U000111c2\U000111c3\U000113d1\U0001193f\U00011941\U00011a3a\U00011d46\U00011f02"
)


@dataclass(frozen=True, slots=True)
class Cut:
    """A text that fits, and whether something is missing from it."""

    text: str
    was_cut: bool


def measure(text: str, unit: Unit) -> int:
    """How long a clean text is: code points, UTF-8 bytes or UTF-16 code units."""
    return len(text) if unit == "chars" else len(text.encode(_ENCODING[unit])) // _WIDTH[unit]


def cut(text: str, *, limit: int, unit: Unit = "chars", note: str = "…") -> Cut:
    """The cleaned text, cut so that it and the note together are at most `limit` units long.

    Cuts only between grapheme clusters. Where the note itself does not fit it is left away; where not even
    the first cluster fits, nothing of the text remains.
    """
    text = clean(text)
    if measure(text, unit) <= limit:
        return Cut(text, was_cut=False)
    note = clean(note)
    if measure(note, unit) > limit:
        note = ""
    end = _fitting(text, room=max(limit, 0) - measure(note, unit), unit=unit)
    while end and not _may_part(text, end):
        end -= 1
    return Cut(text[:end].rstrip() + note, was_cut=True)


def _fitting(text: str, *, room: int, unit: Unit) -> int:
    """How many code points of the text fit into `room` units."""
    if unit == "chars":
        return min(room, len(text))
    # No text has more code points than units, so the rest need not be encoded.
    data = text[:room].encode(_ENCODING[unit])[: room * _WIDTH[unit]]
    return len(data.decode(_ENCODING[unit], "ignore"))


def _may_part(text: str, end: int) -> bool:
    """Whether a reader sees two characters on both sides of `end`; in doubt not."""
    before, after = text[end - 1], text[end]
    if _ZWJ in (before, after) or _extends(after) or before in _PREPENDED or before + after == "\r\n":
        return False
    if _within(before, _REGIONAL) and _within(after, _REGIONAL):
        return _regional_run(text, end) % 2 == 0
    if _is_hangul(before) and _is_hangul(after):
        return _starts_syllable(after) and not _is_leading(before)
    return not _joins_next(text, end)


def _extends(char: str) -> bool:
    if unicodedata.category(char) in {"Mn", "Me", "Mc"} or char == _ZWNJ or char in "\u0e33\u0eb3":
        return True
    return any(_within(char, bounds) for bounds in (_SKIN, _TAGS, _HALF_WIDTH_VOICED))


def _within(char: str, bounds: tuple[str, str]) -> bool:
    return bounds[0] <= char <= bounds[1]


def _regional_run(text: str, end: int) -> int:
    """How many regional indicators stand right before `end`: flags are pairs of them."""
    start = end
    while start and _within(text[start - 1], _REGIONAL):
        start -= 1
    return end - start


def _is_hangul(char: str) -> bool:
    return any(_within(char, bounds) for bounds in (("\u1100", "\u11ff"), ("\ua960", "\ua97f"), ("\uac00", "\ud7ff")))


def _is_leading(char: str) -> bool:
    return "\u1100" <= char <= "\u115f" or "\ua960" <= char <= "\ua97f"


def _starts_syllable(char: str) -> bool:
    return _is_leading(char) or "\uac00" <= char <= "\ud7a3"


def _joins_next(text: str, end: int) -> bool:
    """Whether a virama before `end` binds the next consonant (conjuncts of Indic scripts)."""
    start = end
    while start and unicodedata.category(text[start - 1]) in {"Mn", "Mc", "Me"}:
        start -= 1
        if unicodedata.combining(text[start]) == 9:
            return unicodedata.category(text[end]) == "Lo"
    return False


def same(a: str, b: str, *, through: Callable[[str], str] = str) -> bool:
    """Whether two Markdown texts say the same, so that a body which a tracker normalised is recognised.

    Compared are the texts and then what they render to, under NFC, without regard to blanks, line ends,
    the ways to write one markup, and whether an address that is its own text is a link.
    `through` is the way there and back of a language that cannot hold everything (`adf.normal`, say):
    both texts are then compared by what comes back.
    """
    if _folded(a) == _folded(b):
        return True
    return _rendered(through(a)) == _rendered(through(b))


def _folded(text: str) -> str:
    lines = unicodedata.normalize("NFC", clean(text)).split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def _rendered(text: str) -> str:
    written = markdown_write.write(markdown_read.read(_folded(text)))
    return " ".join(_OWN_LINK.sub(lambda own: markdown_inline.escape(own[1]), written).split())
