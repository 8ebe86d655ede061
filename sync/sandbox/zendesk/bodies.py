"""A comment's three bodies: the text as written, its HTML and its plain text."""

from dataclasses import dataclass
from html import unescape

import nh3
from markdown_it import MarkdownIt
from markdownify import markdownify

TAGS = frozenset(
    [
        "a",
        "b",
        "blockquote",
        "br",
        "code",
        "dd",
        "del",
        "div",
        "dl",
        "dt",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "span",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
    ]
)
ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "*": {"dir"}}
MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])


@dataclass(frozen=True, slots=True)
class Bodies:
    """`text` is what `body` answers, `html` what `html_body` answers, `plain` what `plain_body` answers."""

    text: str
    html: str
    plain: str


def from_text(text: str) -> Bodies:
    """Bodies of a comment written as text; Markdown is rendered, HTML in it is shown as text."""
    inner = MARKDOWN.render(text).strip().replace("<p>", '<p dir="auto">')
    return Bodies(text=text, html=_wrapped(inner), plain=_plain(inner))


def from_html(html: str) -> Bodies:
    """Bodies of a comment written as HTML; tags that are not allowed are dropped."""
    inner = nh3.clean(html, tags=set(TAGS), attributes={k: set(v) for k, v in ATTRIBUTES.items()}).strip()
    return Bodies(text=markdownify(inner).strip(), html=_wrapped(inner), plain=_plain(inner))


def _wrapped(inner: str) -> str:
    return f'<div class="zd-comment" dir="auto">{inner}</div>'


def _plain(inner: str) -> str:
    spaced = inner.replace("</p>", "</p>\n\n").replace("<br", "\n<br").replace("</li>", "</li>\n")
    return unescape(nh3.clean(spaced, tags=set())).strip()
