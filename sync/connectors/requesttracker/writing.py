"""Writing to RT: a ticket with our mark in a custom field, messages with it inside, fields that are read back.

RT answers 200 to a refused update and says so in a sentence of the account's language; so the ticket is read again.
"""

import base64
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime

from portal.core.errors import Rejected, Unavailable
from sync.connectors.answers import record, records, text
from sync.connectors.base import Content
from sync.connectors.requesttracker import bodies
from sync.connectors.requesttracker.fields import STANDARD, described, native, portable
from sync.connectors.requesttracker.home import API, KIND, Home, ticket_path
from sync.connectors.requesttracker.reading import birth, fetch
from sync.connectors.uploads import FILE, Multipart, whole_file
from sync.connectors.wire import Json
from sync.engine.types import AddComment, Attach, Fields, Value, Written


def create(home: Home, fields: Fields, key: str) -> Written:
    """Create one ticket that carries `key`. Raises Rejected for what RT would drop in silence."""
    given = {name: value for name, value in fields.items() if value is not None}
    first = described(given.pop("description", None))
    body = native(home, given)
    body["CustomFields"] = {**record(body.get("CustomFields")), home.marker()[1]: key}
    body |= {"Queue": home.queue, "Type": KIND, **first}
    made = home.wire.json("POST", API + "ticket", body=body)
    number = text(made.get("id"))
    if not number:
        raise Unavailable("Request Tracker's answer to a creation names no ticket.", sent=True)
    if birth(home, fetch(home, number)) != key:
        raise Rejected(
            f"Request Tracker made ticket #{number} without our mark. Give the account the right to modify the "
            "mark's custom field, and delete that ticket."
        )
    return Written(number, f"#{number}", home.page(number))


def set_fields(home: Home, ticket: str, fields: Fields, key: str) -> Written:
    """Write fields in one update. Raises Rejected naming the first that RT left as it was."""
    fetch(home, ticket)
    answer = home.wire.value("PUT", API + ticket_path(ticket), body=native(home, fields))
    said = "; ".join(text(one) for one in answer) if isinstance(answer, list) else ""
    present = portable(home, fetch(home, ticket), None)
    for name, value in fields.items():
        if not _equal(present.get(name), value):
            label = STANDARD[name].label if name in STANDARD else name
            told = f": {said}" if said else ", without saying why"
            raise Rejected(f"Request Tracker left {label} as it was{told}.", field=name)
    return Written(ticket, f"#{ticket}", home.page(ticket))


def _equal(stands: Value, sent: Value) -> bool:
    """Whether a value stands as it was sent: lists without order, texts without regard to blanks and case."""
    if isinstance(stands, tuple) or isinstance(sent, tuple):
        both = [one if isinstance(one, tuple) else () if one is None else (one,) for one in (stands, sent)]
        return {str(one).casefold() for one in both[0]} == {str(one).casefold() for one in both[1]}
    one, two = (" ".join(str(value if value is not None else "").split()).casefold() for value in (stands, sent))
    return one == two or _at(one) == _at(two) != ""


def _at(said: str) -> str:
    """A time in one spelling, "" for what is none."""
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        return ""
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


def comment(home: Home, ticket: str, step: AddComment, key: str) -> Written:
    """A reply when public, which RT mails to the requestors, else a comment."""
    fetch(home, ticket)
    body = bodies.native(step.body, key)
    made = _spoken(home, ticket, home.wire.encoded(body), {"Content-Type": "application/json"}, public=step.public)
    return Written(ticket, f"#{ticket}", home.page(ticket), part=made)


def _spoken(home: Home, ticket: str, body: bytes | Iterator[bytes], headers: dict[str, str], *, public: bool) -> str:
    """Post a message; the number of its transaction."""
    path = f"{API}{ticket_path(ticket)}/{'correspond' if public else 'comment'}"
    response = home.wire.send("POST", path, content=body, headers={"Accept": "application/json", **headers})
    home.wire.decoded(response, "POST")
    made = str(response.headers.get("location", "")).rstrip("/").rpartition("/")[2]
    if not made.isdigit():
        raise Unavailable("Request Tracker took a message without saying where it is.", sent=True)
    return made


def attach(home: Home, ticket: str, step: Attach, key: str, content: Content | None) -> Written:
    """One file with a message around it that carries our mark.

    A text file goes as bytes: RT would recode it. An empty file goes inside JSON: RT refuses it in a form.
    """
    if content is None:
        raise Rejected("The file's content is not at hand.")
    fetch(home, ticket)
    said = bodies.native(step.note or step.name, key)
    kind = "application/octet-stream" if step.media_type.startswith(("text/", "message/")) else step.media_type
    digest = hashlib.sha256()
    with content() as pieces:
        stream = whole_file(step, pieces, digest.update)
        if step.size:
            form = Multipart.of(step, "Attachments", {"JSON": json.dumps(said)}, kind)
            body: bytes | Iterator[bytes] = form.stream(stream)
            headers = form.headers(step.size)
        else:
            body, headers = home.wire.encoded(_empty(step, said, stream)), {"Content-Type": "application/json"}
        made = _spoken(home, ticket, body, headers, public=step.public)
    rows = home.get(f"transaction/{made}/attachments", fields="Filename").get("items")
    files = [text(row.get("id")) for row in records(rows) if text(row.get("Filename"))]
    if not files:
        raise Unavailable("Request Tracker took a file and does not show it.", sent=True)
    return Written(ticket, f"#{ticket}", home.page(ticket), part=FILE + files[0], sha256=digest.hexdigest())


def _empty(step: Attach, said: Json, stream: Iterator[bytes]) -> Json:
    """A message with a file of no bytes. "=" is base64 of nothing, which RT does not take for a missing value;
    its file names in JSON are bytes, so a name goes as the bytes of its UTF-8."""
    hashed = b"".join(stream)
    name = step.name.encode("utf-8", "replace").decode("latin-1")
    nothing = base64.b64encode(hashed).decode() or "="
    file = {"FileName": name, "FileType": "application/octet-stream", "FileContent": nothing}
    return {**said, "Attachments": [file]}
