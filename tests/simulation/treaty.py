"""What the companies of the simulation agreed: three systems in a ring or a chain, rulebooks, grants, habits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from governance.rulebook.rules import Condition, Line, RuleSet
from sync.engine.agreement import End, Link, SideName, Slot, TermInfo
from sync.engine.types import Value
from tests.simulation.tracker import BOT, Habits

COMPANIES = {1: "Aster", 2: "Birch", 3: "Cedar"}
SLOTS = {system: Slot(system, "issue") for system in COMPANIES}
#: field names, one per system, so that a wrong binding shows
SUMMARY = {1: "title", 2: "subject", 3: "summary"}
STATUS = {1: ("new", "work", "done"), 2: ("todo", "doing", "finished"), 3: ("s1", "s2", "s3")}
TERM_STATUS = ("open", "busy", "closed")
PRIORITY = {1: ("P1", "P2", "P3", "P4"), 2: ("High", "Low"), 3: ("1", "2", "3", "4")}
TERM_PRIORITY = ("p1", "p2", "p3", "p4")
#: Birch knows two priorities only: a lossy map
LOSSY = {"p1": "High", "p2": "High", "p3": "Low", "p4": "Low"}
#: a status of Aster without an entry in its map
ODD = "odd"
#: what may be refused: Birch's workflow never goes straight back
REFUSED = frozenset({("finished", "todo")})


@dataclass(frozen=True, slots=True)
class Treaty:
    """One run's agreement."""

    links: tuple[Link, ...]
    habits: Mapping[int, Habits]
    ring: bool
    odd: bool
    refusing: bool

    def to_term(self, system: int, name: str, value: Value) -> Value:
        """A field's value as a term, as this system's rules say it."""
        end = next(end for link in self.links for end in (link.a, link.b) if end.slot.system == system)
        line = end.rules.out(name)
        pairs = dict(line.values) if line else {}
        return pairs.get(str(value), value)


def rules(system: int) -> RuleSet:
    """One side's rulebook."""
    status = tuple(zip(STATUS[system], TERM_STATUS, strict=True))
    both = tuple(zip(PRIORITY[system], TERM_PRIORITY, strict=False))
    out = both if system != 2 else (("High", "p1"), ("Low", "p4"))
    into = tuple((term, native) for native, term in out) if system != 2 else tuple(LOSSY.items())
    outgoing = (
        Line("summary", SUMMARY[system]),
        Line("priority", "priority", out),
        Line("status", "status", status, unmapped="park"),
        Line("cost", "cost"),
        Line("budget", "budget"),
    )
    incoming = (
        Line("summary", SUMMARY[system], max_length=40),
        Line("priority", "priority", into),
        Line("status", "status", tuple((term, native) for native, term in status)),
        Line("cost", "cost"),
    )
    scope = (Condition("shared", "is", "yes"),)
    fixed = (("shared", "yes"),)
    return RuleSet(outgoing, incoming, offer=True, scope=scope, accept=True, fixed=fixed)


def agreed(random: Random) -> Treaty:
    """A treaty drawn by chance: ring or chain, who owns which term, what each tracker is like."""
    ring, odd, refusing = random.random() < 0.75, random.random() < 0.2, random.random() < 0.15
    pairs = [(1, 2), (2, 3), (3, 1)] if ring else [(1, 2), (2, 3)]
    links = tuple(link(number, a, b, random) for number, (a, b) in enumerate(pairs, 1))
    habits = {
        system: Habits(
            keyed_history=system != 2,
            edit_comment=system != 1,
            skew=random.choice((0.0, 0.0, 1.0, -1.0)),
            normalise=TRIMS if system == 2 else AS_IT_IS,
            refused=REFUSED if refusing and system == 2 else frozenset(),
            sentence=f"canary-{system}-sentence: this move is not allowed.",
        )
        for system in COMPANIES
    }
    return Treaty(links, habits, ring, odd, refusing)


def link(number: int, a: int, b: int, random: Random) -> Link:
    """One connection: everything two-way but `cost`, which Aster shows to Cedar alone, and `budget`, to nobody."""
    owners = {name: random.choice((None, a, b)) for name in ("summary", "priority", "status")}
    terms = {name: TermInfo(name, path=name == "status", owner=owner) for name, owner in owners.items()}
    terms |= {name: TermInfo(name) for name in ("cost", "budget")}
    grants = {
        (one, two, name): "write"
        for one, two in ((a, b), (b, a))
        for name in ("summary", "priority", "status", "comment", "attachment")
    }
    if {a, b} == {1, 3}:
        grants |= {(1, 3, "cost"): "read", (3, 1, "cost"): "write"}
    return Link(number, end("a", a), end("b", b), terms, grants)


def end(side: SideName, system: int) -> End:
    """One end of a link."""
    return End(side, system, COMPANIES[system], SLOTS[system], rules(system), system, BOT.id)


def _as_it_is(name: str, value: Value) -> Value:
    return value


def _trims(name: str, value: Value) -> Value:
    return " ".join(value.split()) if isinstance(value, str) else value


AS_IT_IS: Callable[[str, Value], Value] = _as_it_is
TRIMS: Callable[[str, Value], Value] = _trims


def pair() -> Treaty:
    """Aster and Cedar alone, with one connection, for directed schedules."""
    habits = {system: Habits() for system in (1, 3)}
    return Treaty((link(1, 1, 3, Random(1)),), habits, ring=False, odd=False, refusing=False)
