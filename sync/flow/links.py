"""Both directions of one link: decide each term, seal what leaves, plan and write what arrives."""

from collections.abc import Generator, Iterator, Sequence

from governance.rulebook.rules import Gap
from sync.engine.agreement import Link, SideName, opposite
from sync.engine.envelope import Envelope, drawn, opened
from sync.engine.incoming import flows
from sync.engine.merge import Base, Merged, Verdict
from sync.engine.outgoing import NOT_GRANTED
from sync.engine.parts import NOT_SHARED, PartView, due, leaving
from sync.engine.path import Pass
from sync.engine.plan import Plan, View, decided, ordered, planned, viewed
from sync.engine.types import Item
from sync.flow import writing
from sync.flow.points import Point
from sync.flow.ports import Lost, ToPark
from sync.flow.turn import Turn, Waiting

SIDES: tuple[SideName, SideName] = ("a", "b")


def exchange(work: Turn, link: Link) -> Iterator[Point]:
    """Bring both items of a link together.

    1. view both sides in terms; 2. decide every term; 3. for each side that has news: seal its envelope, and
    4. plan the other side's writes from that envelope alone; 5. store what is settled without a write and what
    lost; 6. write the rest in source order.
    """
    bases = {term: base for (owner, term), base in work.state.bases.items() if owner == link.id}
    views = (_view(work, link, "a", bases), _view(work, link, "b", bases))
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
    """The side whose item was there first: the one that is not our copy."""
    for side in SIDES:
        item = work.items[link.end(side).slot]
        origin = work.world.marker.decode(item.key) if item.key else None
        if origin is not None:
            return opposite(side)
    return "a"


def _view(work: Turn, link: Link, side: SideName, bases: dict[str, Base]) -> View:
    slot = link.end(side).slot
    bound = work.state.item(slot)
    assert bound is not None  # noqa: S101 - exchange is called for two bound items
    passes: dict[str, list[Pass]] = {}
    for change in work.state.changes:
        if change.item == bound.id and change.field not in ("created", "comment", "attachment"):
            passes.setdefault(change.field, []).append(Pass(change.seq, change.occurred, change.value))
    return viewed(link, side, work.fields[slot], passes, bases, last=bound.seq)


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
    parts, stay = leaving(link, side, list(work.state.parts.values()), seen_parts(work, link, side))
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
    _park_gaps(work, link, side, own.draft.gaps, plan.gaps)
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
    """The parts that stand in this side's item now, as an envelope would show them."""
    slot = link.end(side).slot
    item: Item = work.items[slot]
    here = {part.id: part for part in item.parts}
    views: dict[int, PartView] = {}
    for part in work.state.parts.values():
        copy = part.copies.get(slot.system)
        seen = here.get(copy.remote_id) if copy else None
        if seen is not None:
            views[part.id] = PartView(
                part.id,
                part.kind,
                part.at,
                seen.author.name,
                seen.body,
                seen.name,
                seen.media_type,
                seen.size,
                seen.id,
            )
    return views


def _lost(link: Link, term: str, verdict: Merged, views: tuple[View, View]) -> Lost:
    loser: SideName = "a" if verdict.lost == "a" else "b"
    view = views[0] if loser == "a" else views[1]
    return Lost(link.id, term, link.end(loser).company, view.draft.values.get(term), verdict.why)


def _park_gaps(work: Turn, link: Link, side: SideName, own: Sequence[Gap], theirs: Sequence[Gap]) -> None:
    """A value without a translation waits for the company whose map lacks it; what has one again goes on."""
    mine, other = link.end(side), link.other(side)
    parked = [
        ToPark(end.slot, end.company, link.id, f"{way}:{gap.term}", "no-map", gap.sentence, gap.value)
        for end, way, gaps in ((mine, "out", own), (other, "in", theirs))
        for gap in gaps
    ]
    wanted = {(park.slot.system, park.subject) for park in parked}
    solved = [
        key
        for key, known in work.state.parked.items()
        if known.open
        and key not in wanted
        and key
        in {(mine.slot.system, f"out:{t}") for t in link.terms} | {(other.slot.system, f"in:{t}") for t in link.terms}
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
