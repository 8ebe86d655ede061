"""What the chain needs of the world: a store, connectors, a marker, a clock; PostgreSQL or a simulation fills it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from sync.connectors.base import Connector
from sync.engine.agreement import Link, SideName, Slot
from sync.engine.envelope import Envelope
from sync.engine.merge import Base
from sync.engine.parts import KnownPart
from sync.engine.plan import Op
from sync.engine.types import Fields, Item, Part, Value


class FenceLost(Exception):
    """The lease was taken over: whatever this holder still wanted to commit must not be committed."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Durations of the lane algorithm (docs/engine.md): lease, time limit of a request, late application."""

    lease: timedelta = timedelta(seconds=120)
    request: timedelta = timedelta(seconds=20)
    late: timedelta = timedelta(seconds=60)
    backoff_first: timedelta = timedelta(seconds=1)
    backoff_most: timedelta = timedelta(minutes=10)


@dataclass(slots=True)
class Claim:
    """A leased lane. `seq` is the lane's dirty_seq when it was claimed."""

    case: int
    fence: int
    seq: int
    lease_until: datetime


@dataclass(slots=True)
class Bound:
    """An item that belongs to the case."""

    id: int
    slot: Slot
    record: str
    company: int
    label: str = ""
    last_revision: str = ""
    #: position of the newest known change in the item's own order
    seq: int = 0
    gone: bool = False


@dataclass(slots=True)
class KnownChange:
    """A stored change as the planner needs it: open ones, and all of path fields."""

    id: int
    item: int
    field: str
    seq: int
    occurred: datetime
    value: Value
    open: bool
    private: bool = False
    remote_id: str = ""
    #: it ended in triage, and ends anew once that is solved
    parked: bool = False


@dataclass(slots=True)
class KnownIntent:
    """An intent that is open, or done and not yet recognised in the tracker's history."""

    id: int
    link: int
    slot: Slot
    op: Op
    subject: str
    key: str
    at: datetime
    lease_until: datetime
    fields: Fields = field(default_factory=dict)
    bases: Mapping[str, Base] = field(default_factory=dict)
    part: int | None = None
    name: str = ""
    size: int = 0
    shown: str = ""
    open: bool = True


@dataclass(frozen=True, slots=True)
class KnownHold:
    """One system that this case waits for."""

    until: datetime
    attempts: int
    code: str = ""


@dataclass(frozen=True, slots=True)
class KnownParked:
    """What is parked: the hash of what could not be written, how often it was tried, and how it stands.

    `open` = not to be tried again as it is; `skipped` = a person decided that it never will be.
    """

    payload: str
    attempts: int
    open: bool
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether a system may be called: closed until a time, or closed for good until a person acts."""

    until: datetime | None = None
    shut: bool = False


@dataclass(slots=True)
class State:
    """All that is known of a case when its lane is claimed."""

    items: list[Bound]
    links: list[Link]
    bases: dict[tuple[int, str], Base] = field(default_factory=dict)
    parts: dict[int, KnownPart] = field(default_factory=dict)
    changes: list[KnownChange] = field(default_factory=list)
    intents: list[KnownIntent] = field(default_factory=list)
    holds: dict[int, KnownHold] = field(default_factory=dict)
    gates: dict[int, Gate] = field(default_factory=dict)
    #: link → until when nothing is exchanged over it: paused, or not its integration's time
    rests: dict[int, datetime] = field(default_factory=dict)
    parked: dict[tuple[int, str], KnownParked] = field(default_factory=dict)
    #: (link, side) → (number, digest, id) of the last sealed envelope
    sealed: dict[tuple[int, SideName], tuple[int, str, int]] = field(default_factory=dict)

    def item(self, slot: Slot) -> Bound | None:
        """The item in a slot."""
        return next((bound for bound in self.items if bound.slot == slot), None)


@dataclass(slots=True)
class NewChange:
    """A revision or part to store as a Change; `echo` ones are disposed at once."""

    remote_id: str
    field: str
    seq: int
    occurred: datetime
    actor_id: str
    actor: str
    old: Value
    new: Value
    echo: bool = False
    observed: bool = False
    private: bool = False
    lost: str = ""


@dataclass(frozen=True, slots=True)
class Lost:
    """An edit that was overwritten or lost a conflict, kept by name."""

    link: int
    term: str
    company: int
    value: Value
    why: str


@dataclass(slots=True)
class Observation:
    """What one fresh read adds, stored in one transaction."""

    bound: Bound
    item: Item
    changes: list[NewChange] = field(default_factory=list)
    new_parts: list[Part] = field(default_factory=list)
    #: (part id, remote id) of copies of ours recognised by their marker
    copies: list[tuple[int, str]] = field(default_factory=list)
    #: (part id, version) of parts of this item that are new to us or were edited
    versions: list[tuple[int, str]] = field(default_factory=list)
    proven: list[int] = field(default_factory=list)
    bases: dict[tuple[int, str], Base] = field(default_factory=dict)
    lost: list[Lost] = field(default_factory=list)
    #: ids of changes known before that our write overwrote
    overwritten: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Promise:
    """One write to promise: all that its recovery needs is in here."""

    link: int
    side: SideName
    slot: Slot
    company: int
    op: Op
    subject: str
    key: str
    rule_version: int
    payload: Fields
    before: Fields
    bases: Mapping[str, Base]
    envelope: int | None = None
    read_version: str = ""
    part: int | None = None
    name: str = ""
    size: int = 0
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Landed:
    """What a write left behind, or what its resolution found."""

    record: str = ""
    label: str = ""
    url: str = ""
    remote_part: str | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class ToPark:
    """Something that cannot go on by itself, and who must act."""

    slot: Slot
    company: int
    link: int | None
    subject: str
    code: str
    sentence: str
    payload: str


@dataclass(frozen=True, slots=True)
class Disposition:
    """The one end of one change."""

    change: int
    name: str
    cause: str = ""


class Origin(NamedTuple):
    """What our marker says of where something came from, and for which system the copy was made."""

    system: int
    record: str
    part: str
    target: int


class Marker(Protocol):
    """Makes and reads the opaque markers on what we write."""

    def encode(self, origin: Origin) -> str:
        """The marker's text; equal for equal origins."""
        ...

    def decode(self, text: str) -> Origin | None:
        """Where a marker points, or None when it is not ours."""
        ...


