"""Atlassian Document Format read into a document tree; nodes nobody knows keep their text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from portal.core.text import links
from portal.core.text.builder import Builder, Kind
from portal.core.text.tree import PLAIN, Blocks, Mark, Marks

Node = Mapping[str, object]

_MARKS: Final[dict[str, Mark]] = {"strong": "strong", "em": "em", "code": "code", "strike": "strike"}
_CONTAINERS: Final[dict[str, Kind]] = {
    "blockquote": "quote",
    "panel": "quote",
    "bulletList": "list",
    "orderedList": "list",
    "taskList": "list",
    "decisionList": "list",
    "listItem": "entry",
    "taskItem": "entry",
    "blockTaskItem": "entry",
    "decisionItem": "entry",
    "table": "table",
    "tableRow": "row",
    "tableHeader": "cell",
    "tableCell": "cell",
}
_CARDS: Final = frozenset({"inlineCard", "blockCard", "embedCard"})
_MEDIA: Final = frozenset({"media", "mediaInline"})
#: Nodes that stand inside a paragraph; every other one ends the paragraph before and after itself.
_INLINE: Final = frozenset(
    {"text", "hardBreak", "mention", "emoji", "date", "status", "inlineCard", "mediaInline", "placeholder"}
    | {"inlineExtension"}
)

Step = tuple[Node, str] | Callable[[], None]


def read(doc: Node) -> Blocks:
    """The blocks of a document or of any node of one; wrong shapes are passed over, nothing raises.

    Walked with an own stack: a stranger's document may be nested deeper than Python's.
    """
    builder = Builder()
    stack: list[Step] = [(doc, "")]
    while stack:
        step = stack.pop()
        if callable(step):
            step()
        else:
            node, parent = step
            stack.extend(reversed(list(_steps(builder, node, parent=parent))))
    return builder.finish()


def _steps(builder: Builder, node: Node, *, parent: str) -> Iterator[Step]:
    """Deal with one node and return what is to be done for its content and after it."""
    kind = _text(node.get("type"))
    if kind in _INLINE:
        _read_inline(builder, node, kind)
        return
    builder.flush()
    children = list(_children(node))
    if kind in _CONTAINERS:
        _begin(builder, node, kind)
        yield from ((child, kind) for child in children)
        yield builder.end
    elif kind == "codeBlock":
        builder.code("".join(_words(children)), _text(_attrs(node).get("language")))
    elif kind == "rule":
        builder.divider()
    else:
        _read_own_text(builder, node, kind)
        yield from ((child, kind) for child in children)
        yield _end(builder, node, kind)


def _end(builder: Builder, node: Node, kind: str) -> Callable[[], None]:
    level = _number(_attrs(node).get("level")) or 1

    def end() -> None:
        builder.flush(level=min(max(level, 1), 6) if kind == "heading" else 0)

    return end


def _begin(builder: Builder, node: Node, kind: str) -> None:
    attrs = _attrs(node)
    if kind == "orderedList":
        order = _number(attrs.get("order"))
        builder.begin("list", start=1 if order is None else order)
    elif kind in {"taskItem", "blockTaskItem"}:
        builder.begin("entry", done=attrs.get("state") == "DONE")
    elif kind == "tableHeader":
        builder.begin("cell", head=True)
    else:
        builder.begin(_CONTAINERS[kind])


def _read_own_text(builder: Builder, node: Node, kind: str) -> None:
    """What a block says by its attributes: a file's name, a card's address, the title of an expand."""
    attrs = _attrs(node)
    if kind in _MEDIA:
        builder.text(_media(attrs))
    elif kind in _CARDS:
        _read_card(builder, attrs)
    elif kind in {"expand", "nestedExpand"}:
        builder.text(_text(attrs.get("title")), frozenset({"strong"}))
        builder.flush()
    elif kind != "doc":
        builder.text(_text(node.get("text")) or _text(attrs.get("text")))


def _read_inline(builder: Builder, node: Node, kind: str) -> None:
    attrs = _attrs(node)
    marks, href = _marks(node)
    if kind == "text":
        builder.text(_text(node.get("text")), marks, href)
    elif kind == "hardBreak":
        builder.line_break()
    elif kind == "inlineCard":
        _read_card(builder, attrs)
    elif kind == "mediaInline":
        builder.text(_media(attrs), marks, href)
    elif kind == "date":
        builder.text(_date(_text(attrs.get("timestamp"))), marks, href)
    elif kind == "mention":
        builder.text(_mention(_text(attrs.get("text"))), marks, href)
    else:
        builder.text(_text(attrs.get("text")) or _text(attrs.get("shortName")), marks, href)
        for child in _children(node):
            builder.text("".join(_words([child])), marks, href)


def _mention(name: str) -> str:
    """The person's name as plain words; the account id is nobody else's business."""
    return f"@{name.lstrip('@') or 'someone'}"


def _media(attrs: Node) -> str:
    name = _text(attrs.get("alt")) or _text(attrs.get("__fileName")) or _text(attrs.get("fileName"))
    return links.note("file", name or links.file_name(_text(attrs.get("url"))))


def _read_card(builder: Builder, attrs: Node) -> None:
    data = attrs.get("data")
    linked = data if isinstance(data, Mapping) else {}
    address = _text(attrs.get("url")) or _text(linked.get("url")) or _text(linked.get("@id"))
    builder.text(_text(linked.get("name")) or address, PLAIN, links.tidy(address))


def _date(timestamp: str) -> str:
    """Milliseconds since 1970 as an ISO date in UTC; what is no number stays as it is."""
    try:
        return datetime.fromtimestamp(int(timestamp) / 1000, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return timestamp


def _marks(node: Node) -> tuple[Marks, str]:
    marks: set[Mark] = set()
    href = ""
    for mark in _nodes(node.get("marks")):
        kind = _text(mark.get("type"))
        if kind in _MARKS:
            marks.add(_MARKS[kind])
        elif kind == "link":
            href = links.tidy(_text(_attrs(mark).get("href")))
    return frozenset(marks), href


def _words(nodes: Sequence[Node]) -> Iterator[str]:
    """All text below the nodes, a hardBreak as a line end."""
    stack = list(reversed(nodes))
    while stack:
        node = stack.pop()
        if node.get("type") == "hardBreak":
            yield "\n"
        yield _text(node.get("text")) or _text(_attrs(node).get("text"))
        stack.extend(reversed(list(_children(node))))


def _children(node: Node) -> Iterator[Node]:
    return _nodes(node.get("content"))


def _nodes(value: object) -> Iterator[Node]:
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        yield from (entry for entry in value if isinstance(entry, Mapping))


def _attrs(node: Node) -> Node:
    attrs = node.get("attrs")
    return attrs if isinstance(attrs, Mapping) else {}


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _number(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) and -1e9 < value < 1e9 else None
