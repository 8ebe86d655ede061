"""What one fresh read means: which changes are people's, which are echoes of ours, which edits were overwritten."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from governance.rulebook.rules import Gap
from sync.engine.agreement import Link
from sync.engine.lineage import number
from sync.engine.merge import equal
from sync.engine.outgoing import expressed
from sync.engine.parts import KnownPart, version_of
from sync.engine.types import Item, Part, PartKind, Revision, Value
from sync.flow.ports import Bound, KnownChange, KnownIntent, Lost, Marker, NewChange, Observation, State

OVERWRITTEN = "It was changed between our read and our write."


def observation(bound: Bound, item: Item, state: State, marker: Marker, account: str) -> Observation:
    """Everything that a read of one item adds to what is known.

    1. each new revision is an echo if its marker or an intent of ours explains it, or if it belongs to the birth
    of a twin that we made, else it is somebody's change;
    2. each part is a copy of ours by its marker, or known, or a new origin; 3. both get their place in the
    item's order of events; 4. bases that wait to be proven take the value read back, unless somebody changed it
    since; 5. an edit that our write overwrote is kept by name.
    """
    seen = Observation(bound, item)
    echoes = own_revisions(item.revisions, written(state, bound), marker, account)
    seen.proven = [intent.id for intent in written(state, bound)]
    if not bound.seq and item.key is not None and marker.decode(item.key) is not None:
        born = [r for r in item.revisions if r.actor.id == account and r.at <= item.created_at]
        echoes |= {(r.id, r.field) for r in born if r.old in (None, "", ())}
    changes = [_from_revision(one, (one.id, one.field) in echoes) for one in item.revisions]
    changes += list(_parts(seen, state, marker, account))
    if not bound.seq:
        changes.append(_birth(item, marker))
    changes.sort(key=lambda change: change.occurred)
    for place, change in enumerate(changes, bound.seq + 1):
        change.seq = place
    seen.changes = changes
    for link in state.links:
        _prove(seen, link, state)
    return seen


def written(state: State, bound: Bound) -> list[KnownIntent]:
    """Our writes into this item that its history has not shown yet."""
    return [i for i in state.intents if not i.open and i.slot == bound.slot and i.op in ("fields", "move")]


def own_revisions(
    revisions: Sequence[Revision], intents: Iterable[KnownIntent], marker: Marker, account: str
) -> set[tuple[str, str]]:
    """(id, field) of the revisions that our own writes explain.

    1. a revision that carries our marker is ours; 2. else one by our account whose field and value we wrote;
    3. else the first one by our account on a field that we wrote (a tracker may normalise what we sent).
    The account's name alone proves nothing: people and other automations may use it too.
    """
    ours = {(r.id, r.field) for r in revisions if r.key is not None and marker.decode(r.key) is not None}
    wrote = [(name, value) for intent in intents for name, value in intent.fields.items()]
    for exact in (True, False):
        for name, value in list(wrote):
            match = next(
                (
                    r
                    for r in revisions
                    if (r.id, r.field) not in ours
                    and r.field == name
                    and r.actor.id == account
                    and (equal(r.new, value) or not exact)
                ),
                None,
            )
            if match is not None:
                ours.add((match.id, match.field))
                wrote.remove((name, value))
            elif exact and any(
                (r.id, r.field) in ours and r.field == name and equal(r.new, value) for r in revisions
            ):
                wrote.remove((name, value))
    return ours


def _from_revision(revision: Revision, echo: bool) -> NewChange:
    return NewChange(
        remote_id=revision.id,
        field=revision.field,
        seq=0,
        occurred=revision.at,
        actor_id=revision.actor.id,
        actor=revision.actor.name,
        old=revision.old,
        new=revision.new,
        echo=echo,
    )


def _birth(item: Item, marker: Marker) -> NewChange:
    actor = item.reporter
    ours = item.key is not None and marker.decode(item.key) is not None
    return NewChange(
        "created", "created", 0, item.created_at, actor.id if actor else "", actor.name if actor else "",
        None, item.label, echo=ours,
    )  # fmt: skip


def _parts(seen: Observation, state: State, marker: Marker, account: str) -> Iterable[NewChange]:
    system = seen.bound.slot.system
    here = {part.copies[system].remote_id: part for part in state.parts.values() if system in part.copies}
    for part in seen.item.parts:
        known = here.get(part.id)
        if known is not None:
            version = version_of(part)
            if known.system == system and known.copies[system].shown != version:
                if known.copies[system].shown:
                    yield _part_change(part, part.edited_at or seen.item.updated_at, version)
                seen.versions.append((known.id, version))
            continue
        origin = marker.decode(part.key) if part.key else None
        if origin is None:
            seen.new_parts.append(part)
            yield _part_change(part, part.at, "")
            continue
        twin = _origin_part(state.parts.values(), origin.system, origin.part)
        if twin is not None and twin.kind is part.kind and system not in twin.copies:
            seen.copies.append((twin.id, part.id))


def _origin_part(parts: Iterable[KnownPart], system: int, remote_id: str) -> KnownPart | None:
    return next((p for p in parts if p.system == system and p.remote_id == remote_id), None)


def _part_change(part: Part, at: datetime, version: str) -> NewChange:
    return NewChange(
        remote_id=f"{part.id}@{version}" if version else part.id,
        field=part.kind.value,
        seq=0,
        occurred=at,
        actor_id=part.author.id,
        actor=part.author.name,
        old=None,
        new=part.name if part.kind is PartKind.ATTACHMENT else part.body,
        private=not part.public,
    )


def _prove(seen: Observation, link: Link, state: State) -> None:
    """Settle the bases of one link whose value was written into this item and is now read back."""
    side = link.side_of(seen.bound.slot)
    if side is None:
        return
    rules = link.end(side).rules
    for term in link.terms:
        base = state.bases.get((link.id, term))
        line = rules.into(term)
        if base is None or base.unproven != side or line is None:
            continue
        on_field = [change for change in seen.changes if change.field == line.field]
        own = [change.seq for change in on_field if change.echo]
        waiting = [c.seq for c in state.changes if c.item == seen.bound.id and c.field == line.field and c.open]
        waiting += [change.seq for change in on_field if not change.echo]
        later = [seq for seq in waiting if seq > max(own, default=0)]
        value: Value = base.a if side == "a" else base.b
        mark = seen.bound.seq + len(seen.changes)
        if later:
            mark = max(own, default=min(later) - 1)
        else:
            back = expressed(rules, term, seen.item.fields)
            value = value if isinstance(back, Gap) else back
        if side == "a":
            seen.bases[link.id, term] = replace(base, a=value, mark_a=mark, unproven="")
        else:
            seen.bases[link.id, term] = replace(base, b=value, mark_b=mark, unproven="")
        if own and rules.out(term) is not None:
            unknown = number(base.roots, str(seen.bound.id))
            _keep_lost(seen, link, term, max(own), [c for c in state.changes if c.open and c.seq > unknown])


def _keep_lost(seen: Observation, link: Link, term: str, own: int, known: Sequence[KnownChange]) -> None:
    """Edits on the field between our read and our write that nobody would see again.

    `known` are open changes that an earlier read showed, while the outcome of our write was not known.
    """
    side = link.side_of(seen.bound.slot)
    end = link.end(side or "a")
    line = end.rules.into(term)
    if line is None:
        return
    out = end.rules.out(term)
    final = next(change.new for change in seen.changes if change.seq == own)

    def lost(value: Value) -> bool:
        if equal(value, final):
            return False
        said = expressed(end.rules, term, {out.field: value}) if out is not None else value
        seen.lost.append(Lost(link.id, term, end.company, value if isinstance(said, Gap) else said, OVERWRITTEN))
        return True

    for change in seen.changes:
        if change.field == line.field and not change.echo and change.seq < own and not change.lost:
            change.lost = OVERWRITTEN if lost(change.new) else ""
    for old in known:
        if (
            old.item == seen.bound.id
            and old.field == line.field
            and old.id not in seen.overwritten
            and lost(old.value)
        ):
            seen.overwritten.append(old.id)
