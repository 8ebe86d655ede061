"""Rows of the in-memory store, as plain as the tables they stand for."""

from dataclasses import dataclass, field
from datetime import datetime

from sync.engine.agreement import SideName, Slot
from sync.engine.merge import Base
from sync.engine.types import Fields, PartKind, Value
from sync.flow.ports import Promise


@dataclass(slots=True)
class ItemRow:
    """An item of a case."""

    id: int
    case: int
    slot: Slot
    record: str
    company: int
    label: str = ""
    last_revision: str = ""
    gone: bool = False


@dataclass(slots=True)
class LaneRow:
    """A case's lane; times are seconds of simulated time."""

    case: int
    shard: int
    dirty: bool = True
    seq: int = 1
    lease_until: datetime | None = None
    fence: int = 0
    not_before: datetime | None = None


@dataclass(slots=True)
class ChangeRow:
    """One observed change."""

    id: int
    case: int
    item: int
    company: int
    remote_id: str
    field: str
    seq: int
    occurred: datetime
    value: Value
    private: bool
    disposition: str = ""
    cause: str = ""
    disposed: int = 0


@dataclass(slots=True)
class PartRow:
    """A part by its origin, with (remote id, version) by system."""

    id: int
    case: int
    kind: PartKind
    system: int
    company: int
    remote_id: str
    at: datetime
    public: bool
    copies: dict[int, tuple[str, str]] = field(default_factory=dict)


@dataclass(slots=True)
class IntentRow:
    """A promise and what became of it."""

    id: int
    case: int
    promise: Promise
    at: datetime
    lease_until: datetime
    fence: int
    state: str = "open"
    proven: bool = False


@dataclass(slots=True)
class HoldRow:
    """A case that waits for a system."""

    until: datetime
    code: str
    attempts: int = 1


@dataclass(slots=True)
class ParkedRow:
    """Parked work of one company."""

    company: int
    subject: str
    sentence: str
    payload: str
    state: str = "open"
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class SealedRow:
    """An envelope as stored."""

    id: int
    case: int
    link: int
    side: SideName
    to_company: int
    no: int
    digest: str
    body: str


@dataclass(frozen=True, slots=True)
class JournalRow:
    """What was written under which fence."""

    case: int
    intent: int
    system: int
    op: str
    fence: int
    after: Fields


@dataclass(frozen=True, slots=True)
class LostRow:
    """An edit that lost, by name."""

    case: int
    link: int
    company: int
    term: str
    value: Value
    why: str


Bases = dict[tuple[int, str], Base]