class Store(Protocol):
    """The engine's memory.

    What a method did is in `state` when it returns, and is committed with the next promise, record or release at the
    latest: all of it or nothing. Without the claim nothing is, and that raises FenceLost.
    """

    def claim(self, shard: int, now: datetime) -> Claim | None:
        """Lease one dirty, due lane of a shard."""
        ...

    def load(self, claim: Claim) -> State:
        """Everything known of the case."""
        ...

    def adopt(self, claim: Claim, bound: Bound, origin: Origin) -> bool:
        """Move a lone item that carries our marker to its origin's case; the lone case ends. False if taken."""
        ...

    def observe(self, claim: Claim, observation: Observation, state: State) -> None:
        """Store what a read showed and bring `state` up to date; an item that was gone is back."""
        ...

    def seal(self, claim: Claim, link: Link, envelope: Envelope, withheld: Mapping[str, str], state: State) -> int:
        """Store an envelope if it differs from the last one; returns what a promise names it by."""
        ...

    def intend(self, claim: Claim, promise: Promise) -> KnownIntent:
        """Commit a promise and renew the lease (also on `claim`)."""
        ...

    def settle(self, claim: Claim, intent: KnownIntent, landed: Landed | None, state: State) -> None:
        """The write is done (`landed`) or proven absent (None): journal, bases, copies, binding, at once."""
        ...

    def fail(self, claim: Claim, intent: KnownIntent) -> None:
        """The tracker refused for good; nothing was applied."""
        ...

    def agree(self, claim: Claim, bases: Mapping[tuple[int, str], Base], lost: Sequence[Lost], state: State) -> None:
        """Move bases on without a write, and keep what lost."""
        ...

    def hold(self, claim: Claim, system: int, until: datetime, code: str, state: State) -> None:
        """This case waits for one system."""
        ...

    def gate(self, system: int, error: Exception | None, now: datetime) -> None:
        """A system answered, or did not: its circuit breaker."""
        ...

    def park(self, claim: Claim, parked: Sequence[ToPark], solved: Sequence[tuple[int, str]], state: State) -> None:
        """Park what needs a person, and close what goes on by itself again."""
        ...

    def dispose(self, claim: Claim, dispositions: Sequence[Disposition]) -> None:
        """Give changes their end."""
        ...

    def gone(self, claim: Claim, bound: Bound) -> None:
        """The item is proven to be deleted or hidden."""
        ...

    def finish(self, claim: Claim, again: datetime | None) -> None:
        """Release the lease; clean unless hints came meanwhile, or dirty and not before `again`."""
        ...


@dataclass(slots=True)
class World:
    """Everything a turn acts on."""

    store: Store
    connector: Callable[[int], Connector]
    marker: Marker
    clock: Callable[[], datetime]
    #: uniform in [0, 1): jitter of retries
    random: Callable[[], float]
    timing: Timing = field(default_factory=Timing)
