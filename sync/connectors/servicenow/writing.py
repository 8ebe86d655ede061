"""Writing to ServiceNow: create with the marker inside, set fields, entries, files; each answer is checked."""

import hashlib
from collections.abc import Mapping

from portal.core.errors import Rejected, Unavailable
from sync.connectors.answers import record
from sync.connectors.base import Content
from sync.connectors.servicenow import bodies
from sync.connectors.servicenow.answers import text
from sync.connectors.servicenow.fields import Column
from sync.connectors.servicenow.home import API, Home
from sync.connectors.servicenow.listing import marker
from sync.connectors.servicenow.reading import FILES
from sync.connectors.uploads import whole_file
from sync.connectors.wire import Json
from sync.engine.types import AddComment, Attach, Fields, Written

#: entries that are looked at for the one just written
NEWEST = 20


def create(home: Home, kind: str, fields: Fields, key: str) -> Written:
    """Create a record that carries `key` from the start. Raises Rejected, Missing."""
    table = home.known(kind)
    columns = home.catalogue.columns(table)
    sent = natives(home, columns, {name: value for name, value in fields.items() if value is not None})
    caller = home.settings.get("caller", "")
    if caller and "caller_id" in columns and "caller_id" not in sent:
        sent["caller_id"] = home.people.find("sys_user", caller, "caller_id")
    body = sent | marker(key)
    answer = record(home.ask("POST", API + table, params=_told(body), body=body).get("result"))
    number = text(answer.get("sys_id"))
    home.learn(number, table)
    for name, value in body.items():
        if value and not text(answer.get(name)):
            raise _ignored(columns, name)
    return Written(record=number, label=text(answer.get("number")), url=home.address(table, number))


def set_fields(home: Home, number: str, fields: Fields) -> Written:
    """Write fields in one update."""
    table = home.table_of(number)
    columns = home.catalogue.columns(table)
    return patch(home, table, number, natives(home, columns, fields))


def patch(home: Home, table: str, number: str, sent: Mapping[str, str]) -> Written:
    """One update in stored values. Raises Rejected, naming the field, where an access rule dropped a value."""
    answer = record(home.ask("PATCH", f"{API}{table}/{number}", params=_told(sent), body=dict(sent)).get("result"))
    columns = home.catalogue.columns(table)
    for name, value in sent.items():
        if not alike(columns[name], text(answer.get(name)), value) and not _applied(
            home, number, columns[name], value
        ):
            raise _ignored(columns, name)
    return Written(record=number)


def natives(home: Home, columns: Mapping[str, Column], fields: Fields) -> dict[str, str]:
    """Portable fields as ServiceNow stores them. Raises Rejected, naming the field."""
    found: dict[str, str] = {}
    for name, value in fields.items():
        column = columns.get(name)
        if column is None or column.kind is None:
            raise Rejected(f"ServiceNow has no field {name} here. Choose another in the rulebook.", field=name)
        if column.reference and column.writable and isinstance(value, str) and value:
            found[name] = home.people.find(column.reference, value, name)
        else:
            found[name] = column.native(value)
    return found


def alike(column: Column, one: str, two: str) -> bool:
    """Whether two stored values say the same, whatever an instance does to line ends, blanks and zeros."""
    one, two = (value.replace("\r\n", "\n").strip() for value in (one, two))
    return one == two or column.portable(one) == column.portable(two)


def _told(body: Mapping[str, object]) -> dict[str, str | int]:
    """An answer with no more than what was sent, in stored values."""
    names = ",".join(("sys_id", "number", "sys_mod_count", *body))
    return {"sysparm_fields": names, "sysparm_exclude_reference_link": "true"}


def _applied(home: Home, number: str, column: Column, value: str) -> bool:
    """Whether the value was taken and then changed by a business rule: the audit knows it under our name."""
    query = f"documentkey={number}^fieldname={column.key}^user={home.user_name()}^ORDERBYDESCsys_created_on"
    rows = home.page("sys_audit", query, "newvalue", limit=5).rows
    return any(alike(column, text(row.get("newvalue")), value) for row in rows)


def _ignored(columns: Mapping[str, Column], name: str) -> Rejected:
    label = columns[name].label if name in columns else name
    return Rejected(
        f"ServiceNow dropped the value of {label} without a word: an access rule keeps the account from writing it.",
        field=name,
    )


def comment(home: Home, number: str, step: AddComment, key: str) -> Written:
    """Add an entry to the journal for everybody, or to the one for colleagues; its id is looked up by our marker."""
    table = home.table_of(number)
    element = "comments" if step.public else "work_notes"
    column = home.catalogue.columns(table).get(element)
    if column is None:
        raise Rejected(f"ServiceNow's table {table} has no journal {element}.")
    code_tags = home.settings.get("code_tags", "") != "no"
    said = bodies.entry(step.body, key, limit=column.length, code_tags=code_tags)
    params: dict[str, str | int] = {"sysparm_fields": "sys_id,sys_mod_count"}
    home.ask("PATCH", f"{API}{table}/{number}", params=params, body={element: said})
    return Written(record=number, part=_entry(home, number, element, key))


def _entry(home: Home, number: str, element: str, key: str) -> str:
    """The id of the entry that carries `key`. Raises Rejected where the journal did not take it."""
    query = f"element_id={number}^element={element}^ORDERBYDESCsys_created_on"
    for row in home.page("sys_journal_field", query, "sys_id,value", limit=NEWEST).rows:
        if bodies.read_entry(text(row.get("value")))[1] == key:
            return text(row.get("sys_id"))
    raise Rejected(
        "ServiceNow dropped the entry without a word: let the account write the journal and read sys_journal_field.",
        field=element,
    )


def attach(home: Home, number: str, step: Attach, content: Content | None) -> Written:
    """Upload one file as a stream. ServiceNow keeps no marker on files: account, name and size tell it."""
    if content is None:
        raise Rejected("The file's content is not at hand.")
    if not step.public:
        raise Rejected("ServiceNow shows a file to everybody who sees the record, so a private one is not sent.")
    digest = hashlib.sha256()
    params = {"table_name": home.table_of(number), "table_sys_id": number, "file_name": step.name}
    kind = step.media_type if step.media_type.isascii() and step.media_type.isprintable() else ""
    headers = {
        "Accept": "application/json",
        "Content-Type": kind or "application/octet-stream",
        "Content-Length": str(step.size),
    }
    with content() as pieces:
        stream = whole_file(step, pieces, digest.update)
        response = home.wire.send("POST", f"{FILES}/file", params=params, content=stream, headers=headers)
    made = record(record(home.wire.decoded(response, "POST")).get("result"))
    _arrived(made, step, digest.hexdigest())
    return Written(record=number, part=text(made.get("sys_id")), sha256=digest.hexdigest())


def _arrived(made: Json, step: Attach, sha256: str) -> None:
    """Raise Unavailable where ServiceNow's own size or hash says that other bytes arrived."""
    told = text(made.get("hash"))
    if text(made.get("size_bytes")) != str(step.size) or (told and told != sha256) or not text(made.get("sys_id")):
        raise Unavailable(f"ServiceNow did not keep the file {step.name} as it was sent.", sent=True)
