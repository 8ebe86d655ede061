"""Rehearsals at work: a candidate replayed over stored items and envelopes, slice by slice; no tracker is asked.

A slice is one transaction that sees the own company alone and moves the cursor with what it found, so that a worker
killed anywhere loses a slice's work and nothing else; the sweep finds what nobody holds.
"""

import logging
import time
import traceback
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from governance.rulebook.evidence import GAPS, LONGEST, SAMPLES, evidence_digest, headline
from governance.rulebook.models import Evidence, Rehearsal
from portal.access import rls
from portal.core import clock
from sync.engine.agreement import opposite
from sync.engine.envelope import plain, portable
from sync.engine.outgoing import drafted
from sync.engine.rehearsal import Found, arriving, leaving, outside, scope_moves, shortened
from sync.engine.types import Fields
from sync.flow.models.cases import Item
from sync.flow.models.facts import Envelope, Snapshot
from sync.flow.rehearsing_stages import Stage, companies_of, stages_of
from sync.flow.wake import wake_rehearsal

log = logging.getLogger(__name__)
State = Rehearsal.State
#: items of one slice, newest versions and envelopes of an item that are replayed, seconds of one task
SLICE, NEWEST, SECONDS = 100, 10, 20.0
NOT_RUNNING = "Both sides need live rules and the connection must run before anything can be replayed."
BROKEN = "This broke on our side. The worker's log has it; resume it once it is mended."


def wake_due() -> int:
    """Hint at every rehearsal that waits, or whose worker let its lease run out; returns how many."""
    with transaction.atomic():
        rls.enter((), role=rls.WORKER)
        found = list(due().values_list("pk", flat=True)[:20])
    for number in found:
        wake_rehearsal(number)
    return len(found)


def due() -> QuerySet[Rehearsal]:
    """What a worker may take up."""
    stopped = Q(state=State.RUNNING, lease_until__lt=clock.now())
    return Rehearsal.objects.filter(Q(state=State.WAITING) | stopped)


def rehearse(number: int) -> bool:
    """Go on with one rehearsal for some seconds; returns whether it came to an end.

    1. take it with a new fence, unless somebody else holds it; 2. slice by slice; 3. when time is over, let it wait
    for the next worker. Whatever breaks is kept with a sentence, and logged without a value.
    """
    row = claimed(number)
    if row is None:
        return False
    began = time.monotonic()
    try:
        stages = staged(row)
        if not stages:
            return ended(row, State.DONE, NOT_RUNNING)
        while time.monotonic() - began < SECONDS:
            stage = next((one for one in stages if one.place >= row.place), None)
            if stage is None:
                return ended(row, State.DONE, "")
            moved = played(row, stage)
            if moved is None:
                return False
            if not moved:
                row.place, row.cursor = stage.place + 1, 0
    except Exception as error:  # noqa: BLE001 - the text of an error may hold a value
        frames = "".join(traceback.format_tb(error.__traceback__))
        log.error("Rehearsal %s broke with %s:\n%s", number, type(error).__name__, frames)
        return ended(row, State.FAILED, BROKEN)
    let_go(row)
    return False


def claimed(number: int) -> Rehearsal | None:
    """Take a rehearsal that waits or was left; None when somebody else holds it, or it is over."""
    now = clock.now()
    with transaction.atomic():
        rls.enter((), role=rls.WORKER)
        lease = now + timedelta(seconds=settings.LEASE_SECONDS)
        taken = due().filter(pk=number).update(state=State.RUNNING, fence=F("fence") + 1, lease_until=lease)
        return Rehearsal.objects.get(pk=number) if taken else None


def held(row: Rehearsal) -> QuerySet[Rehearsal]:
    """The row, as long as this worker holds it and nobody cancelled it."""
    return Rehearsal.objects.filter(pk=row.pk, state=State.RUNNING, fence=row.fence)


def staged(row: Rehearsal) -> list[Stage]:
    """Every place of the rehearsal, with the candidate; none while no connection runs."""
    with transaction.atomic():
        rls.enter((), role=rls.WORKER)
        rls.enter(companies_of(row), role=rls.WORKER)
        stages = stages_of(row)
        if stages and not row.total:
            row.total = sum(items_of(row, stage).count() for stage in stages)
            held(row).update(total=row.total)
        return stages


