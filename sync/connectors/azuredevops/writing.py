"""Writing to Azure DevOps: one JSON Patch a step, refused when the item changed since it was read."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote

from portal.core.errors import Conflict, Missing, Rejected, Unavailable
from sync.connectors.azuredevops import bodies, marker
from sync.connectors.azuredevops.answers import text
from sync.connectors.azuredevops.fields import AREA, ITERATION, STATE, TAGS, Shape, joined, native
from sync.connectors.azuredevops.home import PREVIEW, VERSION, Home
from sync.connectors.base import Content
from sync.connectors.wire import Json
from sync.engine.types import AddComment, Attach, EditComment, Fields, Written

#: bytes; the limit of one file where no administrator raised it
FILE_MAX_BYTES = 60 * 1024 * 1024


def create(home: Home, kind: str, fields: Fields, key: str) -> Written:
    """Create an item that carries `key` from its first revision. Raises Rejected, Missing."""
    made = home.wire.patch("POST", *_born(home, kind, fields, key), VERSION)
    home.remember(made)
    number = text(made.get("id"))
    return Written(record=number, label=f"#{number}", url=home.page(number))


def rehearse(home: Home, kind: str) -> None:
    """Ask whether an item could be created, without making one. Raises what a create would raise."""
    path, operations = _born(home, kind, {"System.Title": "Concord asks what it may do"}, "check")
    home.wire.patch("POST", path, operations, {**VERSION, "validateOnly": "true"})


def _born(home: Home, kind: str, fields: Fields, key: str) -> tuple[str, list[Json]]:
    """The address and the operations of a create."""
    if fields.get(STATE) is not None:
        raise Rejected("Azure DevOps begins every item in its kind's first state. Move it afterwards.", field=STATE)
    home.kind(kind)
    shapes = home.shapes(kind)
    places = {AREA: home.settings.get("area", ""), ITERATION: home.settings.get("iteration", "")}
    given = {name: value for name, value in {**places, **fields}.items() if value not in (None, "")}
    tags = given.pop(TAGS, None)
    found = [_add(name, native(value, shaped(shapes, name), "html")) for name, value in given.items()]
    if home.marker_field:
        found.append(_add(home.marker_field, key))
    else:
        found.append({"op": "add", "path": "/relations/-", "value": marker.hyperlink(home.marked(key), key)})
    named = joined(tags, () if home.marker_field else (marker.tag(key),))
    if named:
        found.append(_add(TAGS, named))
    return home.path(f"workitems/${quote(kind, safe='')}"), found


def shaped(shapes: Mapping[str, Shape], name: str) -> Shape:
    """A field's shape. Raises Rejected for a field that the kind does not have."""
    if name not in shapes:
        raise Rejected(f"Azure DevOps has no field {name} here. Choose another in the rulebook.", field=name)
    return shapes[name]


def _add(name: str, value: object) -> Json:
    return {"op": "add", "path": f"/fields/{name}", "value": value}


def update(home: Home, number: str, fields: Fields) -> Written:
    """Write fields in one revision, a state among them by an allowed transition.

    The first operation tests the revision that was last read, so nothing that somebody else just wrote is
    overwritten. Raises Conflict then, Rejected for values, fields and moves that are not allowed.
    """
    seen = home.known(number)
    shapes = home.shapes(seen.kind)
    operations: list[Json] = []
    for name, value in fields.items():
        one = shaped(shapes, name)
        if name == STATE and (value is None or str(value) == seen.state):
            continue
        if name == STATE:
            _refuse_move(home, seen.kind, seen.state, str(value))
        if name == TAGS:
            # "add" joins tags to those that are there, so all of them are replaced
            op = "replace" if TAGS in seen.filled else "add"
            operations.append({**_add(TAGS, joined(value, seen.our_tags)), "op": op})
        elif value is not None:
            operations.append(_add(name, native(value, one, seen.formats.get(name, "html"))))
        elif name in seen.filled:
            operations.append({"op": "remove", "path": f"/fields/{name}"})
    return _patched(home, number, operations) if operations else Written(record=number)


def _refuse_move(home: Home, kind: str, start: str, end: str) -> None:
    """Raise Rejected for a move that the kind's workflow does not have; one that it does not tell is tried."""
    reachable = [to for begin, to in home.transitions(kind) if begin == start]
    if reachable and end not in reachable:
        raise Rejected(
            f"Azure DevOps moves no {kind} from {start} to {end}. From there it can go to: {', '.join(reachable)}.",
            field=STATE,
        )


