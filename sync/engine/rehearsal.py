"""A rehearsal of one item or envelope: what candidate rules would do otherwise than the rules in force; pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from governance.rulebook.rules import Gap, Line, refusal, scope_of, translated
from sync.engine.agreement import Link, SideName, opposite
from sync.engine.incoming import incoming_line, wanted
from sync.engine.merge import equal
from sync.engine.outgoing import drafted
from sync.engine.types import Fields, Value

#: changes: another value · fails: no translation any more · still: none before either · mended: none before
#: new: first time disclosed or taken in · gone: no longer · cut: shortened · refused: not taken as the item stands
#: withheld: the access matrix keeps it back · empty: the dictionary newly says that it must have a value
Kind = Literal["changes", "fails", "still", "mended", "new", "gone", "cut", "refused", "withheld", "empty"]


@dataclass(frozen=True, slots=True)
class Found:
    """One difference of one term. `old` and `new` are values; of a gap, `new` is the value without a translation."""

    kind: Kind
    term: str
    old: Value = None
    new: Value = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a dictionary says of a term's values; without `allowed` any value is, without `max_length` any length."""

    allowed: frozenset[str] = frozenset()
    max_length: int | None = None
    mandatory: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """A value that one's own item does not take as it stands."""


Outcome = Value | Gap | Refused


def leaving(live: Link, candidate: Link, side: SideName, fields: Fields) -> tuple[Found, ...]:
    """What would leave `side` otherwise for an item with these fields, term by term.

    A term that the access matrix keeps back is named and never valued.
    """
    before, after = drafted(live, side, fields), drafted(candidate, side, fields)
    old: dict[str, Outcome] = {**before.values, **{gap.term: gap for gap in before.gaps}}
    new: dict[str, Outcome] = {**after.values, **{gap.term: gap for gap in after.gaps}}
    lines = {line.term: line for line in candidate.end(side).rules.outgoing}
    found = [one for term in sorted({*old, *new}) for one in compared(term, old, new)]
    found += [Found("cut", term) for term in after.values if is_cut(lines[term], fields[lines[term].field])]
    found += [Found("withheld", term) for term in sorted(set(after.withheld) - set(before.withheld))]
    return tuple(found)


def arriving(live: Link, candidate: Link, side: SideName, terms: Fields, fields: Fields) -> tuple[Found, ...]:
    """What would be written otherwise into an item of `side` with these fields, for terms that its partner sent."""
    old, new = (dict(outcomes(link, side, terms, fields)) for link in (live, candidate))
    found = [one for term in sorted({*old, *new}) for one in compared(term, old, new)]
    for term in sorted(new):
        line = incoming_line(candidate, opposite(side), term)
        if line is not None and not isinstance(new[term], Gap | Refused) and is_cut(line, terms[term]):
            found.append(Found("cut", term))
    return tuple(found)


def outcomes(link: Link, side: SideName, terms: Fields, fields: Fields) -> Iterator[tuple[str, Outcome]]:
    """What the rules of `side` make of each arriving term that they take in."""
    for term, value in terms.items():
        line = incoming_line(link, opposite(side), term)
        if line is None or term not in link.terms:
            continue
        what = wanted(line, value)
        if isinstance(what, Gap):
            yield term, what
        elif refusal(link.end(side).rules, line, fields, what.value):
            yield term, Refused()
        else:
            yield term, what.value


def compared(term: str, old: dict[str, Outcome], new: dict[str, Outcome]) -> Iterator[Found]:
    """One term before and after; nothing when both are alike."""
    if term not in new:
        before = old[term]
        if not isinstance(before, Gap | Refused):
            yield Found("gone", term, before)
        return
    after, before = new[term], old.get(term)
    known = term in old and not isinstance(before, Gap | Refused)
    if isinstance(after, Gap):
        yield Found("still" if isinstance(before, Gap) else "fails", term, new=after.value)
    elif isinstance(after, Refused):
        if not isinstance(before, Refused):
            yield Found("refused", term)
    elif isinstance(before, Gap):
        yield Found("mended", term, new=after)
    elif not known:
        yield Found("new", term, new=after)
    elif not equal(before, after):  # type: ignore[arg-type]
        yield Found("changes", term, before, after)  # type: ignore[arg-type]


def is_cut(line: Line, value: Value) -> bool:
    """Whether a line shortens this value."""
    if not line.max_length:
        return False
    whole, short = translated(line, value), wanted(line, value)
    return isinstance(whole, str) and not isinstance(short, Gap) and short.value != whole


def scope_moves(live: Link, candidate: Link, side: SideName, fields: Fields) -> Literal["in", "out", ""]:
    """Whether an item comes into what `side` offers, or falls out of it."""
    before, after = (scope_of(link.end(side).rules, fields) is True for link in (live, candidate))
    return "" if before == after else "in" if after else "out"


def outside(before: Mapping[str, Bounds], after: Mapping[str, Bounds], values: Fields) -> Iterator[Found]:
    """Values of terms that a candidate dictionary does not allow: fails, or still where it was not allowed before.

    A list is as good as its worst member; a missing value counts where the term newly is mandatory.
    """
    for term, value in sorted(values.items()):
        limits, known = after.get(term), before.get(term, Bounds())
        if limits is None:
            continue
        if value in (None, "", ()):
            if limits.mandatory and not known.mandatory:
                yield Found("empty", term)
            continue
        told = {str(one) for one in (value if isinstance(value, tuple) else (value,))}
        wrong = sorted(told - limits.allowed) if limits.allowed else []
        if wrong:
            already = bool(known.allowed) and wrong[0] not in known.allowed
            yield Found("still" if already else "fails", term, new=wrong[0])


def shortened(before: Mapping[str, Bounds], after: Mapping[str, Bounds], values: Fields) -> Iterator[Found]:
    """What the partner sent and could not send at that length any more."""
    for term, value in sorted(values.items()):
        limit = after.get(term, Bounds()).max_length
        was = before.get(term, Bounds()).max_length
        if isinstance(value, str) and limit and len(value) > limit and (not was or limit < was):
            yield Found("cut", term)
