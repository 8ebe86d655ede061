"""Messages with our mark."""

import pytest

from sync.connectors.requesttracker import bodies


@pytest.mark.parametrize("key", ["c1.abc", "c1.a--b-_~.Z", "-" * 200])
def test_a_key_survives_in_a_comment_that_nobody_is_shown(key: str) -> None:
    content = str(bodies.native("Hello **you**", key)["Content"])
    assert bodies.key_in(content) == key
    assert content.count("--") == 2
    assert bodies.markdown(content, "text/html") == "Hello **you**"


def test_plain_text_is_read_as_it_was_typed() -> None:
    assert bodies.markdown("1 < 2 *not bold*\nnext", "text/plain") == "1 < 2 \\*not bold\\*\\\nnext"


def test_a_blank_message_becomes_a_dash() -> None:
    assert "-" in str(bodies.native("  ", "")["Content"])
