"""A tracker in memory with the habits of real ones: history, whole seconds, lagging lists, late and lost answers."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar

from portal.core.errors import Missing, RateLimited, Rejected, Unavailable
from sync.connectors.base import Capabilities, Connector, Content
from sync.engine.types import (
    Actor,
    AddComment,
    Attach,
    Check,
    EditComment,
    Fields,
    Hint,
    Item,
    Listed,
    Move,
    Page,
    Part,
    PartKind,
    Revision,
    Schema,
    SetFields,
    Step,
    Value,
    Written,
)
from tests.simulation.clock import Clock

T = TypeVar("T")
BOT = Actor("bot", "Concord")
#: seconds: how late a sent request may be applied, how far a list lags
LATE, LAG = 6.0, 2.0


@dataclass(slots=True)
class Record:
    """One item of the tracker."""

    id: str
    fields: dict[str, Value]
    created: datetime
    updated: datetime
    key: str | None = None
    by: Actor = BOT
    parts: list[Part] = field(default_factory=list)
    revisions: list[Revision] = field(default_factory=list)
    version: int = 0
    #: when the present version appears in lists
    listed: float = 0.0
    #: when the search for markers knows it
    indexed: float = 0.0
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Habits:
    """What this tracker is like."""

    keyed_history: bool = True
    edit_comment: bool = True
    overlap: float = 12.0
    skew: float = 0.0
    normalise: Callable[[str, Value], Value] = lambda _, value: value
    #: (from, to) status moves that its workflow refuses, and the sentence it refuses them with
    refused: frozenset[tuple[str, str]] = frozenset()
    sentence: str = "This move is not allowed."


@dataclass(slots=True)
class Faults:
    """What goes wrong with calls now; `rate` in [0, 1]."""

    rate: float = 0.0
    down_until: float = 0.0
    #: one-shot faults of directed schedules, by verb
    next: dict[str, str] = field(default_factory=dict)
    #: seconds by which a late request of a directed schedule is late
    delay: float = LATE


class Tracker:
    """The tracker itself: what people and Concord do to it, and what it remembers."""

    def __init__(self, system: int, clock: Clock, random: Random, habits: Habits, status: str) -> None:
        self.system, self.clock, self.random, self.habits = system, clock, random, habits
        #: the status of a new item
        self.status = status
        self.records: dict[str, Record] = {}
        self.files: dict[str, bytes] = {}
        self.faults = Faults()
        self.numbers = 0
        #: (record) hints to deliver; the scheduler takes them
        self.hints: list[str] = []
        #: deeds to happen later: (when, deed)
        self.later: list[tuple[float, Callable[[], object]]] = []
        #: everything that Concord sent here, as text
        self.received: list[str] = []
        self.writes = 0
        self.ledger: list[tuple[object, ...]] = []
        #: (record, field) → every value it ever had
        self.history: dict[tuple[str, str], list[Value]] = {}

    def number(self) -> int:
        """The next id."""
        self.numbers += 1
        return self.numbers

    def now(self) -> datetime:
        """The tracker's own clock, in whole seconds."""
        return (self.clock() + timedelta(seconds=self.habits.skew)).replace(microsecond=0)

    def create(self, fields: Mapping[str, Value], by: Actor, key: str | None = None) -> Record:
        """A new item."""
        number = self.number()
        values = {name: self.habits.normalise(name, value) for name, value in fields.items()}
        record = Record(f"{self.system}-{number}", values, self.now(), self.now(), key, by)
        record.indexed = self.clock.seconds + self.random.random() * LAG
        self.records[record.id] = record
        for name, value in values.items():
            self.history[record.id, name] = [value]
        self._touch(record, ("create", *sorted(values.items(), key=str)))
        return record

    def edit(self, record: Record, changes: Mapping[str, Value], by: Actor, key: str | None = None) -> None:
        """New field values; what stays the same leaves no trace."""
        number = str(self.number())
        found = []
        for name, value in changes.items():
            new = self.habits.normalise(name, value)
            old = record.fields.get(name)
            if new != old:
                shown = key if self.habits.keyed_history else None
                found.append(Revision(number, self.now(), by, name, old, new, shown))
                record.fields[name] = new
                self.history.setdefault((record.id, name), []).append(new)
        if found:
            record.revisions.extend(found)
            self._touch(record, ("edit", *((r.field, r.new) for r in found)))

    def add(self, record: Record, part: Part, content: bytes = b"") -> str:
        """A new comment or file."""
        record.parts.append(part)
        if part.kind is PartKind.ATTACHMENT:
            self.files[part.id] = content
        self._touch(record, ("part", part.id, part.body, part.name))
        return part.id

    def part(self, by: Actor, body: str, *, public: bool = True, key: str | None = None) -> Part:
        """A comment not added yet."""
        return Part(f"{self.system}.{self.number()}", PartKind.COMMENT, self.now(), by, public, body, key=key)

    def file(self, by: Actor, name: str, content: bytes, *, public: bool = True, key: str | None = None) -> Part:
        """A file not added yet."""
        at, number = self.now(), self.number()
        return Part(
            f"{self.system}.{number}", PartKind.ATTACHMENT, at, by, public, "", name, "text/plain", len(content),
            key=key,
        )  # fmt: skip

    def replace(self, record: Record, part: Part) -> None:
        """A part edited."""
        place = next(n for n, one in enumerate(record.parts) if one.id == part.id)
        record.parts[place] = part
        self._touch(record, ("replace", part.id, part.body, part.public))

    def delete(self, record: Record) -> None:
        """The item is gone."""
        record.deleted = True
        self._touch(record, ("delete",))

    def _touch(self, record: Record, what: tuple[object, ...]) -> None:
        record.version += 1
        record.updated = self.now()
        record.listed = self.clock.seconds + self.random.random() * LAG
        self.hints.append(record.id)
        self.ledger.append((round(self.clock.seconds, 3), record.id, *what))

    def item(self, record: Record, since: str | None) -> Item:
        """As a read shows it."""
        after = int(since or 0)
        news = tuple(r for r in record.revisions if int(r.id) > after)
        return Item(
            record.id, "issue", record.id, f"https://tracker-{self.system}.example/{record.id}",
            str(record.version), record.created, record.updated, dict(record.fields), tuple(record.parts), news,
            record.key, reporter=record.by,
        )  # fmt: skip


