"""One issue read fresh: fields, comments, attachments, history, in two requests when its lists are short."""

from collections.abc import Mapping
from urllib.parse import quote

from portal.core.errors import Missing
from sync.connectors.jira import bodies, history
from sync.connectors.jira.answers import moment, record, records, text, version, whole
from sync.connectors.jira.fields import Shape, portable, shape_of, travels
from sync.connectors.jira.home import API, Home
from sync.connectors.wire import Json
from sync.engine.types import Item, Part, PartKind, Revision, Value

#: the property of an issue and of a comment that carries our key
PROPERTY = "concord"
#: ids that one request for comments takes
COMMENTS_AT_ONCE = 500


def read(home: Home, issue_id: str, since: str | None) -> Item:
    """The issue as it is now, with its revisions after `since`.

    1. the issue with fields, newest history and our property; 2. comments, where it has any, because only
    their own list tells our property; 3. the rest of the history, where the issue's share was cut.
    Raises Missing for an issue that is gone, hidden or has been moved to a project that is not connected.
    """
    path = f"issue/{quote(issue_id, safe='')}"
    issue = home.get(path, fields="*all", expand="changelog,schema", properties=PROPERTY)
    fields = record(issue.get("fields"))
    _at_home(home, fields)
    shapes = {key: shape_of(key, schema) for key, schema in record(issue.get("schema")).items()}
    comments = _comments(home, path) if whole(record(fields.get("comment")).get("total")) else []
    label = text(issue.get("key"))
    return Item(
        record=text(issue.get("id")),
        kind=text(record(fields.get("issuetype")).get("name")),
        label=label,
        url=home.browse(label),
        version=version(fields.get("updated")),
        created_at=moment(fields.get("created")),
        updated_at=moment(fields.get("updated")),
        fields=_portable(fields, shapes),
        parts=_parts(comments, records(fields.get("attachment"))),
        revisions=_revisions(home, path, issue, shapes, since),
        key=_key(record(issue.get("properties")).get(PROPERTY)),
        reporter=history.actor(fields.get("reporter")) if fields.get("reporter") else None,
    )


def _at_home(home: Home, fields: Json) -> None:
    project = record(fields.get("project"))
    names = (text(project.get("key")).upper(), text(project.get("id")))
    if home.project.upper() not in names:
        raise Missing(f"The issue is in the project {names[0]} and not in {home.project}. Move it back or unlink it.")


def _portable(fields: Json, shapes: Mapping[str, Shape]) -> dict[str, Value]:
    """All fields that travel. One whose value only Jira understands is left out, which is not empty."""
    found: dict[str, Value] = {}
    for key, value in fields.items():
        if travels(key):
            try:
                found[key] = portable(value, shapes.get(key) or shape_of(key, None))
            except ValueError:
                continue
    return found


def _key(value: object) -> str | None:
    return text(record(value).get("key")) or None


def _comments(home: Home, path: str) -> list[Json]:
    """All comments with their properties; asked by id where a site's list leaves the properties out."""
    listed = home.pages(f"{path}/comment", "comments", orderBy="created", expand="properties")
    bare = [int(text(one.get("id"))) for one in listed if "properties" not in one]
    full: dict[str, Json] = {}
    for start in range(0, len(bare), COMMENTS_AT_ONCE):
        ids = {"ids": bare[start : start + COMMENTS_AT_ONCE]}
        answer = home.wire.json("POST", API + "comment/list", params={"expand": "properties"}, body=ids)
        full |= {text(one.get("id")): one for one in records(answer.get("values"))}
    return [full.get(text(one.get("id")), one) for one in listed]


def is_public(comment: Json) -> bool:
    """Whether everybody who sees the issue sees the comment: not limited to a role or group, not internal."""
    internal = any(
        text(one.get("key")) == "sd.public.comment" and record(one.get("value")).get("internal") in (True, "true")
        for one in records(comment.get("properties"))
    )
    return not comment.get("visibility") and comment.get("jsdPublic") is not False and not internal


def _parts(comments: list[Json], attachments: list[Json]) -> tuple[Part, ...]:
    """Comments and attachments by time. A file that a restricted comment shows is as private as that."""
    secret = {name for one in comments if not is_public(one) for name in bodies.file_names(one.get("body"))}
    found = [_comment(one) for one in comments] + [_attachment(one, secret) for one in attachments]
    return tuple(sorted(found, key=lambda part: (part.at, len(part.id), part.id)))


def _comment(said: Json) -> Part:
    marks = {text(one.get("key")): one.get("value") for one in records(said.get("properties"))}
    at, edited = moment(said.get("created")), moment(said.get("updated") or said.get("created"))
    return Part(
        id=text(said.get("id")),
        kind=PartKind.COMMENT,
        at=at,
        author=history.actor(said.get("author")),
        public=is_public(said),
        body=bodies.markdown(said.get("body")),
        key=_key(marks.get(PROPERTY)),
        edited_at=edited if edited > at else None,
    )


def _attachment(said: Json, secret: set[str]) -> Part:
    name = text(said.get("filename"))
    return Part(
        id=text(said.get("id")),
        kind=PartKind.ATTACHMENT,
        at=moment(said.get("created")),
        author=history.actor(said.get("author")),
        public=name not in secret,
        name=name,
        media_type=text(said.get("mimeType")) or "application/octet-stream",
        size=whole(said.get("size")),
    )


def _revisions(
    home: Home, path: str, issue: Json, shapes: Mapping[str, Shape], since: str | None
) -> tuple[Revision, ...]:
    """The history after `since`; from the log itself where the issue's share does not reach back so far."""
    log = record(issue.get("changelog"))
    entries = records(log.get("histories"))
    point = history.order(since)[0] if since else -1
    reached = any(history.order(text(entry.get("id")))[0] <= point for entry in entries)
    if whole(log.get("total")) > len(entries) and not reached:
        entries = home.pages(f"{path}/changelog", "values")
    return history.revisions(entries, shapes, since)
