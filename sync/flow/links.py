"""Both directions of one link: decide each term, seal what leaves, plan and write what arrives."""

from collections.abc import Generator, Iterator, Sequence

from governance.rulebook.rules import Gap
from sync.engine.agreement import Link, SideName, Slot, opposite
from sync.engine.envelope import Envelope, drawn, opened
from sync.engine.incoming import flows
from sync.engine.lineage import Roots, joined
from sync.engine.merge import Base, Merged, Verdict
from sync.engine.outgoing import NOT_GRANTED
from sync.engine.parts import NOT_SHARED, PartView, due, leaving, staying, version_of, without_header
from sync.engine.path import Pass
from sync.engine.plan import Past, Plan, View, decided, ordered, planned, viewed
from sync.engine.types import Item, PartKind
from sync.flow import writing
from sync.flow.points import Point
from sync.flow.ports import Lost, State, ToPark
from sync.flow.turn import Turn, Waiting

SIDES: tuple[SideName, SideName] = ("a", "b")


def exchange(work: Turn, link: Link) -> Iterator[Point]:
    """Bring both items of a link together.

    1. view both sides in terms; 2. decide every term; 3. for each side that has news: seal its envelope, and
    4. plan the other side's writes from that envelope alone; 5. store what is settled without a write and what
    lost; 6. write the rest in source order.
    """
    bases = {term: base for (owner, term), base in work.state.bases.items() if owner == link.id}
    views = (view_of(work, link, "a", bases), view_of(work, link, "b", bases))
    verdicts = decided(link, bases, *views, born_side(work, link))
    plans: list[tuple[SideName, Plan, int | None]] = []
    for side in SIDES:
        plan, envelope = yield from _direction(work, link, side, verdicts, bases, views)
        plans.append((side, plan, envelope))
    agreed = {(link.id, term): base for _, plan, _ in plans for term, base in plan.agreed.items()}
    lost = [_lost(link, term, verdict, views) for term, verdict in verdicts.items() if verdict.lost]
    if agreed or lost:
        work.world.store.agree(work.claim, agreed, lost, work.state)
    for side, plan, envelope in plans:
        try:
            yield from writing.write_all(work, link, side, ordered(plan.steps), envelope)
        except Waiting:
            work.waiting.setdefault(link.other(side).slot.system, work.now())


def born_side(work: Turn, link: Link) -> SideName:
    """The side whose item was there first: the one that is not our copy, of two copies the older one."""
    a, b = (work.items[link.end(side).slot] for side in SIDES)
    made = [item.key is not None and work.world.marker.decode(item.key) is not None for item in (a, b)]
    if made[0] != made[1]:
        return "b" if made[0] else "a"
    return "b" if b.created_at < a.created_at else "a"


def view_of(work: Turn, link: Link, side: SideName, bases: dict[str, Base]) -> View:
    """One side of a link as the engine sees it, with whose changes each of its fields contains."""
    slot = link.end(side).slot
    bound = work.state.item(slot)
    key, last = (str(bound.id), bound.seq) if bound is not None else ("", 0)
    passes: dict[str, list[Pass]] = {}
    for change in work.state.changes:
        if str(change.item) == key and change.field not in ("comment", "attachment"):
            one = Pass(change.seq, change.occurred, change.value, change.open)
            passes.setdefault(change.field, []).append(one)
    return viewed(link, side, work.fields[slot], Past(key, last, passes, brought(work.state, slot)), bases)


def brought(state: State, slot: Slot) -> dict[str, Roots]:
    """Whose changes each field of an item contains by what was agreed over any of its links."""
    found: dict[str, Roots] = {}
    for link in state.links:
        side = link.side_of(slot)
        if side is None:
            continue
        for term in link.terms:
            base = state.bases.get((link.id, term))
            if base is None or not base.roots:
                continue
            rules = link.end(side).rules
            for name in {line.field for line in (rules.out(term), rules.into(term)) if line is not None}:
                found[name] = joined(found.get(name, ()), base.roots)
    return found


def _direction(
    work: Turn,
    link: Link,
    side: SideName,
    verdicts: dict[str, Merged],
    bases: dict[str, Base],
    views: tuple[View, View],
) -> Generator[Point, None, tuple[Plan, int | None]]:
    """What leaves `side`: sealed if there is news, and planned for the other side out of the envelope alone."""
    own = views[0] if side == "a" else views[1]
    known = list(work.state.parts.values())
    parts, stay = leaving(link, side, known, seen_parts(work, link, side), direct_origins(work, link, side))
    for refusal in stay:
        work.note_part(link, side, refusal.part, (refusal.disposition, refusal.cause))
    envelope, number = drawn(link, side, own, parts), None
    wins = any(verdict.verdict.value == side for verdict in verdicts.values())
    if wins or parts:
        number = work.world.store.seal(work.claim, link, envelope, own.draft.withheld, work.state)
        yield Point.SEALED
    plan = _plan(work, link, side, envelope, verdicts, bases, views)
    target = link.other(side).slot
    able = work.connector(target).capabilities
    steps, refused = due(
        link, side, envelope.parts, work.state.parts, work.fields[target], can_edit=able.edit_comment
    )
    plan.steps.extend(steps)
    for refusal in refused:
        work.note_part(link, side, refusal.part, (refusal.disposition, refusal.cause))
    _park_gaps(work, link, side, own.draft.gaps, plan)
    _note_fates(work, link, side, own, plan, verdicts)
    return plan, number


