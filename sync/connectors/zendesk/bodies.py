"""Bodies both ways: a comment's HTML as Markdown, Markdown as HTML that Zendesk's allow-list keeps."""

import html
from collections.abc import Mapping
from functools import lru_cache

from portal.core.text.html import from_markdown, to_markdown
from sync.connectors.zendesk.shapes import text

#: characters; longer bodies are rare and not worth the memory
SHORT = 4_096


@lru_cache(maxsize=2_048)
def _remembered(given: str) -> str:
    """Comments never change and are read again with every change of their ticket."""
    return to_markdown(given)


def read_body(comment: Mapping[str, object]) -> str:
    """A comment's Markdown, of what people see; old and imported comments have only plain `body`."""
    given = text(comment.get("html_body"))
    if not given.strip():
        given = plain_html(text(comment.get("body")) or text(comment.get("plain_body")))
    return (_remembered(given) if len(given) <= SHORT else to_markdown(given)).strip()


def plain_html(plain: str) -> str:
    """Plain text as HTML that shows the same."""
    return html.escape(plain, quote=False).replace("\r\n", "\n").replace("\n", "<br>")


def write_body(markdown: str) -> dict[str, object]:
    """The body keys of a new comment. A blank text becomes a dash: Zendesk refuses a comment without any."""
    return {"html_body": from_markdown(markdown) if markdown.strip() else "<p>-</p>"}