def items_of(row: Rehearsal, stage: Stage) -> QuerySet[Item]:
    """The own items that a snapshot of these days tells of, or the partner wrote about."""
    slot = stage.live.end(stage.side).slot
    items = Item.objects.filter(system=slot.system, kind=slot.kind, company_id=row.company_id)
    snapshots = Snapshot.objects.filter(item=OuterRef("pk"), read_at__gte=row.since, read_at__lte=row.until)
    letters = letters_of(row, stage).filter(case=OuterRef("case"))
    return items.filter(Exists(snapshots) | Exists(letters))


def letters_of(row: Rehearsal, stage: Stage) -> QuerySet[Envelope]:
    """What the partner sent in these days."""
    return Envelope.objects.filter(
        connection=stage.live.id, side=opposite(stage.side), sealed__gte=row.since, sealed__lte=row.until
    )


def played(row: Rehearsal, stage: Stage) -> bool | None:
    """Replay the next items and keep what was found; False when there are none, None when it was taken away."""
    began = time.monotonic()
    with transaction.atomic():
        rls.enter([row.company_id], role=rls.WORKER)
        start = row.cursor if row.place == stage.place else 0
        items = list(items_of(row, stage).filter(pk__gt=start).order_by("pk")[:SLICE])
        if not items:
            return False
        evidence = Evidence.objects.get(pk=row.pk)
        tally(row, stage, items, evidence)
        row.place, row.cursor, row.done = stage.place, items[-1].pk, row.done + len(items)
        row.seconds += time.monotonic() - began
        kept = held(row).update(
            place=row.place,
            cursor=row.cursor,
            done=row.done,
            total=max(row.total, row.done),
            seconds=row.seconds,
            lease_until=clock.now() + timedelta(seconds=settings.LEASE_SECONDS),
        )
        if not kept:
            transaction.set_rollback(True)
            return None
        evidence.save(update_fields=["counts", "details"])
    return True


def tally(row: Rehearsal, stage: Stage, items: Sequence[Item], evidence: Evidence) -> None:
    """Add what is found in a slice to the evidence.

    1. each item's newest versions through the outgoing rules; 2. whether its newest one moves in or out of scope;
    3. the partner's newest envelopes about it through the incoming rules, onto the newest version.
    A term counts once an item.
    """
    versions, letters = versions_of(row, items), partner_letters(row, stage, items)
    shared = shared_cases(stage, items)
    counts, details = evidence.counts, evidence.details
    for item in items:
        states = versions.get(item.pk, [])
        newest: Fields = states[-1] if states else {}
        move = scope_moves(stage.live, stage.candidate, stage.side, newest) if states else ""
        counts["items"] += 1
        if move:
            counts[move] += 1
            if len(details["scope"][move]) < GAPS:
                details["scope"][move].append(item.label)
        if item.case_id in shared or move == "in":
            counts["shared"] += 1
            left = (sent_otherwise(stage, fields) for fields in states)
            noted(evidence, "sends", item.label, left)
        sent = letters.get(item.case_id, [])
        counts["envelopes"] += len(sent)
        took = (taken_otherwise(stage, terms, newest) for terms in sent)
        noted(evidence, "takes", item.label, took)


def sent_otherwise(stage: Stage, fields: Fields) -> tuple[Found, ...]:
    """What one version of an item would send otherwise, and what a candidate dictionary does not allow of it."""
    found = leaving(stage.live, stage.candidate, stage.side, fields)
    if not stage.after:
        return found
    return (*found, *outside(stage.before, stage.after, drafted(stage.candidate, stage.side, fields).values))


def taken_otherwise(stage: Stage, terms: Fields, newest: Fields) -> tuple[Found, ...]:
    """What would be made otherwise of an envelope of the partner, and what a candidate dictionary does not allow."""
    found = arriving(stage.live, stage.candidate, stage.side, terms, newest)
    if not stage.after:
        return found
    return (*found, *outside(stage.before, stage.after, terms), *shortened(stage.before, stage.after, terms))


