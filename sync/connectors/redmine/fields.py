"""Redmine's fields in portable form and back: names for ids, Markdown for texts, tuples for lists."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from portal.core.errors import Rejected
from sync.connectors.answers import record, records, text
from sync.connectors.redmine import bodies
from sync.connectors.redmine.home import CUSTOM, Home
from sync.connectors.wire import Json
from sync.engine.types import FieldInfo, FieldType, Option, Value

MAX_SUBJECT = 255


@dataclass(frozen=True, slots=True)
class Standard:
    """One of Redmine's own fields: its key in writes and journals, its label, its type."""

    native: str
    label: str
    type: FieldType
    writable: bool = True


STANDARD: Mapping[str, Standard] = {
    "subject": Standard("subject", "Subject", FieldType.TEXT),
    "description": Standard("description", "Description", FieldType.RICH),
    "status": Standard("status_id", "Status", FieldType.STATUS),
    "priority": Standard("priority_id", "Priority", FieldType.OPTION),
    "assigned_to": Standard("assigned_to_id", "Assignee", FieldType.USER),
    "category": Standard("category_id", "Category", FieldType.OPTION),
    "fixed_version": Standard("fixed_version_id", "Target version", FieldType.OPTION),
    "start_date": Standard("start_date", "Start date", FieldType.DATE),
    "due_date": Standard("due_date", "Due date", FieldType.DATE),
    "done_ratio": Standard("done_ratio", "% Done", FieldType.NUMBER),
    "estimated_hours": Standard("estimated_hours", "Estimated time", FieldType.NUMBER),
    "is_private": Standard("is_private", "Private", FieldType.BOOLEAN),
    "author": Standard("author_id", "Author", FieldType.USER, writable=False),
}
BY_NATIVE = {field.native: key for key, field in STANDARD.items()}
#: formats of custom fields; others (attachments, links to things that only Redmine knows) do not travel
FORMATS: Mapping[str, FieldType] = {
    "": FieldType.TEXT,
    "string": FieldType.TEXT,
    "text": FieldType.TEXT,
    "link": FieldType.TEXT,
    "int": FieldType.NUMBER,
    "float": FieldType.NUMBER,
    "date": FieldType.DATE,
    "bool": FieldType.BOOLEAN,
    "list": FieldType.OPTION,
    "enumeration": FieldType.OPTION,
    "user": FieldType.USER,
    "version": FieldType.OPTION,
}


def names_of(home: Home, key: str) -> Mapping[str, str]:
    """Id → name of a standard field's values; {} for a field that has no list."""
    lists: Mapping[str, Callable[[], Mapping[str, str]]] = {
        "status": home.statuses,
        "priority": home.priorities,
        "category": home.categories,
        "fixed_version": home.versions,
        "assigned_to": home.members,
    }
    return lists[key]() if key in lists else {}


def portable(home: Home, issue: Json) -> dict[str, Value]:
    """All fields of an issue that travel; what Redmine does not show is left out."""
    found: dict[str, Value] = {}
    for key, field in STANDARD.items():
        if key in issue:
            found[key] = _standard(home, field, issue.get(key))
        elif field.native.endswith("_id"):
            # an empty one is left out of Redmine's answer
            found[key] = None
    for row in records(issue.get("custom_fields")):
        number = text(row.get("id"))
        kind = format_of(home, number)
        if number != home.marker() and kind is not None:
            found[CUSTOM + number] = custom(home, number, row.get("value"))
    return found


def _standard(home: Home, field: Standard, value: object) -> Value:
    if isinstance(value, dict):
        return text(record(value).get("name")) or None
    if field.type is FieldType.RICH:
        return bodies.markdown(home.language, text(value)) or None
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _number(str(value))
    return text(value) or None


def logged(home: Home, key: str, value: object) -> Value:
    """A standard field's value out of a journal, where ids and numbers are strings."""
    field, said = STANDARD[key], text(value)
    if not said:
        return None
    if field.type is FieldType.RICH:
        return bodies.markdown(home.language, said) or None
    if field.type is FieldType.USER:
        return home.person(said)
    if field.native.endswith("_id"):
        return names_of(home, key).get(said, f"#{said}")
    if field.type is FieldType.BOOLEAN:
        return said in ("1", "t", "true")
    return _number(said) if field.type is FieldType.NUMBER else said


def custom(home: Home, number: str, value: object) -> Value:
    """A custom field's value by what people read."""
    if isinstance(value, list):
        return tuple(sorted(str(_one(home, number, one)) for one in value if text(one))) or None
    return _one(home, number, value)


def _one(home: Home, number: str, value: object) -> Value:
    said, kind = text(value), format_of(home, number)
    if not said:
        return None
    if kind is FieldType.BOOLEAN:
        return said == "1"
    if kind is FieldType.NUMBER:
        return _number(said)
    if kind is FieldType.USER:
        return home.person(said)
    return _choices(home, number).get(said, said.replace("\r\n", "\n"))


def _choices(home: Home, number: str) -> Mapping[str, str]:
    """Stored value → what people read, for fields where the two differ."""
    shape = home.shapes().get(number, {})
    if shape.get("field_format") == "version":
        return home.versions()
    return {text(one.get("value")): text(one.get("label")) for one in records(shape.get("possible_values"))}


