"""Writing to Jira: create with the marker inside, set fields, move by transition, comment, attach."""

import hashlib
from collections.abc import Callable, Iterator
from secrets import token_hex
from urllib.parse import quote

from portal.core.errors import Missing, Rejected, Unavailable
from sync.connectors.base import Content
from sync.connectors.jira import bodies
from sync.connectors.jira.answers import record, records, text
from sync.connectors.jira.fields import OUR_LABEL, SYSTEM, native
from sync.connectors.jira.home import API, Home
from sync.connectors.jira.listing import marker_label
from sync.connectors.jira.reading import PROPERTY
from sync.connectors.wire import Json
from sync.engine.types import AddComment, Attach, EditComment, Fields, Value, Written


def path(issue_id: str, rest: str = "") -> str:
    """An issue's address."""
    return f"{API}issue/{quote(issue_id, safe='')}{rest}"


def create(home: Home, kind: str, fields: Fields, key: str) -> Written:
    """Create an issue whose label and property carry `key` from the start. Raises Rejected, Missing."""
    if fields.get("status") is not None:
        raise Rejected("Jira begins every issue in its workflow's first status. Move it afterwards.", field="status")
    decided = ("status", "issuetype")
    given = {name: value for name, value in fields.items() if value is not None and name not in decided}
    sent = natives(home, given)
    labels = given.get("labels")
    sent["labels"] = [*_labels(labels), marker_label(key)]
    sent["project"] = {"key": home.project}
    sent["issuetype"] = {"id": home.kind_id(kind)}
    answer = home.wire.json("POST", API + "issue", body={"fields": sent, "properties": _marked(key)})
    label = text(answer.get("key"))
    return Written(record=text(answer.get("id")), label=label, url=home.browse(label))


def set_fields(home: Home, issue_id: str, fields: Fields, key: str) -> Written:
    """Write fields in one update. Labels go as additions and removals, so that ours and unseen ones stay."""
    body: Json = {"fields": natives(home, {n: v for n, v in fields.items() if n != "labels"}), **deed(key)}
    if "labels" in fields:
        body["update"] = {"labels": _label_verbs(home, issue_id, fields["labels"])}
    home.wire.json("PUT", path(issue_id), body=body)
    return Written(record=issue_id)


def natives(home: Home, fields: Fields) -> Json:
    """Portable fields as Jira wants them; the site's field list is asked only for custom fields."""

    def account_id(name: str) -> str:
        return person(home, name)

    known = SYSTEM if all(name in SYSTEM for name in fields) else {**home.shapes(), **SYSTEM}
    unknown = sorted(set(fields) - set(known))
    if unknown:
        raise Rejected(f"Jira has no field {unknown[0]}. Choose another in the rulebook.", field=unknown[0])
    return {name: native(name, value, known[name], account_id) for name, value in fields.items()}


def person(home: Home, name: str) -> str:
    """The account id of a person who can be assigned, by exact name or e-mail. Raises Rejected."""
    answer = home.get("user/assignable/search", project=home.project, query=name, maxResults=50)
    wanted = name.casefold()
    found = [
        text(one.get("accountId"))
        for one in records(answer.get("values"))
        if wanted in (text(one.get("displayName")).casefold(), text(one.get("emailAddress")).casefold())
    ]
    if len(found) != 1:
        said = "knows nobody by that name who can be assigned" if not found else "knows several people by that name"
        raise Rejected(f"Jira {said} in project {home.project}. Map the person in the rulebook.")
    return found[0]


def comment(home: Home, issue_id: str, step: AddComment, key: str) -> Written:
    """Add a comment that carries `key`; a private one only where the settings say how to restrict it."""
    marks = _marked(key)
    body: Json = {"body": bodies.document(step.body), "properties": marks}
    if not step.public:
        role = home.settings.get("private_role", "")
        if home.settings.get("service_desk") == "yes":
            marks.append({"key": "sd.public.comment", "value": {"internal": True}})
        elif role:
            body["visibility"] = {"type": "role", "value": role}
        else:
            raise Rejected("This Jira has no private comments set up. Name a role for them in the system's settings.")
    answer = home.wire.json("POST", path(issue_id, "/comment"), body=body)
    return Written(record=issue_id, part=text(answer.get("id")))


