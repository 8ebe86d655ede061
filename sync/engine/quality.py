"""How one item's values stand, term by term, against the agreed terms and against the other side; pure."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from governance.quality.marks import mark
from governance.rulebook.rules import Gap, fitted, translated
from sync.engine.agreement import Link, SideName, opposite
from sync.engine.envelope import plain
from sync.engine.incoming import flows
from sync.engine.merge import equal
from sync.engine.types import Fields, Value

EMPTY: tuple[Value, ...] = (None, "", ())


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the dictionary says of a term's values; without `allowed` any value is."""

    allowed: frozenset[str] = frozenset()
    max_length: int | None = None
    unique: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored of an item on a connection.

    `fields`: its newest stored version; `sent`, `got`: terms of its own and of the partner's newest envelope;
    None = there is none. `bases`: term → what (own side, partner) expressed when they last agreed. `waits`: its lane
    has work, or its newest envelope is not applied yet.
    """

    fields: Fields | None = None
    sent: Fields | None = None
    got: Fields | None = None
    bases: Mapping[str, tuple[Value, Value]] = field(default_factory=dict)
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Marked:
    """The marks of an item, and of terms that identify it a digest of the value."""

    marks: tuple[str, ...]
    prints: Mapping[str, str]


def marked(link: Link, side: SideName, bounds: Mapping[str, Bounds], known: Known) -> Marked:
    """Look at one item of `side`.

    1. its own values as its rules express them; 2. what the partner sent; 3. how the two sides stand.
    """
    found: list[str] = []
    prints: dict[str, str] = {}
    for term in link.terms:
        limits = bounds.get(term, Bounds())
        value = own_value(link, side, term, known.fields)
        if value is not None:
            found += [mark(kind, term) for kind in judged(value.found, limits)]
            if limits.unique and not isinstance(value.found, Gap) and value.found not in EMPTY:
                prints[term] = hashlib.sha256(str(plain(value.found)).encode()).hexdigest()[:16]
        if known.got is not None and term in known.got:
            found += [mark(f"in-{kind}", term) for kind in judged(known.got[term], limits)]
        together = stand(link, side, term, known)
        if together:
            found.append(mark(together, term))
    return Marked(tuple(found), prints)


@dataclass(frozen=True, slots=True)
class Own:
    """An item's value of a term before any cutting, or why there is none."""

    found: Value | Gap


def own_value(link: Link, side: SideName, term: str, fields: Fields | None) -> Own | None:
    """An item's own value of a term; None where no rule binds it or its tracker does not show the field.

    Of a term that is only taken in, the field's own value: whether it is filled can be told, what it means cannot.
    """
    rules = link.end(side).rules
    outgoing, incoming = rules.out(term), rules.into(term)
    line = outgoing or incoming
    if fields is None or line is None or line.field not in fields:
        return None
    if outgoing is not None:
        return Own(translated(outgoing, fields[outgoing.field]))
    return Own(None if fields[line.field] in EMPTY else True)


def judged(value: Value | Gap, limits: Bounds) -> Iterator[str]:
    """The kinds of mark that a value earns; True stands for a value in the tracker's own words."""
    if isinstance(value, Gap):
        yield "gap"
    elif value in EMPTY:
        yield "empty"
    else:
        yield "full"
        if value is not True and limits.allowed and not members(value) <= limits.allowed:
            yield "alien"
        if isinstance(value, str) and limits.max_length and len(value) > limits.max_length:
            yield "long"


def members(value: Value) -> set[str]:
    """The values of a list, or the only one."""
    return {str(one) for one in (value if isinstance(value, tuple) else (value,))}


def stand(link: Link, side: SideName, term: str, known: Known) -> str:
    """How both sides of a term stand; "" for a term that flows neither way.

    1. withheld: a rule of one's own would send it and no grant lets it; 2. never sent: it has a value that no
    envelope held, and none came from the partner; 3. in step: both say the same, or each still says what it said when
    they last agreed, which is the same up to the value maps; 4. in transit while work waits; else it differs.
    """
    leaves = term in link.terms and link.end(side).rules.out(term) is not None
    if leaves and not link.may_read(side, term):
        return "withheld"
    sends, takes = flows(link, side, term), flows(link, opposite(side), term)
    if not leaves and not takes:
        return ""
    sent, got = known.sent or {}, known.got or {}
    mine = expressed_now(link, side, term, known)
    came = takes and term in got
    if leaves and not came and term not in sent and not (isinstance(mine, Gap) or mine in EMPTY):
        return "transit" if known.waits else "unsent"
    if not sends and not takes:
        # it is read and never written: what was let out is all there is to compare
        alike = not isinstance(mine, Gap) and equal(mine, sent.get(term))
    else:
        alike = settled(mine, got.get(term), known.bases.get(term), sends=sends, takes=came)
    return "equal" if alike else "transit" if known.waits else "differs"


def expressed_now(link: Link, side: SideName, term: str, known: Known) -> Value | Gap:
    """One's own value as it would be sent; as it was sent last where no version of the item is stored."""
    line = link.end(side).rules.out(term)
    if known.fields is None or line is None or line.field not in known.fields:
        return (known.sent or {}).get(term)
    return fitted(line, known.fields[line.field])


def settled(mine: Value | Gap, theirs: Value, base: tuple[Value, Value] | None, *, sends: bool, takes: bool) -> bool:
    """Whether nothing is left to be carried over, as far as this side can know."""
    if isinstance(mine, Gap):
        return False
    if sends and takes and equal(mine, theirs):
        return True
    if base is None:
        return mine in EMPTY and theirs in EMPTY
    return (not sends or equal(mine, base[0])) and (not takes or equal(theirs, base[1]))
