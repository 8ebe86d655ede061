"""Inline text brought into one normal form: merged runs, no blank edges inside marks, no controls."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby

from portal.core.text.tree import PLAIN, Break, Inline, Inlines, Run


def tidy(inlines: Iterable[Inline]) -> Inlines:
    """The normal form: applying it twice changes nothing.

    1. Control characters vanish, line ends in runs become Breaks. 2. Neighbours with equal marks and address
    are one run. 3. Blanks at the edge of a run keep only what both neighbours share, because no language can
    open a mark before a blank. 4. Blanks and Breaks at the ends, and blanks at a Break, vanish.
    """
    pieces = [piece for run in _merged(_lines(inlines)) for piece in _edges(run)]
    return tuple(_merged(_trimmed(_shared(pieces))))


def clean(text: str) -> str:
    """The text without NUL and lone surrogates, its line ends LF: what PostgreSQL and JSON can hold."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return text if text.isascii() else text.encode("utf-8", "ignore").decode("utf-8")


def printable(text: str) -> str:
    """The text without control characters (line ends and tabs stay), surrogates and noncharacters."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c for c in text if c in "\n\t" or (unicodedata.category(c) not in {"Cc", "Cs"} and not _void(c)))


def _void(char: str) -> bool:
    return ord(char) & 0xFFFE == 0xFFFE or "\ufdd0" <= char <= "\ufdef"


def _lines(inlines: Iterable[Inline]) -> Iterator[Inline]:
    for inline in inlines:
        if isinstance(inline, Break):
            yield inline
            continue
        for number, line in enumerate(printable(inline.text).split("\n")):
            if number:
                yield Break()
            yield Run(line, inline.marks, inline.href)


def _merged(inlines: Iterable[Inline]) -> Iterator[Inline]:
    solid = (i for i in inlines if isinstance(i, Break) or i.text)
    for kind, group in groupby(solid, key=lambda i: (i.marks, i.href) if isinstance(i, Run) else None):
        if kind is None:
            yield from group
        else:
            yield Run("".join(i.text for i in group if isinstance(i, Run)), *kind)


def _edges(inline: Inline) -> Iterator[Inline]:
    """A run as its leading blanks, its core and its trailing blanks."""
    if isinstance(inline, Break):
        yield inline
        return
    core = inline.text.strip()
    if not core:
        yield Run(inline.text)
        return
    lead = len(inline.text) - len(inline.text.lstrip())
    for text in (inline.text[:lead], core, inline.text[lead + len(core) :]):
        if text:
            yield Run(text, inline.marks, inline.href)


def _blank(inline: Inline) -> bool:
    return isinstance(inline, Break) or not inline.text.strip()


def _shared(pieces: list[Inline]) -> Iterator[Inline]:
    """Blank pieces reduced to what the nearest words on both sides share."""
    after: list[Run | None] = [None] * len(pieces)
    nearest: Run | None = None
    for index in range(len(pieces) - 1, -1, -1):
        after[index] = nearest
        piece = pieces[index]
        if isinstance(piece, Run) and not _blank(piece):
            nearest = piece
    before: Run | None = None
    for piece, following in zip(pieces, after, strict=True):
        if isinstance(piece, Break):
            yield piece
        elif not _blank(piece):
            before = piece
            yield piece
        elif before is None or following is None:
            yield Run(piece.text)
        else:
            marks = (before.marks & following.marks) - {"code"}
            yield Run(piece.text, marks or PLAIN, before.href if before.href == following.href else "")


def _trimmed(inlines: Iterable[Inline]) -> list[Inline]:
    kept: list[Inline] = []
    for inline in inlines:
        if _blank(inline) and not kept:
            continue
        if isinstance(inline, Break):
            while kept and isinstance(kept[-1], Run) and _blank(kept[-1]):
                kept.pop()
        elif _blank(inline) and isinstance(kept[-1], Break):
            continue
        kept.append(inline)
    while kept and _blank(kept[-1]):
        kept.pop()
    return kept
