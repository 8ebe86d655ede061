"""Real bodies of Zendesk and Jira convert without loss of a visible word."""

import re
from collections.abc import Iterator
from html import unescape

import nh3
import pytest

from portal.core.text import adf, html, markdown_read, wiki
from portal.core.text.tree import Block, Code, Heading, Inlines, Listing, Paragraph, Quote, Table, plain

from .adf_schema import faults
from .shared import recorded, values

WORD = re.compile(r"[^\W_]+")


def visible(markdown: str) -> list[str]:
    """The words that a reader of the Markdown sees, in order."""
    return WORD.findall(" ".join(_texts(markdown_read.read(markdown))))


def _texts(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Paragraph | Heading):
            yield _shown(block.inlines)
        elif isinstance(block, Code):
            yield block.text
        elif isinstance(block, Quote):
            yield from _texts(block.blocks)
        elif isinstance(block, Listing):
            for entry in block.entries:
                yield from _texts(entry.blocks)
        elif isinstance(block, Table):
            for row in (*((block.head,) if block.head else ()), *block.rows):
                yield from (_shown(cell) for cell in row)


def _shown(inlines: Inlines) -> str:
    return plain(inlines)


@pytest.mark.shared
def test_every_recorded_zendesk_body_keeps_its_words() -> None:
    bodies = {
        value
        for path in recorded("zendesk")
        for name, value in values(path)
        if name == "html_body" and isinstance(value, str)
    }
    assert len(bodies) >= 10
    for body in bodies:
        bare = nh3.clean(re.sub(r"<(?=/?\w)", " <", body), tags=set()).replace("\xa0", " ")
        words = WORD.findall(
            bare.replace("&lt;", " ").replace("&gt;", " ").replace("&amp;", " ").replace("&nbsp;", " ")
        )
        markdown = html.to_markdown(body)
        assert [word for word in visible(markdown) if word != "image"] == words
        assert visible(html.normal(markdown)) == visible(markdown)
        assert visible(adf.normal(markdown)) == visible(markdown)


@pytest.mark.shared
def test_every_recorded_jira_document_keeps_its_words() -> None:
    documents = [
        value
        for path in recorded("jira")
        for _, value in values(path)
        if isinstance(value, dict) and value.get("type") == "doc" and "content" in value
    ]
    assert documents
    for document in documents:
        markdown = adf.to_markdown(document)
        said = " ".join(re.findall(r"'text': '([^']*)'", str(document)))
        assert visible(markdown) == WORD.findall(said)
        assert faults(adf.from_markdown(markdown)) == []


@pytest.mark.shared
def test_every_recorded_jira_wiki_body_keeps_its_words() -> None:
    bodies = {
        value
        for path in recorded("jira")
        for name, value in values(path)
        if name in {"body", "description"} and isinstance(value, str) and value[:1] not in {"{", "["}
    }
    assert len(bodies) >= 20
    for body in bodies:
        markdown = wiki.to_markdown(body)
        missing = set(WORD.findall(_without_markup(body))) - set(visible(markdown))
        assert not missing, body
        assert visible(wiki.normal(markdown)) == visible(markdown)


def _without_markup(body: str) -> str:
    """A wiki body without the names of its macros, headings, addresses behind words and account ids."""
    body = re.sub(
        r"\{(code|noformat|quote|panel|color|anchor)[^}\n]*\}|^ *(h[1-6]|bq)\.", " ", body, flags=re.MULTILINE
    )
    body = re.sub(r"\[~accountid:[^\]]*\]|!([^!|\n]*)\|[^!\n]*!", r" \1 ", body)
    body = unescape(body)
    return re.sub(r"\[([^|\]\n]+)\|[^\]\n]*\]|\\\\", r" \1 ", body)
