"""Atlassian Document Format, the bodies of Jira Cloud, into Markdown and back."""

from __future__ import annotations

from collections.abc import Mapping

from portal.core.text import adf_read, adf_write, markdown_read, markdown_write


def to_markdown(doc: Mapping[str, object]) -> str:
    """The Markdown of an ADF document (or node). Never raises: unknown nodes keep their text.

    Mentions become plain names, media become a note that names the file; colours and alignment are lost.
    """
    return markdown_write.write(adf_read.read(doc))


def from_markdown(text: str) -> dict[str, object]:
    """A valid ADF document (version 1) of a Markdown text; nothing in it becomes a mention or a media node.

    Source of the shapes: Atlassian's published document schema; empty text is a document without content.
    """
    return adf_write.write(markdown_read.read(text))


def normal(text: str) -> str:
    """The Markdown that comes back after a body went through ADF."""
    return to_markdown(from_markdown(text))
