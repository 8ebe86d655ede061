"""One work item read fresh: fields, comments, attachments, history."""

import mimetypes
import re
from collections.abc import Mapping

from sync.connectors.azuredevops import bodies, history, marker
from sync.connectors.azuredevops.answers import NOBODY, actor, moment, record, records, text, whole
from sync.connectors.azuredevops.fields import Shape, portable
from sync.connectors.azuredevops.home import PAGE, PREVIEW, Home
from sync.connectors.wire import Json
from sync.engine.types import Actor, Item, Part, PartKind, Value

FILE = re.compile(r"/attachments/(?P<id>[0-9A-Fa-f-]{36})(?:[/?]|$)")


def read(home: Home, number: str, since: str | None) -> Item:
    """The item as it is now, with its revisions after `since`.

    1. the item with its relations; 2. its comments, where it has any; 3. its updates: from `since` on, or all
    where it has files, because only the update that added a file says who did.
    Raises Missing for an item that is gone, hidden, or was moved to a project that is not connected.
    """
    item = home.item(number)
    fields = record(item.get("fields"))
    kind = text(fields.get("System.WorkItemType"))
    shapes, formats = home.shapes(kind), home.seen[text(item.get("id"))].formats
    point = int(since) if since and since.isdigit() else 0
    files = [one for one in records(item.get("relations")) if one.get("rel") == "AttachedFile"]
    comments = _comments(home, number) if whole(fields.get("System.CommentCount"), 1) else []
    rows = history.updates(home, number, 0 if files else point)
    parts = [_comment(one) for one in comments] + _attachments(files, rows, fields.get("System.CreatedDate"))
    return Item(
        record=text(item.get("id")),
        kind=kind,
        label=f"#{text(item.get('id'))}",
        url=home.page(number),
        version=text(item.get("rev")),
        created_at=moment(fields.get("System.CreatedDate")),
        updated_at=moment(fields.get("System.ChangedDate")),
        fields=_portable(fields, shapes, formats),
        parts=tuple(sorted(parts, key=lambda part: (part.at, part.kind, len(part.id), part.id))),
        revisions=history.revisions(rows, shapes, formats, point),
        key=marker.of_item(item, home.marker_field),
        reporter=actor(fields.get("System.CreatedBy")) if fields.get("System.CreatedBy") else None,
    )


def _portable(fields: Json, shapes: Mapping[str, Shape], formats: Mapping[str, str]) -> dict[str, Value]:
    """All fields of the kind. One that an answer leaves out is empty: Azure DevOps tells no empty field."""
    found: dict[str, Value] = {}
    for key, one in shapes.items():
        try:
            found[key] = portable(fields.get(key), one, formats.get(key, "html"))
        except ValueError:
            continue
    return found


def _comments(home: Home, number: str) -> list[Json]:
    """All comments that are not deleted."""
    found: list[Json] = []
    more: dict[str, str | int] = {}
    while True:
        params = {**PREVIEW, "$top": PAGE, "order": "asc", **more}
        answer = home.wire.json("GET", home.path(f"workItems/{number}/comments"), params=params)
        page = records(answer.get("comments"))
        found += page
        following = text(answer.get("continuationToken"))
        if not page or not following or following == more.get("continuationToken"):
            return [one for one in found if one.get("isDeleted") is not True]
        more = {"continuationToken": following}


def _comment(said: Json) -> Part:
    at, edited = moment(said.get("createdDate") or said.get("modifiedDate")), said.get("modifiedDate")
    given, key = marker.parted(text(said.get("text")))
    changed = moment(edited) if edited and whole(said.get("version"), 1) > 1 else None
    return Part(
        id=text(said.get("id")) or text(said.get("commentId")),
        kind=PartKind.COMMENT,
        at=at,
        author=actor(said.get("createdBy") or said.get("modifiedBy")),
        public=True,
        body=bodies.markdown(given, text(said.get("format")) or "html"),
        key=key,
        edited_at=changed,
    )


def file_id(relation: Json) -> str:
    """The id in the address of an attached file, "" for an address that has none."""
    found = FILE.search(text(relation.get("url")))
    return found["id"].lower() if found else ""


def _attachments(files: list[Json], rows: list[Json], born: object) -> list[Part]:
    """The files of an item, each once, however often it is linked; one without a time has the item's own."""
    authors: dict[str, Actor] = {}
    for row in rows:
        for one in records(record(row.get("relations")).get("added")):
            authors.setdefault(file_id(one), history.who_did(row))
    found = {file_id(one): one for one in reversed(files) if file_id(one)}
    return [_attachment(number, one, authors.get(number, NOBODY), born) for number, one in found.items()]


def _attachment(number: str, relation: Json, author: Actor, born: object) -> Part:
    said = record(relation.get("attributes"))
    name = text(said.get("name")) or number
    return Part(
        id=number,
        kind=PartKind.ATTACHMENT,
        at=moment(said.get("authorizedDate") or said.get("resourceCreatedDate") or born),
        author=author,
        public=True,
        name=name,
        media_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
        size=whole(said.get("resourceSize")),
        key=marker.of_relation(relation),
    )
