"""One block of a template for htmx."""

import pytest
from django.test import RequestFactory

from portal.access.subject import NOBODY
from portal.ui.blocks import render_block


def test_a_block_is_rendered_without_its_page() -> None:
    request = RequestFactory().get("/")
    request.subject = NOBODY  # type: ignore[attr-defined]
    html = render_block("portal/search.html", "found", {"groups": [], "query": "zebra"}, request)
    assert "zebra" in html
    assert "<html" not in html


def test_a_block_that_is_not_there_is_named() -> None:
    with pytest.raises(LookupError, match="no block nowhere"):
        render_block("portal/search.html", "nowhere", {}, RequestFactory().get("/"))
