"""One record as it stands: its fields, comments, files and history."""

from collections.abc import Iterator

from portal.core.errors import Missing
from sync.connectors.rest.declared import Section
from sync.connectors.rest.home import Home
from sync.connectors.rest.listing import version
from sync.connectors.rest.values import fields_of, is_public, moment, portable, scalar, text
from sync.engine.types import Actor, Item, Part, PartKind, Revision


def read(home: Home, record: str, since: str | None) -> Item:
    """The record. Raises Missing when it is not there, or when another one answers under its address."""
    section = home.declaration["records"]
    item = home.item(home.get(section.addresses["read"], id=record))
    if home.record(item) != record:
        raise Missing("Another record answers under this one's address.")
    updated = moment(section.first("updated", item))
    return Item(
        record=record,
        kind=home.declaration.kind,
        label=text(section.first("label", item)) or record,
        url=home.page(record),
        version=version(home, item),
        created_at=moment(section.first("created", item)) if "created" in section.paths else updated,
        updated_at=updated,
        fields=fields_of(home.declaration, item),
        parts=tuple(sorted([*comments(home, record), *files(home, record)], key=lambda part: (part.at, part.id))),
        revisions=tuple(revisions(home, record, since)),
        key=text(section.first("marker", item)) or None,
        locked=section.first("locked", item) is True,
        reporter=_actor(section, "reporter", item),
    )


def comments(home: Home, record: str) -> Iterator[Part]:
    """The comments of a record, where they are declared."""
    section = home.declaration["comments"]
    for row in home.rows(section, id=record) if section.has("list") else ():
        edited = section.first("edited", row)
        yield Part(
            id=text(section.first("id", row)),
            kind=PartKind.COMMENT,
            at=moment(section.first("at", row)),
            author=_actor(section, "author", row) or Actor("", ""),
            public=_public(section, row),
            body=text(section.first("body", row)),
            key=text(section.first("marker", row)) or None,
            edited_at=moment(edited) if edited else None,
        )


def files(home: Home, record: str) -> Iterator[Part]:
    """The files of a record, where they are declared."""
    section = home.declaration["files"]
    for row in home.rows(section, id=record) if section.has("list") else ():
        size = section.first("size", row)
        yield Part(
            id=text(section.first("id", row)),
            kind=PartKind.ATTACHMENT,
            at=moment(section.first("at", row)),
            author=_actor(section, "author", row) or Actor("", ""),
            public=_public(section, row),
            name=text(section.first("name", row)),
            media_type=text(section.first("type", row)) or "application/octet-stream",
            size=size if isinstance(size, int) else 0,
            of=text(section.first("of", row)) or None,
            key=text(section.first("marker", row)) or None,
        )


def revisions(home: Home, record: str, since: str | None) -> list[Revision]:
    """Changes of declared fields after `since`, oldest first; all of them when `since` is not known there."""
    section = home.declaration["history"]
    if not section.has("list"):
        return []
    told = sorted(_told(home, section, record), key=lambda one: one.at)
    ids = [one.id for one in told]
    return told[ids.index(since) + 1 :] if since in ids else told


def _told(home: Home, section: Section, record: str) -> Iterator[Revision]:
    for row in home.rows(section, id=record):
        key = home.declaration.field_named(text(section.first("field", row)))
        if not key:
            continue
        line = home.declaration.fields[key]
        old, new = section.first("old", row), section.first("new", row)
        yield Revision(
            id=text(section.first("id", row)),
            at=moment(section.first("at", row)),
            actor=_actor(section, "actor", row) or Actor("", ""),
            field=key,
            old=portable(line, old) if not isinstance(old, dict) else scalar(old),
            new=portable(line, new) if not isinstance(new, dict) else scalar(new),
            key=text(section.first("marker", row)) or None,
        )


def _public(section: Section, row: object) -> bool:
    shown, hidden = section.first("public", row), section.first("private", row)
    return is_public(section.words, shown, hidden, told="public" in section.paths or "private" in section.paths)


def _actor(section: Section, name: str, row: object) -> Actor | None:
    found = text(section.first(name, row))
    called = text(section.first(f"{name}_name", row)) or found
    return Actor(found or called, called) if called else None
