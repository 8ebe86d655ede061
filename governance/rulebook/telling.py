"""What the RACI routes of rulebooks: proposals that wait, that were refused, and that are agreed and not live."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from governance.raci.notices import Happening
from governance.rulebook.models import Proposal, Signature
from portal.core import clock

State = Proposal.State
EVENTS = ("rules-proposed", "rules-refused", "rules-held")
#: how long a refusal is told of
LATELY = timedelta(days=7)


def happenings(company: int) -> Iterable[Happening]:
    """What waits for one company's word, and what became of its own proposals. One query."""
    mine = Signature.objects.filter(proposal=OuterRef("pk"), company=company)
    refused = Q(state=State.REFUSED, company=company, ended__gt=clock.now() - LATELY)
    rows = Proposal.objects.filter(
        Q(state=State.PROPOSED) | Q(state=State.AGREED, company=company) & ~Q(reason="") | refused,
        companies__contains=[company],
    )
    rows = rows.annotate(answered_=Exists(mine)).select_related("connection").order_by("pk")
    for row in rows:
        name = f"version {row.no} of the rules of {row.connection.name}"
        if row.state == State.PROPOSED and not getattr(row, "answered_", False):
            yield happening(row, "rules-proposed", f"V{name[1:]} waits for your company's signature")
        elif row.state == State.REFUSED:
            yield happening(row, "rules-refused", f"A partner refused {name}")
        elif row.state == State.AGREED:
            yield happening(row, "rules-held", f"V{name[1:]} is agreed and not live: {row.reason}")


def happening(row: Proposal, event: str, what: str) -> Happening:
    """One of them."""
    return Happening(
        event=event,
        key=f"proposal:{row.uid}",
        integration=row.connection.integration_id,
        what=what,
        url=reverse("proposal", args=[row.uid]),
        since=row.ended or row.proposed,
        connection=row.connection_id,
    )
