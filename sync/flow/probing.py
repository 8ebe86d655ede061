"""What pages ask of a tracker, answered by a worker: check, describe, dry run, webhook subscription, sign-in."""

import base64
import json
import logging
from collections.abc import Callable
from dataclasses import asdict

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from governance.register.places import visit_place
from governance.register.presence import open_downtime
from governance.rulebook.rules import parsed
from portal.access import rls
from portal.core import clock
from portal.core.errors import BadInput, Fault, Rejected
from portal.core.secrets import unseal
from sync.connectors.base import Connector, Visit
from sync.connectors.registry import tracker as tracker_of
from sync.engine.agreement import Link, SideName, opposite
from sync.engine.envelope import plain, portable
from sync.engine.types import Fields
from sync.flow.accounts import note_account
from sync.flow.agreements import links, running
from sync.flow.connecting import connector_of, shared_client
from sync.flow.dry import DryRun, dry_run, with_rules
from sync.flow.filtering import searcher
from sync.flow.models.cases import Item
from sync.flow.models.facts import Envelope
from sync.flow.models.streams import Probe, Stream
from sync.flow.store import gates
from sync.flow.subscribing import subscribe
from sync.flow.vault import SealedVault

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
        waiting = list(
            Probe.objects.filter(system_id=system, state=Probe.State.WAITING).select_related("system", "connection")
        )
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
        if not isinstance(error, BadInput):
            gates.answered(probe.system_id, error, clock.now(), [probe.company_id])
    except Exception:
        log.exception("Probe %s broke.", probe.pk)
        body, sentence, state = (
            {"code": "broken"},
            "This broke on our side. The worker's log has it.",
            Probe.State.FAILED,
        )
    with transaction.atomic():
        rls.enter([probe.company_id], role=rls.WORKER)
        Probe.objects.filter(pk=probe.pk).update(
            state=state, answer=body, sentence=sentence[:500], answered_at=clock.now()
        )


def _check(probe: Probe) -> Answers:
    """Who we are there and what is missing; a good answer opens the stream again."""
    found = _tracker(probe).check()
    note_account(probe.system_id, probe.company_id, found)
    told = "; ".join(found.problems) or f"Reached as {found.account.name}."
    return asdict(found), told


def _describe(probe: Probe) -> Answers:
    """Fields, options and workflow of one kind of item; the tracker's first kind when none is named."""
    tracker = _tracker(probe)
    kind = str(probe.asked.get("kind") or "") or next(iter(tracker.check().kinds), "")
    schema = tracker.describe(kind)
    return asdict(schema), f"{len(schema.fields)} fields."


def _subscribe(probe: Probe) -> Answers:
    """Ask the tracker to send webhooks here."""
    tracker = _tracker(probe)
    return {}, subscribe(probe.system, tracker)


def _filter(probe: Probe) -> Answers:
    """A rulebook's filter, tried in the tracker itself; `wrong` is the tracker's complaint about it."""
    query = str(probe.asked.get("query") or "")
    tracker = _tracker(probe)
    try:
        found = searcher(tracker).trial(query)
    except Rejected as error:
        return {"query": query, "wrong": error.sentence}, error.sentence
    samples = f", for example {', '.join(found.samples)}" if found.samples else ""
    told = f"The tracker takes the filter; it finds {found.count:,} now{samples}. {found.note}".strip()
    return {"query": query, "wrong": "", "count": found.count, "samples": list(found.samples)}, told


def _dry_run(probe: Probe) -> Answers:
    """One real item through a side's draft rules, up to the plan."""
    connection = probe.connection
    if connection is None:
        raise BadInput("A dry run needs a connection.")
    side: SideName = "a" if probe.asked.get("side") == "a" else "b"
    rules = parsed(probe.asked.get("rules") or {})
    record = str(probe.asked.get("record") or "").strip().lstrip("#")
    tracker = _tracker(probe)
    with transaction.atomic():
        rls.enter(connection.companies, role=rls.WORKER)
        found = links(running(connection.pk))
        if not found:
            raise BadInput(
                "Both sides need live rules and the connection must be live before a dry run can show both."
            )
        link = with_rules(found[0], side, rules)
        arriving = newest_terms(probe.system_id, record, connection.pk, side)
    return told(link, side, dry_run(link, side, tracker, record, arriving))


def newest_terms(system: int, record: str, connection: int, side: SideName) -> Fields:
    """The terms of the newest envelope that the partner sent for the case of this item, if there is one."""
    item = Item.objects.filter(Q(record=record) | Q(label=record), system_id=system).first()
    row = (
        Envelope.objects.filter(case_id=item.case_id, connection_id=connection, side=opposite(side))
        .select_related("content")
        .order_by("-no")
        .first()
        if item
        else None
    )
    terms = row.content.body.get("terms", {}) if row is not None else {}
    return {name: portable(value) for name, value in terms.items()}


def told(link: Link, side: SideName, found: DryRun) -> Answers:
    """A dry run as pages show it: to the partner as terms, into one's own item as fields."""
    partner = link.other(side).company_name
    writes = [
        {"target": partner, "field": term, "term": term, "before": None, "after": plain(value)}
        for term, value in found.sends
    ] + [
        {"target": found.source, "field": w.field, "term": w.term, "before": plain(w.before), "after": plain(w.after)}
        for w in found.writes
    ]
    body: dict[str, object] = {
        "source": found.source,
        "target": partner,
        "offered": found.offered,
        "writes": writes,
        "withheld": [{"term": term, "reason": reason} for term, reason in found.withheld],
        "gaps": list(found.gaps),
    }
    scope = "" if found.offered else " It is outside your scope: a new item like this would not be offered."
    return body, f"{len(found.sends)} terms would leave, {len(found.writes)} fields would change here.{scope}"


def _oauth(probe: Probe) -> Answers:
    """The tokens for the code that a person brought back, stored with the client they were given to; then a check."""
    place = visit_place(company=probe.company_id, system=probe.system.uid)
    sealed = base64.b64decode(str(probe.asked.get("sealed") or ""))
    brought = json.loads(unseal(sealed, private_keys=settings.SEAL_PRIVATE_KEYS, place=place))
    visit = Visit(probe.system.base_url, probe.system.settings, brought["redirect_uri"], brought["verifier"])
    tracker, vault = tracker_of(probe.system.kind), SealedVault(probe.system_id, probe.company_id)
    vault.admit(lambda app: tracker.admitted(shared_client(), visit, app, code=brought["code"]))
    return _check(probe)


def _tracker(probe: Probe) -> Connector:
    with transaction.atomic():
        rls.enter([probe.company_id], role=rls.WORKER)
        away = open_downtime(probe.system_id, clock.now())
        if away is not None:
            raise BadInput(
                f"The system is announced to be away until {away:%d %B, %H:%M} UTC, and nothing is asked of it.",
                code="downtime",
            )
        return connector_of(probe.system_id)


ASKED: dict[str, Callable[[Probe], Answers]] = {
    Probe.Kind.CHECK.value: _check,
    Probe.Kind.DESCRIBE.value: _describe,
    Probe.Kind.DRY_RUN.value: _dry_run,
    Probe.Kind.FILTER.value: _filter,
    Probe.Kind.OAUTH.value: _oauth,
    Probe.Kind.SUBSCRIBE.value: _subscribe,
}
