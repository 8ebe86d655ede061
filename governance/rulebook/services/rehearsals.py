"""Rehearsals are asked for, cancelled and resumed here; a worker replays, and nothing is written to any tracker."""

import secrets
from datetime import timedelta

from django.db import transaction

from governance.register.acting import acting_for, require
from governance.register.models import System
from governance.register.ports import sync
from governance.rulebook.evidence import for_partner, nothing
from governance.rulebook.models import Evidence, Proposal, Rehearsal, Rulebook, RuleVersion
from governance.rulebook.services.drafts import open_version
from portal.access.subject import Subject
from portal.core import clock
from portal.core.errors import BadInput
from portal.history import services as history

State = Rehearsal.State
AT_WORK = (State.WAITING, State.RUNNING)
#: days that are replayed unless said otherwise, and at most: older snapshots are not kept
DAYS, MOST = 30, 90


@transaction.atomic
def rehearse(*, by: Subject, rulebook: Rulebook, days: int = DAYS) -> Rehearsal:
    """Have a worker replay the open version over what is stored of the last `days`; answers with the waiting row.

    Raises BadInput without an open version, and while another rehearsal of this side is at work.
    """
    require(by, "operate", rulebook)
    rulebook = Rulebook.objects.select_for_update().select_related("connection").get(pk=rulebook.pk)
    version, now = open_version(rulebook), clock.now()
    if version is None:
        raise BadInput("There is no draft to rehearse. Save one first.", code="no-draft")
    if not 1 <= days <= MOST:
        raise BadInput("Nothing was rehearsed.", fields={"days": f"Enter 1 to {MOST} days."})
    if Rehearsal.objects.filter(connection=rulebook.connection_id, side=rulebook.side, state__in=AT_WORK).exists():
        raise BadInput("A rehearsal of these rules is at work. Wait for it, or cancel it.", code="at-work")
    made = Rehearsal.objects.create(
        integration_id=rulebook.connection.integration_id,
        connection_id=rulebook.connection_id,
        side=rulebook.side,
        company_id=rulebook.company_id,
        no=version.no,
        sha256=version.sha256,
        days=days,
        since=now - timedelta(days=days),
        until=now,
        asked_by=by.name,
        lease_until=now,
    )
    counts, details = nothing()
    Evidence.objects.create(
        rehearsal=made,
        company_id=made.company_id,
        rules=version.body,
        counts=counts,
        details=details,
        nonce=secrets.token_hex(32),
    )
    sync().wake_rehearsal(made.pk)
    tell(by, made, "rehearse", {"version": made.no, "days": days})
    return made


@transaction.atomic
def cancel(*, by: Subject, rehearsal: Rehearsal) -> Rehearsal:
    """Stop a rehearsal; what it found so far stays, and it can go on from there."""
    row = opened(by, rehearsal)
    if row.state not in AT_WORK:
        raise BadInput("This rehearsal is over already.", code="not-at-work")
    row.state, row.ended, row.sentence = State.CANCELLED, clock.now(), f"{by.name} cancelled it."
    row.save()
    tell(by, row, "cancel a rehearsal of", {"version": row.no})
    return row


@transaction.atomic
def resume(*, by: Subject, rehearsal: Rehearsal) -> Rehearsal:
    """Go on with a cancelled or failed rehearsal where it stopped."""
    row = opened(by, rehearsal)
    if row.state not in (State.CANCELLED, State.FAILED):
        raise BadInput("Only a cancelled or failed rehearsal goes on.", code="not-stopped")
    alike = Rehearsal.objects.filter(what=row.what, integration=row.integration_id, company_id=row.company_id)
    if alike.filter(connection=row.connection_id, side=row.side, state__in=AT_WORK).exists():
        raise BadInput("Another rehearsal of the same is at work. Wait for it, or cancel it.", code="at-work")
    row.state, row.ended, row.sentence, row.lease_until = State.WAITING, None, "", clock.now()
    row.save()
    sync().wake_rehearsal(row.pk)
    tell(by, row, "resume a rehearsal of", {"version": row.no})
    return row


def opened(by: Subject, rehearsal: Rehearsal) -> Rehearsal:
    """The rehearsal, locked; raises Denied."""
    if rehearsal.connection_id is None:
        acting_for(by, "operate", [rehearsal.company_id])
    else:
        require(by, "operate", Rulebook.objects.get(connection=rehearsal.connection_id, side=rehearsal.side))
    return Rehearsal.objects.select_for_update().get(pk=rehearsal.pk)


def tell(by: Subject, row: Rehearsal, verb: str, after: dict[str, object]) -> None:
    """Keep what was done, for the own company alone: with the rulebook, or with the integration of a paper."""
    if row.connection_id is None:
        word = f"{verb} the {row.get_what_display().lower()} of"
        history.record(by=by, verb=word, thing=row.integration, company=row.company_id, after=after)
        return
    book = Rulebook.objects.get(connection=row.connection_id, side=row.side)
    history.record(by=by, verb=verb, thing=book, company=row.company_id, after=after)


def evidence_for(version: RuleVersion, rulebook: Rulebook) -> Rehearsal | None:
    """The newest finished rehearsal of exactly these rules."""
    rows = Rehearsal.objects.filter(
        connection=rulebook.connection_id, side=rulebook.side, state=State.DONE, sha256=version.sha256
    )
    return rows.select_related("evidence").order_by("-until").first()


def shared_evidence(row: Rehearsal) -> dict[str, object]:
    """What both companies sign of a finished rehearsal: its counts in terms, its window and its digest."""
    told = for_partner(row.evidence.counts)
    return {
        **told,
        "uid": str(row.uid),
        "digest": row.digest,
        "days": row.days,
        "until": row.until.isoformat(timespec="seconds"),
    }


def is_in_production(connection: int) -> bool:
    """Whether the acting company's system on a connection is in production; nobody sees the partner's."""
    own = System.objects.filter(sides__connection=connection)
    return own.filter(environment=System.Environment.PRODUCTION).exists()


def check_evidence(proposal: Proposal, company: int) -> None:
    """Raises BadInput when a partner may not sign a proposal because it was not rehearsed.

    Both systems are in production (each company tells of its own) and rules run already, so that there is something
    to replay. The own company's key alone puts nothing live.
    """
    if proposal.evidence or company == proposal.company_id or not proposal.terms.get("production"):
        return
    before = proposal.terms["before"]
    if (before["sends"] or before["takes"]) and is_in_production(proposal.connection_id):
        raise BadInput(
            "Both systems are in production, and this version was not rehearsed: it may not be signed. Ask your "
            "partner to take it back, rehearse it, and propose it again.",
            code="not-rehearsed",
        )
