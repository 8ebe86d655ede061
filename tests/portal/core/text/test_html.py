"""Zendesk's HTML into Markdown and back: pairs, robustness."""

import pytest
from hypothesis import given, settings

from portal.core.text import html, markdown_read, markdown_write
from portal.core.text.tree import Blocks

from .strategies import TEXTS, TREES

#: Markdown and the HTML it is: read in both directions.
PAIRS: list[tuple[str, str]] = [
    ("", ""),
    ("Since noon", "<p>Since noon</p>"),
    ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
    ("one\\\ntwo", "<p>one<br>two</p>"),
    ("**bold** text", "<p><strong>bold</strong> text</p>"),
    ("an *aside*", "<p>an <em>aside</em></p>"),
    ("~~gone~~", "<p><del>gone</del></p>"),
    ("run `a < b`", "<p>run <code>a &lt; b</code></p>"),
    ("**_both_**", "<p><strong><em>both</em></strong></p>"),
    ("[site](https://x.example/a)", '<p><a href="https://x.example/a">site</a></p>'),
    ("<https://x.example>", '<p><a href="https://x.example">https://x.example</a></p>'),
    ("[a@b.example](mailto:a@b.example)", '<p><a href="mailto:a@b.example">a@b.example</a></p>'),
    ("# Title", "<h1>Title</h1>"),
    ("#### Fourth", "<h4>Fourth</h4>"),
    ("***", "<hr>"),
    ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
    ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
    ("7. a", '<ol start="7"><li>a</li></ol>'),
    ("- a\n  - b", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
    ("- a\n\n  b", "<ul><li><p>a</p>\n<p>b</p></li></ul>"),
    ("- [x] done\n- [ ] open", "<ul><li>☑ done</li><li>☐ open</li></ul>"),
    ("> said", "<blockquote><p>said</p></blockquote>"),
    ("> > deep", "<blockquote><blockquote><p>deep</p></blockquote></blockquote>"),
    ("```python\nx = 1\n```", '<pre><code class="language-python">x = 1\n</code></pre>'),
    ("```\n<b>\n```", "<pre><code>&lt;b&gt;\n</code></pre>"),
    (
        "| h | i |\n| --- | --- |\n| 1 | 2 |",
        "<table><thead><tr><th>h</th><th>i</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>",
    ),
    ("|  |\n| --- |\n| a<br>b |", "<table><tbody><tr><td>a<br>b</td></tr></tbody></table>"),
    ("Tom & \\<b>Jerry\\</b>", "<p>Tom &amp; &lt;b&gt;Jerry&lt;/b&gt;</p>"),
    ("1 \\* 2", "<p>1 * 2</p>"),
]

#: HTML as people's programs write it: read only.
READ: list[tuple[str, str]] = [
    ('<div class="zd-comment" dir="auto"><p dir="auto">Since&nbsp;noon</p></div>', "Since noon"),
    ("<div>one</div><div>two</div>", "one\n\ntwo"),
    ("<div>one<div>two</div>three</div>", "one\n\ntwo\n\nthree"),
    ("plain\ntext  with   blanks", "plain text with blanks"),
    ("<b>bold </b>next", "**bold** next"),
    ("<b>Note:</b>text", "**Note:**&#116;ext"),
    ("<p><b>a</b><i>b</i></p>", "**a**_b_"),
    ("<p>&nbsp;</p><p>x</p><p><br></p>", "x"),
    ("<span style='color:red'>red</span> <font>old</font> <u>under</u>", "red old under"),
    ("<ul><li>a</li><ul><li>b</li></ul></ul>", "- a\n  - b"),
    ("<li>stray</li>", "stray"),
    ("<table><tr><th>h</th></tr><tr><td>1</td></tr></table>", "| h |\n| --- |\n| 1 |"),
    ("<table><tr><td>1<td>2<tr><td>3</table>", "|  |  |\n| --- | --- |\n| 1 | 2 |\n| 3 |  |"),
    ("<table><tr><td><ul><li>a<li>b</ul></td></tr></table>", "|  |\n| --- |\n| - a<br>- b |"),
    ("<pre>a\n  b</pre>", "```\na\n  b\n```"),
    ("<pre>a<br>b</pre>", "```\na\nb\n```"),
    ("<q>said</q>", '"said"'),
    ("<dl><dt>term</dt><dd>meaning</dd></dl>", "- term\n- meaning"),
    ('<input type="checkbox" checked> loose', "loose"),
    ('<ul><li><input type="checkbox" checked> done</li></ul>', "- [x] done"),
    ('<img src="https://x.example/a.png" alt="plan">', "[(image: plan)](https://x.example/a.png)"),
    ('<img src="https://x.example/dir/a%20b.png">', "[(image: a b.png)](https://x.example/dir/a%20b.png)"),
    ('<img src="cid:part1">', "(image)"),
    ('<img src="data:image/png;base64,AAAA" alt="shot">', "(image: shot)"),
    ("<a href='/agent/tickets/3'>ticket 3</a>", "ticket 3"),
    ("<!-- hidden --><p>seen</p>", "seen"),
    ("<title>head</title><p>body</p>", "body"),
    ("a &lt;b&gt; &amp;amp; c", "a \\<b> \\&amp; c"),
]


@pytest.mark.parametrize(("markdown", "written"), PAIRS)
def test_markdown_becomes_html(markdown: str, written: str) -> None:
    assert html.from_markdown(markdown) == written


@pytest.mark.parametrize(("markdown", "written"), PAIRS)
def test_html_becomes_markdown(markdown: str, written: str) -> None:
    assert html.to_markdown(written) == markdown


@pytest.mark.parametrize(("written", "markdown"), READ)
def test_what_programs_write_becomes_markdown(written: str, markdown: str) -> None:
    assert html.to_markdown(written) == markdown


def test_our_own_pages_do_not_tell_where_a_link_was_followed() -> None:
    assert html.safe("<https://x.example>") == (
        '<p><a href="https://x.example" rel="nofollow noopener noreferrer">https://x.example</a></p>'
    )


@settings(max_examples=200, deadline=None)
@given(TREES)
def test_a_second_pass_changes_nothing(tree: Blocks) -> None:
    once = html.normal(markdown_write.write(tree))
    assert html.normal(once) == once


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_any_text_taken_as_html_becomes_canonical_markdown(text: str) -> None:
    markdown = html.to_markdown(text)
    assert markdown_write.write(markdown_read.read(markdown)) == markdown


@pytest.mark.parametrize(
    "tag", ["<div>", "<blockquote>", "<b>", "<ul><li>", "<table><tr><td>", "<p>", "<a href=http://x>"]
)
def test_very_deep_html_keeps_its_words(tag: str) -> None:
    assert "bottom" in html.to_markdown(tag * 5_000 + "bottom")
