"""What the register tells of for the RACI to route: connections, downtimes, reviews, and parts that nobody fills.

Each is asked by the sweep for one company, in a transaction of that company alone.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from governance.raci.models import Column, Matrix
from governance.raci.notices import Happening, register_source
from governance.raci.papers import papers
from governance.raci.rules import findings
from governance.register.models import Absence, Connection, Downtime, Integration, Side
from portal.core import clock

#: how long a downtime that is over is told of
LATELY = timedelta(days=1)


def register_all() -> None:
    """Tell who knows of these classes of events."""
    register_source("raci", ["raci-proposed"], proposed)
    register_source("connections", ["connection-proposed", "connection-paused"], connections)
    register_source("downtimes", ["downtime-begun", "downtime-ended"], downtimes)
    register_source("reviews", ["review-due"], reviews)
    register_source("vacancies", ["vacancy"], vacancies)


def proposed(company: int) -> list[Happening]:
    """Matrices that wait for this company's signature. One query."""
    rows = Matrix.objects.filter(
        state=Matrix.State.PROPOSED,
        companies__contains=[company],
        integration__parties__company=company,
        integration__parties__joined__isnull=False,
    ).exclude(signatures__company=company)
    return [
        Happening(
            event="raci-proposed",
            key=f"raci:{row.uid}",
            integration=row.integration_id,
            what=f"{row} of {row.integration.name} waits for your company's signature",
            url=f"{reverse('raci', args=[row.integration.uid])}?no={row.no}",
            since=row.proposed or row.integration.created,
        )
        for row in rows.select_related("integration").order_by("pk")
    ]


def connections(company: int) -> Iterable[Happening]:
    """Connections that wait for this company's yes, and those that stand still because somebody paused them."""
    rows = Connection.objects.filter(
        companies__contains=[company], state__in=[Connection.State.PENDING, Connection.State.PAUSED]
    )
    ours = Side.objects.filter(connection=OuterRef("pk"), company=company, accepted__isnull=False)
    moved = Connection.history.filter(id=OuterRef("pk"), state=OuterRef("state")).order_by("-history_date")
    since = Coalesce(Subquery(moved.values("history_date")[:1]), "created")
    for row in rows.annotate(accepted_=Exists(ours), since_=since).order_by("pk"):
        pending = row.state == Connection.State.PENDING
        if pending and getattr(row, "accepted_", False):
            continue
        yield Happening(
            event="connection-proposed" if pending else "connection-paused",
            key=f"connection:{row.uid}",
            integration=row.integration_id,
            what=f"{row.name} {'waits for your company' if pending else 'is paused: nothing moves on it'}",
            url=reverse("connection", args=[row.uid]),
            since=getattr(row, "since_", row.created),
            connection=row.pk,
        )


def downtimes(company: int) -> Iterable[Happening]:
    """Announced downtimes that are going on or ended within a day, of one's own and of partners' systems."""
    now = clock.now()
    rows = Downtime.objects.filter(
        companies__contains=[company], cancelled=None, starts__lte=now, ends__gt=now - LATELY
    ).order_by("pk")
    found = list(rows)
    sides = Side.objects.filter(
        system__in=[row.system_id for row in found], connection__companies__contains=[company]
    )
    places: dict[int, set[tuple[int, UUID]]] = {}
    for system, place, uid in sides.values_list(
        "system_id", "connection__integration", "connection__integration__uid"
    ):
        places.setdefault(system, set()).add((place, uid))
    for row in found:
        over = row.ends <= now
        for place, uid in sorted(places.get(row.system_id, ())):
            yield Happening(
                event="downtime-ended" if over else "downtime-begun",
                key=f"downtime:{row.uid}",
                integration=place,
                what=f"The downtime of {row.system_name} is over; what waited for it goes on"
                if over
                else f"{row.system_name} is away as announced until {row.ends:%d %b %H:%M} UTC",
                url=reverse("integration", args=[uid]),
                since=row.ends if over else row.starts,
            )


def reviews(company: int) -> list[Happening]:
    """Integrations of this company whose review is due. One query."""
    rows = Integration.objects.filter(
        next_review__lte=clock.now().date(), parties__company=company, parties__joined__isnull=False
    )
    return [
        Happening(
            event="review-due",
            key=f"review:{row.uid}:{row.next_review}",
            integration=row.pk,
            what=f"The {row.get_rhythm_display().lower()} review of {row.name} was due {row.next_review:%d %B %Y}",
            url=reverse("integration", args=[row.uid]),
            since=datetime.combine(row.next_review, time(), UTC),
        )
        for row in rows.order_by("pk")
        if row.next_review is not None
    ]


def vacancies(company: int) -> list[Happening]:
    """Parts of signed matrices whose person of this company is not here, where nobody stands in.

    One query when everybody is here, three more otherwise. Whether a role or a team is empty is told by the pages.
    """
    today = clock.now().date()
    away = Absence.objects.filter(person=OuterRef("person"), starts__lte=today, ends__gte=today)
    gone = Q(person=None) | Q(person__suspended__isnull=False) | Q(person__left__isnull=False) | Exists(away)
    columns = Column.objects.filter(gone, company=company, kind=Column.Kind.PERSON, matrix=OuterRef("pk"))
    signed = Matrix.objects.filter(state=Matrix.State.SIGNED, companies__contains=[company])
    rows = list(signed.filter(Exists(columns)).values_list("pk", flat=True))
    if not rows:
        return []
    found = papers(Matrix.objects.filter(pk__in=rows).select_related("integration"), seen=frozenset({company}))
    return [
        Happening(
            event="vacancy",
            key=f"vacancy:{paper.matrix.integration_id}:{one.holder}",
            integration=paper.matrix.integration_id,
            what=f"{one.sentence} ({paper.matrix.integration.name})",
            url=reverse("raci", args=[paper.matrix.integration.uid]),
            since=paper.matrix.signed or paper.matrix.integration.created,
        )
        for paper in found
        for one in findings(paper.frozen)
        if one.kind == "vacancy" and one.company == company and "Nobody stands in" in one.sentence
    ]
