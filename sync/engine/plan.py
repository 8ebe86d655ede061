"""From two views and their base to the smallest steps: decide each term, then plan one direction's writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from governance.rulebook.rules import Gap, Line
from sync.engine.agreement import Link, SideName, opposite
from sync.engine.incoming import flows, incoming_line, wanted
from sync.engine.merge import Base, Merged, Stand, Verdict, equal, merged
from sync.engine.outgoing import Draft, drafted, expressed
from sync.engine.path import Pass, moved, way
from sync.engine.types import Fields, Move, SetFields, Step, Value

Op = Literal["create", "fields", "move", "comment", "edit", "attach"]
Passes = Mapping[str, Sequence[Pass]]
FINE = ("applied", "")
ONLY_NEW = "It is written only in new items."


@dataclass(frozen=True, slots=True)
class View:
    """One side of a link as it stands: its item's fields, what they say in terms, and the ways since the base.

    `last` is the position of the item's newest known change, `at` maps a field to its newest change's time.
    """

    fields: Fields
    draft: Draft
    ways: Mapping[str, tuple[Pass, ...]] = field(default_factory=dict)
    last: int = 0
    at: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Planned:
    """One write to come: the step, the terms it settles and their bases once it is done."""

    op: Op
    subject: str
    step: Step
    at: datetime | None = None
    bases: Mapping[str, Base] = field(default_factory=dict)
    part: int | None = None
    before: Fields = field(default_factory=dict)


@dataclass(slots=True)
class Plan:
    """The writes of one direction, what is settled without one, what waits for a person, and each term's fate."""

    steps: list[Planned] = field(default_factory=list)
    agreed: dict[str, Base] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    #: term → (disposition, cause) for changes of the sender
    fates: dict[str, tuple[str, str]] = field(default_factory=dict)


def viewed(
    link: Link, side: SideName, fields: Fields, passes: Passes, bases: Mapping[str, Base], *, last: int
) -> View:
    """What one side's item says in terms; `passes` holds each field's known changes."""
    draft = drafted(link, side, fields)
    ways: dict[str, tuple[Pass, ...]] = {}
    for term in draft.values:
        line = link.end(side).rules.out(term)
        if line is not None and link.terms[term].path:
            base = bases.get(term)
            mark = 0 if base is None else base.mark_a if side == "a" else base.mark_b
            ways[term] = way(passes.get(line.field, ()), line, mark, draft.values[term])
    newest = {name: max(p.at for p in found if p.at) for name, found in passes.items() if any(p.at for p in found)}
    return View(fields, draft, ways, last, newest)


def decided(link: Link, bases: Mapping[str, Base], a: View, b: View, born: SideName) -> dict[str, Merged]:
    """The verdict of every term that can travel at all."""
    verdicts: dict[str, Merged] = {}
    for name, term in link.terms.items():
        base = bases.get(name)
        one, two = _stand(link, "a", name, a, base), _stand(link, "b", name, b, base)
        if one.flows or two.flows:
            verdicts[name] = merged(base, one, two, term, (link.a, link.b), born)
    return verdicts


def _stand(link: Link, mine: SideName, term: str, view: View, base: Base | None) -> Stand:
    line = link.end(mine).rules.out(term)
    has = term in view.draft.values
    value = view.draft.values.get(term)
    old = None if base is None else base.a if mine == "a" else base.b
    steps = view.ways.get(term, ())
    changed = has and (moved(steps, old) or not equal(value, old))
    at = view.at.get(line.field) if line else None
    return Stand(value, changed, at, has and flows(link, mine, term))


