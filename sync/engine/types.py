"""What the engine and the trackers say to each other: frozen facts, portable values, UTC times."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

Scalar = str | int | float | bool | None
#: A field's value in portable form: options, statuses and people by the name a person reads, rich text as
#: Markdown, times as ISO 8601 in UTC, lists (labels, multi-selects) as sorted tuples, empty as None.
Value = Scalar | tuple[Scalar, ...]
Fields = Mapping[str, Value]


class PartKind(StrEnum):
    """The kinds of part an item can have."""

    COMMENT = "comment"
    ATTACHMENT = "attachment"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it, as their tracker knows them. `id` is the tracker's own, `name` is for people."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Revision:
    """One field's change as the tracker's history tells it; `id` is unique within record and field."""

    id: str
    at: datetime
    actor: Actor
    field: str
    old: Value
    new: Value
    #: our intent's key where the tracker's history carries it (Zendesk audit metadata), else None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A comment or attachment of an item. `body` is Markdown; attachments have name, media type and size."""

    id: str
    kind: PartKind
    at: datetime
    author: Actor
    public: bool
    body: str = ""
    name: str = ""
    media_type: str = ""
    size: int = 0
    #: the comment this attachment hangs on, where the tracker knows one
    of: str | None = None
    #: our marker, if this part is a copy that we wrote
    key: str | None = None
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A ticket, issue, incident or work item as its tracker has it, read fresh.

    `record` is the tracker's immutable id, `label` what people call it (INF-88), `version` changes with every
    change, `revisions` are those after the asked point, oldest first. `locked` = nothing can be written.
    """

    record: str
    kind: str
    label: str
    url: str
    version: str
    created_at: datetime
    updated_at: datetime
    fields: Fields
    parts: tuple[Part, ...] = ()
    revisions: tuple[Revision, ...] = ()
    key: str | None = None
    locked: bool = False
    reporter: Actor | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of a tracker's list of changed items: enough to know that it is worth a read."""

    record: str
    version: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """One page of changed items. `cursor` is stored in the same transaction as the rows; `more` asks again."""

    rows: tuple[Listed, ...]
    cursor: str
    more: bool


@dataclass(frozen=True, slots=True)
class Hint:
    """A webhook's only meaning: this record may have changed. `delivery` is the tracker's dedupe key."""

    record: str
    delivery: str


@dataclass(frozen=True, slots=True)
class SetFields:
    """Write these fields in one update."""

    fields: Fields


@dataclass(frozen=True, slots=True)
class Move:
    """Bring a path field (status) to one value, by a transition where the tracker has those."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class AddComment:
    """Add one comment; `body` is Markdown and already says who wrote it where."""

    body: str
    public: bool = True


@dataclass(frozen=True, slots=True)
class EditComment:
    """Replace the body of a comment that we wrote; `part` is its remote id."""

    part: str
    body: str


@dataclass(frozen=True, slots=True)
class Attach:
    """Add one file; its bytes are handed to the connector separately, as a stream."""

    name: str
    media_type: str
    size: int
    #: Markdown line for trackers where a file needs a comment around it
    note: str = ""
    public: bool = True


Step = SetFields | Move | AddComment | EditComment | Attach


@dataclass(frozen=True, slots=True)
class Written:
    """What a write left behind. `part` is the new part's remote id, `sha256` of the bytes sent for files."""

    record: str
    label: str = ""
    url: str = ""
    part: str | None = None
    sha256: str | None = None
    #: ids of the history entries this write made, where the tracker's answer names them
    revisions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """One allowed value: `value` is what rules name, `label` what the tracker shows when it differs."""

    value: str
    label: str = ""


class FieldType(StrEnum):
    """Portable field types."""

    TEXT = "text"
    RICH = "rich"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    OPTION = "option"
    OPTIONS = "options"
    LABELS = "labels"
    USER = "user"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """One field of a kind of item. `max_length` is in `unit` (chars, bytes, utf16)."""

    key: str
    label: str
    type: FieldType
    required: bool = False
    writable: bool = True
    max_length: int | None = None
    unit: str = "chars"
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Schema:
    """What a system says of one kind of item."""

    kind: str
    fields: tuple[FieldInfo, ...]
    #: (from, to) pairs of status moves where the tracker tells its workflow; empty = any move or unknown
    moves: tuple[tuple[str, str], ...] = ()
    comment_max_length: int | None = None
    attachment_max_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """The answer to "can we work here?": who we are there, what it is, what is missing."""

    account: Actor
    product: str
    version: str
    #: tracker's clock minus ours, seconds
    skew: float
    kinds: tuple[str, ...] = ()
    #: sentences, each a right or setting that is missing; empty = all good
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())
