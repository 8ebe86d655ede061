"""Which addresses may travel, and what stands in the text for pictures and files that do not."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import parse_qs, quote, unquote, urlsplit

SCHEMES = frozenset({"http", "https", "mailto", "tel", "ftp"})

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_UNSAFE_ASCII = frozenset("<>\"'\\^`{|}")
#: Zendesk and Jira addresses of files: whoever holds one may be able to fetch the file, so it stays at home.
_FILE_PATH = re.compile(r"/(attachments/token|attachments|secure/attachment|attachment/content)/", re.IGNORECASE)


def tidy(address: str) -> str:
    """The address made fit for every language, or "" where it must not travel.

    Only absolute addresses with a scheme of SCHEMES pass (`www.x` and `//x` get https): script and data
    addresses are dangerous, relative ones mean nothing in another company's tracker, and a tracker's own
    address of a file opens it to whoever holds it (files travel as attachments, where they are granted).
    Characters that end a link in some language are percent-encoded; applying it twice changes nothing.
    """
    address = "".join(c for c in address.strip() if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Cn"})
    if address.lower().startswith("www."):
        address = f"https://{address}"
    elif address.startswith("//"):
        address = f"https:{address}"
    scheme = _SCHEME.match(address)
    if (
        _is_file(address)
        or scheme is None
        or scheme[1].lower() not in SCHEMES
        or not address[scheme.end() :].strip("/ ")
    ):
        return ""
    return "".join(quote(c, safe="") if c in _UNSAFE_ASCII or c.isspace() else c for c in address)


def file_name(address: str) -> str:
    """The file name that an address shows: its `name` parameter or last path segment; "" if neither."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme in {"data", "cid", "blob", "javascript"}:
        return ""
    named = parse_qs(parts.query).get("name") or parse_qs(parts.query).get("filename")
    last = named[0] if named else unquote(parts.path.rstrip("/").rpartition("/")[2])
    return last if "." in last or named else ""


def note(kind: str, name: str) -> str:
    """The plain words that stand for a picture or file: `(image: plan.png)`."""
    name = " ".join(name.split())
    return f"({kind}: {name})" if name else f"({kind})"


def _is_file(address: str) -> bool:
    """Whether the address is a tracker's own address of an attachment."""
    return _FILE_PATH.search(address) is not None