def planned(
    link: Link,
    sender: SideName,
    verdicts: Mapping[str, Merged],
    bases: Mapping[str, Base],
    views: tuple[View, View],
) -> Plan:
    """The writes into the receiver's item.

    1. every term that the sender won is brought into the receiver's words; 2. what stands there already is
    settled without a write; 3. terms that are states go in one update; 4. path terms go value by value.
    """
    mine, theirs = views if sender == "a" else (views[1], views[0])
    plan, updates, after = Plan(), {}, {}
    for term, verdict in verdicts.items():
        if verdict.verdict is Verdict.NEITHER:
            _settle(term, bases.get(term), views, plan)
            continue
        if verdict.verdict.value != sender:
            continue
        line = incoming_line(link, sender, term)
        if line is None:
            continue
        base = Base(mark_a=views[0].last, mark_b=views[1].last)
        if link.terms[term].path:
            _path(link, sender, term, line, base, views, plan)
            continue
        what = wanted(line, mine.draft.values[term])
        if isinstance(what, Gap):
            plan.gaps.append(what)
            plan.fates[term] = ("parked", what.sentence)
        elif line.when == "create" or equal(theirs.fields.get(line.field), what.value):
            kept = based(base, sender, mine.draft.values[term], theirs.draft.values.get(term))
            plan.agreed[term] = kept
            plan.fates[term] = ("filtered", "It is written only in new items.") if line.when == "create" else FINE
        else:
            updates[line.field] = what.value
            expected = _expected(link, sender, term, {line.field: what.value})
            after[term] = replace(based(base, sender, mine.draft.values[term], expected), unproven=opposite(sender))
            plan.fates[term] = FINE
    if updates:
        before = {name: theirs.fields.get(name) for name in updates}
        plan.steps.insert(0, Planned("fields", "terms", SetFields(updates), None, after, before=before))
    return plan


def based(base: Base, sender: SideName, sent: Value, received: Value) -> Base:
    """`base` with the sender's and the receiver's value in their places."""
    return replace(base, a=sent, b=received) if sender == "a" else replace(base, a=received, b=sent)


def _expected(link: Link, sender: SideName, term: str, fields: Fields) -> Value:
    value = expressed(link.other(sender).rules, term, fields)
    return None if isinstance(value, Gap) else value


def _settle(term: str, base: Base | None, views: tuple[View, View], plan: Plan) -> None:
    """Both sides went to the same value by themselves: remember it."""
    a, b = (view.draft.values.get(term) for view in views)
    plan.fates[term] = FINE
    if base is not None and equal(a, b) and not (equal(base.a, a) and equal(base.b, b)):
        plan.agreed[term] = Base(a, b, views[0].last, views[1].last)


def _path(
    link: Link, sender: SideName, term: str, line: Line, base: Base, views: tuple[View, View], plan: Plan
) -> None:
    """Deliver each value the sender's item passed through, from where the receiver's item stands.

    1. bring each value into the receiver's words, leaving out those that have none unless it is the last;
    2. a value on which the receiver stands already needs no write, it only moves the base on; 3. every other
    one is a move of its own, whose base is what both sides will have said once it is done.
    """
    mine, theirs = views if sender == "a" else (views[1], views[0])
    value = mine.draft.values[term]
    passes = mine.ways.get(term) or (Pass(mine.last, mine.at.get(line.field), value),)
    standing = theirs.fields.get(line.field)
    moves: list[Planned] = []
    for one in passes:
        what = wanted(line, one.value)
        if isinstance(what, Gap):
            if one is passes[-1]:
                plan.gaps.append(what)
                plan.fates[term] = ("parked", what.sentence)
            continue
        marked = replace(base, mark_a=one.seq) if sender == "a" else replace(base, mark_b=one.seq)
        done = based(marked, sender, one.value, _expected(link, sender, term, {line.field: what.value}))
        if not equal(standing, what.value):
            done = replace(done, unproven=opposite(sender))
            step = Move(line.field, str(what.value))
            before = {line.field: standing}
            moves.append(Planned("move", f"path:{term}", step, one.at, {term: done}, before=before))
            standing = what.value
        elif moves:
            moves[-1] = replace(moves[-1], bases={term: replace(done, unproven=opposite(sender))})
        else:
            plan.agreed[term] = done
    plan.steps.extend(moves)
    plan.fates.setdefault(term, FINE)


def ordered(steps: Sequence[Planned]) -> list[Planned]:
    """Steps as they are to be sent: states first, then path values and parts in source order."""
    first = [step for step in steps if step.op == "fields"]
    rest = [step for step in steps if step.op != "fields"]
    rest.sort(key=lambda step: step.at.timestamp() if step.at else float("inf"))
    return first + rest
