"""Which addresses may travel and how files are named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.text import links


@pytest.mark.parametrize(
    ("address", "tidied"),
    [
        ("https://x.example/a?b=1#c", "https://x.example/a?b=1#c"),
        (" http://x.example/a b ", "http://x.example/a%20b"),
        ("http://x.example/a|b", "http://x.example/a%7Cb"),
        ("http://x.example/ä", "http://x.example/ä"),
        ("mailto:a@b.example", "mailto:a@b.example"),
        ("www.x.example", "https://www.x.example"),
        ("//x.example/a", "https://x.example/a"),
        ("/relative", ""),
        ("#part", ""),
        ("javascript:alert(1)", ""),
        ("java\nscript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("file:///etc/passwd", ""),
        ("https://x.zendesk.com/attachments/token/SECRET/?name=a.png", ""),
        ("http://", ""),
        ("", ""),
    ],
)
def test_only_safe_absolute_addresses_travel(address: str, tidied: str) -> None:
    assert links.tidy(address) == tidied


@given(st.text().map(lambda tail: f"http://x{tail}"))
def test_tidying_twice_changes_nothing(address: str) -> None:
    assert links.tidy(links.tidy(address)) == links.tidy(address)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://x.example/a/plan.png", "plan.png"),
        ("https://x.example/t/?name=plan%20b.png", "plan b.png"),
        ("https://x.example/a/", ""),
        ("cid:part1", ""),
        ("http://[broken", ""),
    ],
)
def test_a_file_is_named_by_its_address(address: str, name: str) -> None:
    assert links.file_name(address) == name
