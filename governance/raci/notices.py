"""Notices: what happens in a company, routed through the signed RACI to people, kept in step with what still is so.

Rooms register a source; the sweep asks each for one company at a time, behind that company's walls. What happens
between companies is asked of each of them: nobody writes a notice for another company.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from governance.raci.events import EVENTS
from governance.raci.letters import send_letters
from governance.raci.models import Matrix, Notice
from governance.raci.papers import papers
from governance.raci.routing import Step, route
from governance.raci.rules import Frozen
from governance.raci.selectors import signers
from governance.register.models import Integration
from portal.core import clock

#: an R or A who has not looked for so long is passed over
PATIENCE = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that is so at a company. `key` tells it from others of its class, `since` is aware."""

    event: str
    key: str
    integration: int
    what: str
    url: str
    since: datetime
    connection: int | None = None


#: activities that a party signs; its accountable person does where the RACI names nobody
APPROVALS = frozenset({"approve-rules", "approve-dictionary", "approve-matrix", "sign-raci"})
#: what is so at one company now
Source = Callable[[int], Iterable[Happening]]
_sources: dict[str, tuple[frozenset[str], Source]] = {}


def register_source(name: str, events: Iterable[str], source: Source) -> None:
    """Tell who knows what is so of these event classes; a notice of theirs is done when it is no longer so."""
    _sources[name] = frozenset(events), source


def kept() -> frozenset[str]:
    """Event classes whose notices are done by themselves when it is no longer so."""
    return frozenset(event for events, _ in _sources.values() for event in events)


def companies() -> list[int]:
    """Ids of all companies that are in an integration; for the worker's sweep, which enters each alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT concord_companies()")
        return [company for (company,) in cursor.fetchall()]


def keep_in_step(company: int) -> int:
    """Bring one company's notices in step; returns how many were new. Inside a transaction of this company alone.

    1. ask every source; 2. what is no longer so is done; 3. what is new is routed; what had nobody is routed again;
    4. who has not looked for PATIENCE is passed over; 5. letters go out after the commit.
    """
    now = [one for _, source in _sources.values() for one in source(company)]
    standing = {(one.event, one.key, one.integration) for one in now}
    known = Notice.objects.filter(company_id=company, event__in=kept(), done=None)
    rows = list(known.values_list("pk", "event", "key", "integration_id", "person_id"))
    over = [pk for pk, *what, _ in rows if tuple(what) not in standing]
    if over:
        Notice.objects.filter(pk__in=over).update(done=clock.now())
    told = {tuple(what) for _, *what, person in rows if person is not None}
    made = raise_events(company, [one for one in now if (one.event, one.key, one.integration) not in told])
    made += escalate(company)
    send_letters(company)
    return made


def raise_event(company: int, happening: Happening) -> int:
    """Route one event to people of `company`; returns how many were told anew. For what no source keeps."""
    return raise_events(company, [happening])


def raise_events(company: int, happenings: Sequence[Happening]) -> int:
    """Route events to people of `company`; returns how many notices were new.

    The people of the route who belong to the company get one each; when the route has nobody, one notice without a
    person says so: unrouted. A route that ends at another company's people makes none here.
    """
    if not happenings:
        return 0
    frozen = signed({one.integration for one in happenings}, company)
    rows = []
    for one in happenings:
        way = route(frozen.get(one.integration), one.event, company=company)
        steps = [step for step in way.everybody if step.company == company]
        if way.unrouted:
            steps += party_signs(company, one)
        rows += [notice(company, one, step) for step in steps]
        rows += [notice(company, one, None, why=way.unrouted)] if way.unrouted and not steps else []
    routed = {(row.event, row.key) for row in rows if row.person_id is not None}
    healed = Notice.objects.filter(company_id=company, person=None, done=None)
    for event, key in routed:
        healed.filter(event=event, key=key).update(done=clock.now())
    before = Notice.objects.filter(company_id=company, done=None).count()
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    return Notice.objects.filter(company_id=company, done=None).count() - before


def party_signs(company: int, happening: Happening) -> list[Step]:
    """Who signs for a company where the RACI names nobody: the party's accountable person, for approvals alone."""
    activity = EVENTS[happening.event].activity
    if activity not in APPROVALS:
        return []
    integration = Integration.objects.get(pk=happening.integration)
    people = signers(integration=integration, company=company, activity=activity)
    why = "accountable for your company; the RACI names nobody else"
    return [Step(one.pk, one.name, company, "A", why) for one in people]


def signed(integrations: Iterable[int], company: int) -> Mapping[int, Frozen]:
    """The signed matrices of some integrations, frozen, by integration."""
    rows = Matrix.objects.filter(integration__in=set(integrations), state=Matrix.State.SIGNED)
    return {one.matrix.integration_id: one.frozen for one in papers(rows, seen=frozenset({company}))}


def notice(company: int, happening: Happening, step: Step | None, *, why: str = "") -> Notice:
    """What one person is told, or that nobody could be; not saved."""
    return Notice(
        company_id=company,
        person_id=step.person if step else None,
        integration_id=happening.integration,
        connection_id=happening.connection,
        event=happening.event,
        key=happening.key[:120],
        letter=step.letter if step else "",
        what=happening.what[:300],
        why=(step.why if step else why)[:300],
        url=happening.url[:200],
        since=happening.since,
    )


def escalate(company: int) -> int:
    """Pass over who has not looked for PATIENCE: those the route escalates to are told; returns how many."""
    now = clock.now()
    late = Notice.objects.filter(company_id=company, letter__in=["R", "A"], read=None, done=None, escalated=None)
    rows = list(late.filter(since__lt=now - PATIENCE).select_related("person"))
    if not rows:
        return 0
    frozen = signed({row.integration_id for row in rows}, company)
    made = []
    for row in rows:
        way = route(frozen.get(row.integration_id), row.event, company=company)
        others = [step for step in way.escalates if step.company == company and step.person != row.person_id]
        made += [passed_over(row, step) for step in others[:1]]
    Notice.objects.filter(pk__in=[row.pk for row in rows]).update(escalated=now)
    Notice.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def passed_over(row: Notice, step: Step) -> Notice:
    """The notice of whom an event escalates to, not saved."""
    hours = int(PATIENCE.total_seconds() // 3600)
    who = row.person.name if row.person else "nobody"
    return Notice(
        company_id=row.company_id,
        person_id=step.person,
        integration_id=row.integration_id,
        connection_id=row.connection_id,
        event=row.event,
        key=row.key,
        letter="A",
        what=row.what,
        why=f"{step.why}; {who} has not looked for {hours} hours"[:300],
        url=row.url,
        since=row.since,
        escalated=clock.now(),
    )
