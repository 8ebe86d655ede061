"""RT's fields in portable form and back: people by their names, times in UTC, "not set" as None."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from portal.core.errors import Rejected
from sync.connectors.answers import moment, record, records, text
from sync.connectors.requesttracker import bodies
from sync.connectors.requesttracker.home import CUSTOM, NOBODY, Home
from sync.connectors.wire import Json
from sync.engine.types import FieldInfo, Fields, FieldType, Option, Value

#: RT cuts longer ones without a word
MAX_SUBJECT = 200
#: the default lifecycle; the API does not tell one's own
STATUSES = "new, open, stalled, resolved, rejected, deleted"


@dataclass(frozen=True, slots=True)
class Standard:
    """One of RT's own fields: its key in the API, its label, its type."""

    native: str
    label: str
    type: FieldType


STANDARD: Mapping[str, Standard] = {
    "subject": Standard("Subject", "Subject", FieldType.TEXT),
    "status": Standard("Status", "Status", FieldType.STATUS),
    "priority": Standard("Priority", "Priority (a number)", FieldType.NUMBER),
    "owner": Standard("Owner", "Owner", FieldType.USER),
    "requestors": Standard("Requestor", "Requestors (addresses)", FieldType.LABELS),
    "cc": Standard("Cc", "Cc (addresses)", FieldType.LABELS),
    "starts": Standard("Starts", "Starts", FieldType.DATETIME),
    "due": Standard("Due", "Due", FieldType.DATETIME),
}
BY_NATIVE = {field.native: key for key, field in STANDARD.items()}
FORMATS: Mapping[str, FieldType] = {
    "Freeform": FieldType.TEXT,
    "Text": FieldType.TEXT,
    "Select": FieldType.OPTION,
    "Combobox": FieldType.TEXT,
    "Autocomplete": FieldType.TEXT,
    "Date": FieldType.DATE,
    "DateTime": FieldType.DATETIME,
    "": FieldType.TEXT,
}


def portable(home: Home, ticket: Json, description: str | None) -> dict[str, Value]:
    """All fields of a ticket that travel."""
    found: dict[str, Value] = {"description": description}
    for key, field in STANDARD.items():
        if field.native in ticket:
            found[key] = value_of(home, key, ticket.get(field.native))
    own = home.marker()[0]
    for row in records(ticket.get("CustomFields")):
        number, given = text(row.get("id")), row.get("values")
        if number != own and kind_of(home, number) is not None:
            found[CUSTOM + number] = custom(home, number, given if isinstance(given, list) else [])
    return found


def value_of(home: Home, key: str, value: object) -> Value:
    """A standard field's value as the API tells it."""
    field = STANDARD[key]
    if field.type is FieldType.USER:
        login = text(record(value).get("id"))
        return None if login in ("", NOBODY) else home.person(login).name
    if field.type is FieldType.LABELS:
        return tuple(sorted(text(one.get("id")) for one in records(value))) or None
    return logged(key, value)


def logged(key: str, value: object) -> Value:
    """A standard field's value as history tells it, people aside."""
    field, said = STANDARD[key], text(value)
    if field.type is FieldType.DATETIME:
        at = moment(said) if said else None
        return at.isoformat() if at is not None and at.year > 1970 else None
    if field.type is FieldType.NUMBER:
        return int(said) if said.lstrip("-").isdecimal() else said or None
    return said or None


def kind_of(home: Home, number: str) -> FieldType | None:
    """A custom field's type; None for one that does not travel, such as an image."""
    shape = home.shapes().get(number)
    return None if shape is None else FORMATS.get(text(shape.get("Type")))


def many(home: Home, number: str) -> bool:
    """Whether a custom field takes several values."""
    return text(home.shapes().get(number, {}).get("MaxValues")) == "0"


def custom(home: Home, number: str, values: list[object]) -> Value:
    """A custom field's values."""
    said = [text(one).replace("\r\n", "\n") for one in values if text(one)]
    if many(home, number):
        return tuple(sorted(said)) or None
    return said[0] if said else None