def _patched(home: Home, number: str, operations: list[Json]) -> Written:
    """Send operations against the revision that was last seen."""
    test: Json = {"op": "test", "path": "/rev", "value": home.known(number).rev}
    try:
        answer = home.wire.patch("PATCH", home.path(f"workitems/{number}"), [test, *operations], VERSION)
    except Conflict:
        home.seen.pop(number, None)
        raise
    seen = home.remember(answer)
    return Written(record=number, revisions=(str(seen.rev),))


def comment(home: Home, number: str, step: AddComment, key: str) -> Written:
    """Add a comment that carries `key`. Raises Rejected for a private one: there are none."""
    if not step.public:
        raise Rejected(
            "Azure DevOps shows a comment to everybody who sees the work item, so a private one is not sent."
        )
    place = home.path(f"workItems/{home_number(number)}/comments")
    body, kind = _said(home, step.body, key)
    answer = home.wire.json("POST", place, params={**PREVIEW, "format": kind}, body={"text": body})
    # a comment makes a revision, and its answer does not say which
    home.seen.pop(number, None)
    return Written(record=number, part=text(answer.get("id")) or text(answer.get("commentId")))


def edit_comment(home: Home, number: str, step: EditComment) -> Written:
    """Replace the text of a comment of ours; the key that it carries stays."""
    place = home.path(f"workItems/{home_number(number)}/comments/{quote(step.part, safe='')}")
    present = home.wire.json("GET", place, params=PREVIEW)
    key = marker.parted(text(present.get("text")))[1] or ""
    body, kind = _said(home, step.body, key)
    home.wire.json("PATCH", place, params={**PREVIEW, "format": kind}, body={"text": body})
    home.seen.pop(number, None)
    return Written(record=number, part=step.part)


def _said(home: Home, body: str, key: str) -> tuple[str, str]:
    """A comment's text with its key, and the format of it."""
    if home.as_html:
        said = bodies.written(body, "html")
        return (marker.linked(said, home.marked(key), key) if key else said), "html"
    return (marker.hidden(body, key) if key else body), "markdown"


def home_number(number: str) -> str:
    """A record id that is a number; others go nowhere. Raises Missing."""
    if not (number.isascii() and number.isdigit()):
        raise Missing(f"Azure DevOps has no work item {number[:40]}.")
    return number


def attach(home: Home, number: str, step: Attach, key: str, content: Content | None) -> Written:
    """Upload a file as a stream, then link it with its key. A file that is not linked is cleaned up over there."""
    if content is None:
        raise Rejected("The file's content is not at hand.")
    if not step.public:
        raise Rejected("Azure DevOps shows a file to everybody who sees the work item, so a private one is not sent.")
    if step.size > FILE_MAX_BYTES:
        raise Rejected(f"Azure DevOps takes files of up to {FILE_MAX_BYTES // 2**20} MB.", status=413)
    digest = hashlib.sha256()
    headers = {
        "Accept": "application/json",
        "Content-Type": "application/octet-stream",
        "Content-Length": str(step.size),
    }
    place, params = home.path("attachments"), {**VERSION, "fileName": step.name}
    try:
        with content() as pieces:
            whole = _whole(step, pieces, digest.update)
            response = home.wire.send("POST", place, params=params, content=whole, headers=headers)
        made = home.wire.decoded(response, "POST")
    except Unavailable as fault:
        # nothing is on the item yet, whatever became of the upload
        raise Unavailable(str(fault), status=fault.status, sent=False, retry_at=fault.retry_at) from fault
    uploaded = made if isinstance(made, dict) else {}
    part = text(uploaded.get("id")).lower()
    if not part:
        raise Unavailable("Azure DevOps took the file without saying where it is.", sent=False)
    relation: Json = {
        "rel": "AttachedFile",
        "url": text(uploaded.get("url")),
        "attributes": {"comment": marker.PREFIX + key},
    }
    done = _patched(home, number, [{"op": "add", "path": "/relations/-", "value": relation}])
    return Written(record=number, part=part, sha256=digest.hexdigest(), revisions=done.revisions)


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
