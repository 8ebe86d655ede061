"""A document tree written as Atlassian Document Format that the schema allows everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Literal

from portal.core.text.tree import (
    Block,
    Blocks,
    Break,
    Code,
    Divider,
    Entry,
    Heading,
    Inline,
    Inlines,
    Listing,
    Mark,
    Paragraph,
    Quote,
    Run,
    Table,
    with_mark,
)

Node = dict[str, object]
#: Where a block stands: the schema allows headings, quotes, tables and tasks in the document only.
Place = Literal["doc", "quote", "entry"]

_MARKS: tuple[Mark, ...] = ("strong", "em", "strike")


def write(blocks: Blocks) -> Node:
    """A whole document, version 1. What ADF cannot nest is flattened, its words kept:

    in quotes and list entries headings become bold paragraphs, tables lines of cells, and quotes lose
    their own frame; an entry that may not begin with a list begins with an empty paragraph.
    """
    ids = count(1)
    content = [node for block in blocks for node in _block(block, "doc", ids)]
    return {"version": 1, "type": "doc", "content": content}


def _block(block: Block, place: Place, ids: count[int]) -> Iterator[Node]:
    if isinstance(block, Paragraph):
        yield _paragraph(block.inlines)
    elif isinstance(block, Code):
        yield _code(block)
    elif isinstance(block, Listing):
        yield from _listing(block, place, ids)
    elif isinstance(block, Heading):
        yield _heading(block) if place == "doc" else _paragraph(with_mark(block.inlines, "strong"))
    elif isinstance(block, Quote):
        yield from _quote(block, place, ids)
    elif isinstance(block, Table):
        yield from [_table(block)] if place == "doc" else _table_lines(block)
    elif isinstance(block, Divider) and place == "doc":
        yield {"type": "rule"}


def _paragraph(inlines: Inlines) -> Node:
    return {"type": "paragraph", "content": _inlines(inlines)}


def _heading(block: Heading) -> Node:
    return {"type": "heading", "attrs": {"level": block.level}, "content": _inlines(block.inlines)}


def _code(block: Code) -> Node:
    attrs: Node = {"attrs": {"language": block.language}} if block.language else {}
    return {"type": "codeBlock", **attrs, "content": [{"type": "text", "text": block.text}]}


def _quote(block: Quote, place: Place, ids: count[int]) -> Iterator[Node]:
    inner: Place = "quote" if place == "doc" else place
    content = [node for child in block.blocks for node in _block(child, inner, ids)]
    if place != "doc":
        yield from content
    elif content:
        yield {"type": "blockquote", "content": content}


def _listing(block: Listing, place: Place, ids: count[int]) -> Iterator[Node]:
    if place == "doc" and _is_task_list(block):
        yield _task_list(block, ids)
        return
    items = [item for entry in block.entries if (item := _item(entry, ids))]
    if not items:
        return
    if block.start is None:
        yield {"type": "bulletList", "content": items}
    else:
        yield {"type": "orderedList", "attrs": {"order": block.start}, "content": items}


def _item(entry: Entry, ids: count[int]) -> Node | None:
    content = [node for block in _unboxed(entry) for node in _block(block, "entry", ids)]
    if not content:
        return None
    if content[0]["type"] not in {"paragraph", "codeBlock"}:
        content.insert(0, _paragraph(()))
    return {"type": "listItem", "content": content}


def _unboxed(entry: Entry) -> Blocks:
    """The blocks of an entry, a task's box written as text: ADF knows tasks in lists of tasks only."""
    first, *rest = entry.blocks
    if entry.done is None or not isinstance(first, Paragraph):
        return entry.blocks
    return (Paragraph((Run("[x] " if entry.done else "[ ] "), *first.inlines)), *rest)


def _is_task_list(block: Listing) -> bool:
    return block.start is None and all(
        entry.done is not None
        and (len(entry.blocks) == 1 or (len(entry.blocks) == 2 and _is_nested_task_list(entry.blocks[1])))
        for entry in block.entries
    )


def _is_nested_task_list(block: Block) -> bool:
    return isinstance(block, Listing) and _is_task_list(block)


def _task_list(block: Listing, ids: count[int]) -> Node:
    number = next(ids)
    content: list[Node] = []
    for entry in block.entries:
        first, *rest = entry.blocks
        content.append(
            {
                "type": "taskItem",
                "attrs": {"localId": f"task-{next(ids)}", "state": "DONE" if entry.done else "TODO"},
                "content": _inlines(first.inlines) if isinstance(first, Paragraph) else [],
            }
        )
        content += [_task_list(nested, ids) for nested in rest if isinstance(nested, Listing)]
    return {"type": "taskList", "attrs": {"localId": f"tasks-{number}"}, "content": content}


def _table(block: Table) -> Node:
    rows = [_row(block.head, "tableHeader")] if block.head else []
    rows += [_row(row, "tableCell") for row in block.rows]
    return {"type": "table", "content": rows}


def _row(cells: tuple[Inlines, ...], kind: str) -> Node:
    return {"type": "tableRow", "content": [{"type": kind, "content": [_paragraph(cell)]} for cell in cells]}


def _table_lines(block: Table) -> Iterator[Node]:
    """The rows of a table as paragraphs, the cells parted by bars."""
    for row in (*((block.head,) if block.head else ()), *block.rows):
        cells: list[Inline] = []
        for cell in (cell for cell in row if cell):
            cells += [Run(" | "), *cell] if cells else cell
        if cells:
            yield _paragraph(tuple(cells))


def _inlines(inlines: Inlines) -> list[Node]:
    return [{"type": "hardBreak"} if isinstance(i, Break) else _run(i) for i in inlines]


def _run(run: Run) -> Node:
    """One text node; beside the code mark ADF allows only a link."""
    marks: list[Node] = []
    if run.href:
        marks.append({"type": "link", "attrs": {"href": run.href}})
    if "code" in run.marks:
        marks.append({"type": "code"})
    else:
        marks += [{"type": mark} for mark in _MARKS if mark in run.marks]
    return {"type": "text", "text": run.text, **({"marks": marks} if marks else {})}
