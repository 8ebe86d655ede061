"""A matrix or a dictionary is put to a rehearsal here; a worker replays, and nothing is written to any tracker."""

import secrets
from datetime import timedelta

from django.db import transaction

from governance.agreements.evidence import What
from governance.register.acting import acting_for
from governance.register.models import Integration
from governance.register.ports import sync
from governance.rehearsals.selectors import newest_paper
from governance.rulebook.evidence import nothing
from governance.rulebook.models import Evidence, Rehearsal
from governance.rulebook.services.rehearsals import AT_WORK, DAYS, MOST
from portal.access.subject import Subject
from portal.core import clock
from portal.core.errors import BadInput
from portal.history.services import record

WORDS = {"matrix": "access matrix", "dictionary": "dictionary"}


@transaction.atomic
def rehearse_paper(*, by: Subject, integration: Integration, what: What, days: int = DAYS) -> Rehearsal:
    """Have a worker replay the open version over what is stored of the last `days`; answers with the waiting row.

    What is replayed is the acting company's own: its items, and what its partners sent it. Raises BadInput without an
    open version, and while another rehearsal of it is at work.
    """
    company = acting_for(by, "operate", integration.companies)
    integration = Integration.objects.select_for_update().get(pk=integration.pk)
    paper, now = newest_paper(what, integration, by=by), clock.now()
    if paper is None or not paper.is_open:
        sentence = f"There is no open version of the {WORDS[what]} to rehearse. Draft one first."
        raise BadInput(sentence, code="no-draft")
    if not 1 <= days <= MOST:
        raise BadInput("Nothing was rehearsed.", fields={"days": f"Enter 1 to {MOST} days."})
    known = Rehearsal.objects.filter(integration=integration, company_id=company, what=what)
    if known.filter(state__in=AT_WORK).exists():
        raise BadInput(f"A rehearsal of the {WORDS[what]} is at work. Wait for it, or cancel it.", code="at-work")
    made = Rehearsal.objects.create(
        what=what,
        integration=integration,
        company_id=company,
        no=paper.no,
        sha256=paper.sha256,
        days=days,
        since=now - timedelta(days=days),
        until=now,
        asked_by=by.name,
        lease_until=now,
    )
    counts, details = nothing()
    Evidence.objects.create(
        rehearsal=made,
        company_id=company,
        rules=paper.body,
        counts=counts,
        details=details,
        nonce=secrets.token_hex(32),
    )
    sync().wake_rehearsal(made.pk)
    record(
        by=by,
        verb=f"rehearse the {WORDS[what]} of",
        thing=integration,
        company=company,
        after={"version": made.no, "days": days},
    )
    return made
