"""What pages ask of a tracker, answered by a worker: check, describe, dry run, webhook subscription, sign-in."""

import logging
from collections.abc import Callable
from dataclasses import asdict

from django.db import transaction

from portal.access import rls
from portal.core import clock
from portal.core.errors import Fault
from sync.engine.types import Check
from sync.flow.connecting import connector_of
from sync.flow.models.streams import Probe, Stream
from sync.flow.store import gates

log = logging.getLogger(__name__)
Answers = tuple[dict[str, object], str]


def answer_all(system: int) -> int:
    """Answer every waiting probe of a system; returns how many."""
    with transaction.atomic():
        rls.enter((), role=rls.WORKER)
        stream = Stream.objects.filter(system_id=system, asked=True).values_list("company_id", flat=True).first()
    if stream is None:
        return 0
    with transaction.atomic():
        rls.enter([stream], role=rls.WORKER)
        Stream.objects.filter(system_id=system).update(asked=False)
        waiting = list(Probe.objects.filter(system_id=system, state=Probe.State.WAITING).select_related("system"))
    for probe in waiting:
        answer(probe)
    return len(waiting)


def answer(probe: Probe) -> None:
    """Do what one probe asks and store what came of it, with a sentence when it failed."""
    try:
        body, sentence = ASKED[probe.kind](probe)
        state = Probe.State.DONE
    except Fault as error:
        body, sentence, state = {"code": error.code}, error.sentence, Probe.State.FAILED
        gates.answered(probe.system_id, error, clock.now(), [probe.company_id])
    with transaction.atomic():
        rls.enter([probe.company_id], role=rls.WORKER)
        Probe.objects.filter(pk=probe.pk).update(
            state=state, answer=body, sentence=sentence[:500], answered_at=clock.now()
        )


def _check(probe: Probe) -> Answers:
    """Who we are there and what is missing; a good answer opens the stream again."""
    with transaction.atomic():
        rls.enter([probe.company_id], role=rls.WORKER)
        tracker = connector_of(probe.system_id)
    found = tracker.check()
    note_account(probe.system_id, probe.company_id, found)
    told = "; ".join(found.problems) or f"Reached as {found.account.name}."
    return asdict(found), told


def note_account(system: int, company: int, found: Check) -> None:
    """Remember under which account we work there, and that the system answers."""
    with transaction.atomic():
        rls.enter([company], role=rls.WORKER)
        Stream.objects.filter(system_id=system).update(
            account_id=found.account.id[:120],
            account=found.account.name[:120],
            product=f"{found.product} {found.version}".strip()[:80],
            skew=found.skew,
            next_poll=clock.now(),
        )
    gates.answered(system, None, clock.now(), [company])


def _describe(probe: Probe) -> Answers:
    """Fields, options and workflow of one kind of item."""
    with transaction.atomic():
        rls.enter([probe.company_id], role=rls.WORKER)
        tracker = connector_of(probe.system_id)
    schema = tracker.describe(str(probe.asked.get("kind") or ""))
    return asdict(schema), f"{len(schema.fields)} fields."


ASKED: dict[str, Callable[[Probe], Answers]] = {
    Probe.Kind.CHECK.value: _check,
    Probe.Kind.DESCRIBE.value: _describe,
}
