"""What the access matrix puts onto the page of all agreements, and what the RACI routes of it."""

from collections.abc import Sequence

from django.db.models import OuterRef
from django.urls import reverse

from governance.accessmatrix.models import AccessMatrix, AccessPass
from governance.agreements.standing import MOST, Standing, Waits, Word, register_standings
from governance.raci.notices import Happening, register_source
from governance.raci.selectors import accountable
from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.core import clock

State = AccessMatrix.State


def register_all() -> None:
    """Fill the registries."""
    register_standings("accessmatrix", standings)
    register_source("accessmatrix", ["matrix-proposed"], proposed)
    register_source("passes", ["access-requested"], asked)


def standings(by: Subject) -> Sequence[Standing]:
    """The acting company's versions that are proposed, signed or in force. One query."""
    rows = AccessMatrix.objects.filter(
        company_id=by.company, state__in=[State.PROPOSED, State.SIGNED, State.LIVE]
    ).annotate(mine=accountable("approve-matrix", OuterRef("integration"), by=by))
    return [
        Standing(
            kind="Access matrix",
            what=str(row),
            url=f"{reverse('grants', args=[row.integration.uid])}?no={row.no}",
            integration=row.integration,
            company=row.company_id,
            state=row.state,
            since=row.live_from or row.signed or row.proposed,
            waits=waits(row),
            signed=(Word(row.company_id, row.signed_by, row.signed),) if row.signed else (),
            missing=() if row.signed else (row.company_id,),
        )
        for row in visible_to(rows, by).select_related("integration").order_by("-pk")[:MOST]
    ]


def waits(row: AccessMatrix) -> Waits:
    """What a version waits for: the accountable person of its own company, or to be put in force."""
    if row.state == State.PROPOSED:
        return "me" if getattr(row, "mine", False) else "us"
    return "time" if row.state == State.SIGNED else ""


def proposed(company: int) -> list[Happening]:
    """Versions that wait for this company's signature. One query."""
    rows = AccessMatrix.objects.filter(company_id=company, state=State.PROPOSED).select_related("integration")
    return [
        Happening(
            event="matrix-proposed",
            key=f"access:{row.uid}",
            integration=row.integration_id,
            what=f"{row} of {row.integration.name} waits for your signature",
            url=f"{reverse('grants', args=[row.integration.uid])}?no={row.no}",
            since=row.proposed or row.integration.created,
        )
        for row in rows.order_by("pk")
    ]


def asked(company: int) -> list[Happening]:
    """Passes to this company's content that wait for its answer. One query."""
    rows = AccessPass.objects.filter(company_id=company, state=AccessPass.State.ASKED, ends__gt=clock.now())
    return [
        Happening(
            event="access-requested",
            key=f"pass:{row.uid}",
            integration=row.integration_id,
            what=f"{row.name} asks for access in {row.integration.name} until {row.ends:%d %b %Y}",
            url=reverse("access-passes"),
            since=row.asked,
        )
        for row in rows.select_related("integration").order_by("pk")
    ]
