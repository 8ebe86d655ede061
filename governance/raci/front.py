"""What the RACI puts onto home: why something waits for the signed-in person, and what was routed to nobody."""

from collections.abc import Sequence

from django.http import HttpRequest
from django.urls import reverse

from governance.raci import happenings
from governance.raci.events import EVENTS, LIVE
from governance.raci.listing import MATRICES
from governance.raci.models import Notice
from governance.raci.selectors import open_notices
from governance.raci.services import leaving
from governance.register.holdings import register_holdings
from portal.access.guard import VERBS
from portal.access.subject import Subject
from portal.ui.listing.declare import register_listing
from portal.ui.navigation import Duty, Figure, register_duties, register_figures
from portal.ui.pages import subject_of

#: duties that one page of home lists
SHOWN = 20


def register_all() -> None:
    """Fill the portal's registries, and tell who knows of what happens."""
    register_duties("raci", duties)
    register_figures("raci", figures)
    register_holdings("raci", leaving.SOURCE)
    register_listing(MATRICES)
    happenings.register_all()


def opened(request: HttpRequest) -> list[Notice]:
    """What the RACI routed and nobody closed, read once for each request."""
    by = subject_of(request)
    known: tuple[Subject, list[Notice]] | None = getattr(request, "_notices", None)
    if known is None or known[0] is not by:
        known = by, open_notices(by)
        request._notices = known  # type: ignore[attr-defined]
    return known[1]


def duties(request: HttpRequest) -> Sequence[Duty]:
    """What the RACI routed to the signed-in person as R or A, and home does not list anyway."""
    by = subject_of(request)
    mine = [row for row in opened(request) if row.person is not None and row.person.user_id == by.user_id]
    news = [row for row in mine if row.event not in LIVE and row.letter in {"R", "A"}]
    return [
        Duty(
            what=row.what,
            why=f"You are {row.why}",
            url=row.url,
            action=act_of(row),
            since=row.since,
            about=row.key,
        )
        for row in news[:SHOWN]
    ]


def act_of(row: Notice) -> str:
    """What the button says: an approval is signed by the A alone."""
    event = EVENTS.get(row.event)
    return event.act if event is not None and (row.letter == "A" or not event.approval) else "Look at it"


def figures(request: HttpRequest) -> Sequence[Figure]:
    """How many events were routed to nobody; told to who can mend the RACI."""
    by = subject_of(request)
    role = by.role(by.acting)
    if role is None or "change" not in VERBS[role]:
        return []
    number = sum(row.person is None for row in opened(request))
    return [Figure(counted(number), "warning", reverse("unrouted"))] if number else []


def counted(number: int) -> str:
    """The figure in words."""
    return "1 unrouted event" if number == 1 else f"{number} unrouted events"
