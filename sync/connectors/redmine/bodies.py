"""Rich text between Markdown and what this Redmine is set to: Textile, Markdown or plain text."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from html import escape

from portal.core.text import html, textile

TEXTILE, MARKDOWN, PLAIN = "textile", "markdown", "plain"
#: characters; longer bodies are rare and not worth the memory
SHORT = 4_096


def _same(body: str) -> str:
    return body


def _of_plain(body: str) -> str:
    """Plain text as Markdown that shows the same."""
    return html.to_markdown(escape(body, quote=False).replace("\n", "<br>"))


READ: Mapping[str, Callable[[str], str]] = {TEXTILE: textile.to_markdown, MARKDOWN: _same, PLAIN: _of_plain}
WRITE: Mapping[str, Callable[[str], str]] = {TEXTILE: textile.from_markdown, MARKDOWN: _same, PLAIN: _same}


@lru_cache(maxsize=2_048)
def _remembered(language: str, body: str) -> str:
    """Notes rarely change and are read again with every change of their issue."""
    return READ[language](body)


def markdown(language: str, body: str) -> str:
    """The Markdown of a body; Redmine answers CRLF where LF was sent."""
    plain = body.replace("\r\n", "\n").strip()
    return (_remembered(language, plain) if len(plain) <= SHORT else READ[language](plain)).strip()


def native(language: str, body: str) -> str:
    """A Markdown body as this Redmine wants it."""
    return WRITE[language](body)
