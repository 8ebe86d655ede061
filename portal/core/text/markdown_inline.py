"""Inline text written as Markdown that reads back as the same marks and words, whatever the words are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest
from typing import Literal

from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace

from portal.core.text.tree import PLAIN, Break, Inlines, Mark, Marks, Run

_DELIMITER: dict[Mark, str] = {"strong": "**", "em": "*", "strike": "~~"}
#: The order of marks that begin and end together, outermost first.
_ORDER: tuple[Mark, ...] = ("strong", "em", "strike")
_STYLES: Marks = frozenset(_DELIMITER)

_SPECIAL = re.compile(r"[\\`*_\[\]<~&]")
_LINE_START = re.compile(r"#{1,6}(?=\s|$)|>|\+(?=\s|$)|-(?=[\s|:-]|$)|=(?=[\s=]|$)|\||:-")
_NUMBERED = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
_AUTOLINK = re.compile(r"(?:https?|ftp)://[^\s<>]+")
_BACKTICKS = re.compile(r"`+")
_ENTITY = re.compile(r"&(?=#|[A-Za-z])")


@dataclass(slots=True)
class _Part:
    kind: Literal["text", "open", "close"]
    text: str


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is written in one piece: a run of text, a code span, a whole link or a line end (marks unset)."""

    text: str
    marks: Marks | None
    kind: Literal["text", "code", "link", "break"]


def write(inlines: Inlines, *, in_cell: bool = False) -> str:
    """The Markdown of tidy inlines; lines are parted by a backslash and line end, in a cell by `<br>`."""
    written = _joined(list(_units(inlines, in_cell=in_cell)), at_line_start=not in_cell)
    return written.replace("|", "\\|") if in_cell else written


def escape(text: str, *, in_link: bool = False) -> str:
    """Foreign text with a backslash before what Markdown would read as markup anywhere in a line."""

    def guard(found: re.Match[str]) -> str:
        return f"\\{found[0]}" if _is_risky(found, in_link=in_link) else found[0]

    return _SPECIAL.sub(guard, text)


def _is_risky(found: re.Match[str], *, in_link: bool) -> bool:
    """Whether one special character could act; at the edges of the text the neighbours are not known."""
    text, char = found.string, found[0]
    before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
    if char == "]":
        return in_link
    if char == "_":
        return not (before.isalnum() and after.isalnum())
    if char == "~":
        return before in {"", "~"} or after in {"", "~"}
    if char == "\\":
        return not after or isMdAsciiPunct(ord(after))
    if char in "<&":
        return not after or after.isalpha() or after in "/!?#"
    return True


def _units(inlines: Inlines, *, in_cell: bool, in_link: bool = False) -> Iterator[_Unit]:
    for href, group in groupby(inlines, key=lambda i: i.href if isinstance(i, Run) else ""):
        if href and not in_link:
            yield _link(tuple(i for i in group if isinstance(i, Run)), href, in_cell=in_cell)
            continue
        for inline in group:
            if isinstance(inline, Break):
                yield _Unit("<br>" if in_cell else "\\\n", None, "break")
            elif "code" in inline.marks:
                yield _Unit(_code(inline.text), inline.marks & _STYLES, "code")
            else:
                yield _Unit(escape(inline.text, in_link=in_link), inline.marks, "text")


def _link(runs: Sequence[Run], href: str, *, in_cell: bool) -> _Unit:
    shared = frozenset.intersection(*(run.marks for run in runs)) & _STYLES
    if len(runs) == 1 and runs[0].text == href and "code" not in runs[0].marks and _AUTOLINK.fullmatch(href):
        return _Unit(f"<{href}>", shared, "link")
    inner = tuple(Run(run.text, run.marks - shared, href) for run in runs)
    label = _joined(list(_units(inner, in_cell=in_cell, in_link=True)), at_line_start=False)
    target = _ENTITY.sub(r"\\&", href)
    return _Unit(f"[{label}](<{target}>)" if {"(", ")"} & set(target) else f"[{label}]({target})", shared, "link")


def _code(text: str) -> str:
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _joined(units: list[_Unit], *, at_line_start: bool) -> str:
    """The units with the delimiters of their marks between them."""
    marks = _marks(units)
    parts: list[_Part] = []
    stack: list[Mark] = []
    delimiter = _delimiters(marks)
    fresh = at_line_start
    for position, unit in enumerate(units):
        wanted = marks[position]
        while not wanted.issuperset(stack):
            parts.append(_Part("close", delimiter[stack.pop()]))
        for mark in sorted(wanted.difference(stack), key=lambda m: (-_extent(marks, position, m), _ORDER.index(m))):
            stack.append(mark)
            parts.append(_Part("open", delimiter[mark]))
        text = _at_line_start(unit.text) if fresh and unit.kind == "text" and _is_first(parts) else unit.text
        if unit.kind == "link" and parts and parts[-1].kind == "text" and parts[-1].text.endswith("!"):
            parts[-1].text = f"{parts[-1].text[:-1]}\\!"
        parts.append(_Part("text", text))
        fresh = at_line_start and unit.kind == "break"
    parts += [_Part("close", delimiter[mark]) for mark in reversed(stack)]
    _separate(parts)
    return "".join(part.text for part in parts)


