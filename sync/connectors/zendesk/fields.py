"""Zendesk's ticket fields: what they are, and their values as portable ones and back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from portal.core.errors import Rejected
from sync.connectors.zendesk.shapes import row, rows, text
from sync.engine.types import FieldInfo, FieldType, Option, Scalar, Value

PRIORITIES = ("urgent", "high", "normal", "low")
TYPES = ("question", "incident", "problem", "task")
#: names of an account without custom statuses, in the order of a ticket's life
STATUSES = ("new", "open", "pending", "hold", "solved", "closed")
CLOSED = "closed"
SUBJECT_MAX = 150
COMMENT_MAX_BYTES = 65_000
TAGS_MAX = 5_096
TEXT_MAX = 65_536
FILE_MAX_BYTES = 50 * 1024 * 1024
CUSTOM = "field_"
TYPE_OF = {
    "tagger": FieldType.OPTION,
    "multiselect": FieldType.OPTIONS,
    "checkbox": FieldType.BOOLEAN,
    "integer": FieldType.NUMBER,
    "decimal": FieldType.NUMBER,
    "date": FieldType.DATE,
    "text": FieldType.TEXT,
    "textarea": FieldType.TEXT,
    "regexp": FieldType.TEXT,
    "partialcreditcard": FieldType.TEXT,
    "lookup": FieldType.TEXT,
}
READ_ONLY = ("partialcreditcard", "lookup")


@dataclass(frozen=True, slots=True)
class CustomField:
    """One custom field. `names` leads from an option's tag to the name that people read."""

    id: int
    title: str
    type: str
    active: bool
    names: Mapping[str, str] = field(default_factory=dict)
    #: the tag of a ticked checkbox
    tag: str = ""

    @property
    def key(self) -> str:
        """The portable key."""
        return f"{CUSTOM}{self.id}"

    def portable(self, value: object) -> Value:
        """A stored value in portable form, from a ticket or (as text) from an audit."""
        if self.type == "checkbox":
            return value is True or text(value).lower() in ("1", "true", "yes", self.tag or "true")
        if self.type == "multiselect":
            tags = text(value).split() if isinstance(value, str) else [text(one) for one in _list(value)]
            return tuple(sorted(self.names.get(tag, tag) for tag in tags)) or None
        if value is None or value == "":
            return None
        if self.type == "tagger":
            return self.names.get(text(value), text(value))
        if self.type in ("integer", "decimal"):
            return _number(value)
        return text(value)

    def native(self, value: Value) -> object:
        """A portable value as Zendesk stores it. Raises Rejected for an option that there is not."""
        if self.type in READ_ONLY:
            raise Rejected(f"Zendesk's field {self.title} cannot be written.", field=self.key)
        if self.type == "checkbox":
            return bool(value)
        if self.type == "multiselect":
            return [self._tag(one) for one in (value if isinstance(value, tuple) else (value,)) if one]
        if self.type == "tagger":
            return self._tag(value) if value else None
        if isinstance(value, tuple):
            raise Rejected(f"Zendesk's field {self.title} takes one value, not a list.", field=self.key)
        return value

    def _tag(self, value: Value) -> str:
        for tag, name in self.names.items():
            if value == name:
                return tag
        if value in self.names:
            return str(value)
        raise Rejected(
            f"Zendesk's field {self.title} has no such option. Add it there or map it in the rulebook.",
            field=self.key,
        )

    @property
    def tags(self) -> frozenset[str]:
        """The tags that this field puts on tickets by itself."""
        return frozenset(self.names) | ({self.tag} if self.tag else frozenset())

    def info(self) -> FieldInfo:
        """What `describe` says of it."""
        kind = TYPE_OF.get(self.type, FieldType.TEXT)
        return FieldInfo(
            key=self.key,
            label=self.title,
            type=kind,
            writable=self.type not in READ_ONLY,
            max_length=TEXT_MAX if kind is FieldType.TEXT else None,
            options=tuple(Option(name) for name in self.names.values()),
        )


@dataclass(frozen=True, slots=True)
class Status:
    """One status that agents can choose. `category` is the base status it stands for."""

    id: int
    name: str
    category: str
    active: bool
    default: bool


def custom_fields(given: Iterable[Mapping[str, object]]) -> dict[str, CustomField]:
    """The custom fields of /ticket_fields by portable key; system fields have other types and stay out."""
    found: dict[str, CustomField] = {}
    for one in given:
        kind, number = text(one.get("type")), text(one.get("id"))
        if kind not in TYPE_OF or not number.isdigit():
            continue
        made = CustomField(
            id=int(number),
            title=text(one.get("title")) or text(one.get("raw_title")),
            type=kind,
            active=one.get("active") is not False,
            names=option_names(rows(one.get("custom_field_options"))),
            tag=text(one.get("tag")) if kind == "checkbox" else "",
        )
        found[made.key] = made
    return found


def option_names(options: list[dict[str, object]]) -> dict[str, str]:
    """Tag to name; a name that two options share is told apart by its tag."""
    pairs = [(text(one.get("value")), text(one.get("name")) or text(one.get("value"))) for one in options]
    names = [name for _, name in pairs]
    return {tag: name if names.count(name) == 1 else f"{name} ({tag})" for tag, name in pairs if tag}


def statuses(given: Iterable[Mapping[str, object]]) -> tuple[Status, ...]:
    """The custom statuses of an account, in the order of a ticket's life."""
    made = [
        Status(
            id=int(text(one.get("id"))),
            name=text(one.get("agent_label")) or text(one.get("raw_agent_label")),
            category=text(one.get("status_category")),
            active=one.get("active") is not False,
            default=one.get("default") is True,
        )
        for one in given
        if text(one.get("id")).isdigit()
    ]
    order = {name: place for place, name in enumerate(STATUSES)}
    return tuple(sorted(made, key=lambda one: (order.get(one.category, 9), not one.default, one.name)))


def tag_list(value: object) -> tuple[str, ...]:
    """Tags from a ticket's list or an audit's text."""
    found = text(value).split() if isinstance(value, str) else [text(one) for one in _list(value)]
    return tuple(sorted({one for one in found if one}))


def values_of(ticket: Mapping[str, object]) -> dict[str, object]:
    """A ticket's custom values by portable key."""
    listed = rows(ticket.get("custom_fields")) or rows(ticket.get("fields"))
    return {f"{CUSTOM}{text(one.get('id'))}": one.get("value") for one in listed}


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []


def _number(value: object) -> Scalar:
    said = str(value)
    if said.removeprefix("-").isdecimal():
        return int(said)
    try:
        number = float(said)
    except ValueError:
        return text(value)
    return int(number) if number.is_integer() else number


def channel(event: Mapping[str, object]) -> str:
    """The channel of an audit or event: "rule" for triggers and automations."""
    return text(row(event.get("via")).get("channel"))