def _plan(
    work: Turn,
    link: Link,
    side: SideName,
    envelope: Envelope,
    verdicts: dict[str, Merged],
    bases: dict[str, Base],
    views: tuple[View, View],
) -> Plan:
    """Plan in the receiver's context: the sender's side is known by its envelope only."""
    own = views[0] if side == "a" else views[1]
    known = opened(envelope, own)
    seen = (known, views[1]) if side == "a" else (views[0], known)
    return planned(link, side, verdicts, bases, seen)


def seen_parts(work: Turn, link: Link, side: SideName) -> dict[int, PartView]:
    """The parts that stand in this side's item now, as an envelope would show them.

    A copy goes on in this side's own name, without the line that says who wrote it further back.
    """
    slot = link.end(side).slot
    headers = [end.rules.header for one in work.state.links for end in (one.a, one.b) if end.slot == slot]
    item: Item = work.items[slot]
    here = {part.id: part for part in item.parts}
    views: dict[int, PartView] = {}
    for part in work.state.parts.values():
        copy = part.copies.get(slot.system)
        seen = here.get(copy.remote_id) if copy else None
        if copy is None or seen is None:
            continue
        origin = part.system == slot.system
        views[part.id] = PartView(
            part.id,
            part.kind,
            part.at,
            seen.author.name if origin else link.end(side).company_name,
            seen.body if origin else without_header(seen.body, headers),
            seen.name,
            seen.media_type,
            seen.size,
            seen.id,
            version_of(seen) if origin else copy.shown,
            seen.public,
        )
    return views


def direct_origins(work: Turn, link: Link, side: SideName) -> frozenset[int]:
    """Systems of other items that give their public comments to this link's receiver over a link of their own."""
    target = link.other(side).slot
    found: set[int] = set()
    for one in work.state.links:
        into = one.side_of(target)
        if one is link or into is None:
            continue
        source = opposite(into)
        if work.bound(one.end(source).slot) is None:
            continue
        if all(staying(one, source, kind, public=True) is None for kind in PartKind):
            found.add(one.end(source).slot.system)
    return frozenset(found)


def _lost(link: Link, term: str, verdict: Merged, views: tuple[View, View]) -> Lost:
    loser: SideName = "a" if verdict.lost == "a" else "b"
    view = views[0] if loser == "a" else views[1]
    stuck = next((gap.value for gap in view.draft.gaps if gap.term == term), None)
    value = view.draft.values.get(term, stuck)
    return Lost(link.id, term, link.end(loser).company, value, verdict.why)


def _park_gaps(work: Turn, link: Link, side: SideName, own: Sequence[Gap], plan: Plan) -> None:
    """A value without a translation waits for the company whose map lacks it; what has no need to wait any more
    goes on: a value that has a translation again, a write that is not due any more."""
    mine, other = link.end(side), link.other(side)
    parked = [
        ToPark(end.slot, end.company, link.id, f"{way}:{gap.term}@{link.id}", "no-map", gap.sentence, gap.value)
        for end, way, gaps in ((mine, "out", own), (other, "in", plan.gaps))
        for gap in gaps
    ]
    wanted = {(park.slot.system, park.subject) for park in parked}
    wanted |= {(other.slot.system, step.subject) for step in plan.steps}
    solved = [
        (system, subject)
        for (system, subject), known in work.state.parked.items()
        if known.open
        and not known.skipped
        and (system, subject) not in wanted
        and subject.endswith(f"@{link.id}")
        and system == (mine.slot.system if subject.startswith("out:") else other.slot.system)
    ]
    if parked or solved:
        work.world.store.park(work.claim, parked, solved, work.state)


def _note_fates(work: Turn, link: Link, side: SideName, own: View, plan: Plan, verdicts: dict[str, Merged]) -> None:
    """How the open changes of each of this side's fields end on this link."""
    gaps = {gap.term: gap.sentence for gap in own.draft.gaps}
    for line in link.end(side).rules.outgoing:
        term, verdict = line.term, verdicts.get(line.term)
        if term in gaps:
            fate = ("parked", gaps[term])
        elif term not in link.terms or not link.may_read(side, term):
            fate = ("withheld", own.draft.withheld.get(term, NOT_GRANTED))
        elif not flows(link, side, term):
            fate = ("withheld", NOT_SHARED)
        elif verdict is not None and verdict.lost == side:
            fate = ("conflict-lost", verdict.why)
        elif verdict is not None and verdict.verdict is not Verdict.NEITHER and verdict.verdict.value != side:
            fate = ("applied", "")
        else:
            fate = plan.fates.get(term, ("applied", ""))
        work.note(link, side, line.field, fate)
