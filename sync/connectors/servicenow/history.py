"""Revisions out of sys_audit: one for each column that changed, with source time, actor and order."""

from collections.abc import Mapping
from datetime import UTC, datetime

from sync.connectors.servicenow.answers import moment, text
from sync.connectors.servicenow.fields import Column
from sync.connectors.servicenow.home import Home
from sync.connectors.wire import Json
from sync.engine.types import Revision, Value

FIELDS = "sys_id,fieldname,oldvalue,newvalue,user,sys_created_on,sys_created_by,record_checkpoint"
ORDER = "^ORDERBYsys_created_on^ORDERBYrecord_checkpoint^ORDERBYsys_id"
Place = tuple[int, int, str]


def place(row: Json) -> Place:
    """Where a row of the audit stands: time, then the record's count of updates, which tells ties in a second."""
    count = text(row.get("record_checkpoint"))
    at = int(moment(row.get("sys_created_on")).timestamp())
    return at, int(count) if count.isdigit() else 0, text(row.get("sys_id"))


def parsed(revision: str) -> Place:
    """The place in a revision's id."""
    at, _, rest = revision.partition(".")
    count, _, number = rest.partition(".")
    return int(at) if at.isdigit() else 0, int(count) if count.isdigit() else 0, number


def revisions(home: Home, record: str, columns: Mapping[str, Column], since: str | None) -> tuple[Revision, ...]:
    """All changes of columns that travel after revision id `since`, oldest first. Journal texts are no columns."""
    point = parsed(since) if since else (0, 0, "")
    query = f"documentkey={record}"
    if since:
        query += f"^sys_created_on>={home.literal(datetime.fromtimestamp(point[0], UTC))}"
    rows = [row for row in home.rows("sys_audit", query + ORDER, FIELDS) if place(row) > point]
    told = [row for row in rows if _travels(columns.get(text(row.get("fieldname"))))]
    home.people.load("user_name", (_who(row) for row in told))
    return tuple(_revision(home, row, columns) for row in sorted(told, key=place))


def _travels(column: Column | None) -> bool:
    return column is not None and column.kind is not None


def _who(row: Json) -> str:
    return text(row.get("user")) or text(row.get("sys_created_by"))


def _revision(home: Home, row: Json, columns: Mapping[str, Column]) -> Revision:
    at, count, number = place(row)
    column = columns[text(row.get("fieldname"))]
    return Revision(
        id=f"{at}.{count}.{number}",
        at=moment(row.get("sys_created_on")),
        actor=home.people.actor(_who(row)),
        field=column.key,
        old=_value(home, column, text(row.get("oldvalue"))),
        new=_value(home, column, text(row.get("newvalue"))),
    )


def _value(home: Home, column: Column, value: str) -> Value:
    """One side of a change; the audit has ids and choice values, as the record has."""
    name = home.people.name(column.reference, value) if column.reference and value else ""
    return column.portable(value, name)


def entry_order(home: Home, record: str, since: datetime) -> dict[tuple[str, str], int]:
    """The record's count of updates at each journal text since then, by (journal, text): it orders a second."""
    query = f"documentkey={record}^fieldnameINcomments,work_notes^sys_created_on>={home.literal(since)}{ORDER}"
    return {
        (text(row.get("fieldname")), text(row.get("newvalue"))): place(row)[1]
        for row in home.rows("sys_audit", query, FIELDS)
    }
