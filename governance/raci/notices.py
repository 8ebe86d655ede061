"""Notices: what happens in a company, routed through the signed RACI to people, kept in step with what still is so.

Rooms register a source; the sweep asks each for one company at a time, behind that company's walls. What happens
between companies is asked of each of them: nobody writes a notice for another company. A notice names what happened
and where, never a value: what its reader's role may read of it is decided by the page that it leads to.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from governance.raci.escalation import escalate
from governance.raci.events import EVENTS
from governance.raci.letters import send_letters
from governance.raci.models import Notice
from governance.raci.routing import Step, route
from governance.raci.rules import Frozen
from governance.raci.selectors import signed_for, signed_since, signers
from governance.register.models import Integration
from portal.core import clock

#: (event, key, integration): what tells one thing that is so from another
Thing = tuple[str, str, int]


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

    @property
    def thing(self) -> Thing:
        """What its notices have in common."""
        return self.event, self.key[:120], self.integration


#: what is so at one company now; what happened is so for as long as the source tells of it
Source = Callable[[int], Iterable[Happening]]
_sources: dict[str, tuple[frozenset[str], Source]] = {}


def register_source(name: str, events: Iterable[str], source: Source) -> None:
    """Tell who knows what is so of these event classes; a notice of theirs is done when it is no longer so."""
    _sources[name] = frozenset(events), source


def kept() -> frozenset[str]:
    """Event classes that somebody knows of: their notices are done by themselves when it is no longer so."""
    return frozenset(event for events, _ in _sources.values() for event in events)


def companies() -> list[int]:
    """Ids of all companies that are in an integration; for the worker's sweep, which enters each alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT concord_companies()")
        return [company for (company,) in cursor.fetchall()]


def keep_in_step(company: int) -> int:
    """Bring one company's notices in step; returns how many were new. Inside a transaction of this company alone.

    1. ask every source; 2. what is no longer so is done, what reads differently now is said anew; 3. what is new is
    routed, and again what had nobody or what was routed by a RACI that another one replaced; 4. who has not looked
    for as long as the event's class allows is passed over; 5. letters go out after the commit.
    """
    now = {one.thing: one for _, source in _sources.values() for one in source(company)}
    rows = list(Notice.objects.filter(company_id=company, event__in=kept(), done=None))
    over = [row.pk for row in rows if thing_of(row) not in now]
    if over:
        Notice.objects.filter(pk__in=over).update(done=clock.now())
    rows = [row for row in rows if thing_of(row) in now]
    refresh(rows, now)
    again = replaced(rows)
    bare = {thing_of(row) for row in rows if row.person_id is None}
    told = {thing_of(row) for row in rows} - bare - again
    made = tell(company, [one for thing, one in now.items() if thing not in told], again)
    made += escalate(company)
    send_letters(company)
    return made


def thing_of(row: Notice) -> Thing:
    """What a notice is about."""
    return row.event, row.key, row.integration_id


def refresh(rows: Sequence[Notice], now: Mapping[Thing, Happening]) -> None:
    """Say what stands as it is today: a number that grew, a deed that happened again. Nobody is told anew."""
    changed = []
    for row in rows:
        one = now[thing_of(row)]
        if (row.what, row.since) != (one.what[:300], one.since):
            row.what, row.since = one.what[:300], one.since
            changed.append(row)
    Notice.objects.bulk_update(changed, ["what", "since"], batch_size=500)


def replaced(rows: Sequence[Notice]) -> set[Thing]:
    """What was routed before the RACI that is in force now was signed. One query."""
    since = signed_since({row.integration_id for row in rows})
    return {thing_of(row) for row in rows if (at := since.get(row.integration_id)) is not None and row.told < at}


def tell(company: int, happenings: Sequence[Happening], again: Collection[Thing] = ()) -> int:
    """Route events to people of `company`; returns how many notices were new.

    The people of the route who belong to the company get one each, but for a deed that they said was done. When the
    route has nobody, one notice without a person says so: unrouted. A route that ends at another company's people
    makes none here. Of what is routed `again`, who is no longer on the route is released.
    """
    if not happenings:
        return 0
    frozen = signed_for({one.integration for one in happenings}, company)
    settled = settlements(company, happenings)
    rows = []
    for one in happenings:
        rows += notices_for(company, one, frozen.get(one.integration), settled)
    routed = {thing_of(row) for row in rows if row.person_id is not None}
    mine = Notice.objects.filter(company_id=company, done=None)
    for event, key, integration in routed:
        mine.filter(person=None, event=event, key=key, integration=integration).update(done=clock.now())
    for thing in again:
        release(mine, thing, {row.person_id for row in rows if thing_of(row) == thing})
    before = mine.count()
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    return mine.count() - before


def notices_for(
    company: int, one: Happening, frozen: Frozen | None, settled: Mapping[tuple[Thing, int | None], datetime]
) -> list[Notice]:
    """Whom one thing is told to under a matrix, or that it is unrouted; not saved."""
    way = route(frozen, one.event, company=company)
    steps = [step for step in way.everybody if step.company == company]
    if way.unrouted and not steps:
        steps = party_signs(company, one)
    if not steps:
        return [notice(company, one, None, why=way.unrouted)] if way.unrouted else []
    known = (settled.get((one.thing, step.person)) for step in steps)
    return [
        notice(company, one, step)
        for step, at in zip(steps, known, strict=True)
        if at is None or at < one.since or not EVENTS[one.event].deed
    ]


def settlements(company: int, happenings: Sequence[Happening]) -> dict[tuple[Thing, int | None], datetime]:
    """When each person said last that a deed is done. One query, none without deeds."""
    keys = {one.key[:120] for one in happenings if EVENTS[one.event].deed}
    if not keys:
        return {}
    rows = Notice.objects.filter(company_id=company, key__in=keys, done__isnull=False).order_by("done")
    return {(thing_of(row), row.person_id): row.done for row in rows if row.done is not None}


def release(mine: QuerySet[Notice], thing: Thing, people: Collection[int | None]) -> None:
    """After a new RACI: who is no longer on the route has nothing more to do with it, the others are told by it."""
    event, key, integration = thing
    rows = mine.filter(event=event, key=key, integration=integration)
    rows.exclude(person__in=[one for one in people if one is not None]).update(done=clock.now())
    rows.update(told=clock.now())


def party_signs(company: int, happening: Happening) -> list[Step]:
    """Who signs for a company where the RACI names nobody: the party's accountable person, for approvals alone."""
    event = EVENTS[happening.event]
    if not event.approval:
        return []
    integration = Integration.objects.get(pk=happening.integration)
    people = signers(integration=integration, company=company, activity=event.activity)
    why = "accountable for your company; the RACI names nobody else"
    return [Step(one.pk, one.name, company, "A", why) for one in people]


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
        told=clock.now(),
    )
