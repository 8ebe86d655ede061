"""Who is told of parked work and of systems that stopped: facts of this floor for the notices of the RACI."""

import logging
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import BigIntegerField, Count, F, Min, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from governance.raci import notices
from governance.raci.notices import Happening
from governance.register.models import Side
from portal.access import rls
from portal.access.subject import engine
from portal.core import clock
from sync.flow import pulse
from sync.flow.models.pulse import Pulse
from sync.flow.models.streams import Stream
from sync.triage.models import Parked
from sync.triage.selectors import MAP

log = logging.getLogger(__name__)
EVERY = timedelta(seconds=15)
TELL = "tell"
REJECTED = "tracker-rejected"
STOPPED = {Stream.State.NEEDS_AUTH.value: "credential-refused", Stream.State.UNREACHABLE.value: "system-unreachable"}
PARKED = {MAP: "value-without-map", REJECTED: "refused-by-tracker"}


def register_all() -> None:
    """Make this floor's facts known to the RACI."""
    notices.register_source("parked", (*PARKED.values(), "work-parked"), parked)
    notices.register_source("systems", STOPPED.values(), systems)


def due() -> bool:
    """Whether notices were not looked after for a while."""
    return not Pulse.objects.filter(name=TELL, at__gt=clock.now() - EVERY).exists()


def tell() -> int:
    """Bring every company's notices in step, each in a transaction of that company alone; returns how many were new.

    What fails for one company is logged and does not keep the others from being told.
    """
    pulse.beat(TELL)
    with transaction.atomic():
        rls.enter((), role=rls.WORKER)
        companies = notices.companies()
    told = 0
    for company in companies:
        try:
            with rls.acting(engine([company])):
                told += notices.keep_in_step(company)
        except Exception:
            log.exception("The notices of company %s were not brought in step; the next sweep tries again.", company)
    return told


def parked(company: int) -> Iterable[Happening]:
    """Open parked work of one company by its cause, each with the integration it belongs to. One query."""
    side = Side.objects.filter(system=OuterRef("system")).order_by("id").values("connection__integration")
    rows = (
        Parked.objects.filter(company_id=company, state=Parked.State.OPEN)
        .annotate(
            agreement=Coalesce(F("connection__integration"), Subquery(side[:1]), output_field=BigIntegerField())
        )
        .filter(agreement__isnull=False)
        .order_by()
        .values("fingerprint", "code", "connection_id", "agreement")
        .annotate(number=Count("pk"), since=Min("first"), text=Min("sentence"))
    )
    for row in rows:
        yield Happening(
            event=PARKED.get(row["code"], "work-parked"),
            key=row["fingerprint"],
            integration=row["agreement"],
            what=f"{row['number']} × {row['text']}" if row["number"] > 1 else row["text"],
            url=f"{reverse('triage')}#c-{row['fingerprint'][:12]}",
            since=row["since"],
            connection=row["connection_id"],
        )


def systems(company: int) -> Iterable[Happening]:
    """Systems of one company that refuse the credential or do not answer, once for each integration. One query."""
    rows = Stream.objects.filter(company_id=company, state__in=list(STOPPED), system__sides__isnull=False)
    named = rows.order_by().values_list(
        "state",
        "reason",
        "last_ok",
        "next_poll",
        "system__uid",
        "system__name",
        "system__sides__connection__integration",
    )
    for state, reason, last_ok, next_poll, uid, name, integration in named.distinct():
        yield Happening(
            event=STOPPED[state],
            key=f"system:{uid}",
            integration=integration,
            what=f"{name}: {reason or Stream.State(state).label.lower()}",
            url=reverse("system", args=[uid]),
            since=last_ok or next_poll,
        )