def format_of(home: Home, number: str) -> FieldType | None:
    """A custom field's type; None for one that does not travel, text where only administrators may ask."""
    shape = home.shapes().get(number)
    if shape is None:
        return None if home.told else FieldType.TEXT
    return FORMATS.get(text(shape.get("field_format")))


def _number(said: str) -> Value:
    try:
        number = float(said)
    except ValueError:
        return said
    return int(number) if number.is_integer() else number


def native(home: Home, key: str, value: Value) -> object:
    """A portable value as Redmine wants it; "" empties a field. Raises Rejected naming the field."""
    number = key.removeprefix(CUSTOM)
    if key.startswith(CUSTOM) and number.isdecimal() and format_of(home, number) is not None:
        return _native_custom(home, key, value)
    field = STANDARD.get(key)
    if field is None or not field.writable:
        raise Rejected(f"Redmine has no field {key} that can be written. Choose another in the rulebook.", field=key)
    if value is None:
        return ""
    if isinstance(value, tuple):
        raise Rejected(f"Redmine's field {field.label} takes one value and not a list.", field=key)
    if field.native.endswith("_id"):
        return _id_of(home, key, field, str(value))
    if field.type is FieldType.RICH:
        return bodies.native(home.language, str(value))
    return " ".join(str(value).split()) if key == "subject" else _measured(key, field.type, value)


def _id_of(home: Home, key: str, field: Standard, name: str) -> str:
    """The id of a value by its name, or of a person by theirs."""
    found = _numbers(home, key, name)
    if not found:
        home.forget()
        found = _numbers(home, key, name)
    if len(found) != 1:
        said = "no" if not found else "more than one"
        raise Rejected(f"Redmine has {said} {field.label.lower()} {name} in project {home.project}.", field=key)
    return found[0]


def _numbers(home: Home, key: str, name: str) -> list[str]:
    return [number for number, one in names_of(home, key).items() if one.casefold() == name.casefold()]


def _measured(key: str, kind: FieldType, value: Value) -> object:
    """A number, date or switch. Raises Rejected for a value that is none."""
    try:
        if kind is FieldType.NUMBER:
            return _checked_number(str(value))
        if kind is FieldType.DATE:
            return date.fromisoformat(str(value)[:10]).isoformat()
    except ValueError as error:
        raise Rejected(f"Redmine's field {key} takes a {kind.value} and not this value.", field=key) from error
    if kind is FieldType.BOOLEAN:
        return "1" if str(value).lower() in ("true", "1", "yes") else "0"
    return str(value)


def _checked_number(said: str) -> object:
    number = float(said)
    return int(number) if number.is_integer() else number


def _native_custom(home: Home, key: str, value: Value) -> object:
    number = key.removeprefix(CUSTOM)
    if isinstance(value, tuple):
        return [_stored(home, key, number, one) for one in value]
    if value is None:
        return [] if home.shapes().get(number, {}).get("multiple") is True else ""
    return _stored(home, key, number, value)


def _stored(home: Home, key: str, number: str, value: Value) -> object:
    kind, said = format_of(home, number) or FieldType.TEXT, str(value)
    if kind is FieldType.USER:
        return _id_of(home, "assigned_to", STANDARD["assigned_to"], said)
    if kind is FieldType.OPTION:
        choices = _choices(home, number)
        if choices and said not in choices.values():
            home.forget()
            choices = _choices(home, number)
        found = [stored for stored, label in choices.items() if label == said]
        if choices and not found:
            raise Rejected(f"Redmine's field {_label(home, number)} has no value {said}.", field=key)
        return found[0] if found else said
    return _measured(key, kind, value)


def _label(home: Home, number: str) -> str:
    return text(home.shapes().get(number, {}).get("name")) or number


def infos(home: Home, kind: str) -> tuple[FieldInfo, ...]:
    """What `describe` says of the fields of one tracker."""
    found = [
        FieldInfo(
            key=key,
            label=field.label,
            type=field.type,
            required=key == "subject",
            writable=field.writable,
            max_length=MAX_SUBJECT if key == "subject" else None,
            options=tuple(Option(name) for name in names_of(home, key).values()) if key != "assigned_to" else (),
        )
        for key, field in STANDARD.items()
    ]
    return (*found, *_custom_infos(home, kind))


def _custom_infos(home: Home, kind: str) -> list[FieldInfo]:
    found = []
    for number, shape in home.shapes().items():
        trackers = {text(one.get("name")) for one in records(shape.get("trackers"))}
        field_type = format_of(home, number)
        if number == home.marker() or field_type is None or (trackers and kind not in trackers):
            continue
        many = shape.get("multiple") is True and field_type is FieldType.OPTION
        longest = shape.get("max_length")
        found.append(
            FieldInfo(
                key=CUSTOM + number,
                label=_label(home, number),
                type=FieldType.OPTIONS if many else field_type,
                required=shape.get("is_required") is True and not text(shape.get("default_value")),
                max_length=longest if isinstance(longest, int) else None,
                options=tuple(Option(name) for name in _choices(home, number).values()),
            )
        )
    return found
