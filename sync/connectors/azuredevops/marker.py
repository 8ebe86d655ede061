"""Where our key is kept: a tag that a query finds, a hyperlink that proves it, and a line that nobody sees.

Azure DevOps has no properties and no idempotency header. A work item carries the whole key in the comment of a
hyperlink and a short tag made of it, or both in one custom field that the settings name; a file carries it in
the comment of its relation; a comment in Markdown as a link definition, which renders to nothing, and a comment
in HTML in the address of its last link.
"""

import hashlib
import re

from sync.connectors.azuredevops.answers import record, records, text
from sync.connectors.wire import Json

#: prefix of the tag that finds an item whose create lost its answer; no portable tag looks so
TAG = "concord-"
OUR_TAG = re.compile(r"concord-[0-9a-f]{16}", re.IGNORECASE)
PREFIX = "concord:"
KEY = r"[A-Za-z0-9._~-]{1,200}"
HIDDEN = re.compile(rf"\s*\[//\]: # \({PREFIX}(?P<key>{KEY})\)\s*$")
LINKED = re.compile(rf'\s*<p>\s*<a [^>]*href="[^"]*#{PREFIX}(?P<key>{KEY})"[^>]*>[^<]*</a>\s*</p>\s*$')


def tag(key: str) -> str:
    """The tag of a key."""
    return TAG + hashlib.sha256(key.encode()).hexdigest()[:16]


def hyperlink(address: str, key: str) -> Json:
    """The relation that carries a key on an item; `address` is a page that shows who has the tag."""
    return {"rel": "Hyperlink", "url": address, "attributes": {"comment": PREFIX + key}}


def of_relation(relation: Json) -> str | None:
    """The key that a relation carries."""
    said = text(record(relation.get("attributes")).get("comment"))
    return said.removeprefix(PREFIX) or None if said.startswith(PREFIX) else None


def of_item(item: Json, marker_field: str) -> str | None:
    """The key of a work item: in the field for it, else on a hyperlink."""
    if marker_field:
        return text(record(item.get("fields")).get(marker_field)) or None
    links = (one for one in records(item.get("relations")) if one.get("rel") == "Hyperlink")
    return next((key for key in map(of_relation, links) if key), None)


def hidden(body: str, key: str) -> str:
    """A Markdown comment with its key in a line that is not shown."""
    return f"{body}\n\n[//]: # ({PREFIX}{key})"


def linked(body: str, address: str, key: str) -> str:
    """An HTML comment whose last link carries its key."""
    return f'{body}<p><a href="{address}#{PREFIX}{key}">Concord</a></p>'


def parted(body: str) -> tuple[str, str | None]:
    """A comment's text without our line, and the key that was in it."""
    for pattern in (HIDDEN, LINKED):
        found = pattern.search(body)
        if found:
            return body[: found.start()], found["key"]
    return body, None
