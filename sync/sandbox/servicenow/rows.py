"""Reading tables: real ones from the store, those that describe the instance made from the catalogue."""

from collections.abc import Iterator
from functools import cache
from zoneinfo import ZoneInfo

from sync.sandbox.servicenow import catalog
from sync.sandbox.servicenow.query import parse, run
from sync.sandbox.servicenow.seed import BEGINNING, sys_id, system
from sync.sandbox.store import Doc, Json, Store

#: rows that belong to one record are kept by it: the column that names it
BY_RECORD = {"sys_journal_field": "element_id", "sys_audit": "documentkey", "sys_attachment": "table_sys_id"}


def find(store: Store, table: str, encoded: str, zone: ZoneInfo) -> list[Doc]:
    """The rows of a table that an encoded query finds, in its order (else as they were made)."""
    query = parse(encoded)

    def get(doc: Doc, path: str) -> str | None:
        return walked(store, table, doc, path)

    def known(path: str) -> bool:
        return walkable(table, path)

    owner = query.equal(BY_RECORD[table]) if table in BY_RECORD else ""
    return run(query, all_rows(store, table, owner), get, known, zone)


def all_rows(store: Store, table: str, owner: str = "") -> list[Doc]:
    """Every row of a table; `task` has those of all its children, `owner` narrows rows kept by record."""
    if table in BY_RECORD:
        owners = [owner] if owner else [doc["sys_id"] for name in catalog.WORK for doc in store.all(name)]
        return [doc for one in owners for doc in store.all(f"{table}/{one}")]
    if table == "task":
        return [doc for name in catalog.WORK for doc in store.all(name)]
    return described().get(table) or store.all(table)


def one_row(store: Store, table: str, number: str) -> Doc | None:
    """A row by sys_id."""
    if table == "sys_attachment":
        place = store.get("files", number)
        return store.get(f"sys_attachment/{place['owner']}", number) if place else None
    for name in catalog.WORK if table == "task" else (table,):
        found = store.get(name, number)
        if found is not None:
            return found
    return next((doc for doc in all_rows(store, table) if doc["sys_id"] == number), None)


def walkable(table: str, path: str) -> bool:
    """Whether a dotted path leads to a column."""
    for step in path.split("."):
        column = catalog.columns(table).get(step) if table in catalog.TABLES else None
        if column is None:
            return False
        table = column.reference
    return True


def walked(store: Store, table: str, doc: Doc, path: str) -> str | None:
    """The stored value at a dotted path; "" beyond an empty reference, None for no such column."""
    first, _, rest = path.partition(".")
    column = catalog.columns(doc.get("sys_class_name") or table).get(first)
    if column is None:
        return None
    value = str(doc.get(first, ""))
    if not rest:
        return value
    target = one_row(store, column.reference, value) if value and column.reference else None
    return walked(store, column.reference, target, rest) if target else ""


@cache
def described() -> dict[str, list[Doc]]:
    """The tables that tell of tables: sys_db_object, sys_dictionary, sys_choice."""
    return {"sys_db_object": _objects(), "sys_dictionary": _dictionary(), "sys_choice": _choices()}


def _objects() -> list[Doc]:
    return [
        system(sys_id(f"table/{one.name}"), BEGINNING, "system")
        | {
            "name": one.name,
            "label": one.label,
            "super_class": sys_id(f"table/{one.parent}") if one.parent else "",
        }
        for one in catalog.TABLES.values()
    ]


def _dictionary() -> list[Doc]:
    return [_entry(table.name, column) for table in catalog.TABLES.values() for column in table.columns]


def _entry(table: str, column: catalog.Column) -> Json:
    return system(sys_id(f"{table}.{column.element}"), BEGINNING, "system") | {
        "name": table,
        "element": column.element,
        "column_label": column.label,
        "internal_type": column.type,
        "max_length": str(column.length),
        "mandatory": str(column.mandatory).lower(),
        "read_only": str(column.read_only).lower(),
        "reference": column.reference,
        "choice": column.choice or "0",
        "default_value": column.default,
        "active": "true",
    }


def _choices() -> list[Doc]:
    return list(_choice_rows())


def _choice_rows() -> Iterator[Doc]:
    for (table, element), pairs in catalog.CHOICES.items():
        for place, (value, label) in enumerate(pairs):
            yield system(sys_id(f"choice/{table}.{element}.{value}"), BEGINNING, "system") | {
                "name": table,
                "element": element,
                "value": value,
                "label": label,
                "language": "en",
                "sequence": str(place),
                "inactive": "false",
                "dependent_value": "",
            }
