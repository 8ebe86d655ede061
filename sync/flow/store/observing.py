"""What a read showed, stored: changes with their content, snapshots, parts, copies, proven writes, adopted twins."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from datetime import datetime

from psycopg.types.json import Json

from sync.engine.envelope import plain
from sync.engine.parts import Copy, KnownPart, version_of
from sync.engine.types import Part as SeenPart
from sync.engine.types import PartKind
from sync.flow import agreements
from sync.flow.models.cases import Case, Item, Lane, Part, PartCopy
from sync.flow.models.facts import Change
from sync.flow.ports import Bound, Claim, Disposition, KnownChange, NewChange, Observation, Origin, State
from sync.flow.reading import OVERWRITTEN
from sync.flow.store import lanes, sealing
from sync.flow.store.prepared import asked, done, rows_of

#: characters of a change's id in its tracker
LONGEST = 120
OBSERVE = """
WITH item AS (
  UPDATE sync_item SET kind = %(kind)s, label = %(label)s, url = %(url)s, remote_version = %(version)s,
    last_revision = %(last)s, read_at = %(now)s::timestamptz, gone = NULL WHERE id = %(item)s::bigint
), touched AS (
  UPDATE sync_case SET touched = %(now)s::timestamptz WHERE id = %(case)s::bigint
), proven AS (
  UPDATE sync_intent SET proven = true WHERE id = ANY (%(proven)s::bigint[])
), told AS (
  SELECT * FROM json_to_recordset(%(changes)s::json) AS one (remote_id text, field text, seq int,
    occurred timestamptz, observed bool, private bool, disposition text, cause text, actor_id text, actor text,
    old jsonb, new jsonb)
), changed AS (
  INSERT INTO sync_change (uid, case_id, item_id, system_id, company_id, record, remote_id, field, seq, occurred,
    seen, observed, private, disposition, disposed, cause)
  SELECT gen_random_uuid(), %(case)s::bigint, %(item)s::bigint, %(system)s::bigint, %(company)s::bigint, %(record)s,
    remote_id, field, seq, occurred, %(now)s::timestamptz, observed, private, disposition,
    CASE WHEN disposition <> '' THEN %(now)s::timestamptz END, cause
  FROM told ORDER BY seq ON CONFLICT DO NOTHING RETURNING id, remote_id, field
), content AS (
  INSERT INTO sync_changecontent (change_id, company_id, actor_id, actor, old, new)
  SELECT changed.id, %(company)s::bigint, actor_id, actor, old, new FROM changed JOIN told USING (remote_id, field)
  ON CONFLICT DO NOTHING
), snapshot AS (
  INSERT INTO sync_snapshot (item_id, company_id, version, read_at, fields)
  VALUES (%(item)s::bigint, %(company)s::bigint, %(version)s, %(now)s::timestamptz, %(fields)s::jsonb)
  ON CONFLICT (item_id, version) DO NOTHING
)
SELECT id, remote_id, field FROM changed
"""
PARTS = """
WITH told AS (
  SELECT * FROM json_to_recordset(%(parts)s::json) AS one (n int, kind text, remote_id text, at timestamptz,
    public bool, size bigint, shown text)
), part AS (
  INSERT INTO sync_part (uid, case_id, companies, kind, system_id, company_id, remote_id, at, public, size)
  SELECT gen_random_uuid(), %(case)s::bigint, %(companies)s::bigint[], kind, %(system)s::bigint,
    %(company)s::bigint, remote_id, at, public, size
  FROM told ORDER BY n ON CONFLICT DO NOTHING RETURNING id, remote_id
), copied AS (
  INSERT INTO sync_partcopy (part_id, companies, system_id, remote_id, sha256, shown, at)
  SELECT part.id, %(companies)s::bigint[], %(system)s::bigint, remote_id, '', shown, at
  FROM part JOIN told USING (remote_id)
)
SELECT id, remote_id FROM part
"""
COPY = """
INSERT INTO sync_partcopy (part_id, companies, system_id, remote_id, sha256, shown, at)
VALUES (%s::bigint, %s::bigint[], %s::bigint, %s, %s, %s, %s::timestamptz) ON CONFLICT DO NOTHING
"""
DISPOSE = """
UPDATE sync_change SET disposition = told.name, cause = told.cause, disposed = %s::timestamptz
FROM json_to_recordset(%s::json) AS told (id bigint, name text, cause text)
WHERE sync_change.id = told.id AND disposition IN ('', 'parked')
"""
AGAIN = "UPDATE sync_item SET read_at = %s::timestamptz FROM unnest(%s::bigint[]) AS read WHERE id = read"


def is_unchanged(seen: Observation) -> bool:
    """Whether a read showed the item exactly as it was known."""
    bound, item = seen.bound, seen.item
    news = any(getattr(seen, one.name) for one in fields(seen) if one.name not in ("bound", "item"))
    newest = item.revisions[-1].id if item.revisions else bound.last_revision
    same = (newest, item.label) == (bound.last_revision, bound.label)
    return same and not news and bound.seq > 0 and not bound.gone


def is_echo(seen: Observation, state: State) -> bool:
    """Whether a read showed nothing but our own writes: nobody needs its rows before the end of the turn."""
    known = {(change.remote_id, change.field) for change in state.changes if change.item == seen.bound.id}
    mine = all(change.echo and (change.remote_id, change.field) not in known for change in seen.changes)
    more = seen.new_parts or seen.lost or seen.overwritten or seen.versions
    return mine and not more and seen.bound.seq > 0 and not seen.bound.gone


def read_again(items: Sequence[int], now: datetime) -> None:
    """These items were read and are unchanged."""
    if items:
        done(AGAIN, [now, list(items)])


def store(case: int, seen: Observation, state: State, now: datetime, companies: set[int]) -> None:
    """Store one observation and bring `state` up to date.

    1. the item's own row, changes, whose unique key makes a repeat harmless, and writes that the history proved;
    2. new parts and recognised copies; 3. bases that were read back, and edits that were overwritten.
    """
    bound = seen.bound
    given = row_of(case, seen, now)
    numbers = {(remote, field): number for number, remote, field in asked(OBSERVE, given)}
    keys = [(change, numbers.get((change.remote_id[:LONGEST], change.field))) for change in seen.changes]
    take_in(seen, [(change, number) for change, number in keys if number is not None], state)
    if seen.new_parts:
        _store_parts(case, bound, seen.new_parts, state, companies)
    _store_copies(bound, seen.copies, companies, now)
    for number, version in seen.versions:
        PartCopy.objects.filter(part_id=number, system_id=bound.slot.system).update(shown=version)
        state.parts[number].copies[bound.slot.system].shown = version
    if seen.overwritten:
        dispose([Disposition(number, "conflict-lost", OVERWRITTEN) for number in seen.overwritten], now)
        for known in state.changes:
            known.open = known.open and known.id not in seen.overwritten
    if seen.bases:
        sealing.agree(case, seen.bases, state, now, companies)
    if seen.lost:
        sealing.keep(case, seen.lost, now)


def echoed(case: int, seen: Observation, state: State, now: datetime, companies: set[int]) -> Callable[[], None]:
    """Bring `state` up to date by an observation of our own writes; returns what stores it, for later."""
    given, copies, bases = row_of(case, seen, now), list(seen.copies), dict(seen.bases)
    take_in(seen, [(change, 0) for change in seen.changes], state)
    state.bases.update(bases)

    def keep() -> None:
        done(OBSERVE, given)
        _store_copies(seen.bound, copies, companies, now)
        if bases:
            sealing.agree(case, bases, state, now, companies)

    return keep


def row_of(case: int, seen: Observation, now: datetime) -> dict[str, object]:
    """What OBSERVE is given."""
    bound, item = seen.bound, seen.item
    return {
        "case": case,
        "item": bound.id,
        "kind": bound.slot.kind or item.kind,
        "label": item.label[:80],
        "url": item.url[:400],
        "version": item.version[:80],
        "last": item.revisions[-1].id if item.revisions else bound.last_revision,
        "now": now,
        "proven": list(seen.proven),
        "system": bound.slot.system,
        "company": bound.company,
        "record": bound.record,
        "changes": rows_of([_row(change) for change in seen.changes]),
        "fields": Json({name: plain(value) for name, value in item.fields.items()}),
    }


def take_in(seen: Observation, fresh: Sequence[tuple[NewChange, int]], state: State) -> None:
    """What of an observation the planner needs: the item's place in its history, changes with their numbers,
    copies of ours, and which writes are proven."""
    bound, item = seen.bound, seen.item
    bound.last_revision = item.revisions[-1].id if item.revisions else bound.last_revision
    bound.label = item.label
    state.changes += [_known(number, bound, change) for change, number in fresh]
    bound.seq = max((change.seq for change, _ in fresh), default=bound.seq)
    for part, remote_id in seen.copies:
        state.parts[part].copies[bound.slot.system] = Copy(remote_id)
    if seen.proven:
        state.intents = [i for i in state.intents if i.id not in seen.proven]


def _row(change: NewChange) -> dict[str, object]:
    return {
        "remote_id": change.remote_id[:LONGEST],
        "field": change.field,
        "seq": change.seq,
        "occurred": change.occurred.isoformat(),
        "observed": change.observed,
        "private": change.private,
        "disposition": "echo" if change.echo else "conflict-lost" if change.lost else "",
        "cause": change.lost,
        "actor_id": change.actor_id,
        "actor": change.actor,
        "old": plain(change.old),
        "new": plain(change.new),
    }


def _known(pk: int, bound: Bound, change: NewChange) -> KnownChange:
    waits = not change.echo and not change.lost
    return KnownChange(
        pk, bound.id, change.field, change.seq, change.occurred, change.new, waits, change.private, change.remote_id
    )


def _store_parts(case: int, bound: Bound, parts: Sequence[SeenPart], state: State, companies: set[int]) -> None:
    """New parts, each with its place at its origin; one that another case brought is taken as it is."""
    rows = [
        {
            "n": place,
            "kind": part.kind.value,
            "remote_id": part.id,
            "at": part.at.isoformat(),
            "public": part.public,
            "size": part.size,
            "shown": version_of(part),
        }
        for place, part in enumerate(parts)
    ]
    given = {
        "case": case,
        "companies": sorted(companies),
        "system": bound.slot.system,
        "company": bound.company,
        "parts": rows_of(rows),
    }
    stored = {remote_id: number for number, remote_id in asked(PARTS, given)}
    for part in parts:
        known = KnownPart(
            stored.get(part.id, 0), part.kind, bound.slot.system, bound.company, part.id, part.at, part.public
        )
        if not known.id:
            row = Part.objects.get(system_id=bound.slot.system, remote_id=part.id)
            known = KnownPart(
                row.pk, PartKind(row.kind), row.system_id, row.company_id, row.remote_id, row.at, row.public
            )
        known.copies[bound.slot.system] = Copy(part.id, version_of(part))
        state.parts[known.id] = known


def _store_copies(bound: Bound, copies: Sequence[tuple[int, str]], companies: Iterable[int], now: datetime) -> None:
    for part, remote_id in copies:
        copy(part, bound.slot.system, remote_id, companies, now)


def copy(
    part: int,
    system: int,
    remote_id: str,
    companies: Iterable[int],
    now: datetime,
    *,
    sha256: str = "",
    shown: str = "",
) -> None:
    """A part stands in a system now; a second time says nothing new."""
    done(COPY, [part, sorted(companies), system, remote_id, sha256, shown, now])


def dispose(ends: Sequence[Disposition], now: datetime) -> None:
    """Give changes that are open or in triage their end, in one statement."""
    rows = [{"id": end.change, "name": end.name, "cause": end.cause} for end in ends]
    done(DISPOSE, [now, rows_of(rows)])


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
