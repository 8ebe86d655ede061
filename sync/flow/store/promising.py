"""Intents: promised, settled with journal, base, copy and binding in one transaction, or failed."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import connection

from sync.engine.envelope import plain
from sync.engine.merge import Base
from sync.engine.parts import Copy
from sync.flow.models.cases import Case, Item, Lane, PartCopy
from sync.flow.models.writes import Intent, IntentContent
from sync.flow.ports import Bound, Claim, FenceLost, KnownIntent, Landed, Promise, State
from sync.flow.store import loading, observing, sealing
from sync.flow.store.loading import known_intent

DONE = """
WITH moved AS (
  UPDATE sync_intent SET state = 'done', settled = %(now)s, proven = %(proven)s
  WHERE id = %(id)s AND state = 'open' RETURNING id, company_id, envelope_id
), journaled AS (
  INSERT INTO sync_journal (intent_id, case_id, company_id, fence, before, after, remote_id, at)
  SELECT m.id, %(case)s, m.company_id, %(fence)s, coalesce(c.payload->'before', '{}'),
    coalesce(c.payload->'fields', '{}'), %(remote)s, %(now)s
  FROM moved m JOIN sync_intentcontent c ON c.intent_id = m.id ON CONFLICT DO NOTHING
), applied AS (
  UPDATE sync_envelope SET applied = %(now)s FROM moved
  WHERE sync_envelope.id = moved.envelope_id AND sync_envelope.applied IS NULL
)
SELECT count(*) FROM moved
"""


def intend(claim: Claim, promise: Promise, now: datetime, companies: Iterable[int]) -> KnownIntent:
    """Store a promise; everything that its recovery needs is in the content row."""
    row = Intent.objects.create(
        case_id=claim.case,
        connection_id=promise.link,
        system_id=promise.slot.system,
        company_id=promise.company,
        companies=sorted(companies),
        op=promise.op,
        subject=promise.subject,
        key=promise.key,
        fence=claim.fence,
        lease_until=claim.lease_until,
        read_version=promise.read_version[:80],
        rule_version=promise.rule_version,
        envelope_id=promise.envelope,
        at=now,
    )
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
    IntentContent.objects.create(intent=row, company_id=promise.company, payload=payload)
    return known_intent(row, payload)


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
    with connection.cursor() as cursor:
        cursor.execute(DONE, given)
        return bool(cursor.fetchone()[0])


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
    PartCopy.objects.bulk_create(
        [
            PartCopy(
                part_id=part,
                companies=sorted(companies),
                system_id=intent.slot.system,
                remote_id=remote_id,
                sha256=landed.sha256,
                shown=intent.shown,
                at=now,
            )
        ],
        ignore_conflicts=True,
    )
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
