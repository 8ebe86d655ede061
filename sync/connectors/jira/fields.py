"""One field's value between Jira's JSON and the portable form, by the shape that Jira declares for it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.core.errors import Rejected
from sync.connectors.jira import bodies
from sync.connectors.jira.answers import STAMP, moment, record, text
from sync.connectors.wire import Json
from sync.engine.types import FieldInfo, FieldType, Option, Value

#: prefix of the label that finds an issue whose create lost its answer; no portable label starts so
MARKER_LABEL = "concord-"
OUR_LABEL = re.compile(r"concord-[0-9a-f]{16}")
CUSTOM = re.compile(r"customfield_\d+")


@dataclass(frozen=True, slots=True)
class Shape:
    """What Jira says of a field's values: `type` and `items` as in its schema, `rich` = a document."""

    type: str
    items: str = ""
    rich: bool = False
    single_line: bool = False


#: system fields that travel; the rest of Jira's fields are its own affairs (rank, votes, progress …)
SYSTEM: Mapping[str, Shape] = {
    "summary": Shape("string", single_line=True),
    "description": Shape("string", rich=True),
    "status": Shape("status"),
    "priority": Shape("priority"),
    "labels": Shape("array", "string"),
    "assignee": Shape("user"),
    "reporter": Shape("user"),
    "resolution": Shape("resolution"),
    "issuetype": Shape("issuetype"),
    "duedate": Shape("date"),
    "components": Shape("array", "component"),
}
#: values known by their name
NAMED = frozenset({"priority", "resolution", "issuetype", "component", "version", "group", "status"})
TYPES: Mapping[str, FieldType] = {
    "string": FieldType.TEXT,
    "number": FieldType.NUMBER,
    "date": FieldType.DATE,
    "datetime": FieldType.DATETIME,
    "user": FieldType.USER,
    "option": FieldType.OPTION,
    "option-with-child": FieldType.OPTION,
    "priority": FieldType.OPTION,
    "resolution": FieldType.OPTION,
    "issuetype": FieldType.OPTION,
    "version": FieldType.OPTION,
    "group": FieldType.OPTION,
    "status": FieldType.STATUS,
}


def travels(key: str) -> bool:
    """Whether a Jira field is one that this connector reads and writes."""
    return key in SYSTEM or CUSTOM.fullmatch(key) is not None


def shape_of(key: str, schema: object) -> Shape:
    """The shape of a field from its `schema` object; system fields are known without one."""
    if key in SYSTEM:
        return SYSTEM[key]
    said = record(schema)
    custom = text(said.get("custom"))
    return Shape(
        type=text(said.get("type")),
        items=text(said.get("items")),
        rich=custom.endswith(":textarea"),
        single_line=custom.endswith((":textfield", ":url")),
    )


def portable(value: object, shape: Shape) -> Value:
    """Jira's value in portable form. Raises ValueError for a value that only Jira understands."""
    if value is None or value == "":
        return None
    if shape.rich or (isinstance(value, dict) and value.get("type") == "doc"):
        return bodies.markdown(value) or None
    if isinstance(value, list):
        names = {name for name in (_name(one) for one in value) if not OUR_LABEL.fullmatch(name)}
        return tuple(sorted(names)) or None
    if isinstance(value, dict):
        return _name(value)
    if isinstance(value, str):
        dated = shape.type == "datetime" or not shape.type
        return moment(value).isoformat() if dated and STAMP.fullmatch(value) else value
    if isinstance(value, int | float):
        return value
    raise ValueError("not a portable value")


def _name(value: object) -> str:
    """The name a person reads: people by display name, options by value, all others by name."""
    if isinstance(value, str):
        return value
    said = record(value)
    for key in ("displayName", "value", "name"):
        name = text(said.get(key))
        if name:
            child = text(record(said.get("child")).get("value"))
            return f"{name} / {child}" if child else name
    raise ValueError("not a portable value")


def native(key: str, value: Value, shape: Shape, account_id: Callable[[str], str]) -> object:
    """A portable value as Jira wants it; `account_id` finds a person. Raises Rejected."""
    if isinstance(value, tuple):
        if shape.type != "array":
            raise Rejected(f"Jira's field {key} takes one value and not a list.", field=key)
        return [_one(key, item, Shape(shape.items), account_id) for item in value]
    if value is None:
        return [] if shape.type == "array" else None
    if shape.type == "array":
        return [_one(key, value, Shape(shape.items), account_id)]
    return _one(key, value, shape, account_id)


def _one(key: str, value: object, shape: Shape, account_id: Callable[[str], str]) -> object:
    said = str(value)
    if shape.type == "user":
        return {"accountId": account_id(said)}
    if shape.type in NAMED:
        return {"name": said}
    if shape.type.startswith("option"):
        parent, _, child = said.partition(" / ") if shape.type == "option-with-child" else (said, "", "")
        return {"value": parent, "child": {"value": child}} if child else {"value": parent}
    try:
        return _text(said, shape) if shape.type == "string" else _measured(said, shape)
    except ValueError as error:
        raise Rejected(f"Jira's field {key} takes a {shape.type} and not this value.", field=key) from error


def _text(said: str, shape: Shape) -> object:
    if shape.rich:
        return bodies.document(said)
    return bodies.one_line(said) if shape.single_line else said


def _measured(said: str, shape: Shape) -> object:
    """A number, date or time. Raises ValueError."""
    if shape.type == "number":
        number = float(said)
        return int(number) if number.is_integer() else number
    if shape.type == "date":
        return datetime.fromisoformat(said).date().isoformat()
    if shape.type == "datetime":
        return moment(datetime.fromisoformat(said).isoformat()).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"
    return said


def info(key: str, meta: Json) -> FieldInfo | None:
    """What `describe` says of one field of the create screen; None for one that does not travel."""
    shape = shape_of(key, meta.get("schema"))
    kind = FieldType.RICH if shape.rich else TYPES.get(shape.type)
    if shape.type == "array":
        kind = FieldType.LABELS if shape.items == "string" else FieldType.OPTIONS
    if kind is None or not travels(key):
        return None
    length = {FieldType.RICH: bodies.MAX_TEXT, FieldType.TEXT: 255}.get(kind)
    return FieldInfo(
        key=key,
        label=text(meta.get("name")) or key,
        type=kind,
        # the issue type is the kind of item, which `create` sends by itself
        required=meta.get("required") is True and meta.get("hasDefaultValue") is not True and key != "issuetype",
        writable=key != "status",
        max_length=bodies.MAX_SUMMARY if key == "summary" else length,
        unit="utf16",
        options=options(meta.get("allowedValues")),
    )


def options(values: object) -> tuple[Option, ...]:
    """Allowed values by name; children of a cascading option as "parent / child"."""
    found: list[str] = []
    for one in values if isinstance(values, list) else []:
        try:
            name = _name(one)
        except ValueError:
            continue
        found.append(name)
        children = record(one).get("children")
        found += [
            f"{name} / {text(record(c).get('value'))}" for c in (children if isinstance(children, list) else [])
        ]
    return tuple(Option(value=name) for name in dict.fromkeys(found))
