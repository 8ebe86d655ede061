"""From two views and their base to the smallest steps: decide each term, then plan one direction's writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from governance.rulebook.rules import Gap, Line, refusal
from sync.engine.agreement import Link, SideName, opposite
from sync.engine.incoming import flows, incoming_line, wanted
from sync.engine.lineage import DECISION, PLACE, Roots, born, changes, joined, number
from sync.engine.merge import Base, Merged, Stand, Verdict, contained, equal, merged
from sync.engine.outgoing import Draft, drafted, expressed
from sync.engine.path import Pass, common, moved, way
from sync.engine.types import Fields, Move, SetFields, Step, Value

Op = Literal["create", "fields", "move", "comment", "edit", "attach"]
Passes = Mapping[str, Sequence[Pass]]
FINE = ("applied", "")
#: what the sender is told: whatever names a field or value of the receiver stays with the receiver
NO_ENTRY = "The other side has no entry for this value yet; it was asked for one."
ONLY_NEW = "It is written only in new items."
STUCK = "It had no entry in the value map, and the other side was changed."


@dataclass(frozen=True, slots=True)
class View:
    """One side of a link as it stands: its item's fields, what they say in terms, and the ways since the base.

    `key` names the item in lineages, `last` is the position of its newest known change. `at` and `own` map a
    field to the time and position of the newest change that people made and that has no end yet, `brought` maps
    a field to whose changes came with writes over any link. `born` = people made the item, and that has no end yet:
    what nobody changed since goes back to it.
    """

    fields: Fields
    draft: Draft
    ways: Mapping[str, tuple[Pass, ...]] = field(default_factory=dict)
    key: str = ""
    last: int = 0
    at: Mapping[str, datetime] = field(default_factory=dict)
    own: Mapping[str, int] = field(default_factory=dict)
    brought: Mapping[str, Roots] = field(default_factory=dict)
    born: bool = False

    def contains(self, name: str) -> Roots:
        """Whose changes a field of the item contains."""
        own = self.own.get(name, 0)
        return joined(
            self.brought.get(name, ()), ((self.key, own),) if own else (), born(self.key) if self.born else ()
        )


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
    #: of a part: the origin's version that is delivered
    version: str = ""


@dataclass(slots=True)
class Plan:
    """The writes of one direction, what is settled without one, what waits for a person, and each term's fate."""

    steps: list[Planned] = field(default_factory=list)
    agreed: dict[str, Base] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    #: term → (disposition, cause) for changes of the sender
    fates: dict[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of an item's past: each field's changes ("created" is its birth), and what `View` says."""

    key: str = ""
    last: int = 0
    passes: Passes = field(default_factory=dict)
    brought: Mapping[str, Roots] = field(default_factory=dict)


def viewed(link: Link, side: SideName, fields: Fields, past: Past, bases: Mapping[str, Base]) -> View:
    """What one side's item says in terms, and whose changes that contains."""
    draft = drafted(link, side, fields)
    ways: dict[str, tuple[Pass, ...]] = {}
    for term in draft.values:
        line = link.end(side).rules.out(term)
        if line is not None and link.terms[term].path:
            base = bases.get(term)
            mark = 0 if base is None else base.mark_a if side == "a" else base.mark_b
            ways[term] = way(past.passes.get(line.field, ()), line, mark, draft.values[term])
    news = {name: [p for p in found if p.news] for name, found in past.passes.items()}
    at = {name: max(p.at for p in found if p.at) for name, found in news.items() if any(p.at for p in found)}
    own = {name: max(p.seq for p in found) for name, found in news.items() if found}
    return View(fields, draft, ways, past.key, past.last, at, own, past.brought, own.pop("created", 0) > 0)


def decided(link: Link, bases: Mapping[str, Base], a: View, b: View, first: SideName) -> dict[str, Merged]:
    """The verdict of every term that can travel at all.

    A decision between two people's edits is a change of its own in the lineage, so that the ends of other links
    take it over instead of deciding again. An edit that waits for an entry in a value map and is overwritten
    meanwhile counts as lost.
    """
    verdicts: dict[str, Merged] = {}
    for name, term in link.terms.items():
        base = bases.get(name)
        one, two = _stand(link, "a", name, a, base), _stand(link, "b", name, b, base)
        if not one.flows and not two.flows:
            continue
        found = merged(base, one, two, term, (link.a, link.b), first)
        if found.lost:
            key = f"{DECISION}{link.id}"
            found = replace(found, roots=joined(found.roots, ((key, number(found.roots, key) + 1),)))
        elif base is not None and found.verdict is not Verdict.NEITHER:
            loser = b if found.verdict is Verdict.A else a
            if any(gap.term == name for gap in loser.draft.gaps):
                found = replace(found, lost=opposite("a" if found.verdict is Verdict.A else "b"), why=STUCK)
        verdicts[name] = found
    return verdicts


def _stand(link: Link, mine: SideName, term: str, view: View, base: Base | None) -> Stand:
    """How one side stands: changed = people edited it here, or its value or way left the base."""
    line = link.end(mine).rules.out(term)
    has = term in view.draft.values
    value = view.draft.values.get(term)
    name = line.field if line else ""
    contains = view.contains(name)
    fresh = has and view.own.get(name, 0) > (number(base.roots, view.key) if base else 0)
    old = None if base is None else base.a if mine == "a" else base.b
    steps = view.ways.get(term, ())
    differs = base is not None and has and (moved(steps, old) or not equal(value, old))
    roots = contained(base, view.key, contains, differs=differs)
    if base is None:
        differs = has and bool(changes(view.brought.get(name, ())))
    stuck = any(gap.term == term for gap in view.draft.gaps)
    may = has and flows(link, mine, term)
    return Stand(value, fresh or differs, view.at.get(name), may, roots, moved(steps, value), stuck)


def planned(
    link: Link,
    sender: SideName,
    verdicts: Mapping[str, Merged],
    bases: Mapping[str, Base],
    views: tuple[View, View],
) -> Plan:
    """The writes into the receiver's item.

    1. every term that the sender won is brought into the receiver's words; what the receiver's guard rules refuse
    stays out for as long as they do; 2. what stands there already is settled without a write; 3. terms that are
    states go in one update; 4. path terms go value by value.
    """
    mine, theirs = views if sender == "a" else (views[1], views[0])
    plan, updates, after = Plan(), {}, {}
    for term, verdict in verdicts.items():
        if verdict.verdict is Verdict.NEITHER:
            _settle(term, verdict, bases.get(term), views, plan)
            continue
        if verdict.verdict.value != sender:
            continue
        line = incoming_line(link, sender, term)
        if line is None:
            continue
        base = Base(mark_a=views[0].last, mark_b=views[1].last, roots=verdict.roots)
        if link.terms[term].path:
            _path(link, sender, line, (base, bases.get(term)), views, plan)
            continue
        what = wanted(line, mine.draft.values[term])
        if isinstance(what, Gap):
            plan.gaps.append(what)
            plan.fates[term] = ("parked", NO_ENTRY)
        elif line.when == "create" or equal(theirs.fields.get(line.field), what.value):
            plan.agreed[term] = based(base, sender, mine.draft.values[term], theirs.draft.values.get(term))
            plan.fates[term] = ("filtered", ONLY_NEW) if line.when == "create" else FINE
        elif no := refusal(link.other(sender).rules, line, theirs.fields, what.value):
            plan.fates[term] = ("filtered", no)
        else:
            updates[line.field] = what.value
            said = _expected(link, sender, term, {line.field: what.value})
            after[term] = replace(based(base, sender, mine.draft.values[term], said), unproven=opposite(sender))
            plan.fates[term] = FINE
    if updates:
        before = {name: theirs.fields.get(name) for name in updates}
        subject = f"terms@{link.id}"
        plan.steps.insert(0, Planned("fields", subject, SetFields(updates), None, after, before=before))
    return plan


def based(base: Base, sender: SideName, sent: Value, received: Value) -> Base:
    """`base` with the sender's and the receiver's value in their places."""
    return replace(base, a=sent, b=received) if sender == "a" else replace(base, a=received, b=sent)


def _expected(link: Link, sender: SideName, term: str, fields: Fields) -> Value:
    value = expressed(link.other(sender).rules, term, fields)
    return None if isinstance(value, Gap) else value


def _settle(term: str, verdict: Merged, base: Base | None, views: tuple[View, View], plan: Plan) -> None:
    """Nothing is to be written: where somebody changed something all the same, remember how both sides stand.

    A side that does not show the term now (a right was taken away) keeps its old place: missing is not empty.
    """
    plan.fates[term] = ("parked", verdict.why) if verdict.why else FINE
    if not verdict.settled:
        return
    old = base or Base()
    a, b = (view.draft.values.get(term, was) for view, was in zip(views, (old.a, old.b), strict=True))
    plan.agreed[term] = Base(a, b, views[0].last, views[1].last, old.unproven, verdict.roots)


def _path(
    link: Link,
    sender: SideName,
    line: Line,
    bases: tuple[Base, Base | None],
    views: tuple[View, View],
    plan: Plan,
) -> None:
    """Deliver each value the sender's item passed through, from where the receiver's item stands.

    1. what the receiver passed through in the same order (it came round in a ring) is not delivered again;
    2. bring each value into the receiver's words, leaving out those that have none unless it is the last; 3. a
    value on which the receiver stands already needs no write, it only moves the base on, and one that its guard
    rules refuse is left out; 4. every other one is a move of its own, whose base is what both sides will have said
    once it is done; 5. only the last one brings the whole lineage, the others their place on the way, so that a way
    that breaks off goes on from there.
    """
    (base, old), term = bases, line.term
    mine, theirs = views if sender == "a" else (views[1], views[0])
    value = mine.draft.values[term]
    passes = mine.ways.get(term) or (Pass(mine.last, mine.at.get(line.field), value),)
    passes = passes[common(passes, theirs.ways.get(term, ())) :]
    standing = theirs.fields.get(line.field)
    moves: list[Planned] = []
    for one in passes:
        what = wanted(line, one.value)
        if isinstance(what, Gap):
            if one is passes[-1]:
                plan.gaps.append(what)
                plan.fates[term] = ("parked", NO_ENTRY)
            continue
        now = {**theirs.fields, line.field: standing}
        no = refusal(link.other(sender).rules, line, now, what.value)
        if no and not equal(standing, what.value):
            plan.fates[term] = ("filtered", no)
            continue
        roots = base.roots
        if one is not passes[-1]:
            roots = joined(old.roots if old is not None else (), ((f"{mine.key}{PLACE}", one.seq),))
        marked = replace(base, mark_a=one.seq) if sender == "a" else replace(base, mark_b=one.seq)
        said = _expected(link, sender, term, {line.field: what.value})
        done = replace(based(marked, sender, one.value, said), roots=roots)
        if not equal(standing, what.value):
            done = replace(done, unproven=opposite(sender))
            step = Move(line.field, "" if what.value is None else str(what.value))
            before = {line.field: standing}
            moves.append(Planned("move", f"path:{term}@{link.id}", step, one.at, {term: done}, before=before))
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
    timed: list[tuple[float, Planned]] = []
    latest: dict[str, float] = {}
    for step in steps:
        if step.op != "fields":
            # a clock that was put back never turns the order of one path or of one kind of part
            lane = step.op if step.part is not None else step.subject
            at = max(step.at.timestamp() if step.at else float("inf"), latest.get(lane, 0.0))
            latest[lane] = at
            timed.append((at, step))
    return first + [step for _, step in sorted(timed, key=lambda pair: pair[0])]