def edit_comment(home: Home, issue_id: str, step: EditComment) -> Written:
    """Replace a comment's body; its restriction is sent back, because Jira drops one that is left out."""
    place = f"{API}issue/{quote(issue_id, safe='')}/comment/{quote(step.part, safe='')}"
    present = home.wire.json("GET", place)
    body: Json = {"body": bodies.document(step.body)}
    if present.get("visibility"):
        body["visibility"] = present["visibility"]
    home.wire.json("PUT", place, body=body)
    return Written(record=issue_id, part=step.part)


def attach(home: Home, issue_id: str, step: Attach, content: Content | None) -> Written:
    """Upload one file as a stream. Jira keeps no marker on files: account, name and size tell it."""
    if content is None:
        raise Rejected("The file's content is not at hand.")
    if not step.public:
        raise Rejected("Jira shows a file to everybody who sees the issue, so a private one is not sent.")
    boundary, digest = token_hex(16), hashlib.sha256()
    head, tail = _envelope(step, boundary)
    headers = {
        "Accept": "application/json",
        "X-Atlassian-Token": "no-check",
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Content-Length": str(len(head) + step.size + len(tail)),
    }
    with content() as pieces:
        stream = _stream(head, _whole(step, pieces, digest.update), tail)
        response = home.wire.send("POST", path(issue_id, "/attachments"), content=stream, headers=headers)
    made = home.wire.decoded(response, "POST")
    part = text(record(made[0]).get("id")) if isinstance(made, list) and made else ""
    if not part:
        raise Missing("Jira took the file without saying where it is.")
    return Written(record=issue_id, part=part, sha256=digest.hexdigest())


def _envelope(step: Attach, boundary: str) -> tuple[bytes, bytes]:
    """The bytes before and after a file in a multipart body (names escaped as browsers do)."""
    name = step.name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    kind = step.media_type if step.media_type.isascii() and step.media_type.isprintable() else ""
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        f"Content-Type: {kind or 'application/octet-stream'}\r\n\r\n"
    )
    return head.encode(), f"\r\n--{boundary}--\r\n".encode()


def _stream(head: bytes, pieces: Iterator[bytes], tail: bytes) -> Iterator[bytes]:
    yield head
    yield from pieces
    yield tail


def _whole(step: Attach, pieces: Iterator[bytes], note: Callable[[bytes], None]) -> Iterator[bytes]:
    """The file's bytes, each told to `note`. Raises Unavailable when they are not as many as were announced."""
    left = step.size
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            break
        note(piece)
        yield piece
    if left:
        raise Unavailable(f"The file {step.name} is not as long as it was. It is read and sent again.", sent=False)


def _marked(key: str) -> list[Json]:
    return [{"key": PROPERTY, "value": {"key": key}}]


def deed(key: str) -> Json:
    """Our key for the change log, where Jira keeps it beside the entry that this write makes."""
    return {"historyMetadata": {"type": "concord", "extraData": {"concord": key}}}


def _labels(value: Value) -> list[str]:
    given = value if isinstance(value, tuple) else (value,) if value else ()
    return [str(one) for one in given if not OUR_LABEL.fullmatch(str(one))]


def _label_verbs(home: Home, issue_id: str, wanted: Value) -> list[Json]:
    """What to add and remove so that the portable labels become `wanted`."""
    issue = home.get(f"issue/{quote(issue_id, safe='')}", fields="labels")
    listed = record(issue.get("fields")).get("labels")
    present = [text(one) for one in listed] if isinstance(listed, list) else []
    target = _labels(wanted)
    add: list[Json] = [{"add": one} for one in target if one not in present]
    gone: list[Json] = [{"remove": one} for one in present if one not in target and not OUR_LABEL.fullmatch(one)]
    return add + gone
