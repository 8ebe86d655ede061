"""Texts: plain lines and HTML between code tags, both ways, with a marker that nobody sees."""

import pytest

from sync.connectors.servicenow import bodies

KEY = "c1.abc-_~"


def test_plain_lines_are_shown_as_they_stand() -> None:
    assert bodies.markdown("2 * 3 * 4\n# no title") == "2 \\* 3 \\* 4\\\n\\# no title"
    assert bodies.markdown("one\r\n\r\ntwo") == "one\n\ntwo"
    assert bodies.markdown("<b>&</b>") == "\\<b>&\\</b>"


def test_marked_up_text_becomes_plain_lines() -> None:
    given = "# Title\n\n**bold** [site](https://a.example)\n\n- one\n- two\n  - deep\n\n1. first\n\n> said\n\n"
    given += "```\ncode\n```"
    assert bodies.plain(given).split("\n") == [
        "Title",
        "",
        "bold site (https://a.example)",
        "",
        "- one",
        "- two",
        "  - deep",
        "",
        "1. first",
        "",
        "> said",
        "",
        "code",
    ]
    assert bodies.plain("| a | b |\n| --- | --- |\n| 1 | 2 |\n\n---\n\n- [x] done") == (
        "a | b\n1 | 2\n\n----\n\n- [x] done"
    )


@pytest.mark.parametrize("code_tags", [True, False])
def test_a_marker_comes_back_and_is_no_text(code_tags: bool) -> None:
    written = bodies.entry("Hello *you*", KEY, limit=4000, code_tags=code_tags)
    body, key = bodies.read_entry(written)
    assert key == KEY
    assert body == ("Hello *you*" if code_tags else "Hello you")


def test_plain_text_is_written_without_html() -> None:
    assert bodies.entry("Hello\n\nyou 😀", KEY, limit=4000, code_tags=True) == (
        f"Hello\n\nyou 😀[code]<!-- concord:{KEY} -->[/code]"
    )
    assert bodies.entry("  ", KEY, limit=None, code_tags=True).startswith("-[code]")


def test_code_tags_in_a_text_do_not_break_out() -> None:
    body, key = bodies.read_entry(bodies.entry("a [/code]<b>x</b>[code] b", KEY, limit=4000, code_tags=True))
    assert key == KEY
    assert "<b>" not in body.replace("\\<b>", "")
    assert "/code" in body


def test_a_text_that_is_too_long_keeps_its_marker() -> None:
    written = bodies.entry("**x** " * 1000, KEY, limit=500, code_tags=True)
    assert len(written) == 500
    body, key = bodies.read_entry(written)
    assert (body[-1], key) == ("…", KEY)


def test_html_of_a_person_is_read_as_markdown() -> None:
    body, key = bodies.read_entry("See [code]<b>this</b><script>x()</script>[/code] now")
    assert key is None
    assert body == "See\n\n**this**\n\nnow"


def test_a_line_has_one_line() -> None:
    assert bodies.one_line(" a\n b ") == "a b"
