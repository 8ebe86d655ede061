"""Each guard of ENGINE.md B.8 switched off in turn, from outside: a run that does not notice is a bad test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from unittest.mock import patch

from sync.connectors.base import Connector
from sync.engine.merge import Base, Merged, Stand, Verdict, equal
from sync.flow.intents import Evidence, trace
from sync.flow.ports import KnownIntent, Landed, World
from tests.simulation.scene import Scene


def _forgets(intent: KnownIntent, evidence: Evidence, connector: Connector, world: World) -> None:
    """Open intents are given up without a look."""


def _impatient(
    intent: KnownIntent, evidence: Evidence, connector: Connector, world: World
) -> Landed | datetime | None:
    """Not found once is absent."""
    return trace(intent, evidence, connector)


def _hasty(intent: KnownIntent, connector: Connector, world: World) -> datetime:
    """Absence is concluded while the request may still arrive."""
    return intent.at + timedelta(seconds=3)


def _last_write_wins(base: Base | None, a: Stand, b: Stand, term: object, ends: object, born: str) -> Merged:
    """No base: what differs is overwritten by the later change, else by side a."""
    if not (a.flows and b.flows):
        return Merged(Verdict.A if a.flows else Verdict.B if b.flows else Verdict.NEITHER)
    if equal(a.value, b.value):
        return Merged(Verdict.NEITHER)
    later = bool(b.at and (not a.at or b.at > a.at))
    return Merged(Verdict.B if later else Verdict.A)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One guard: what it is in words, patches on the engine, and changes of the scene."""

    name: str
    words: str
    patches: tuple[tuple[str, object], ...] = ()
    prepare: Callable[[Scene], None] | None = None

    @contextmanager
    def off(self) -> Iterator[None]:
        """The guard is off inside."""
        with ExitStack() as stack:
            for name, instead in self.patches:
                stack.enter_context(patch(name, instead))
            yield


def _unfenced(scene: Scene) -> None:
    scene.store.fenced = False


def _careless(scene: Scene) -> None:
    scene.store.careful = False


def _unmarked(scene: Scene) -> None:
    scene.marker.blind = True
    for connector in scene.connectors.values():
        connector.marked = False


def _no_overlap(scene: Scene) -> None:
    for tracker in scene.trackers.values():
        tracker.habits = replace(tracker.habits, overlap=0.0)


MUTANTS = (
    Mutant("forgets-intents", "retry without resolving intents", (("sync.flow.intents.resolved", _forgets),)),
    Mutant("no-waiting", "no waiting before absent", (("sync.flow.intents.resolved", _impatient),)),
    Mutant(
        "short-waiting",
        "wait less than the lease",
        (("sync.flow.intents.sure_after", _hasty), ("sync.flow.writing.sure_after", _hasty)),
    ),
    Mutant("no-marker", "no marker", prepare=_unmarked),
    Mutant("no-base", "no base, last write wins", (("sync.engine.plan.merged", _last_write_wins),)),
    Mutant("no-overlap", "cursor without overlap", prepare=_no_overlap),
    Mutant(
        "no-lease-check",
        "no lease check before send",
        (("sync.flow.writing.may_send", lambda work: True), ("sync.flow.birth.may_send", lambda work: True)),
    ),
    Mutant("no-fence", "commits not fenced", prepare=_unfenced),
    Mutant(
        "no-lost-edit-check", "no lost-edit check after write", (("sync.flow.reading._keep_lost", lambda *_: None),)
    ),
    Mutant("careless-finish", "dirty cleared unconditionally", prepare=_careless),
)
BY_NAME = {mutant.name: mutant for mutant in MUTANTS}
