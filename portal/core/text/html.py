"""HTML, the bodies of Zendesk and of our own pages, into Markdown and back."""

from __future__ import annotations

from typing import Final

import nh3

from portal.core.text import html_read, html_write, links, markdown_read, markdown_write

_TAGS: Final = frozenset(
    {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "li", "pre", "code", "hr", "br"}
    | {"table", "thead", "tbody", "tr", "th", "td", "strong", "em", "del", "a"}
)
_ATTRIBUTES: Final = {"a": {"href"}, "ol": {"start"}, "code": {"class"}}


def to_markdown(html: str) -> str:
    """The Markdown of an HTML body. Never raises; scripts, styles, events and unsafe links are gone.

    Pictures become notes that name them and tracking pixels vanish: nothing is fetched by who reads it.
    """
    return markdown_write.write(html_read.read(html))


def from_markdown(text: str) -> str:
    """HTML of a Markdown text for another tracker: elements of a short list, links to safe schemes only."""
    return _allowed(text, rel=None)


def safe(text: str) -> str:
    """HTML of a Markdown text for our own pages; links do not tell where they were followed from."""
    return _allowed(text, rel="nofollow noopener noreferrer")


def normal(text: str) -> str:
    """The Markdown that comes back after a body went through HTML."""
    return to_markdown(from_markdown(text))


def _allowed(text: str, *, rel: str | None) -> str:
    """The writer escapes everything; nh3 checks it once more, so that one mistake is not yet a hole."""
    return nh3.clean(
        html_write.write(markdown_read.read(text)),
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        url_schemes=set(links.SCHEMES),
        link_rel=rel,
    )
