"""Jira wiki markup into Markdown and back: pairs, escapes, robustness."""

import re

import pytest
from hypothesis import given, settings

from portal.core.text import markdown_inline, markdown_read, markdown_write, wiki
from portal.core.text.tree import Blocks

from .strategies import TEXTS, TREES

#: Markdown and the wiki text it is: read in both directions.
PAIRS: list[tuple[str, str]] = [
    ("", ""),
    ("Since noon", "Since noon"),
    ("one\n\ntwo", "one\n\ntwo"),
    ("one\\\ntwo", "one\ntwo"),
    ("**bold** text", "*bold* text"),
    ("an *aside*", "an _aside_"),
    ("~~gone~~ now", "-gone- now"),
    ("run `make`", "run {{make}}"),
    ("**_both_**", "*_both_*"),
    ("in**side**word", "in{*}side{*}word"),
    ("[site](https://x.example/a)", "[site|https://x.example/a]"),
    ("<https://x.example>", "[https://x.example]"),
    ("[a@b.example](mailto:a@b.example)", "[a@b.example|mailto:a@b.example]"),
    ("# Title", "h1. Title"),
    ("###### Small", "h6. Small"),
    ("***", "----"),
    ("- a\n- b", "* a\n* b"),
    ("1. a\n2. b", "# a\n# b"),
    ("- a\n  - b\n- c", "* a\n** b\n* c"),
    ("- a\n  1. b\n- c", "* a\n*# b\n* c"),
    ("- [x] done\n- [ ] open", "* (/) done\n* (x) open"),
    ("- a\\\n  more", "* a\nmore"),
    ("> said", "{quote}\nsaid\n{quote}"),
    ("> one\n>\n> two", "{quote}\none\n\ntwo\n{quote}"),
    ("```python\nx = 1\n```", "{code:python}\nx = 1\n{code}"),
    ("```\n*raw* {x}\n```", "{code}\n*raw* {x}\n{code}"),
    ("```\n{code}\n```", "{noformat}\n{code}\n{noformat}"),
    ("| h | i |\n| --- | --- |\n| 1 | 2 |", "|| h || i ||\n| 1 | 2 |"),
    ("|  |\n| --- |\n| a\\|b |", "| a\\|b |"),
    ("| h |\n| --- |\n| a<br>b |", "|| h ||\n| a\\\\ b |"),
    ("{code} \\[~ada] !a.png!", "\\{code\\} \\[\\~ada\\] \\!a.png\\!"),
    ("1 \\* 2 \\_x\\_", "1 \\* 2 \\_x\\_"),
    ("well-known a_b 2+2", "well-known a_b 2+2"),
    ("\\# no list", "\\# no list"),
    ("h1. no title", "h1&#46; no title"),
    ("https://x.example/a_b-c stays", "https://x.example/a_b-c stays"),
    ("\\\\\\srv\\share", "&#92;&#92;srv\\share"),
]

#: Wiki text of people: read only.
READ: list[tuple[str, str]] = [
    ("bq. said", "> said"),
    ("- a\n- b", "- a\n- b"),
    ("* a\n\n* b", "- a\n\n+ b"),
    ("{panel:title=Look|bgColor=#fff}inside{panel}", "> **Look**\n>\n> inside"),
    ("{color:red}red{color} words", "red words"),
    ("{anchor:here}words", "words"),
    ("{noformat}a *b*{noformat}", "```\na *b*\n```"),
    ("{code:title=A.java|language=java}int a;{code}", "```java\nint a;\n```"),
    ("{code}never ended", "{code}never ended"),
    ("[~ada] and [~accountid:5b10a]", "@ada and @someone"),
    ("see [^log.txt]", "see (file: log.txt)"),
    ("!plan.png|thumbnail!", "(image: plan.png)"),
    ("!https://x.example/a/plan.png!", "[(image: plan.png)](https://x.example/a/plan.png)"),
    ("Wow! Yes! No!", "Wow! Yes! No!"),
    ("+new+ x ^2^ ~low~ ??who??", "new x 2 low *who*"),
    ("a - b -- c --- d", "a - b -- c --- d"),
    ("a*b*c and 2 * 3 * 4", "a\\*b\\*c and 2 \\* 3 \\* 4"),
    ("one \\\\ two", "one\\\ntwo"),
    ("[x|javascript:alert(1)]", "x"),
    ("[#anchor] [not a link]", "#anchor \\[not a link]"),
    ("|a|[b|http://x.example]|", "|  |  |\n| --- | --- |\n| a | [b](http://x.example) |"),
    ("||h|1|\n||i|2|", "|  |  |\n| --- | --- |\n| h | 1 |\n| i | 2 |"),
    ("&lt;b&gt; &#92;", "\\<b> \\\\"),
    ("h3.no title", "h3.no title"),
]


@pytest.mark.parametrize(("markdown", "written"), PAIRS)
def test_markdown_becomes_wiki(markdown: str, written: str) -> None:
    assert wiki.from_markdown(markdown) == written


@pytest.mark.parametrize(("markdown", "written"), PAIRS)
def test_wiki_becomes_markdown(markdown: str, written: str) -> None:
    assert wiki.to_markdown(written) == markdown


@pytest.mark.parametrize(("written", "markdown"), READ)
def test_what_people_write_becomes_markdown(written: str, markdown: str) -> None:
    assert wiki.to_markdown(written) == markdown


@pytest.mark.parametrize("words", ["[~ada]", "{include:x}", "!http://t.example/p.gif!", "|| a ||", "*a*", "[a|b]"])
def test_foreign_words_stay_words(words: str) -> None:
    written = wiki.from_markdown(markdown_inline.escape(words))
    assert not re.search(r"(?<!\\)(\[|\{|!|\||\*)", written)


@settings(max_examples=200, deadline=None)
@given(TREES)
def test_a_second_pass_changes_nothing(tree: Blocks) -> None:
    once = wiki.normal(markdown_write.write(tree))
    assert wiki.normal(once) == once


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_any_text_taken_as_wiki_becomes_canonical_markdown(text: str) -> None:
    markdown = wiki.to_markdown(text)
    assert markdown_write.write(markdown_read.read(markdown)) == markdown


@pytest.mark.parametrize(
    "text",
    ["*" * 5_000 + " x", "{quote}" * 5_001, "{{" * 9_000, "[" * 9_000, "*a " * 9_000, "{code:a}" * 5_000],
)
def test_endless_markup_is_read_in_reasonable_time(text: str) -> None:
    wiki.from_markdown(wiki.to_markdown(text))
