"""Rich text between Markdown and what Jira keeps: documents (ADF) in fields, wiki text in its history."""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import cast

from portal.core.text import adf, wiki
from sync.connectors.jira.answers import record, records, text
from sync.connectors.wire import Json

#: UTF-16 units; Jira counts the stored form (apis/jira.md 13)
MAX_TEXT = 32_767
MAX_SUMMARY = 254
#: characters of JSON; longer documents are rare and not worth the memory
SHORT = 8_192


@lru_cache(maxsize=2_048)
def _remembered(given: str) -> str:
    """Comments rarely change and are read again with every change of their issue."""
    return adf.to_markdown(cast(Json, json.loads(given)))


def markdown(value: object) -> str:
    """Markdown of a body: a document, or the wiki text that v2 answers and the change log hold."""
    if isinstance(value, dict):
        given = json.dumps(value)
        return _remembered(given) if len(given) <= SHORT else adf.to_markdown(cast(Json, value))
    return wiki.to_markdown(text(value))


def document(body: str) -> Json:
    """The document of a Markdown text."""
    return adf.from_markdown(body)


def one_line(value: str) -> str:
    """A single-line field's text: line breaks are refused by Jira, so they become spaces."""
    return " ".join(value.split())


def file_names(body: object) -> Iterator[str]:
    """The names of files that a document shows (media nodes keep an attachment's name as `alt`)."""
    node = record(body)
    attrs = record(node.get("attrs"))
    if node.get("type") in ("media", "mediaInline"):
        yield from (name for name in (text(attrs.get("alt")), text(attrs.get("__fileName"))) if name)
    for child in records(node.get("content")):
        yield from file_names(child)