def _delimiters(marks: list[Marks]) -> dict[Mark, str]:
    """`*` for emphasis, but `_` beside strong: stars of both in one row could be paired in another way."""
    if any({"em", "strong"} <= one | other for one, other in zip_longest(marks, marks[1:], fillvalue=PLAIN)):
        return _DELIMITER | {"em": "_"}
    return _DELIMITER


def _is_first(parts: list[_Part]) -> bool:
    return not parts or parts[-1].text.endswith("\n")


def _at_line_start(text: str) -> str:
    """Text at the start of a line, kept from opening a heading, list, quote, table or underline."""
    if _LINE_START.match(text):
        return f"\\{text}"
    return _NUMBERED.sub(r"\1\\\2", text, count=1) if _NUMBERED.match(text) else text


def _marks(units: list[_Unit]) -> list[Marks]:
    """The marks of each unit; a line end carries what its neighbours share."""
    marks: list[Marks] = []
    after: Marks = frozenset()
    following: list[Marks] = []
    for unit in reversed(units):
        following.append(after)
        after = unit.marks if unit.marks is not None else after
    for unit, later in zip(units, reversed(following), strict=True):
        before = marks[-1] if marks else frozenset()
        marks.append(unit.marks if unit.marks is not None else before & later)
    return marks


def _extent(marks: list[Marks], position: int, mark: Mark) -> int:
    """Over how many units from `position` on a mark holds: the longest is opened first."""
    end = position
    while end < len(marks) and mark in marks[end]:
        end += 1
    return end - position


def _separate(parts: list[_Part]) -> None:
    """Write letters beside delimiters as character references where the delimiters would not act otherwise.

    CommonMark lets `**` open or close between punctuation and a letter only on one side ("flanking"),
    and `_` never beside a letter outside.
    """
    for _ in range(3):
        changed = False
        for first, last in _delimiter_runs(parts):
            before = parts[first - 1] if first else None
            after = parts[last] if last < len(parts) else None
            if before is None or after is None:
                continue
            within_word = parts[first].text == "_"
            opens = any(part.kind == "open" for part in parts[first:last])
            closes = any(part.kind == "close" for part in parts[first:last])
            if (opens and _needs_reference(before.text[-1], after.text[0], within_word=within_word)) or (
                closes and before.text[-1].isspace()
            ):
                before.text = _last_referenced(before.text)
            elif (closes and _needs_reference(after.text[0], before.text[-1], within_word=within_word)) or (
                opens and after.text[0].isspace()
            ):
                after.text = _first_referenced(after.text)
            else:
                continue
            changed = True
        if not changed:
            return


def _needs_reference(outside: str, inside: str, *, within_word: bool) -> bool:
    return _is_letter(outside) and (within_word or inside.isspace() or _is_punctuation(inside))


def _last_referenced(text: str) -> str:
    """The last character as a reference; what stood raw before a letter is escaped before its `&`."""
    rest = text[:-1]
    if rest.endswith("\\"):
        rest = f"{rest}\\"
    elif rest.endswith("_") and not rest.endswith("\\_"):
        rest = f"{rest[:-1]}\\_"
    return f"{rest}&#{ord(text[-1])};"


def _first_referenced(text: str) -> str:
    rest = text[1:]
    return f"&#{ord(text[0])};\\{rest}" if rest.startswith("_") else f"&#{ord(text[0])};{rest}"


def _delimiter_runs(parts: list[_Part]) -> Iterator[tuple[int, int]]:
    """Where delimiters of one character stand side by side: [first, last) in parts."""
    first = 0
    while first < len(parts):
        last = first
        while last < len(parts) and parts[last].kind != "text" and parts[last].text[0] == parts[first].text[0]:
            last += 1
        if last > first:
            yield first, last
        first = max(last, first + 1)


def _is_punctuation(char: str) -> bool:
    return isMdAsciiPunct(ord(char)) or isPunctChar(char)


def _is_letter(char: str) -> bool:
    return not _is_punctuation(char) and not isWhiteSpace(ord(char)) and char != "\n"
