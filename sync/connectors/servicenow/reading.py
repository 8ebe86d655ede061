"""One record read fresh: fields, journal entries, attachments, history."""

from collections import Counter
from collections.abc import Mapping

from portal.core.errors import Missing
from sync.connectors.answers import record
from sync.connectors.servicenow import bodies, history
from sync.connectors.servicenow.answers import moment, shown, text
from sync.connectors.servicenow.fields import Column
from sync.connectors.servicenow.home import API, Home
from sync.connectors.wire import Json
from sync.engine.types import Actor, Item, Part, PartKind, Value

FILES = "/api/now/v1/attachment"
MARKER = "concord:"
#: characters of correlation_id; a longer key goes on in correlation_display
ROOM = 100 - len(MARKER)
PRODUCT = "Concord"
DESCRIBED = "sys_id,table_sys_id,file_name,content_type,size_bytes,sys_created_on,sys_created_by"
OWN = (
    "sys_id",
    "number",
    "sys_created_on",
    "sys_updated_on",
    "sys_mod_count",
    "correlation_id",
    "correlation_display",
)
ENTRIES = "sys_id,element,value,sys_created_on,sys_created_by"


def read(home: Home, number: str, since: str | None) -> Item:
    """The record as it is now, with its revisions after `since`. Raises Missing for one that is gone or hidden.

    1. the record in stored values and names; 2. its journal; 3. its files; 4. its audit.
    """
    table = home.table_of(number)
    columns = home.catalogue.columns(table)
    travelling = (key for key, column in columns.items() if column.kind is not None)
    params: dict[str, str | int] = {
        # what does not travel is not asked for, least of all what journals say in one text
        "sysparm_fields": ",".join(dict.fromkeys((*OWN, *travelling))),
        "sysparm_display_value": "all",
        "sysparm_exclude_reference_link": "true",
    }
    found = record(home.ask("GET", f"{API}{table}/{number}", params=params).get("result"))
    if text(found.get("sys_id")) != number:
        raise Missing("ServiceNow does not have the record, or hides it from us.")
    entries, files = journal(home, number), attachments(home, table, number)
    home.people.load("user_name", (text(one.get("sys_created_by")) for one in (*entries, *files)))
    return Item(
        record=number,
        kind=table,
        label=text(found.get("number")),
        url=home.address(table, number),
        version=version(found, files),
        created_at=moment(found.get("sys_created_on")),
        updated_at=moment(found.get("sys_updated_on")),
        fields=portable(found, columns),
        parts=_parts(home, number, entries, files),
        revisions=history.revisions(home, number, columns, since),
        key=key_of(found),
        reporter=_reporter(home, found),
    )


def version(found: Json, files: list[Json]) -> str:
    """Time and count of updates; a file changes neither, so the newest one counts too."""
    newest = max((text(one.get("sys_created_on")) + text(one.get("sys_id"))[:8] for one in files), default="")
    return f"{text(found.get('sys_updated_on'))}/{text(found.get('sys_mod_count'))}/{newest}"


def portable(found: Json, columns: Mapping[str, Column]) -> dict[str, Value]:
    """All columns that travel. One that is hidden from us is left out, which is not empty."""
    return {
        key: column.portable(text(found[key]), shown(found[key]))
        for key, column in columns.items()
        if column.kind is not None and key in found
    }


def key_of(found: Json) -> str | None:
    """Our marker on a record; other integrations use the same columns."""
    first, rest = text(found.get("correlation_id")), text(found.get("correlation_display"))
    if not first.startswith(MARKER):
        return None
    return first.removeprefix(MARKER) + ("" if rest == PRODUCT else rest)


def _reporter(home: Home, found: Json) -> Actor | None:
    """Who wants something: the caller, else who opened the record."""
    for name in ("caller_id", "requested_for", "requested_by", "opened_by"):
        number = text(found.get(name))
        if number:
            return home.people.person(number)
    return None


def journal(home: Home, number: str) -> list[Json]:
    """The entries of both journals, oldest first."""
    query = f"element_id={number}^elementINcomments,work_notes^ORDERBYsys_created_on^ORDERBYsys_id"
    return home.rows("sys_journal_field", query, ENTRIES)


def attachments(home: Home, table: str, number: str) -> list[Json]:
    """The files of a record, oldest first."""
    query = f"table_name={table}^table_sys_id={number}^ORDERBYsys_created_on^ORDERBYsys_id"
    return [row for row in home.rows("sys_attachment", query, DESCRIBED) if text(row.get("table_sys_id")) == number]


def _parts(home: Home, number: str, entries: list[Json], files: list[Json]) -> tuple[Part, ...]:
    """Entries and files by time; entries of one second in the order of the record's updates."""
    notes = "\n".join(text(one.get("value")) for one in entries if text(one.get("element")) != "comments")
    order = _order(home, number, entries)
    found = [(_comment(home, one), order.get(text(one.get("sys_id")), 0)) for one in entries]
    found += [(_attachment(home, one, notes), 0) for one in files]
    return tuple(part for part, _ in sorted(found, key=lambda pair: (pair[0].at, pair[1], pair[0].id)))


def _order(home: Home, number: str, entries: list[Json]) -> dict[str, int]:
    """The place of entries that share a second, {} where none do."""
    times = Counter(text(one.get("sys_created_on")) for one in entries)
    tied = [one for one in entries if times[text(one.get("sys_created_on"))] > 1]
    if not tied:
        return {}
    counts = history.entry_order(home, number, moment(tied[0].get("sys_created_on")))
    return {
        text(one.get("sys_id")): counts.get((text(one.get("element")), text(one.get("value"))), 0) for one in tied
    }


def _comment(home: Home, said: Json) -> Part:
    """An entry; only the journal `comments` is for everybody. A marker counts under our own name only."""
    body, key = bodies.read_entry(text(said.get("value")))
    author = text(said.get("sys_created_by"))
    return Part(
        id=text(said.get("sys_id")),
        kind=PartKind.COMMENT,
        at=moment(said.get("sys_created_on")),
        author=home.people.actor(author),
        public=text(said.get("element")) == "comments",
        body=body,
        key=key if author == home.user_name() else None,
    )


def _attachment(home: Home, said: Json, notes: str) -> Part:
    """A file. ServiceNow has no private ones: one that a work note names is as private as that."""
    name, number, size = text(said.get("file_name")), text(said.get("sys_id")), text(said.get("size_bytes"))
    return Part(
        id=number,
        kind=PartKind.ATTACHMENT,
        at=moment(said.get("sys_created_on")),
        author=home.people.actor(text(said.get("sys_created_by"))),
        public=name not in notes and number not in notes,
        name=name,
        media_type=text(said.get("content_type")) or "application/octet-stream",
        size=int(size) if size.isdigit() else 0,
    )
