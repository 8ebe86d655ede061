"""Custom fields of tickets: their values are checked, and drop-downs live on as tags."""

from collections.abc import Mapping, Sequence
from datetime import date

from sync.sandbox.call import Call
from sync.sandbox.store import Doc, Json
from sync.sandbox.zendesk.shapes import bad_attribute, invalid

#: field types that every ticket has as a column of its own
SYSTEM = frozenset(
    [
        "subject",
        "description",
        "status",
        "custom_status",
        "tickettype",
        "priority",
        "group",
        "assignee",
        "basic_priority",
    ]
)
MAX_TEXT = 65_536

Values = dict[int, object]


def custom_fields(call: Call) -> list[Doc]:
    """The active custom ticket fields in their order."""
    return [f for f in call.store.all("ticket_fields") if f["type"] not in SYSTEM and f["active"]]


def values_of(ticket: Doc) -> Values:
    """A ticket's custom values by field id."""
    return {entry["id"]: entry["value"] for entry in ticket["custom_fields"]}


def as_list(call: Call, values: Mapping[int, object]) -> list[Json]:
    """Values as a ticket shows them: one entry for each active field."""
    return [{"id": f["id"], "value": values.get(f["id"])} for f in custom_fields(call)]


def merged(call: Call, before: Mapping[int, object], given: object) -> Values:
    """`before` with the entries of a `custom_fields` list written over it; unknown fields are passed by.

    Raises 400 for a list of the wrong shape and 422 for a value that its field does not take.
    """
    if isinstance(given, dict):
        given = [{"id": key, "value": value} for key, value in given.items()]
    if not isinstance(given, list) or not all(isinstance(e, dict) and "id" in e for e in given):
        raise bad_attribute("custom_fields", "It must be a list of id and value")
    fields = {str(field["id"]): field for field in custom_fields(call)}
    after = dict(before)
    for entry in given:
        field = fields.get(str(entry["id"]))
        if field is not None:
            after[int(field["id"])] = checked(field, entry.get("value"))
    return after


def checked(field: Doc, value: object) -> object:
    """The value as the field keeps it. Raises 422 where it does not fit."""
    if value is None or value == "":
        return False if field["type"] == "checkbox" else None
    known = {option["value"] for option in field.get("custom_field_options", ())}
    kind = str(field["type"])
    fits = True
    if kind == "tagger":
        fits = isinstance(value, str) and value in known
    elif kind == "multiselect":
        fits = isinstance(value, list) and all(isinstance(v, str) for v in value) and set(value) <= known
    elif kind == "checkbox":
        return str(value).lower() in {"true", "1"}
    elif kind == "integer":
        fits = str(value).lstrip("-").isdigit()
    elif kind == "date":
        fits = _is_date(str(value))
    elif kind in {"text", "textarea"}:
        fits = isinstance(value, str | int | float) and len(str(value)) <= MAX_TEXT
        value = str(value) if fits else value
    if not fits:
        raise invalid(
            "base",
            f"{field['title']}: is not valid",
            "InvalidValue",
            ticket_field_id=field["id"],
            ticket_field_type=_class_name(kind),
        )
    return value


def tags_after_values(
    call: Call, tags: Sequence[str], before: Mapping[int, object], after: Mapping[int, object]
) -> list[str]:
    """The tags once drop-downs changed: the old value's tag goes, the new one's comes."""
    kept = set(tags)
    for field in _tagged(call):
        key = int(field["id"])
        if before.get(key) != after.get(key):
            kept -= _as_tags(before.get(key))
            kept |= _as_tags(after.get(key))
    return sorted(kept)


def values_after_tags(call: Call, tags: Sequence[str], values: Mapping[int, object]) -> Values:
    """The values once tags changed: a drop-down shows the option whose tag is there, else nothing."""
    after = dict(values)
    for field in _tagged(call):
        here = [o["value"] for o in field["custom_field_options"] if o["value"] in tags]
        if field["type"] == "multiselect":
            after[int(field["id"])] = here or None
        else:
            after[int(field["id"])] = here[0] if here else None
    return after


def unsolvable(call: Call, ticket: Doc, *, assignee_required: bool) -> list[Json]:
    """What keeps a ticket from being solved: entries for `details.base` of a 422."""
    missing: list[Json] = []
    values = values_of(ticket)
    for field in call.store.all("ticket_fields"):
        custom = field["type"] not in SYSTEM
        if (field["type"] == "assignee" and assignee_required and ticket["assignee_id"] is None) or (
            custom and field["required"] and field["active"] and values.get(int(field["id"])) is None
        ):
            missing.append(_required(field))
    return missing


def _required(field: Doc) -> Json:
    return {
        "description": f"{field['title']}: is required when solving a ticket",
        "error": "BlankValue",
        "ticket_field_id": field["id"],
        "ticket_field_type": _class_name(str(field["type"])),
    }


def _class_name(kind: str) -> str:
    return f"Field{kind.title().replace('_', '')}"


def _tagged(call: Call) -> list[Doc]:
    return [field for field in custom_fields(call) if field["type"] in {"tagger", "multiselect"}]


def _as_tags(value: object) -> set[str]:
    if isinstance(value, list):
        return {str(one) for one in value}
    return {str(value)} if value else set()


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
