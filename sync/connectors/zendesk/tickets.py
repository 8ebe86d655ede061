"""A ticket's fields in portable form, and portable fields as the keys of a ticket write."""

from collections.abc import Callable, Iterable, Mapping

from portal.core.errors import Rejected
from sync.connectors.zendesk.bodies import write_body
from sync.connectors.zendesk.catalogue import Catalogue
from sync.connectors.zendesk.fields import (
    CUSTOM,
    PRIORITIES,
    SUBJECT_MAX,
    TAGS_MAX,
    TYPES,
    tag_list,
    values_of,
)
from sync.connectors.zendesk.people import People
from sync.connectors.zendesk.shapes import text
from sync.engine.types import FieldInfo, Fields, FieldType, Option, Value

MARKER = "concord:"


def portable(ticket: Mapping[str, object], description: str | None, catalogue: Catalogue, people: People) -> Fields:
    """A ticket's fields; users and groups must have been learned before."""
    number = text(ticket.get("custom_status_id"))
    group = text(ticket.get("group_id"))
    fields: dict[str, Value] = {
        "subject": text(ticket.get("subject")) or None,
        "description": description or None,
        "status": catalogue.known(number).status_name(text(ticket.get("status")), number),
        "priority": text(ticket.get("priority")) or None,
        "type": text(ticket.get("type")) or None,
        "tags": labels(tag_list(ticket.get("tags")), catalogue),
        "assignee": person(ticket.get("assignee_id"), people),
        "requester": person(ticket.get("requester_id"), people),
        "group": people.groups.get(group, f"group {group}") if group else None,
    }
    for key, value in values_of(ticket).items():
        known = catalogue.fields.get(key)
        if known is not None and known.active:
            fields[key] = known.portable(value)
    return fields


def labels(tags: tuple[str, ...], catalogue: Catalogue) -> Value:
    """The tags that people set; those of drop-downs and checkboxes belong to their fields."""
    own = catalogue.field_tags()
    return tuple(tag for tag in tags if tag not in own) or None


def person(number: object, people: People) -> Value:
    """A user's name, None for nobody."""
    return people.actor(number).name if text(number) else None


def key_of(ticket: Mapping[str, object]) -> str | None:
    """Our marker on a ticket."""
    external = text(ticket.get("external_id"))
    return external.removeprefix(MARKER) if external.startswith(MARKER) else None


def native(
    fields: Fields, catalogue: Catalogue, people: People, kept: Callable[[], tuple[str, ...]]
) -> dict[str, object]:
    """The keys of a write. `kept` says the ticket's tags now. Raises Rejected, naming the field."""
    body: dict[str, object] = {}
    custom: list[dict[str, object]] = []
    for key, value in fields.items():
        if key.startswith(CUSTOM):
            known = catalogue.fields.get(key)
            if known is None or not known.active:
                raise Rejected("Zendesk has no such active field. Check the rulebook.", field=key)
            custom.append({"id": known.id, "value": known.native(value)})
        elif key != "tags":
            body.update(_system(key, value, catalogue, people))
    if custom:
        body["custom_fields"] = custom
    if "tags" in fields:
        body["tags"] = _tags(fields, catalogue, kept())
    return body


def _system(key: str, value: Value, catalogue: Catalogue, people: People) -> dict[str, object]:
    if isinstance(value, tuple):
        raise Rejected(f"Zendesk's field {key} takes one value, not a list.", field=key)
    said = "" if value is None else str(value)
    if key == "subject":
        return {"subject": said}
    if key == "status":
        return catalogue.status_keys(said)
    if key in ("priority", "type"):
        if said and said not in (PRIORITIES if key == "priority" else TYPES):
            raise Rejected(f"Zendesk has no such {key}. Map it in the rulebook.", field=key)
        return {key: said or None}
    return _reference(key, said, people)


def _reference(key: str, said: str, people: People) -> dict[str, object]:
    if key == "assignee":
        return {"assignee_id": people.staff_id(said) if said else None}
    if key == "requester":
        return people.requester(said) if said else {}
    if key == "group":
        return {"group_id": people.group_id(said) if said else None}
    if key == "description":
        raise Rejected("Zendesk keeps a ticket's description as it was first written.", field=key)
    raise Rejected(f"Zendesk has no field {key}. Check the rulebook.", field=key)


def _tags(fields: Fields, catalogue: Catalogue, now: tuple[str, ...]) -> list[str]:
    """All tags at once, as `tags` replaces: the wanted labels, and the tags that are fields' values.

    The tags of fields that this same write sets are left to Zendesk.
    """
    wanted = fields["tags"]
    given = wanted if isinstance(wanted, tuple) else (wanted,)
    mine = {"_".join(str(one).lower().split()) for one in given if one}
    set_here = frozenset().union(
        *(catalogue.fields[key].tags for key in fields if key in catalogue.fields), frozenset()
    )
    theirs = {tag for tag in now if tag in catalogue.field_tags() and tag not in set_here}
    return sorted(mine | theirs)


def opening(
    fields: Fields, catalogue: Catalogue, people: People, *, key: str, settings: Mapping[str, str]
) -> dict[str, object]:
    """The keys of a new ticket that carries our marker; its first comment is the description."""
    given = dict(fields)
    described = given.pop("description", None)
    body = native(given, catalogue, people, tuple)
    subject = text(body.get("subject"))
    body["comment"] = {**write_body(text(described) or subject), "public": True}
    body["external_id"] = MARKER + key
    body["metadata"] = {"concord": key}
    for setting, name in (("form", "ticket_form_id"), ("brand", "brand_id")):
        if settings.get(setting, "").isdigit():
            body[name] = int(settings[setting])
    return body


def infos(catalogue: Catalogue, groups: Iterable[str]) -> tuple[FieldInfo, ...]:
    """What `describe` says: system fields first, then the active custom ones."""
    return (
        FieldInfo("subject", "Subject", FieldType.TEXT, max_length=SUBJECT_MAX),
        FieldInfo("description", "Description (first comment, set once)", FieldType.RICH, required=True),
        FieldInfo("status", "Status", FieldType.STATUS, options=_options(catalogue.status_names())),
        FieldInfo("priority", "Priority", FieldType.OPTION, options=_options(PRIORITIES)),
        FieldInfo("type", "Type", FieldType.OPTION, options=_options(TYPES)),
        FieldInfo("tags", "Tags", FieldType.LABELS, max_length=TAGS_MAX),
        FieldInfo("assignee", "Assignee", FieldType.USER),
        FieldInfo("requester", "Requester", FieldType.USER),
        FieldInfo("group", "Group", FieldType.OPTION, options=_options(sorted(groups))),
        *(one.info() for one in catalogue.fields.values() if one.active),
    )


def _options(names: Iterable[str]) -> tuple[Option, ...]:
    return tuple(Option(name) for name in names)
