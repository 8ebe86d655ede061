"""Rich text between Markdown and what a field or comment is kept in: HTML or Markdown, as the item says."""

import re
from functools import lru_cache

from portal.core.text import html
from sync.connectors.azuredevops.answers import record, text

#: characters of a long text and of a comment (apis/azure-devops.md 13 and 7)
MAX_TEXT = 1_000_000
MAX_COMMENT = 150_000
MAX_LINE = 255
#: characters; longer bodies are rare and not worth the memory
SHORT = 4_096
ELEMENT = re.compile(r"^\s*<[a-z][a-z0-9]*[\s/>]", re.IGNORECASE)


@lru_cache(maxsize=2_048)
def _remembered(given: str) -> str:
    """Comments rarely change and are read again with every change of their item."""
    return html.to_markdown(given)


def formats(item: object) -> dict[str, str]:
    """Field -> "markdown" or "html", as an item tells it; a field that it does not name is HTML."""
    told = record(record(item).get("multilineFieldsFormat"))
    return {name: text(kind).lower() for name, kind in told.items()}


def markdown(value: object, kind: str) -> str:
    """Markdown of a long text. An old value of a field that is Markdown now may still be HTML."""
    given = text(value)
    if kind == "markdown" and not ELEMENT.match(given):
        return given
    return _remembered(given) if len(given) <= SHORT else html.to_markdown(given)


def written(body: str, kind: str) -> str:
    """A Markdown text as the field is kept."""
    return body if kind == "markdown" else html.from_markdown(body)


def one_line(value: str) -> str:
    """A single-line field's text: line breaks become spaces."""
    return " ".join(value.split())
