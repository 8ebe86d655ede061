"""Atlassian documents into Markdown and back: pairs, validity, robustness."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core.text import adf, markdown_write
from portal.core.text.tree import Blocks

from .adf_schema import faults
from .strategies import TEXTS, TREES

Node = dict[str, Any]


def text(words: str, *marks: str, href: str = "") -> Node:
    named: list[Node] = [{"type": "link", "attrs": {"href": href}}] if href else []
    named += [{"type": mark} for mark in marks]
    return {"type": "text", "text": words, **({"marks": named} if named else {})}


def node(kind: str, *content: Node, **attrs: object) -> Node:
    return {"type": kind, **({"attrs": attrs} if attrs else {}), "content": list(content)}


def para(*content: Node) -> Node:
    return node("paragraph", *content)


def doc(*content: Node) -> Node:
    return {"version": 1, "type": "doc", "content": list(content)}


def item(*content: Node) -> Node:
    return node("listItem", *content)


def cell(words: str, kind: str = "tableCell") -> Node:
    return node(kind, para(text(words)))


BREAK: Node = {"type": "hardBreak"}

#: Markdown and the document it is: read in both directions.
PAIRS: list[tuple[str, Node]] = [
    ("", doc()),
    ("Since noon", doc(para(text("Since noon")))),
    ("one\n\ntwo", doc(para(text("one")), para(text("two")))),
    ("one\\\ntwo", doc(para(text("one"), BREAK, text("two")))),
    ("**bold** text", doc(para(text("bold", "strong"), text(" text")))),
    ("an *aside*", doc(para(text("an "), text("aside", "em")))),
    ("~~gone~~", doc(para(text("gone", "strike")))),
    ("run `make`", doc(para(text("run "), text("make", "code")))),
    ("**_both_**", doc(para(text("both", "strong", "em")))),
    ("[site](https://x.example/a)", doc(para(text("site", href="https://x.example/a")))),
    ("<https://x.example>", doc(para(text("https://x.example", href="https://x.example")))),
    ("[`code`](https://x.example)", doc(para(text("code", "code", href="https://x.example")))),
    ("# Title", doc(node("heading", text("Title"), level=1))),
    ("###### Small", doc(node("heading", text("Small"), level=6))),
    ("***", doc({"type": "rule"})),
    ("- a\n- b", doc(node("bulletList", item(para(text("a"))), item(para(text("b")))))),
    ("1. a\n2. b", doc(node("orderedList", item(para(text("a"))), item(para(text("b"))), order=1))),
    ("7. a", doc(node("orderedList", item(para(text("a"))), order=7))),
    ("- a\n  - b", doc(node("bulletList", item(para(text("a")), node("bulletList", item(para(text("b")))))))),
    ("- a\n\n  b", doc(node("bulletList", item(para(text("a")), para(text("b")))))),
    ("> said", doc(node("blockquote", para(text("said"))))),
    ("> - said", doc(node("blockquote", node("bulletList", item(para(text("said"))))))),
    ("```python\nx = 1\n```", doc(node("codeBlock", text("x = 1"), language="python"))),
    ("```\na\n\n  b\n```", doc(node("codeBlock", text("a\n\n  b")))),
    ("````\n```\n````", doc(node("codeBlock", text("```")))),
    (
        "| h | i |\n| --- | --- |\n| 1 | 2 |",
        doc(
            node(
                "table",
                node("tableRow", cell("h", "tableHeader"), cell("i", "tableHeader")),
                node("tableRow", cell("1"), cell("2")),
            )
        ),
    ),
    ("|  |\n| --- |\n| a\\|b |", doc(node("table", node("tableRow", cell("a|b"))))),
    (
        "- [x] done\n- [ ] open",
        doc(
            node(
                "taskList",
                node("taskItem", text("done"), localId="task-2", state="DONE"),
                node("taskItem", text("open"), localId="task-3", state="TODO"),
                localId="tasks-1",
            )
        ),
    ),
    ("1 \\* 2 \\_x\\_ \\[y]", doc(para(text("1 * 2 _x_ [y]")))),
    ("\\# no heading", doc(para(text("# no heading")))),
    ("\\- no list\\\n1\\. none", doc(para(text("- no list"), BREAK, text("1. none")))),
    ("snake_case_name and C:\\temp", doc(para(text("snake_case_name and C:\\temp")))),
    ("\\<script>alert(1)\\</script>", doc(para(text("<script>alert(1)</script>")))),
]

#: Documents of Jira that say more than Markdown can hold: read only.
READ: list[tuple[Node, str]] = [
    (doc(para(node("mention", id="5b10a", text="@Ada Lovelace"))), "@Ada Lovelace"),
    (doc(para(node("mention", id="5b10a"))), "@someone"),
    (doc(para(node("emoji", shortName=":smile:", text="😄"))), "😄"),
    (doc(para(node("emoji", shortName=":acme:"))), ":acme:"),
    (doc(para(node("inlineCard", url="https://x.example/T-1"))), "<https://x.example/T-1>"),
    (doc(node("blockCard", url="https://x.example/T-1")), "<https://x.example/T-1>"),
    (doc(para(node("date", timestamp="1753470912997"))), "2025-07-25"),
    (doc(para(node("date", timestamp="soon"))), "soon"),
    (doc(para(node("status", text="IN REVIEW", color="blue"))), "IN REVIEW"),
    (
        doc(node("mediaSingle", node("media", id="9", collection="c", type="file", alt="plan.png"))),
        "(file: plan.png)",
    ),
    (doc(node("mediaGroup", node("media", id="9", collection="c", type="file"))), "(file)"),
    (doc(node("panel", para(text("Careful")), panelType="warning")), "> Careful"),
    (doc(node("expand", para(text("inside")), title="More")), "**More**\n\ninside"),
    (doc(node("decisionList", node("decisionItem", text("We do it"), state="DECIDED"))), "- We do it"),
    (
        doc(
            node(
                "layoutSection",
                node("layoutColumn", para(text("left"))),
                node("layoutColumn", para(text("right"))),
            )
        ),
        "left\n\nright",
    ),
    (doc(node("fancyNewBlock", node("fancyPart", para(text("kept"))))), "kept"),
    (doc(para(text("a "), node("fancyInline", text("b")), text(" c"))), "a\n\nb\n\nc"),
    (
        doc(para({"type": "text", "text": "red", "marks": [{"type": "textColor", "attrs": {"color": "#f00"}}]})),
        "red",
    ),
    (doc(para({"type": "text", "text": "u", "marks": [{"type": "underline"}]})), "u"),
    (doc(para(text("x", href="javascript:alert(1)"))), "x"),
    (doc(para(text(" lead"), text("bold ", "strong"), text("next"))), "lead**bold** next"),
    (doc(para(text("Note:", "strong"), text("text"))), "**Note:**&#116;ext"),
    (doc(para(text(""))), ""),
    (doc(para(text("a\nb"))), "a\\\nb"),
    (
        doc(node("table", node("tableRow", node("tableCell", para(text("a")), para(text("b")))))),
        "|  |\n| --- |\n| a<br>b |",
    ),
    (
        doc(
            node(
                "taskList",
                node("taskItem", text("a"), state="TODO"),
                node("taskList", node("taskItem", text("b"), state="DONE")),
            )
        ),
        "- [ ] a\n  - [x] b",
    ),
]

#: Markdown that ADF cannot nest: flattened, valid, no word lost.
FLATTENED: list[tuple[str, str]] = [
    ("> # Title", "> **Title**"),
    ("- # Title", "- **Title**"),
    ("> > deep", "> deep"),
    ("- > said", "- said"),
    ("> | a | b |\n> | --- | --- |\n> | 1 | 2 |", "> a | b\n>\n> 1 | 2"),
    ("- a\n- [x] b", "- a\n- \\[x] b"),
    ("> - [ ] b", "> - \\[ ] b"),
    ("**`x`**", "`x`"),
    ("- - a", "- - a"),
]


@pytest.mark.parametrize(("markdown", "document"), PAIRS)
def test_markdown_becomes_the_document(markdown: str, document: Node) -> None:
    assert adf.from_markdown(markdown) == document


@pytest.mark.parametrize(("markdown", "document"), PAIRS)
def test_the_document_becomes_markdown(markdown: str, document: Node) -> None:
    assert adf.to_markdown(document) == markdown


@pytest.mark.parametrize(("document", "markdown"), READ)
def test_what_only_jira_has_becomes_plain_words(document: Node, markdown: str) -> None:
    assert adf.to_markdown(document) == markdown


@pytest.mark.parametrize(("markdown", "back"), FLATTENED)
def test_what_cannot_nest_is_flattened(markdown: str, back: str) -> None:
    assert adf.normal(markdown) == back


@pytest.mark.parametrize("words", ["@Ada Lovelace", "[~ada]", "[~accountid:5b10a]"])
def test_nothing_becomes_a_mention(words: str) -> None:
    assert "mention" not in str(adf.from_markdown(words))


def test_an_account_id_does_not_travel() -> None:
    assert "5b10a" not in adf.to_markdown(doc(para(node("mention", id="5b10a", text=""))))


@settings(max_examples=200, deadline=None)
@given(TREES)
def test_every_tree_is_a_valid_document(tree: Blocks) -> None:
    assert faults(adf.from_markdown(markdown_write.write(tree))) == []


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_every_text_is_a_valid_document(markdown: str) -> None:
    assert faults(adf.from_markdown(markdown)) == []


@settings(max_examples=200, deadline=None)
@given(TREES)
def test_a_second_pass_changes_nothing(tree: Blocks) -> None:
    once = adf.normal(markdown_write.write(tree))
    assert adf.normal(once) == once


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(["type", "content", "attrs", "marks", "text", "level", "order", "url", "timestamp"]),
            st.one_of(
                inner,
                st.sampled_from(["doc", "heading", "table", "tableRow", "tableCell", "listItem", "date"]),
            ),
            max_size=4,
        ),
    ),
    max_leaves=15,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(["type", "content", "attrs", "text"]), JSON))
def test_wrong_shapes_never_raise(document: dict[str, Any]) -> None:
    adf.to_markdown(document)


@pytest.mark.parametrize("kind", ["blockquote", "bulletList", "panel", "table", "unknown"])
def test_a_very_deep_document_keeps_its_words(kind: str) -> None:
    deep: Node = para(text("bottom"))
    for _ in range(10_000):
        deep = node(kind, deep)
    assert "bottom" in adf.to_markdown(doc(deep))


@pytest.mark.parametrize("markdown", [">" * 10_000 + " bottom", "- " * 10_000 + "bottom"])
def test_very_deep_markdown_keeps_its_words(markdown: str) -> None:
    document = adf.from_markdown(markdown)
    assert faults(document) == []
    assert "bottom" in str(document)
