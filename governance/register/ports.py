"""What the register needs from the floor above: kinds of system, their run, probes and samples.

The sync floor fills these at start-up with `provide`. Until it does, there is no kind of system to choose.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, cast
from uuid import UUID

from governance.register.models import Connection, System
from portal.access.subject import Subject
from portal.core.errors import BadInput

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class SettingField:
    """One field of a system's form beyond its address and credential."""

    key: str
    label: str
    help: str = ""
    required: bool = False
    #: several lines; `example` shows how they are written
    long: bool = False
    example: str = ""


@dataclass(frozen=True, slots=True)
class SystemKind:
    """One supported product; `credentials` are of token, password, oauth, best first."""

    key: str
    label: str
    address_help: str
    credentials: tuple[str, ...]
    settings: tuple[SettingField, ...] = ()
    #: whether a person signs in to it in the browser, by OAuth
    visits: bool = False
    #: what is wrong with settings, by their keys
    problems: Callable[[Mapping[str, str]], dict[str, str]] = field(default=lambda _settings: {}, compare=False)
    #: what its query language is called, with an example; "" where a rulebook can have no filter in it
    language: str = ""
    example: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """How a system's run stands. `state` is a word of the state component, `reason` a sentence."""

    state: str
    label: str
    reason: str = ""
    product: str = ""
    account: str = ""
    last_ok: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A probe: what was asked, and what a worker found. `state` is waiting, done or failed.

    `body` by kind: check = sync.engine.types.Check, describe = Schema as JSON; dry-run = {"writes": [{"target",
    "field", "before", "after", "term"}], "withheld": [{"term", "reason"}], "gaps": [sentence, …],
    "source": label, "target": label}; filter = {"query", "wrong": sentence or "", "count", "samples"}.
    """

    uid: UUID
    kind: str
    state: str
    sentence: str
    asked_at: datetime
    answered_at: datetime | None = None
    body: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sample:
    """The newest envelope that one side of a connection sent: term → value, for those who may read it."""

    side: str
    sealed: datetime
    terms: Mapping[str, object]


class Sync(Protocol):
    """What the sync floor does for the register. All reads go through the guard of that floor."""

    def kinds(self) -> tuple[SystemKind, ...]:
        """The kinds of system there are, in the order that a form offers them."""
        ...

    def open_stream(self, system: System) -> None:
        """Called in the transaction that registers a system: make the rows that its run needs."""
        ...

    def wake_stream(self, system: System) -> None:
        """Called after a new credential, address or setting: try again now whatever stopped it."""
        ...

    def wake_waiting(self, system: System) -> None:
        """Called when a system's downtime ends early: poll it, and look again at the cases that wait for it."""
        ...

    def exchange_now(self, connections: Iterable[int]) -> None:
        """Called when somebody asks for the exchange of connections on demand: look at their cases with work."""
        ...

    def wake_parked(self, connection: Connection) -> None:
        """Called when new rules of the acting company go live on a connection: what waits for them goes on."""
        ...

    def wake_rehearsal(self, rehearsal: int) -> None:
        """Called when a rehearsal (governance.rulebook.models) waits for a worker."""
        ...

    def runs(self, systems: Iterable[int], *, by: Subject) -> Mapping[int, Run]:
        """How the runs of these systems stand, by system id."""
        ...

    def ask(self, *, by: Subject, kind: str, system: System, connection: Connection | None, asked: Json) -> Answer:
        """Ask a worker for something that needs the credential; answers at once with the waiting probe."""
        ...

    def consent(self, system: System, *, client_id: str, state: str, verifier: str, redirect_uri: str) -> str:
        """The address of the system's consent page, to which a person's browser is sent. Raises BadInput."""
        ...

    def answer(self, uid: UUID, *, by: Subject) -> Answer | None:
        """One probe by its uid."""
        ...

    def latest(
        self, systems: Collection[int], kinds: Collection[str], *, by: Subject, done: Collection[str] = ()
    ) -> Mapping[tuple[int, str], Answer]:
        """By (system, kind) the newest probe; of the kinds in `done`, the newest that was answered well."""
        ...

    def samples(self, connection: int, *, by: Subject) -> tuple[Sample, ...]:
        """The newest envelope of each side of a connection."""
        ...


class Alone:
    """Stands in while no sync floor is there: no kinds, no runs, and a clear sentence for the rest."""

    def kinds(self) -> tuple[SystemKind, ...]:
        """None."""
        return ()

    def open_stream(self, system: System) -> None:
        """Nothing runs."""

    def wake_stream(self, system: System) -> None:
        """Nothing runs."""

    def wake_waiting(self, system: System) -> None:
        """Nothing waits."""

    def exchange_now(self, connections: Iterable[int]) -> None:
        """Nothing waits."""

    def wake_parked(self, connection: Connection) -> None:
        """Nothing waits."""

    def wake_rehearsal(self, rehearsal: int) -> None:
        """Nobody rehearses."""

    def runs(self, systems: Iterable[int], *, by: Subject) -> Mapping[int, Run]:
        """None."""
        return {}

    def ask(self, *, by: Subject, kind: str, system: System, connection: Connection | None, asked: Json) -> Answer:
        """Nobody could answer."""
        raise BadInput("No tracker can be asked here: the sync floor is not installed.", code="no-sync")

    def consent(self, system: System, *, client_id: str, state: str, verifier: str, redirect_uri: str) -> str:
        """Nobody knows it."""
        raise BadInput("No tracker can be asked here: the sync floor is not installed.", code="no-sync")

    def answer(self, uid: UUID, *, by: Subject) -> Answer | None:
        """None."""
        return None

    def latest(
        self, systems: Collection[int], kinds: Collection[str], *, by: Subject, done: Collection[str] = ()
    ) -> Mapping[tuple[int, str], Answer]:
        """None."""
        return {}

    def samples(self, connection: int, *, by: Subject) -> tuple[Sample, ...]:
        """None."""
        return ()


_make: list[Callable[[], Sync]] = [Alone]


def provide(make: Callable[[], Sync]) -> None:
    """The sync floor tells here, in its AppConfig.ready, what does this work."""
    _make[:] = [make]


def sync() -> Sync:
    """Who does this work."""
    return _make[0]()


def field_names(systems: Collection[int], *, by: Subject) -> dict[int, dict[str, str]]:
    """System → field key → label, as each system's last description tells it; empty for one never described."""
    described = sync().latest(systems, ["describe"], by=by, done=["describe"])
    found: dict[int, dict[str, str]] = {system: {} for system in systems}
    for (system, _), answer in described.items():
        rows = cast(list[Json], answer.body.get("fields") or [])
        found[system] = {str(row["key"]): str(row.get("label") or row["key"]) for row in rows}
    return found


def item_kinds(systems: Collection[int], *, by: Subject) -> dict[int, tuple[str, ...]]:
    """System → its kinds of item as the tracker names them, from its last good check and description. One query."""
    told = sync().latest(systems, ["check", "describe"], by=by, done=["check", "describe"])
    found: dict[int, dict[str, None]] = {system: {} for system in systems}
    for (system, kind), answer in sorted(told.items()):
        named = answer.body.get("kinds") if kind == "check" else [answer.body.get("kind")]
        found[system] |= {str(one): None for one in cast(list[object], named or []) if one}
    return {system: tuple(names) for system, names in found.items()}


def kind_of(key: str) -> SystemKind | None:
    """The kind of system with this key, or None when there is none (any more)."""
    return next((kind for kind in sync().kinds() if kind.key == key), None)
