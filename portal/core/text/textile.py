"""Textile as Redmine speaks it, into Markdown and back."""

from __future__ import annotations

from portal.core.text import markdown_read, markdown_write, textile_read, textile_write


def to_markdown(text: str) -> str:
    """The Markdown of a Textile text. Never raises: what is no markup is text.

    Wiki links become plain names, pictures notes that name them; colours, classes and underlines lose their look.
    """
    return markdown_write.write(textile_read.read(text))


def from_markdown(text: str) -> str:
    """The Textile of a Markdown text; words that look like markup are escaped, nothing notifies."""
    return textile_write.write(markdown_read.read(text))


def normal(text: str) -> str:
    """The Markdown that comes back after a body went through Textile."""
    return to_markdown(from_markdown(text))
