"""One issue read fresh, in one request: fields, notes, files, history."""

from itertools import pairwise

from portal.core.errors import Missing
from sync.connectors.answers import moment, record, records, text
from sync.connectors.redmine import bodies, history
from sync.connectors.redmine.fields import portable
from sync.connectors.redmine.home import Home, actor, issue_path
from sync.connectors.uploads import FILE
from sync.connectors.wire import Json
from sync.engine.types import Item, Part, PartKind

#: issues whose births are remembered
MANY = 20_000


def fetch(home: Home, issue: str) -> Json:
    """An issue with its journals and files. Raises Missing when it is gone, hidden or in another project."""
    found = record(home.get(issue_path(issue), include="journals,attachments").get("issue"))
    project = record(found.get("project"))
    if text(project.get("id")) != home.project_id():
        raise Missing(
            f"The issue is in the project {text(project.get('name'))} and not in {home.project}. "
            "Move it back or unlink it."
        )
    return found


def read(home: Home, issue: str, since: str | None) -> Item:
    """The issue as it is now, with its revisions after `since`."""
    found = fetch(home, issue)
    journals = records(found.get("journals"))
    known = history.keys(home, journals)
    number = text(found.get("id"))
    last = text(journals[-1].get("id")) if journals else "0"
    return Item(
        record=number,
        kind=text(record(found.get("tracker")).get("name")),
        label=f"#{number}",
        url=home.page(number),
        version=f"{text(found.get('updated_on'))}.{last}",
        created_at=moment(found.get("created_on")),
        updated_at=moment(found.get("updated_on")),
        fields=portable(home, found),
        parts=parts(home, found, known),
        revisions=history.revisions(home, found, known, since),
        key=birth(home, found) or None,
        reporter=actor(found.get("author")),
    )


def birth(home: Home, issue: Json) -> str:
    """The key of an issue that we made, "" for others: a person's copy of ours carries the field's value too."""
    marks = [one for one in records(issue.get("custom_fields")) if text(one.get("id")) == home.marker()]
    mine = text(record(issue.get("author")).get("id")) == text(home.me().get("id"))
    key = history.item_key(marks[0].get("value")) if marks and mine else ""
    if len(home.births) >= MANY:
        home.births.clear()
    home.births[text(issue.get("id"))] = key or "-"
    return key


def parts(home: Home, issue: Json, known: dict[str, str]) -> tuple[Part, ...]:
    """Notes and files by time; a file that came with a private note is as private as that."""
    journals = records(issue.get("journals"))
    notes = [_note(home, one, known) for one in journals if text(one.get("notes")).strip()]
    origin = {
        text(one.get("name")): text(journal.get("id"))
        for journal in journals
        for one in history.detail(journal, "attachment")
    }
    secret = _with_secrets(journals)
    said = "\n".join(text(one.get("notes")) for one in journals if one.get("private_notes") is True)
    files = [
        _file(one, known.get(origin.get(text(one.get("id")), "")), origin.get(text(one.get("id"))) in secret, said)
        for one in records(issue.get("attachments"))
    ]
    return tuple(sorted([*notes, *files], key=lambda part: (part.at, part.kind, len(part.id), part.id)))


def _with_secrets(journals: list[Json]) -> set[str]:
    """Journals of details right before a private note of the same person and second: parts of one write."""
    found = set()
    for before, after in pairwise(journals):
        same = all(before.get(name) == after.get(name) for name in ("user", "created_on"))
        if same and after.get("private_notes") is True and not text(before.get("notes")).strip():
            found.add(text(before.get("id")))
    return found


def _note(home: Home, journal: Json, known: dict[str, str]) -> Part:
    number, at = text(journal.get("id")), moment(journal.get("created_on"))
    edited = moment(journal["updated_on"]) if text(journal.get("updated_on")) else at
    return Part(
        id=number,
        kind=PartKind.COMMENT,
        at=at,
        author=actor(journal.get("user")),
        public=journal.get("private_notes") is False,
        body=bodies.markdown(home.language, text(journal.get("notes"))),
        key=known.get(number),
        edited_at=edited if edited > at else None,
    )


def _file(said: Json, key: str | None, secret: bool, private_words: str) -> Part:
    name, size = text(said.get("filename")), said.get("filesize")
    return Part(
        id=FILE + text(said.get("id")),
        kind=PartKind.ATTACHMENT,
        at=moment(said.get("created_on")),
        author=actor(said.get("author")),
        public=not secret and (not name or name not in private_words),
        name=name,
        media_type=text(said.get("content_type")) or "application/octet-stream",
        size=size if isinstance(size, int) else 0,
        key=key,
    )