def native(home: Home, fields: Fields) -> Json:
    """Portable fields as RT wants them. Raises Rejected naming the field."""
    body: Json = {}
    customs: Json = {}
    for key, value in fields.items():
        if key.startswith(CUSTOM) and key.removeprefix(CUSTOM) in home.shapes():
            number = key.removeprefix(CUSTOM)
            customs[text(home.shapes()[number].get("Name"))] = _custom(home, key, number, value)
        elif key in STANDARD:
            body[STANDARD[key].native] = _standard(home, key, value)
        else:
            raise Rejected(
                f"Request Tracker has no field {key} that can be written. Choose another in the rulebook.", field=key
            )
    return body | ({"CustomFields": customs} if customs else {})


def _custom(home: Home, key: str, number: str, value: Value) -> object:
    values = [str(one) for one in value] if isinstance(value, tuple) else [] if value is None else [str(value)]
    allowed = _options(home, number)
    if allowed and not set(values) <= set(allowed):
        home.forget()
        allowed = _options(home, number)
    wrong = [one for one in values if allowed and one not in allowed]
    if wrong:
        name = text(home.shapes()[number].get("Name"))
        raise Rejected(f"Request Tracker's field {name} has no value {wrong[0]}.", field=key)
    if many(home, number):
        return values
    return values[0] if values else ""


def _standard(home: Home, key: str, value: Value) -> object:
    field = STANDARD[key]
    if field.type is FieldType.LABELS:
        return [str(one) for one in value] if isinstance(value, tuple) else [str(value)] if value else []
    if isinstance(value, tuple):
        raise Rejected(f"Request Tracker's field {field.label} takes one value and not a list.", field=key)
    if field.type is FieldType.USER:
        return home.login_of(str(value), key) if value else NOBODY
    if field.type is FieldType.DATETIME:
        return _time(key, str(value)) if value else "1970-01-01 00:00:00"
    if field.type is FieldType.NUMBER:
        return _number(key, value)
    return " ".join(str(value or "").split())


def _time(key: str, said: str) -> str:
    """A time as RT reads it, in UTC; one with T and Z it takes and then shows as not set."""
    try:
        at = datetime.fromisoformat(said)
    except ValueError as error:
        raise Rejected(f"Request Tracker's field {key} takes a time and not this value.", field=key) from error
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _number(key: str, value: Value) -> int:
    try:
        return int(float(str(value or 0)))
    except ValueError as error:
        raise Rejected(f"Request Tracker's field {key} takes a number and not this value.", field=key) from error


def _options(home: Home, number: str) -> tuple[str, ...]:
    given = home.shapes().get(number, {}).get("Values")
    return tuple(text(one) for one in given) if isinstance(given, list) else ()


def infos(home: Home) -> tuple[FieldInfo, ...]:
    """What `describe` says of the fields of the queue's tickets."""
    told = home.settings.get("statuses", "").strip() or STATUSES
    statuses = tuple(Option(one.strip()) for one in told.split(",") if one.strip())
    found = [
        FieldInfo(
            key=key,
            label=field.label,
            type=field.type,
            required=key == "subject",
            max_length=MAX_SUBJECT if key == "subject" else None,
            options=statuses if key == "status" else (),
        )
        for key, field in STANDARD.items()
    ]
    found.append(FieldInfo("description", "Description (first message, set once)", FieldType.RICH))
    own = home.marker()[0]
    for number, shape in home.shapes().items():
        kind = kind_of(home, number)
        if number == own or kind is None:
            continue
        kind = FieldType.OPTIONS if kind is FieldType.OPTION and many(home, number) else kind
        found.append(
            FieldInfo(
                key=CUSTOM + number,
                label=text(shape.get("Name")),
                type=kind,
                options=tuple(Option(one) for one in _options(home, number)),
            )
        )
    return tuple(found)


def described(body: Value) -> dict[str, object]:
    """The first message of a new ticket."""
    return bodies.native(str(body), "") if body else {}
