"""Zendesk's writes: a ticket once per key, one update for each step, marked in the audit's metadata."""

import hashlib
import logging
import re
from collections.abc import Iterator, Mapping

from portal.core.errors import Conflict, Rejected, Unavailable
from sync.connectors.base import Content
from sync.connectors.wire import Json
from sync.connectors.zendesk.bodies import write_body
from sync.connectors.zendesk.desk import Desk
from sync.connectors.zendesk.errors import is_repeat
from sync.connectors.zendesk.fields import FILE_MAX_BYTES
from sync.connectors.zendesk.history import WRAPPING, comment_in, written
from sync.connectors.zendesk.people import API
from sync.connectors.zendesk.shapes import row, rows, text
from sync.connectors.zendesk.tickets import MARKER, native, opening
from sync.engine.types import Attach, Fields, Written

log = logging.getLogger(__name__)
#: what the warning header names: keys that Zendesk dropped, never values
DROPPED = re.compile(r'"(ticket[\w.\[\]]*)"')


def find(desk: Desk, key: str) -> tuple[str, ...]:
    """Tickets by our marker. This look-up reads the database, not the search index that lags by minutes."""
    answer = desk.wire.json("GET", f"{API}/tickets", params={"external_id": MARKER + key})
    listed = rows(answer.get("tickets"))
    return tuple(text(one.get("id")) for one in listed if one.get("external_id") == MARKER + key)


def create(desk: Desk, fields: Fields, key: str, settings: Mapping[str, str]) -> Written:
    """One ticket per key, however often it is sent within the two hours that Zendesk keeps keys."""
    body = opening(fields, desk.catalogue.current(), desk.people, key=key, settings=settings)
    try:
        answer = _send(desk, "POST", f"{API}/tickets", body, {"Idempotency-Key": key})
    except Rejected as fault:
        if not is_repeat(fault):
            raise
        # the first try with this key went through, and the values have changed since
        there = find(desk, key)
        if not there:
            raise Conflict("Zendesk saw this key before but has no ticket of it yet.", status=400) from fault
        return Written(there[0], f"#{there[0]}", desk.page(there[0]))
    return _answer(desk, answer)


def set_fields(desk: Desk, record: str, fields: Fields, key: str) -> Written:
    """One update of these fields, refused with Conflict when the ticket changed since it was last read."""
    body = native(fields, desk.catalogue.current(), desk.people, lambda: desk.tags(record))
    seen = desk.seen.get(record)
    if seen is not None and seen.stamp:
        body |= {"safe_update": True, "updated_stamp": seen.stamp}
    try:
        return _update(desk, record, body, {"concord": key})
    except Conflict:
        desk.seen.pop(record, None)
        raise


def add_comment(desk: Desk, record: str, markdown: str, *, public: bool, key: str) -> Written:
    """One comment; a public one is mailed to the requester by most accounts."""
    return _update(desk, record, {"comment": {**write_body(markdown), "public": public}}, {"concord": key})


def attach(desk: Desk, record: str, step: Attach, *, key: str, content: Content | None) -> Written:
    """Upload the bytes, then a comment that carries them; the comment is marked as a wrapping."""
    if content is None:
        raise Rejected("There are no bytes to attach.")
    if step.size > FILE_MAX_BYTES:
        raise Rejected(f"Zendesk takes files of up to {FILE_MAX_BYTES // 2**20} MB.", status=413)
    token, digest = _upload(desk, step, content)
    note = write_body(step.note or step.name)
    body = {"comment": {**note, "public": step.public, "uploads": [token]}}
    done = _update(desk, record, body, {"concord": key, WRAPPING: "1"}, file=True)
    return Written(done.record, done.label, done.url, done.part, digest, done.revisions)


def _upload(desk: Desk, step: Attach, content: Content) -> tuple[str, str]:
    """The upload's token and the SHA-256 of what was sent. Nothing is on the ticket yet."""
    digest = hashlib.sha256()

    def pieces(source: Iterator[bytes]) -> Iterator[bytes]:
        sent = 0
        for piece in source:
            digest.update(piece)
            sent += len(piece)
            if sent <= step.size:
                yield piece
        if sent != step.size:
            # told here, as the length is promised in the header: a broken promise is the connection's end
            raise Unavailable(f"The file has {sent} bytes where {step.size} were told.", sent=False)

    headers = {
        "Content-Type": step.media_type or "application/octet-stream",
        "Content-Length": str(step.size),
        "Accept": "application/json",
    }
    try:
        with content() as source:
            response = desk.wire.send(
                "POST",
                f"{API}/uploads",
                params={"filename": step.name},
                content=pieces(source),
                headers=headers,
            )
        answer = row(desk.wire.decoded(response, "POST"))
    except Unavailable as fault:
        raise Unavailable(str(fault), status=fault.status, sent=False, retry_at=fault.retry_at) from fault
    upload = row(answer.get("upload"))
    token, size = text(upload.get("token")), row(upload.get("attachment")).get("size")
    if not token or (isinstance(size, int) and size != step.size):
        raise Unavailable("Zendesk did not take the whole file.", sent=False)
    return token, digest.hexdigest()


def _update(
    desk: Desk, record: str, body: Mapping[str, object], metadata: Mapping[str, str], *, file: bool = False
) -> Written:
    answer = _send(desk, "PUT", desk.path(record), {**body, "metadata": dict(metadata)}, {})
    return _answer(desk, answer, file=file)


def _send(desk: Desk, method: str, path: str, ticket: Mapping[str, object], headers: Mapping[str, str]) -> Json:
    sent = {"Accept": "application/json", "Content-Type": "application/json", **headers}
    response = desk.wire.send(method, path, content=desk.wire.encoded({"ticket": ticket}), headers=sent)
    dropped = DROPPED.findall(response.headers.get("x-zendesk-api-warn", ""))
    if dropped:
        log.warning("Zendesk dropped keys of a write: %s", ", ".join(sorted(set(dropped))))
    return row(desk.wire.decoded(response, method))


def _answer(desk: Desk, answer: Json, *, file: bool = False) -> Written:
    """What a write left: an answer without the ticket is half an answer, and the write may stand."""
    ticket, audit = row(answer.get("ticket")), row(answer.get("audit"))
    record = text(ticket.get("id"))
    if not record:
        raise Unavailable("Zendesk's answer to a write names no ticket.", sent=True)
    desk.remember(ticket)
    comment = comment_in(audit) if audit else {}
    made = next(iter(rows(comment.get("attachments"))), {}) if file else comment
    return Written(
        record=record,
        label=f"#{record}",
        url=desk.page(record),
        part=text(made.get("id")) or None,
        revisions=written(audit) if audit else (),
    )
