"""One column's value between ServiceNow's strings and the portable form, by what the dictionary says of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from portal.core.errors import Rejected
from portal.core.text import html
from portal.core.text.length import measure
from sync.connectors.servicenow import bodies
from sync.connectors.servicenow.answers import moment, stored
from sync.engine.types import FieldInfo, FieldType, Option, Value

STATE = "state"
#: a string column longer than this is written on several lines
LINE = 255
TEXTS = frozenset({"string", "translated_text", "url", "email", "phone_number_e164", "html", "translated_html"})
TYPES: Mapping[str, FieldType] = {
    **dict.fromkeys(TEXTS, FieldType.TEXT),
    **dict.fromkeys(("integer", "decimal", "float", "longint"), FieldType.NUMBER),
    **dict.fromkeys(("glide_date_time", "due_date"), FieldType.DATETIME),
    "boolean": FieldType.BOOLEAN,
    "glide_date": FieldType.DATE,
}
HTML = frozenset({"html", "translated_html"})
#: business rules set them, and a write would be lost or overwritten
COMPUTED = frozenset(
    {"number", "priority", "opened_at", "opened_by", "closed_at", "closed_by", "resolved_at", "resolved_by", "active"}
)
#: our marker, and what only the instance itself makes use of
HIDDEN = frozenset(
    {
        "correlation_id",
        "correlation_display",
        "upon_approval",
        "upon_reject",
        "task_effective_number",
        "route_reason",
        "made_sla",
        "knowledge",
        "escalation",
        "reassignment_count",
        "reopen_count",
        "calendar_stc",
        "business_stc",
        "incident_state",
        "order",
    }
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table. `options` leads from a choice's value to the label that people read."""

    key: str
    label: str
    type: str
    length: int | None = None
    mandatory: bool = False
    read_only: bool = False
    reference: str = ""
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> FieldType | None:
        """Its portable type; None for a column that does not travel (journals are parts, lists are ids)."""
        if self.key in HIDDEN or self.key.startswith("sys_"):
            return None
        if self.options:
            return FieldType.STATUS if self.key == STATE else FieldType.OPTION
        if self.reference:
            return FieldType.USER if self.reference == "sys_user" else FieldType.TEXT
        if self.type in TEXTS and (self.type in HTML or (self.length or 0) > LINE):
            return FieldType.RICH
        return TYPES.get(self.type)

    @property
    def writable(self) -> bool:
        """Whether a write of it has an effect."""
        return not self.read_only and self.key not in COMPUTED

    def portable(self, value: str, name: str = "") -> Value:
        """A stored value in portable form; `name` is what people call it, where the answer told."""
        if value == "":
            return None
        if self.options:
            return self.options.get(value) or name or value
        if self.reference:
            return name or value
        return self._measured(value)

    def _measured(self, value: str) -> Value:
        kind = self.kind
        if kind is FieldType.RICH:
            return (html.to_markdown(value).strip() if self.type in HTML else bodies.markdown(value)) or None
        if kind is FieldType.BOOLEAN:
            return value in ("true", "1")
        if kind is FieldType.DATE:
            return value[:10]
        if kind is FieldType.DATETIME:
            return moment(value).isoformat()
        return number(value) if kind is FieldType.NUMBER else value

    def native(self, value: Value) -> str:
        """A portable value as ServiceNow stores it; references are looked up elsewhere. Raises Rejected."""
        if isinstance(value, tuple):
            raise Rejected(f"ServiceNow's field {self.label} takes one value, not a list.", field=self.key)
        if not self.writable:
            more = " Map urgency and impact instead." if self.key == "priority" else ""
            raise Rejected(f"ServiceNow sets the field {self.label} by itself.{more}", field=self.key)
        if value is None:
            return ""
        if self.options:
            return self._option(str(value))
        try:
            said = self._written(value)
        except ValueError as error:
            raise Rejected(f"ServiceNow's field {self.label} takes a {self.type}.", field=self.key) from error
        if self.length and self.type in TEXTS and measure(said, "utf16") > self.length:
            raise Rejected(
                f"ServiceNow's field {self.label} takes {self.length} characters and would cut the rest silently.",
                field=self.key,
            )
        return said

    def _written(self, value: str | int | float | bool) -> str:
        kind = self.kind
        if isinstance(value, bool) or kind is FieldType.BOOLEAN:
            return "true" if value in (True, "true", "1", 1) else "false"
        if kind is FieldType.RICH:
            return html.from_markdown(str(value)) if self.type in HTML else bodies.plain(str(value))
        if kind is FieldType.DATETIME:
            at = datetime.fromisoformat(str(value))
            return stored(at if at.tzinfo else at.replace(tzinfo=UTC))
        if kind is FieldType.DATE:
            return datetime.fromisoformat(str(value)).date().isoformat()
        if kind is FieldType.NUMBER:
            return str(number(str(float(value)))) if not isinstance(value, int) else str(value)
        return bodies.one_line(str(value))

    def _option(self, name: str) -> str:
        for value, label in self.options.items():
            if name == label:
                return value
        if name in self.options:
            return name
        raise Rejected(
            f"ServiceNow's field {self.label} has no such choice. Add it there or map it in the rulebook.",
            field=self.key,
        )

    def info(self) -> FieldInfo | None:
        """What `describe` says of it; None for a column that does not travel."""
        kind = self.kind
        if kind is None:
            return None
        return FieldInfo(
            key=self.key,
            label=self.label,
            type=kind,
            required=self.mandatory,
            writable=self.writable,
            max_length=self.length if kind in (FieldType.TEXT, FieldType.RICH) and not self.reference else None,
            unit="utf16",
            options=tuple(Option(label) for label in self.options.values()),
        )


def number(value: str) -> Value:
    """A number, or ServiceNow's own text where it is none."""
    try:
        said = float(value)
    except ValueError:
        return value
    return int(said) if said.is_integer() else said


def labelled(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Value to label; a label that two choices share is told apart by its value."""
    names = [label for _, label in pairs]
    return {value: label if names.count(label) == 1 else f"{label} ({value})" for value, label in pairs if value}
