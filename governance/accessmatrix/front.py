"""What the access matrix puts onto the page of all agreements, and what the RACI routes of it."""

from collections.abc import Sequence

from django.urls import reverse

from governance.accessmatrix.models import AccessMatrix
from governance.agreements.standing import MOST, Standing, Waits, register_standings
from governance.raci.notices import Happening, register_source
from portal.access.guard import visible_to
from portal.access.subject import Subject

State = AccessMatrix.State
WAITS: dict[str, Waits] = {State.PROPOSED.value: "us", State.SIGNED.value: "time"}


def register_all() -> None:
    """Fill the registries."""
    register_standings("accessmatrix", standings)
    register_source("accessmatrix", ["matrix-proposed"], proposed)


def standings(by: Subject) -> Sequence[Standing]:
    """The acting company's versions that are proposed, signed or in force. One query."""
    rows = AccessMatrix.objects.filter(
        company_id=by.company, state__in=[State.PROPOSED, State.SIGNED, State.LIVE]
    ).select_related("integration")
    return [
        Standing(
            kind="Access matrix",
            what=str(row),
            url=f"{reverse('grants', args=[row.integration.uid])}?no={row.no}",
            integration=row.integration.name,
            company=row.company_id,
            state=row.state,
            since=row.live_from or row.signed or row.proposed,
            waits=WAITS.get(row.state, ""),
        )
        for row in visible_to(rows, by).order_by("-pk")[:MOST]
    ]


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
