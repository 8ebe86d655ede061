"""What a read showed, stored: changes with their content, parts, copies, proven writes, adopted twins."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime

from django.db.models import Case as When
from django.db.models import CharField, F, Value
from django.db.models import When as Is

from sync.engine.envelope import plain
from sync.engine.parts import Copy, KnownPart, version_of
from sync.engine.types import Part as SeenPart
from sync.engine.types import PartKind
from sync.flow import agreements
from sync.flow.models.cases import Case, Item, Lane, Part, PartCopy
from sync.flow.models.facts import Change, ChangeContent
from sync.flow.models.writes import Intent
from sync.flow.ports import Bound, Claim, Disposition, KnownChange, NewChange, Observation, Origin, State
from sync.flow.reading import OVERWRITTEN
from sync.flow.store import lanes, sealing


def is_unchanged(seen: Observation) -> bool:
    """Whether a read showed the item exactly as it was known."""
    bound, item = seen.bound, seen.item
    news = any(getattr(seen, one.name) for one in fields(seen) if one.name not in ("bound", "item"))
    newest = item.revisions[-1].id if item.revisions else bound.last_revision
    same = (newest, item.label) == (bound.last_revision, bound.label)
    return same and not news and bound.seq > 0 and not bound.gone


def read_again(items: Sequence[int], now: datetime) -> None:
    """These items were read and are unchanged."""
    if items:
        Item.objects.filter(pk__in=items).update(read_at=now)


def store(case: int, seen: Observation, state: State, now: datetime, companies: set[int]) -> None:
    """Store one observation and bring `state` up to date.

    1. the item's own row; 2. changes, whose unique key makes a repeat harmless; 3. new parts and recognised
    copies; 4. writes that the history proved; 5. bases that were read back, and edits that were overwritten.
    """
    bound, item = seen.bound, seen.item
    newest = item.revisions[-1].id if item.revisions else bound.last_revision
    Item.objects.filter(pk=bound.id).update(
        kind=bound.slot.kind or item.kind,
        label=item.label[:80],
        url=item.url[:400],
        remote_version=item.version[:80],
        last_revision=newest,
        read_at=now,
        gone=None,
    )
    bound.last_revision, bound.label = newest, item.label
    _store_changes(case, seen, state, now)
    for part in seen.new_parts:
        _store_part(case, bound, part, state, companies)
    _store_copies(bound, seen.copies, state, companies, now)
    for number, version in seen.versions:
        PartCopy.objects.filter(part_id=number, system_id=bound.slot.system).update(shown=version)
        state.parts[number].copies[bound.slot.system].shown = version
    if seen.overwritten:
        dispose([Disposition(number, "conflict-lost", OVERWRITTEN) for number in seen.overwritten], now)
        for known in state.changes:
            known.open = known.open and known.id not in seen.overwritten
    if seen.proven:
        Intent.objects.filter(pk__in=seen.proven).update(proven=True)
        state.intents = [i for i in state.intents if i.id not in seen.proven]
    if seen.bases:
        sealing.agree(case, seen.bases, state, now, companies)
    if seen.lost:
        sealing.keep(case, seen.lost, now)
    Case.objects.filter(pk=case).update(touched=now)


def _store_changes(case: int, seen: Observation, state: State, now: datetime) -> None:
    bound = seen.bound
    if not seen.changes:
        return
    Change.objects.bulk_create([_row(case, bound, change, now) for change in seen.changes], ignore_conflicts=True)
    stored = {
        (row.remote_id, row.field): row.pk
        for row in Change.objects.filter(item_id=bound.id, seq__gt=bound.seq).only("remote_id", "field")
    }
    fresh = [c for c in seen.changes if (c.remote_id[:120], c.field) in stored]
    ChangeContent.objects.bulk_create(
        [
            ChangeContent(
                change_id=stored[change.remote_id[:120], change.field],
                company_id=bound.company,
                actor_id=change.actor_id,
                actor=change.actor,
                old=plain(change.old),
                new=plain(change.new),
            )
            for change in fresh
        ],
        ignore_conflicts=True,
    )
    for change in fresh:
        pk = stored[change.remote_id[:120], change.field]
        state.changes.append(_known(pk, bound, change))
    bound.seq = max((change.seq for change in fresh), default=bound.seq)


def _row(case: int, bound: Bound, change: NewChange, now: datetime) -> Change:
    end = "echo" if change.echo else "conflict-lost" if change.lost else ""
    return Change(
        case_id=case,
        item_id=bound.id,
        system_id=bound.slot.system,
        company_id=bound.company,
        record=bound.record,
        remote_id=change.remote_id[:120],
        field=change.field,
        seq=change.seq,
        occurred=change.occurred,
        seen=now,
        observed=change.observed,
        private=change.private,
        disposition=end,
        disposed=now if end else None,
        cause=change.lost,
    )


def _known(pk: int, bound: Bound, change: NewChange) -> KnownChange:
    waits = not change.echo and not change.lost
    return KnownChange(
        pk, bound.id, change.field, change.seq, change.occurred, change.new, waits, change.private, change.remote_id
    )


def _store_part(case: int, bound: Bound, part: SeenPart, state: State, companies: set[int]) -> None:
    row, created = Part.objects.get_or_create(
        system_id=bound.slot.system,
        remote_id=part.id,
        defaults={
            "case_id": case,
            "companies": sorted(companies),
            "kind": part.kind.value,
            "company_id": bound.company,
            "at": part.at,
            "public": part.public,
            "size": part.size,
        },
    )
    version = version_of(part)
    if created:
        PartCopy.objects.create(
            part=row,
            companies=sorted(companies),
            system_id=bound.slot.system,
            remote_id=part.id,
            shown=version,
            at=part.at,
        )
    known = KnownPart(row.pk, PartKind(row.kind), row.system_id, row.company_id, row.remote_id, row.at, row.public)
    known.copies[bound.slot.system] = Copy(part.id, version)
    state.parts[row.pk] = known


def _store_copies(
    bound: Bound, copies: Sequence[tuple[int, str]], state: State, companies: Iterable[int], now: datetime
) -> None:
    for part, remote_id in copies:
        PartCopy.objects.bulk_create(
            [
                PartCopy(
                    part_id=part,
                    companies=sorted(companies),
                    system_id=bound.slot.system,
                    remote_id=remote_id,
                    at=now,
                )
            ],
            ignore_conflicts=True,
        )
        state.parts[part].copies[bound.slot.system] = Copy(remote_id)


def dispose(ends: Sequence[Disposition], now: datetime) -> None:
    """Give changes that are open or in triage their end, in one statement."""
    names = When(
        *[Is(pk=end.change, then=Value(end.name)) for end in ends], default=F("disposition"), output_field=CharField()
    )
    causes = When(
        *[Is(pk=end.change, then=Value(end.cause)) for end in ends], default=F("cause"), output_field=CharField()
    )
    Change.objects.filter(pk__in=[end.change for end in ends], disposition__in=["", "parked"]).update(
        disposition=names, cause=causes, disposed=now
    )


def gone(bound: Bound, now: datetime) -> None:
    """Mark an item as deleted or hidden; its case and its twin stay."""
    Item.objects.filter(pk=bound.id, gone=None).update(gone=now)


def adopt(claim: Claim, bound: Bound, origin: Origin, companies: set[int]) -> bool:
    """Move a lone item to its origin's case; the lone case and its lane end here.

    False when the origin is not known, or when its case has another item in this place already: then this one is
    a clone, and stays alone.
    """
    home = Item.objects.filter(system_id=origin.system, record=origin.record).first()
    if home is None or home.case_id == claim.case:
        return False
    taken = Item.objects.filter(case_id=home.case_id, system_id=bound.slot.system, kind=bound.slot.kind)
    if taken.exists():
        return False
    join(bound.id, claim.case, home.case_id, readers_of(bound.slot.system, bound.company) & companies)
    return True


def readers_of(system: int, company: int) -> set[int]:
    """The companies that may know of an item in a system: its own, and those connected to it directly."""
    groups = agreements.live_connections([system])
    return {company, *(member for _, group in groups for member in group)}


def join(item: int, lone: int, home: int, readers: Iterable[int]) -> None:
    """Bring an item with all its facts from a lone case into its home case, and end the lone one."""
    Item.objects.filter(pk=item).update(case_id=home, readers=sorted(readers))
    Change.objects.filter(case_id=lone).update(case_id=home)
    Part.objects.filter(case_id=lone).update(case_id=home)
    Lane.objects.filter(case_id=lone).delete()
    Case.objects.filter(pk=lone).delete()
    lanes.mark_dirty([home])
