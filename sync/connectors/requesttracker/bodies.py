"""Bodies both ways: RT keeps HTML or plain text; ours is HTML with our mark in a comment that nobody is shown."""

import html as entities
import re
from functools import lru_cache
from urllib.parse import unquote

from portal.core.text import html

#: no key holds "--", which would end the comment, because every "-" in it is written %2D
MARK = re.compile(r"<!-- concord:([\w.~%]+) -->")
#: characters; longer bodies are rare and not worth the memory
SHORT = 4_096


@lru_cache(maxsize=2_048)
def _remembered(given: str) -> str:
    return html.to_markdown(given)


def markdown(content: str, media_type: str) -> str:
    """The Markdown of a message."""
    given = content.replace("\r\n", "\n")
    if media_type != "text/html":
        given = entities.escape(given.strip("\n"), quote=False).replace("\n", "<br>")
    return (_remembered(given) if len(given) <= SHORT else html.to_markdown(given)).strip()


def native(body: str, key: str) -> dict[str, object]:
    """The content of a new message that carries `key` ("" = none). A blank text becomes a dash."""
    mark = f"<!-- concord:{key.replace('-', '%2D')} -->" if key else ""
    return {"Content": (html.from_markdown(body) or "<p>-</p>") + mark, "ContentType": "text/html"}


def key_in(content: str) -> str | None:
    """The key that a message carries."""
    found = MARK.search(content)
    return unquote(found[1]) if found else None
