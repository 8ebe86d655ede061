"""Redmine's Textile into Markdown and back: pairs, escapes, robustness."""

import pytest
from hypothesis import given, settings

from portal.core.text import markdown_write, textile
from portal.core.text.tree import Blocks

from .strategies import TEXTS, TREES

#: Markdown and the Textile it is: read in both directions.
PAIRS: list[tuple[str, str]] = [
    ("", ""),
    ("Since noon", "Since noon"),
    ("one\n\ntwo", "one\n\ntwo"),
    ("one\\\ntwo", "one\ntwo"),
    ("**bold** text", "*bold* text"),
    ("an *aside*", "an _aside_"),
    ("~~gone~~ now", "-gone- now"),
    ("run `make`", "run @make@"),
    ("run `a@b`", "run <code>a@b</code>"),
    ("[site](https://x.example/a) now", '"site":https://x.example/a now'),
    ("# Title", "h1. Title"),
    ("***", "---"),
    ("- a\n- b", "* a\n* b"),
    ("1. a\n2. b", "# a\n# b"),
    ("- a\n  - b\n- c", "* a\n** b\n* c"),
    ("- a\n  1. b\n- c", "* a\n*# b\n* c"),
    ("> said", "> said"),
    ("> one\n>\n> two", "> one\n>\n> two"),
    ("```python\nx = 1\n```", '<pre><code class="python">\nx = 1\n</code></pre>'),
    ("```\n*raw* {x} <b>\n```", "<pre>\n*raw* {x} <b>\n</pre>"),
    ("| h | i |\n| --- | --- |\n| 1 | 2 |", "|_. h |_. i |\n| 1 | 2 |"),
    ("\\*no list", "&#42;no list"),
    ("well-known a_b 2+2", "well-known a_b 2+2"),
    ("h1. no title", "&#104;1. no title"),
    ("https://x.example/a_b-c stays", "https://x.example/a_b-c stays"),
]

#: Textile of people: read only.
READ: list[tuple[str, str]] = [
    ("bq. said", "> said"),
    ("h2(#top). Title", "## Title"),
    ("p(note). words", "words"),
    ("%{color:red}red% words", "red words"),
    ("+under+ ^up^ words", "under up words"),
    ("see [[Wiki page|the page]]", "see the page"),
    ("!plan.png!", "(image: plan.png)"),
    ("<pre><code>x</code></pre>", "```\nx\n```"),
    ("&lt;b&gt; &#42;", "\\<b> \\*"),
    ("|\\2. wide |\n| a | b |", "|  |  |\n| --- | --- |\n| wide |  |\n| a | b |"),
]


@pytest.mark.parametrize("markdown, written", PAIRS)
def test_markdown_is_written_as_textile(markdown: str, written: str) -> None:
    assert textile.from_markdown(markdown) == written


@pytest.mark.parametrize("markdown, written", PAIRS)
def test_and_is_read_back(markdown: str, written: str) -> None:
    assert textile.to_markdown(written) == markdown


@pytest.mark.parametrize("written, markdown", READ)
def test_what_people_write_is_read(written: str, markdown: str) -> None:
    assert textile.to_markdown(written) == markdown


@pytest.mark.parametrize(
    "markdown, written",
    [
        ("Hi @bob", "Hi &#64;bob"),
        ("see #12", "see &#35;12"),
        ("{{toc}}", "&#123;&#123;toc}}"),
        ("\\[\\[Secret page]]", "&#91;&#91;Secret page]]"),
        ("\\<pre>", "&#60;pre>"),
        ("!secret.png!", "&#33;secret.png!"),
    ],
)
def test_words_that_look_like_markup_do_nothing_there(markdown: str, written: str) -> None:
    """No mention, link, macro, picture or tag comes out of a partner's text."""
    assert textile.from_markdown(markdown) == written


@settings(max_examples=200)
@given(TEXTS)
def test_nothing_raises(text: str) -> None:
    textile.to_markdown(text)
    textile.from_markdown(text)


@settings(max_examples=200)
@given(TREES)
def test_a_tree_of_any_shape_goes_there_and_back(tree: Blocks) -> None:
    """Without an error, and never to nothing."""
    body = markdown_write.write(tree)
    assert bool(textile.normal(body).strip()) == bool(body.strip())
