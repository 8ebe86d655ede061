"""Every tree written as Markdown reads back as itself."""

from hypothesis import given, settings

from portal.core.text import markdown_read, markdown_write
from portal.core.text.tree import Blocks

from .strategies import TEXTS, TREES


@settings(max_examples=300, deadline=None)
@given(TREES)
def test_a_tree_survives_markdown(tree: Blocks) -> None:
    assert markdown_read.read(markdown_write.write(tree)) == tree


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_markdown_is_canonical_after_one_pass(text: str) -> None:
    once = markdown_write.write(markdown_read.read(text))
    assert markdown_write.write(markdown_read.read(once)) == once