def noted(evidence: Evidence, way: str, label: str, rounds: Iterable[Iterable[Found]]) -> None:
    """Count each kind of difference of each term once for an item, and keep a few samples and values with no pair."""
    seen: set[tuple[str, str]] = set()
    missing: set[tuple[str, str]] = set()
    for one in (one for found in rounds for one in found):
        if one.kind in ("fails", "still") and one.new:
            missing.add((one.term, str(one.new)[:LONGEST]))
        if (one.kind, one.term) in seen:
            continue
        seen.add((one.kind, one.term))
        told = evidence.counts[way].setdefault(one.term, {})
        told[one.kind] = told.get(one.kind, 0) + 1
        samples = evidence.details["samples"][way].setdefault(one.term, [])
        if one.kind in ("changes", "new", "gone", "mended") and len(samples) < SAMPLES:
            samples.append([label, short(one.old), short(one.new)])
    for term, value in sorted(missing):
        gaps = evidence.details["gaps"][way].setdefault(term, {})
        if value in gaps or len(gaps) < GAPS:
            gaps[value] = gaps.get(value, 0) + 1


def short(value: object) -> object:
    """A value as it is kept in a sample."""
    shown = plain(value)  # type: ignore[arg-type]
    return shown[:LONGEST] if isinstance(shown, str) else shown


def versions_of(row: Rehearsal, items: Sequence[Item]) -> dict[int, list[Fields]]:
    """Item → its newest versions of these days, oldest first. One query."""
    number = Window(RowNumber(), partition_by=F("item"), order_by=[F("read_at").desc(), F("pk").desc()])
    rows = Snapshot.objects.filter(item__in=items, read_at__gte=row.since, read_at__lte=row.until)
    newest = rows.annotate(number=number).filter(number__lte=NEWEST).order_by("read_at", "pk")
    found: dict[int, list[Fields]] = defaultdict(list)
    for one in newest:
        found[one.item_id].append(valued(one.fields))
    return found


def partner_letters(row: Rehearsal, stage: Stage, items: Sequence[Item]) -> dict[int, list[Fields]]:
    """Case → the terms of the partner's newest envelopes of these days, oldest first. One query."""
    number = Window(RowNumber(), partition_by=F("case"), order_by=F("no").desc())
    rows = letters_of(row, stage).filter(case__in=[item.case_id for item in items])
    newest = rows.annotate(number=number).filter(number__lte=NEWEST).order_by("no").select_related("content")
    found: dict[int, list[Fields]] = defaultdict(list)
    for one in newest:
        found[one.case_id].append(valued(one.content.body.get("terms") or {}))
    return found


def shared_cases(stage: Stage, items: Sequence[Item]) -> set[int]:
    """The cases that went over this connection at all. One query."""
    rows = Envelope.objects.filter(connection=stage.live.id, case__in=[item.case_id for item in items])
    return set(rows.values_list("case_id", flat=True).distinct())


def valued(stored: Mapping[str, Any]) -> Fields:
    """Stored values as the engine has them."""
    return {name: portable(value) for name, value in stored.items()}


def ended(row: Rehearsal, state: str, sentence: str) -> bool:
    """Close a rehearsal that this worker still holds; a finished one gets its digest and never changes again."""
    with transaction.atomic():
        rls.enter([row.company_id], role=rls.WORKER)
        evidence = Evidence.objects.get(pk=row.pk)
        done = state == State.DONE
        digest = digest_of(row, evidence) if done else ""
        told = sentence or headline(evidence.counts)
        closed = {"state": state, "sentence": told[:300], "digest": digest, "ended": clock.now()}
        return bool(held(row).update(**closed))


def digest_of(row: Rehearsal, evidence: Evidence) -> str:
    """The digest of the evidence: what was replayed, over which days, and all that was found."""
    about = {
        **({} if row.what == Rehearsal.What.RULES else {"what": row.what, "integration": row.integration_id}),
        "rehearsal": str(row.uid),
        "version": row.no,
        "rules": row.sha256,
        "since": row.since.isoformat(),
        "until": row.until.isoformat(),
    }
    return evidence_digest(about, evidence.counts, evidence.details, evidence.nonce)


def let_go(row: Rehearsal) -> None:
    """Leave the rest to the next worker, at once."""
    with transaction.atomic():
        rls.enter((), role=rls.WORKER)
        held(row).update(state=State.WAITING)
    wake_rehearsal(row.pk)
