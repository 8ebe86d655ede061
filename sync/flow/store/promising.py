"""Intents: promised, settled with journal, base, copy and binding in one transaction, or failed."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from psycopg.types.json import Json

from sync.engine.envelope import plain
from sync.engine.merge import Base
from sync.engine.parts import Copy
from sync.flow.models.cases import Case, Item, Lane, PartCopy
from sync.flow.models.writes import Intent
from sync.flow.ports import Bound, Claim, FenceLost, KnownIntent, Landed, Promise, State
from sync.flow.store import loading, observing, sealing
from sync.flow.store.prepared import asked

INTEND = """
WITH promised AS (
  INSERT INTO sync_intent (uid, case_id, connection_id, system_id, company_id, companies, op, subject, key, fence,
    lease_until, read_version, rule_version, envelope_id, state, at, proven)
  VALUES (gen_random_uuid(), %(case)s::bigint, %(connection)s::bigint, %(system)s::bigint, %(company)s::bigint,
    %(companies)s::bigint[], %(op)s, %(subject)s, %(key)s, %(fence)s::bigint, %(until)s::timestamptz, %(read)s,
    %(rule_version)s::bigint, %(envelope)s::bigint, 'open', %(now)s::timestamptz, false) RETURNING id
), content AS (
  INSERT INTO sync_intentcontent (intent_id, company_id, payload)
  SELECT id, %(company)s::bigint, %(payload)s::jsonb FROM promised
), renewed AS (
  UPDATE sync_lane SET lease_until = clock_timestamp() + make_interval(secs => %(lease)s::float8)
  WHERE case_id = %(case)s::bigint
)
SELECT id FROM promised
"""
DONE = """
WITH moved AS (
  UPDATE sync_intent SET state = 'done', settled = %(now)s::timestamptz, proven = %(proven)s::bool
  WHERE id = %(id)s::bigint AND state = 'open' RETURNING id, company_id, envelope_id
), journaled AS (
  INSERT INTO sync_journal (intent_id, case_id, company_id, fence, before, after, remote_id, at)
  SELECT m.id, %(case)s::bigint, m.company_id, %(fence)s::bigint, coalesce(c.payload->'before', '{}'),
    coalesce(c.payload->'fields', '{}'), %(remote)s::text, %(now)s::timestamptz
  FROM moved m JOIN sync_intentcontent c ON c.intent_id = m.id ON CONFLICT DO NOTHING
), applied AS (
  UPDATE sync_envelope SET applied = %(now)s::timestamptz FROM moved
  WHERE sync_envelope.id = moved.envelope_id AND sync_envelope.applied IS NULL
)
SELECT count(*) FROM moved
"""


def intend(
    claim: Claim, promise: Promise, envelope: int | None, now: datetime, lease: timedelta, companies: Iterable[int]
) -> KnownIntent:
    """Store a promise and renew the lease (also on `claim`); all that its recovery needs is in the content row."""
    payload: dict[str, object] = {
        "kind": promise.slot.kind,
        "fields": {name: plain(value) for name, value in promise.payload.items()},
        "before": {name: plain(value) for name, value in promise.before.items()},
        "bases": {term: listed(base) for term, base in promise.bases.items()},
        "part": promise.part,
        "name": promise.name,
        "size": promise.size,
        "shown": promise.shown,
    }
    until = now + lease
    given = {
        "case": claim.case,
        "connection": promise.link,
        "system": promise.slot.system,
        "company": promise.company,
        "companies": sorted(companies),
        "op": promise.op,
        "subject": promise.subject,
        "key": promise.key,
        "fence": claim.fence,
        "until": until,
        "read": promise.read_version[:80],
        "rule_version": promise.rule_version,
        "envelope": envelope,
        "now": now,
        "payload": Json(payload),
        "lease": lease.total_seconds(),
    }
    ((number,),) = asked(INTEND, given)
    claim.lease_until = until
    return KnownIntent(
        id=number,
        link=promise.link,
        slot=promise.slot,
        op=promise.op,
        subject=promise.subject,
        key=promise.key,
        at=now,
        lease_until=until,
        fields=dict(promise.payload),
        bases=dict(promise.bases),
        part=promise.part,
        name=promise.name,
        size=promise.size,
        shown=promise.shown,
    )


def listed(base: Base) -> list[object]:
    """A base as its stored list."""
    return [plain(base.a), plain(base.b), base.mark_a, base.mark_b, base.unproven, [list(one) for one in base.roots]]


def settle(
    claim: Claim,
    intent: KnownIntent,
    landed: Landed | None,
    state: State,
    now: datetime,
    companies: Iterable[int],
) -> None:
    """Close an open intent as done or absent.

    1. only an open intent may move; 2. absent ends here; 3. the journal keeps before and after; 4. a creation
    binds its item, a part its copy, a field its bases; 5. the envelope counts as applied.
    """
    if not (_done(claim, intent, landed, now) if landed is not None else _absent(intent, now)):
        raise FenceLost
    intent.open = False
    if landed is None:
        state.intents = [i for i in state.intents if i.id != intent.id]
        return
    if intent.op == "create":
        bind(claim, intent, landed, state, now, companies)
    if intent.part is not None and landed.remote_part is not None:
        _copy(intent, landed, state, now, companies)
    elif intent.part is not None:
        _shown(intent, state)
    if intent.bases:
        bases: Mapping[tuple[int, str], Base] = {(intent.link, t): base for t, base in intent.bases.items()}
        sealing.agree(claim.case, bases, state, now, companies)
    if intent.op in ("fields", "move") and all(i.id != intent.id for i in state.intents):
        state.intents.append(intent)


def _absent(intent: KnownIntent, now: datetime) -> bool:
    """Close an open intent whose write never arrived; False when it is not open."""
    still = Intent.objects.filter(pk=intent.id, state=Intent.State.OPEN)
    return bool(still.update(state=Intent.State.ABSENT, settled=now, proven=True))


def _done(claim: Claim, intent: KnownIntent, landed: Landed, now: datetime) -> bool:
    """Close an open intent whose write is there, with its journal and its envelope; False when it is not open."""
    given: dict[str, int | str | bool | datetime] = {
        "id": intent.id,
        "case": claim.case,
        "fence": claim.fence,
        "proven": intent.op not in ("fields", "move"),
        "remote": (landed.remote_part or landed.record)[:120],
        "now": now,
    }
    return asked(DONE, given) == [(1,)]


def bind(
    claim: Claim, intent: KnownIntent, landed: Landed, state: State, now: datetime, companies: Iterable[int]
) -> None:
    """The new twin joins the case. If a poll saw it first, it comes over from the lone case it had."""
    link = next(link for link in state.links if link.id == intent.link)
    side = link.side_of(intent.slot)
    end = link.end(side or "b")
    readers = sorted({link.a.company, link.b.company})
    known, _ = Item.objects.get_or_create(
        system_id=intent.slot.system,
        record=landed.record,
        defaults={
            "case_id": claim.case,
            "company_id": end.company,
            "readers": readers,
            "kind": intent.slot.kind,
            "label": landed.label[:80],
            "url": landed.url[:400],
            "created": now,
        },
    )
    seen_first = known.case_id != claim.case
    if seen_first:
        observing.join(known.pk, known.case_id, claim.case, readers)
    Case.objects.filter(pk=claim.case).update(state=Case.State.ACTIVE, companies=sorted(companies), touched=now)
    Lane.objects.filter(case_id=claim.case).update(companies=sorted(companies))
    Item.objects.filter(case_id=claim.case, system_id=link.other(side or "b").slot.system).update(readers=readers)
    if state.item(intent.slot) is None:
        state.items.append(Bound(known.pk, intent.slot, landed.record, end.company, landed.label))
    if seen_first:
        loading.reload(claim.case, state)


def _copy(intent: KnownIntent, landed: Landed, state: State, now: datetime, companies: Iterable[int]) -> None:
    part, remote_id = intent.part or 0, landed.remote_part or ""
    observing.copy(part, intent.slot.system, remote_id, companies, now, sha256=landed.sha256, shown=intent.shown)
    known = state.parts.get(part)
    if known is not None and intent.slot.system in known.copies:
        _shown(intent, state, remote_id)
    elif known is not None:
        known.copies[intent.slot.system] = Copy(remote_id, intent.shown)


def _shown(intent: KnownIntent, state: State, remote_id: str = "") -> None:
    """A copy shows a newer version now; where the tracker cannot edit it is a new comment (`remote_id`)."""
    rows = PartCopy.objects.filter(part_id=intent.part or 0, system_id=intent.slot.system)
    rows.update(shown=intent.shown)
    copy = state.parts[intent.part or 0].copies.get(intent.slot.system)
    if copy is not None:
        copy.shown = intent.shown
        if remote_id and remote_id != copy.remote_id:
            rows.update(remote_id=remote_id)
            copy.remote_id = remote_id


def fail(intent: KnownIntent, now: datetime) -> None:
    """Close an intent that the tracker refused: nothing was applied."""
    Intent.objects.filter(pk=intent.id, state=Intent.State.OPEN).update(
        state=Intent.State.FAILED, settled=now, proven=True
    )
    intent.open = False
