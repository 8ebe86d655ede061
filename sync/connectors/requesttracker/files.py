"""A file's bytes out of RT's JSON: base64 in one long string, decoded as it streams, however large it is."""

import base64
import re
from collections.abc import Iterator
from contextlib import contextmanager

from portal.core.errors import Missing, Unavailable
from sync.connectors.answers import text
from sync.connectors.requesttracker.home import API, Home, ticket_path
from sync.connectors.requesttracker.reading import BLANKS

BEGIN = re.compile(rb'(?<!\\)"Content"\s*:\s*"')
ALPHABET = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")


@contextmanager
def download(home: Home, ticket: str, attachment: str) -> Iterator[Iterator[bytes]]:
    """Stream one file. Raises Missing when the ticket has none of that number: RT itself answers 500 then."""
    known = any(text(row.get("id")) == attachment for rows in home.hung.values() for row in rows)
    rows = [] if known else home.pages(f"{ticket_path(ticket)}/attachments", {"fields": "Filename"}, blanks=BLANKS)
    if not known and attachment not in {text(row.get("id")) for row in rows}:
        raise Missing("Request Tracker does not have the file any more, or hides it from us.")
    with home.wire.download(f"{API}attachment/{attachment}") as pieces:
        yield decoded(pieces)


def decoded(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The bytes of the string named Content. Raises Unavailable when the answer ends before it does."""
    held, inside, kept = b"", False, b""
    for piece in pieces:
        held += piece
        if not inside:
            found = BEGIN.search(held)
            if found is None:
                continue
            held, inside = held[found.end() :], True
        end = held.find(b'"')
        given = held if end < 0 else held[:end]
        if end < 0 and given.endswith(b"\\"):
            held, given = b"\\", given[:-1]
        else:
            held = b""
        kept += bytes(char for char in given.replace(b"\\n", b"") if char in ALPHABET)
        whole = len(kept) - len(kept) % 4
        if whole:
            yield base64.b64decode(kept[:whole])
            kept = kept[whole:]
        if end >= 0:
            return
    raise Unavailable("Request Tracker broke off a file.", sent=False)
