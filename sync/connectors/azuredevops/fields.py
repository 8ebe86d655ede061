"""One field's value between Azure DevOps' JSON and the portable form, by the type that it declares."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.core.errors import Rejected
from sync.connectors.azuredevops import bodies
from sync.connectors.azuredevops.answers import actor, moment, text
from sync.connectors.azuredevops.marker import OUR_TAG
from sync.connectors.wire import Json
from sync.engine.types import FieldInfo, FieldType, Option, Value

TITLE, STATE, TAGS = "System.Title", "System.State", "System.Tags"
AREA, ITERATION = "System.AreaPath", "System.IterationPath"
#: system fields that travel; the others are the service's own affairs (counts, levels, board columns …)
SYSTEM = frozenset(
    {TITLE, STATE, TAGS, AREA, ITERATION}
    | {"System.Description", "System.Reason", "System.AssignedTo", "System.CreatedBy"}
)
#: places on a board, moved by dragging, without a meaning elsewhere
RANKS = frozenset({"Microsoft.VSTS.Common.StackRank", "Microsoft.VSTS.Common.BacklogPriority"})
#: required, but given by the service itself where nothing is sent
GIVEN = frozenset({STATE, AREA, ITERATION, "System.Reason"})
TYPES: Mapping[str, FieldType] = {
    "string": FieldType.TEXT,
    "plainText": FieldType.TEXT,
    "html": FieldType.RICH,
    "integer": FieldType.NUMBER,
    "double": FieldType.NUMBER,
    "boolean": FieldType.BOOLEAN,
    "dateTime": FieldType.DATETIME,
    "identity": FieldType.USER,
    "treePath": FieldType.OPTION,
}


@dataclass(frozen=True, slots=True)
class Shape:
    """What a field of one kind of item is; `type` as Azure DevOps names it, options by their names."""

    key: str
    name: str = ""
    type: str = "string"
    options: tuple[str, ...] = ()
    required: bool = False
    read_only: bool = False

    @property
    def field_type(self) -> FieldType:
        """The portable type."""
        if self.key in (STATE, TAGS):
            return FieldType.STATUS if self.key == STATE else FieldType.LABELS
        if self.options and self.type in ("string", "integer", "double"):
            return FieldType.OPTION
        return TYPES[self.type]


def shape(site: Json, typed: Json) -> Shape | None:
    """A field's shape from the site's list of fields and the type's own; None for one that does not travel."""
    key, kind = text(typed.get("referenceName")), text(site.get("type")).replace("picklist", "")
    if site.get("isIdentity") is True:
        kind = "identity"
    kind = kind[:1].lower() + kind[1:]
    foreign = key.startswith(("System.", "WEF_")) and key not in SYSTEM
    if foreign or key in RANKS or kind not in TYPES or site.get("isDeleted") is True:
        return None
    allowed = typed.get("allowedValues")
    return Shape(
        key=key,
        name=text(typed.get("name")) or key,
        type=kind,
        # an identity's allowed values are groups of people, and not names
        options=tuple(text(one) for one in allowed if text(one))
        if isinstance(allowed, list) and kind != "identity"
        else (),
        required=typed.get("alwaysRequired") is True and typed.get("defaultValue") is None and key not in GIVEN,
        # areas and iterations are "read only" on their own list: that is about the field's definition
        read_only=site.get("readOnly") is True and kind != "treePath",
    )


def portable(value: object, one: Shape, kind: str) -> Value:
    """A value in portable form; `kind` is the format of a long text. Raises ValueError for an unknown value."""
    if value is None or value == "":
        return None
    read: dict[str, Callable[[], Value]] = {
        "html": lambda: bodies.markdown(value, kind) or None,
        "identity": lambda: actor(value).name or None,
        "dateTime": lambda: moment(value).isoformat(),
    }
    if one.key == TAGS:
        return tags(text(value)) or None
    return read[one.type]() if one.type in read else _plain(value, one)


def _plain(value: object, one: Shape) -> Value:
    """A text, a number or a yes; a number of an option list by its name. Raises ValueError."""
    if isinstance(value, str | bool):
        return value
    if isinstance(value, int | float):
        number = int(value) if float(value).is_integer() else value
        return str(number) if one.options else number
    raise ValueError("not a portable value")


def tags(given: str) -> tuple[str, ...]:
    """The tags of an item, sorted, without ours."""
    found = {name for name in (part.strip() for part in given.split(";")) if name}
    return tuple(sorted(name for name in found if not OUR_TAG.fullmatch(name)))


def ours(given: str) -> tuple[str, ...]:
    """The tags of an item that are ours."""
    return tuple(name for name in (part.strip() for part in given.split(";")) if OUR_TAG.fullmatch(name))


def joined(value: Value, kept: tuple[str, ...]) -> str:
    """Portable tags and our own as the one text that replaces all. Raises Rejected."""
    given = value if isinstance(value, tuple) else (value,) if value else ()
    named = [str(one) for one in given if not OUR_TAG.fullmatch(str(one))]
    wrong = next((one for one in named if ";" in one or "," in one), None)
    if wrong is not None:
        raise Rejected(f"Azure DevOps takes no tag with a comma or semicolon: {wrong}.", field=TAGS)
    return "; ".join([*named, *kept])


def native(value: Value, one: Shape, kind: str) -> object:
    """A portable value that is not empty as Azure DevOps wants it. Raises Rejected."""
    if isinstance(value, tuple):
        raise Rejected(f"Azure DevOps' field {one.name} takes one value and not a list.", field=one.key)
    if one.read_only:
        raise Rejected(f"Azure DevOps' field {one.name} cannot be written.", field=one.key)
    said = str(value)
    try:
        if one.type == "html":
            return bodies.written(said, kind)
        if one.type in ("integer", "double"):
            number = float(said)
            return int(number) if number.is_integer() else number
        if one.type == "dateTime":
            at = moment(datetime.fromisoformat(said).isoformat())
            return at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        if one.type == "boolean":
            return value if isinstance(value, bool) else said.casefold() in ("true", "yes", "1")
    except (ValueError, OverflowError) as error:
        raise Rejected(f"Azure DevOps' field {one.name} takes no such value.", field=one.key) from error
    return said if one.type == "plainText" else bodies.one_line(said)


def info(one: Shape) -> FieldInfo:
    """What `describe` says of one field."""
    kind = one.field_type
    length = {FieldType.RICH: bodies.MAX_TEXT, FieldType.TEXT: bodies.MAX_LINE}.get(kind)
    return FieldInfo(
        key=one.key,
        label=one.name,
        type=kind,
        required=one.required,
        writable=not one.read_only and one.key != "System.CreatedBy",
        max_length=bodies.MAX_TEXT if one.type == "plainText" else length,
        unit="utf16",
        options=tuple(Option(value=name) for name in dict.fromkeys(one.options)),
    )
