"""What the RACI routes of this floor: parked work, systems that stopped, lost values, and what was withheld.

A notice goes to whoever holds a letter, whatever their role may read: it names terms, systems and numbers, and no
value. The pages that it leads to show the rest as the access matrix allows.
"""

import logging
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import BigIntegerField, Count, F, Max, Min, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from governance.raci import notices
from governance.raci.notices import Happening
from governance.register.models import Side
from portal.access import rls
from portal.access.subject import engine
from portal.core import clock
from sync.flow import pulse
from sync.flow.models.facts import Withheld
from sync.flow.models.pulse import Pulse
from sync.flow.models.streams import Stream
from sync.flow.models.writes import Conflict
from sync.triage.models import Parked
from sync.triage.selectors import MAP, subject_words

log = logging.getLogger(__name__)
EVERY = timedelta(seconds=15)
TELL = "tell"
#: how long a lost or withheld value is told of after it happened last
LATELY = timedelta(days=7)
STOPPED = {Stream.State.NEEDS_AUTH.value: "credential-refused", Stream.State.UNREACHABLE.value: "system-unreachable"}
#: code of parked work → class of events; every other code is "work-parked"
PARKED = {MAP: "value-without-map", "tracker-rejected": "refused-by-tracker", "tracker-missing": "item-gone"}
WORDS = {
    MAP: "{what} has no entry in the map of {system}",
    "tracker-rejected": "{system} refused {what}",
    "tracker-missing": "{system} no longer shows an item or part",
    "no-scope": "{system} cannot tell which items belong to the connection",
    "filter-refused": "{system} takes the filter of its rulebook no longer",
}


def register_all() -> None:
    """Make this floor's facts known to the RACI."""
    notices.register_source("parked", (*PARKED.values(), "work-parked"), parked)
    notices.register_source("systems", STOPPED.values(), systems)
    notices.register_source("conflicts", ["conflict-lost"], conflicts)
    notices.register_source("withheld", ["term-withheld"], withheld)


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
        .values("fingerprint", "code", "connection_id", "agreement", "system__name")
        .annotate(number=Count("pk"), since=Min("first"), about=Min("subject"))
    )
    for row in rows:
        yield Happening(
            event=PARKED.get(row["code"], "work-parked"),
            key=row["fingerprint"],
            integration=row["agreement"],
            what=words(row["code"], row["about"], row["system__name"], row["number"]),
            url=f"{reverse('triage')}#c-{row['fingerprint'][:12]}",
            since=row["since"],
            connection=row["connection_id"],
        )


def words(code: str, subject: str, system: str, number: int) -> str:
    """Parked work of one cause without a value: "3 × Priority has no entry in the map of Service desk"."""
    about = subject_words(subject).partition(",")[0]
    told = WORDS.get(code, "{what} is parked at {system}").format(what=about, system=system)
    return f"{number} × {told}" if number > 1 else told


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


def conflicts(company: int) -> Iterable[Happening]:
    """Values of one company that lost within a week, once for each connection; it leads to the newest. One query."""
    rows = Conflict.objects.filter(company_id=company, at__gt=clock.now() - LATELY).order_by("connection", "-at")
    newest = rows.distinct("connection").values_list("connection", "case__uid")
    cases = dict(newest)
    counted = (
        rows.order_by()
        .values("connection", "connection__name", "connection__integration")
        .annotate(number=Count("pk"), last=Max("at"), name=Min("term"), names=Count("term", distinct=True))
    )
    for row in counted:
        number = row["number"]
        what = f"“{row['name']}”" if row["names"] == 1 else f"{row['names']} terms"
        times = "" if number == 1 else f" {number} times"
        yield Happening(
            event="conflict-lost",
            key=f"conflicts:{row['connection']}",
            integration=row["connection__integration"],
            what=f"Your company's value of {what} lost{times} within a week on {row['connection__name']}",
            url=reverse("case", args=[cases[row["connection"]]]),
            since=row["last"],
            connection=row["connection"],
        )


def withheld(company: int) -> Iterable[Happening]:
    """Terms of one company that the access matrix kept back within a week, once for each connection. One query.

    It is told once: what goes on being withheld after somebody said that it is known tells nobody again.
    """
    rows = (
        Withheld.objects.filter(company_id=company, last__gt=clock.now() - LATELY)
        .order_by()
        .values("connection", "connection__uid", "connection__name", "connection__integration", "term")
        .annotate(cases=Count("case", distinct=True), since=Min("first"))
    )
    for row in rows:
        cases = "1 case" if row["cases"] == 1 else f"{row['cases']} cases"
        yield Happening(
            event="term-withheld",
            key=f"withheld:{row['connection']}:{row['term']}",
            integration=row["connection__integration"],
            what=f"“{row['term']}” is withheld from {cases} of {row['connection__name']}",
            url=reverse("connection", args=[row["connection__uid"]]),
            since=row["since"],
            connection=row["connection"],
        )
