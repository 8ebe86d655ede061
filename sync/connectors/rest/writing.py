"""Writes as the declaration has them: each carries the engine's marker where a place for it is declared."""

import hashlib
from collections.abc import Callable, Iterator

from portal.core.errors import Rejected, Unavailable
from sync.connectors.base import Content
from sync.connectors.rest.declared import Section
from sync.connectors.rest.home import Home
from sync.connectors.rest.shape import Address, Body
from sync.connectors.rest.values import native, text
from sync.engine.types import AddComment, Attach, EditComment, Fields, Written


def create(home: Home, fields: Fields, key: str) -> Written:
    """One record with these fields and the marker."""
    section = home.declaration["records"]
    address = _declared(section, "create", "It takes no new records")
    body = _record_body(home, section.bodies.get("create_body"), fields, key)
    answer = home.wire.value(address.method, address.of(), body=body)
    return _written(home, home.item(answer))


def update(home: Home, record: str, fields: Fields) -> Written:
    """One update of these fields."""
    section = home.declaration["records"]
    address = _declared(section, "update", "Its records cannot be changed")
    body = _record_body(home, section.bodies.get("update_body"), fields, None)
    home.wire.value(address.method, address.of(id=record), body=body)
    return Written(record)


def comment(home: Home, record: str, step: AddComment, key: str) -> Written:
    """One comment. Raises Rejected for a private one where the declaration has no place for "private"."""
    section = home.declaration["comments"]
    address = _declared(section, "create", "It takes no comments")
    body = section.bodies.get("create_body")
    if body is None:
        raise Rejected("The declaration of comments has no create_body. Add it on the system's page.")
    if not step.public and not _tells_privacy(body):
        raise Rejected("This system's comments cannot be private: create_body has neither {private} nor {public}.")
    said = {"body": step.body, "public": step.public, "private": not step.public, "marker": key}
    answer = home.wire.value(address.method, address.of(id=record), body=body.of(said))
    return Written(record, part=_made(section, answer))


def edit(home: Home, record: str, step: EditComment) -> Written:
    """Another body for a comment of ours."""
    section = home.declaration["comments"]
    address = _declared(section, "edit", "Its comments cannot be edited")
    body = section.bodies.get("edit_body") or section.bodies.get("create_body")
    if body is None:
        raise Rejected("The declaration of comments has no edit_body. Add it on the system's page.")
    home.wire.value(address.method, address.of(id=record, part=step.part), body=body.of({"body": step.body}))
    return Written(record, part=step.part)


def attach(home: Home, record: str, step: Attach, key: str, content: Content | None) -> Written:
    """One file, its bytes as the request's body; name and marker travel in the address."""
    section = home.declaration["files"]
    address = _declared(section, "create", "It takes no files")
    if content is None:
        raise Rejected("There are no bytes to attach.")
    digest = hashlib.sha256()
    headers = {
        "Content-Type": step.media_type or "application/octet-stream",
        "Content-Length": str(step.size),
        "Accept": "application/json",
    }
    place = address.of(id=record, name=step.name, marker=key)
    with content() as source:
        pieces = _measured(source, step.size, digest.update)
        response = home.wire.send(address.method, place, content=pieces, headers=headers)
    made = _made(section, home.wire.decoded(response, address.method))
    return Written(record, part=made, sha256=digest.hexdigest())


def _measured(source: Iterator[bytes], size: int, take: Callable[[bytes], None]) -> Iterator[bytes]:
    """The bytes, never more than were told. Raises Unavailable(sent=False) for another number of them."""
    sent = 0
    for piece in source:
        take(piece)
        sent += len(piece)
        if sent <= size:
            yield piece
    if sent != size:
        # told here, as the length is promised in the header: a broken promise is the connection's end
        raise Unavailable(f"The file has {sent} bytes where {size} were told.", sent=False)


def _record_body(home: Home, template: Body | None, fields: Fields, key: str | None) -> object:
    """The body that sets these fields: by the template, else each at its own path within the path “item”."""
    lines, section = home.declaration.fields, home.declaration["records"]
    for name in fields:
        if name not in lines:
            raise Rejected(f"The declaration has no field {name}.", field=name)
        if not lines[name].writable:
            raise Rejected(f"The field {name} is declared as readonly.", field=name)
    values = native(fields)
    if template is not None:
        return template.of(values if key is None else {**values, "marker": key})
    inner: dict[str, object] = {}
    for name, value in values.items():
        lines[name].path.put(inner, value)
    if key is not None and "marker" in section.paths:
        section.paths["marker"].put(inner, key)
    item = section.paths.get("item")
    if item is None or item.text == "$":
        return inner
    body: dict[str, object] = {}
    item.put(body, inner)
    return body


def _tells_privacy(body: Body) -> bool:
    return "{private}" in repr(body.template) or "{public}" in repr(body.template)


def _declared(section: Section, name: str, sentence: str) -> Address:
    if name not in section.addresses:
        raise Rejected(f"{sentence}: the declaration has no “{name}”.")
    return section.addresses[name]


def _made(section: Section, answer: object) -> str | None:
    """The id of what a write made; the path `made` leads to it in the answer."""
    made = section.first("made", answer) if "made" in section.paths else answer
    return text(section.first("id", made)) or None


def _written(home: Home, item: object) -> Written:
    record = home.record(item)
    if not record:
        raise Unavailable("The system's answer to a write names no record. Check the path “id”.", sent=True)
    return Written(record, text(home.declaration["records"].first("label", item)) or record, home.page(record))
