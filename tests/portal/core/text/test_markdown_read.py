"""What the Markdown reader makes of odd, deep and hostile texts."""

import pytest
from hypothesis import given, settings

from portal.core.text import markdown_read, markdown_write

from .strategies import TEXTS

#: Markdown as people write it, and its canonical form.
FORMS: list[tuple[str, str]] = [
    ("Title\n===", "# Title"),
    ("## closed ##", "## closed"),
    ("__bold__ _em_", "**bold** *em*"),
    ("* a\n* b", "- a\n- b"),
    ("- a\n\n- b", "- a\n- b"),
    ("1) a", "1. a"),
    ("- a\n\n\n1. b", "- a\n\n1. b"),
    ("- a\n\n<!-- -->\n\n- b", "- a\n\n\\<!-- -->\n\n- b"),
    ("    code", "```\ncode\n```"),
    ("~~~ruby x=1\ny\n~~~", "```ruby\ny\n```"),
    ("line\nline", "line\\\nline"),
    ("line  \nline", "line\\\nline"),
    ("a<br>b", "a\\\nb"),
    ("a <b>b</b>", "a \\<b>b\\</b>"),
    ("[ERROR]: timeout", "\\[ERROR]: timeout"),
    ("# # #", "# \\#"),
    ("```\na\n\n\n```", "```\na\n```"),
    ("![plan](https://x.example/p.png)", "[(image: plan)](https://x.example/p.png)"),
    ("[x](javascript:alert(1))", "x"),
    ("[x](/relative)", "x"),
    ("[x](www.x.example)", "[x](https://www.x.example)"),
    ("<a@b.example>", "[a@b.example](mailto:a@b.example)"),
    ("&copy; &amp;copy;", "© \\&copy;"),
    ("a|b\n-|-\n1", "| a | b |\n| --- | --- |\n| 1 |  |"),
    ("* [X] a", "- [x] a"),
    ("- [ ]", "- \\[ ]"),
    (">a\nb", "> a\\\n> b"),
    ("***a** b*", "_**a** b_"),
    ("\x00a\ud800", "a"),
]


@pytest.mark.parametrize(("written", "canonical"), FORMS)
def test_a_text_takes_its_canonical_form(written: str, canonical: str) -> None:
    assert markdown_write.write(markdown_read.read(written)) == canonical


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_the_canonical_form_stays(text: str) -> None:
    once = markdown_write.write(markdown_read.read(text))
    assert markdown_write.write(markdown_read.read(once)) == once


@pytest.mark.parametrize(
    "text",
    [
        ">" * 10_000 + " bottom",
        "- " * 10_000 + "bottom",
        "1. " * 10_000 + "bottom",
        "\n".join(" " * 2 * depth + "- bottom" for depth in range(300)),
        "[" * 5_000 + "bottom",
        "![" * 5_000 + "bottom",
        "*a **b " * 2_000 + "bottom",
        "`" * 5_001 + "bottom",
        "<" * 10_000 + "bottom",
        "| a " * 2_000 + "bottom",
        "~~" * 5_000 + "bottom",
        "\\" * 10_000 + " bottom",
    ],
    ids=[
        "quotes",
        "lists",
        "numbers",
        "indents",
        "links",
        "images",
        "marks",
        "ticks",
        "tags",
        "cells",
        "strikes",
        "slashes",
    ],
)
def test_endless_markup_keeps_its_words(text: str) -> None:
    assert "bottom" in markdown_write.write(markdown_read.read(text))