class SimConnector:
    """The nine verbs over a tracker, with its faults. `marked` is a guard that a mutant takes away."""

    def __init__(self, tracker: Tracker) -> None:
        self.tracker = tracker
        self.marked = True

    @property
    def capabilities(self) -> Capabilities:
        """Absence is proven after the list's lag."""
        habits = self.tracker.habits
        return Capabilities(absent_after=1.0, list_lag=LAG, edit_comment=habits.edit_comment, overlap=habits.overlap)

    def check(self) -> Check:
        """All good."""
        return Check(BOT, "Sim", "1", 0.0, ("issue",))

    def describe(self, kind: str) -> Schema:
        """Nothing is known."""
        return Schema(kind, ())

    def changes(self, cursor: str, *, now: datetime) -> Page:
        """Everything listed since the cursor, which is a time in seconds, less the overlap."""
        self._fail("list")
        mark = float(cursor or 0.0)
        start, seconds = self.tracker.clock.start, self.tracker.clock.seconds
        rows = [
            Listed(r.id, str(r.version), r.updated)
            for r in self.tracker.records.values()
            if r.listed <= seconds and self._after((r.updated - start).total_seconds(), mark)
        ]
        rows.sort(key=lambda row: (row.updated_at, row.record))
        newest = max([mark, *((row.updated_at - start).total_seconds() for row in rows)])
        return Page(tuple(rows), str(newest), more=False)

    def _after(self, updated: float, mark: float) -> bool:
        overlap = self.tracker.habits.overlap
        return updated >= mark - overlap if overlap else updated > mark

    def read(self, record: str, *, since: str | None = None) -> Item:
        """One item."""
        self._fail("read")
        item = self.tracker.item(self._record(record), since)
        return item if self.marked else _unmarked(item)

    def _record(self, record: str) -> Record:
        found = self.tracker.records.get(record)
        if found is None or found.deleted:
            raise Missing("There is no such item.")
        return found

    def find(self, kind: str, key: str) -> tuple[str, ...]:
        """By marker, from an index that lags."""
        self._fail("find")
        seconds = self.tracker.clock.seconds
        return tuple(
            r.id
            for r in self.tracker.records.values()
            if self.marked and r.key == key and not r.deleted and r.indexed <= seconds
        )

    def create(self, kind: str, fields: Fields, key: str) -> Written:
        """One item."""
        text = repr(sorted(fields.items()))

        def deed() -> Written:
            record = self.tracker.create({"status": self.tracker.status, **fields}, BOT, key)
            return Written(record.id, record.id)

        return self._write("create", text, deed)

    def apply(self, record: str, step: Step, key: str, content: Content | None = None) -> Written:
        """One step; a workflow may refuse a move."""
        data = b""
        if isinstance(step, Attach):
            with content() if content is not None else nullcontext(iter(())) as pieces:
                data = b"".join(pieces)
        found = self._record(record)
        if isinstance(step, Move) and (found.fields.get(step.field), step.value) in self.tracker.habits.refused:
            self._fail("refused")
            raise Rejected(self.tracker.habits.sentence)
        return self._write(type(step).__name__, repr(step) + repr(data), lambda: self._apply(found, step, key, data))

    def _apply(self, record: Record, step: Step, key: str, data: bytes) -> Written:
        if record.deleted:
            return Written(record.id)
        part = None
        match step:
            case SetFields(fields):
                self.tracker.edit(record, fields, BOT, key)
            case Move(name, value):
                self.tracker.edit(record, {name: value}, BOT, key)
            case AddComment(body, public):
                part = self.tracker.add(record, self.tracker.part(BOT, body, public=public, key=key))
            case EditComment(number, body):
                part = self._edit_part(record, number, body)
            case Attach(name, _, _, _, public):
                part = self.tracker.add(record, self.tracker.file(BOT, name, data, public=public, key=key), data)
        return Written(record.id, record.id, part=part)

    def _edit_part(self, record: Record, number: str, body: str) -> str:
        old = next((one for one in record.parts if one.id == number), None)
        if old is None:
            raise Missing("There is no such comment.")
        edited = Part(
            old.id, old.kind, old.at, old.author, old.public, body, key=old.key, edited_at=self.tracker.now()
        )
        self.tracker.replace(record, edited)
        return number

    def attachment(self, record: str, part: str) -> AbstractContextManager[Iterator[bytes]]:
        """A file's bytes."""

        @contextmanager
        def opened() -> Iterator[Iterator[bytes]]:
            yield iter([self.tracker.files[part]])

        return opened()

    def parse_webhook(
        self, headers: Mapping[str, str], body: bytes, secrets: tuple[str, ...], *, now: datetime
    ) -> tuple[Hint, ...]:
        """The scheduler hands hints over by itself."""
        return ()

    def _write(self, verb: str, text: str, deed: Callable[[], Written]) -> Written:
        """A write whose request or answer may be lost, or which arrives late."""
        fault = self._fail(verb)
        tracker = self.tracker
        tracker.received.append(text)
        if fault == "refused":
            raise Rejected(tracker.habits.sentence)
        if fault == "before":
            raise Unavailable("No answer.", sent=True)
        tracker.writes += 1
        if fault == "late":
            delay = tracker.random.random() * tracker.faults.delay if tracker.faults.rate else tracker.faults.delay
            tracker.later.append((tracker.clock.seconds + delay, deed))
            raise Unavailable("No answer.", sent=True)
        answer = deed()
        if fault == "after":
            raise Unavailable("No answer.", sent=True)
        return answer

    def _fail(self, verb: str) -> str:
        """Which fault this call has; those that never reach the tracker are raised here."""
        faults, random = self.tracker.faults, self.tracker.random
        if verb in faults.next:
            return faults.next.pop(verb)
        now = self.tracker.clock.seconds
        if faults.down_until > now:
            raise Unavailable("The tracker is down.", sent=False)
        if random.random() >= faults.rate:
            return ""
        fault = random.choice(("before", "after", "late", "unsent", "patience"))
        if fault == "patience":
            raise RateLimited("Too many requests.", retry_at=self.tracker.clock() + timedelta(seconds=1.5))
        if fault == "unsent" or verb in ("read", "list", "find", "refused"):
            raise Unavailable("No answer.", sent=False)
        return fault


def _unmarked(item: Item) -> Item:
    parts = tuple(
        Part(p.id, p.kind, p.at, p.author, p.public, p.body, p.name, p.media_type, p.size, p.of, None, p.edited_at)
        for p in item.parts
    )
    return Item(
        item.record, item.kind, item.label, item.url, item.version, item.created_at, item.updated_at, item.fields,
        parts, item.revisions, None, reporter=item.reporter,
    )  # fmt: skip


def as_connector(found: SimConnector) -> Connector:
    """For the type checker: a simulated connector is a connector."""
    return found
