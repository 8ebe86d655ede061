"""The part of Atlassian's document schema that our documents use, as a checker for the tests."""

from typing import Any

BLOCKS = {
    "paragraph",
    "heading",
    "bulletList",
    "orderedList",
    "taskList",
    "blockquote",
    "codeBlock",
    "rule",
    "table",
}
LIST_CONTENT = {"paragraph", "bulletList", "orderedList", "codeBlock"}
CHILDREN: dict[str, set[str]] = {
    "doc": BLOCKS,
    "paragraph": {"text", "hardBreak"},
    "heading": {"text", "hardBreak"},
    "bulletList": {"listItem"},
    "orderedList": {"listItem"},
    "listItem": LIST_CONTENT,
    "taskList": {"taskItem", "taskList"},
    "taskItem": {"text", "hardBreak"},
    "blockquote": LIST_CONTENT,
    "codeBlock": {"text"},
    "table": {"tableRow"},
    "tableRow": {"tableHeader", "tableCell"},
    "tableHeader": {"paragraph"},
    "tableCell": {"paragraph"},
}
LEAVES = {"rule", "hardBreak"}
MAY_BE_EMPTY = {"doc", "paragraph", "heading", "codeBlock", "taskItem"}


def faults(doc: dict[str, Any]) -> list[str]:
    """Everything in the document that Jira would answer with 400."""
    found = [] if doc.get("version") == 1 and doc.get("type") == "doc" else ["no document of version 1"]
    stack: list[tuple[dict[str, Any], str]] = [(doc, "root")]
    while stack:
        node, parent = stack.pop()
        kind = node["type"]
        if parent != "root" and kind not in CHILDREN[parent]:
            found.append(f"{kind} in {parent}")
        if kind == "text":
            found += _text_faults(node, parent)
        elif kind in LEAVES:
            found += [f"content in {kind}"] if "content" in node else []
        else:
            content = node["content"]
            found += [f"empty {kind}"] if not content and kind not in MAY_BE_EMPTY else []
            found += _first_child_faults(kind, content)
            stack += [(child, kind) for child in content]
    return found


def _first_child_faults(kind: str, content: list[dict[str, Any]]) -> list[str]:
    first = content[0]["type"] if content else ""
    if kind == "listItem" and first not in {"paragraph", "codeBlock"}:
        return [f"listItem begins with {first}"]
    return ["taskList begins with taskList"] if kind == first == "taskList" else []


def _text_faults(node: dict[str, Any], parent: str) -> list[str]:
    found = [] if node["text"] else ["empty text"]
    marks = [mark["type"] for mark in node.get("marks", [])]
    if len(marks) != len(set(marks)) or not set(marks) <= {"strong", "em", "strike", "code", "link"}:
        found.append(f"marks {marks}")
    if "code" in marks and set(marks) - {"code", "link"}:
        found.append(f"code beside {marks}")
    if marks and parent == "codeBlock":
        found.append("marks in codeBlock")
    if parent != "codeBlock" and "\n" in node["text"]:
        found.append("line end in text")
    return found
