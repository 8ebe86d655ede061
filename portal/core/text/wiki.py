"""Jira wiki markup, the bodies of Jira's older API and Data Center, into Markdown and back."""

from __future__ import annotations

from portal.core.text import markdown_read, markdown_write, wiki_read, wiki_write


def to_markdown(text: str) -> str:
    """The Markdown of a wiki text. Never raises: what is no markup is text.

    Mentions become plain names, pictures and files notes that name them; colours and panels lose their look.
    """
    return markdown_write.write(wiki_read.read(text))


def from_markdown(text: str) -> str:
    """The wiki text of a Markdown text; words that look like markup are escaped, nothing notifies."""
    return wiki_write.write(markdown_read.read(text))


def normal(text: str) -> str:
    """The Markdown that comes back after a body went through wiki markup."""
    return to_markdown(from_markdown(text))
