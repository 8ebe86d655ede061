"""Who is told when somebody does not look: the next of the chain, one after the other, and then nobody else."""

from collections.abc import Sequence
from datetime import timedelta

from governance.raci.events import EVENTS, patience
from governance.raci.models import Notice
from governance.raci.routing import Step, route
from governance.raci.rules import Frozen
from governance.raci.selectors import accountable_of, signed_for
from governance.register.models import Integration, Person
from portal.core import clock


def escalate(company: int) -> int:
    """Pass over who has not looked for as long as the event's class allows; returns how many were told instead.

    1. notices of R and A that nobody opened, and events that nobody was found for; 2. the first of the chain (the
    A's stand-in, the party's accountable person, the integration's owner) who was not told yet is told; 3. who is
    told so and does not look is passed over in turn.
    """
    now = clock.now()
    unread = Notice.objects.filter(
        company_id=company, letter__in=["R", "A", ""], read=None, done=None, escalated=None
    )
    rows = [row for row in unread.select_related("person") if row.told <= now - timedelta(hours=patience(row.event))]
    if not rows:
        return 0
    frozen = signed_for({row.integration_id for row in rows}, company)
    told = known(company, rows)
    made = []
    for row in rows:
        thing = row.event, row.key, row.integration_id
        for step in chain(frozen.get(row.integration_id), row):
            if (*thing, step.person) not in told:
                told.add((*thing, step.person))
                made.append(passed_over(row, step))
                break
    Notice.objects.filter(pk__in=[row.pk for row in rows]).update(escalated=now)
    Notice.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def known(company: int, rows: Sequence[Notice]) -> set[tuple[str, str, int, int | None]]:
    """Who has a notice of the same things already, read or not. One query."""
    same = Notice.objects.filter(company_id=company, key__in={row.key for row in rows}, done=None)
    return set(same.values_list("event", "key", "integration_id", "person_id"))


def chain(frozen: Frozen | None, row: Notice) -> Sequence[Step]:
    """Whom one notice goes to in turn; without a RACI the accountable person of the party, or who stands in."""
    company = row.company_id
    if frozen is not None and row.event in EVENTS:
        found = [step for step in route(frozen, row.event, company=company).escalates if step.company == company]
        if found:
            return found
    integration = Integration.objects.get(pk=row.integration_id)
    people = Person.objects.in_bulk(accountable_of(integration, company)).values()
    return [Step(one.pk, one.name, company, "", "accountable for the party") for one in people]


def passed_over(row: Notice, step: Step) -> Notice:
    """The notice of whom an event escalates to, not saved."""
    hours = patience(row.event)
    reason = f"{row.person.name} has not looked for {hours} hours" if row.person else "the RACI names nobody"
    return Notice(
        company_id=row.company_id,
        person_id=step.person,
        integration_id=row.integration_id,
        connection_id=row.connection_id,
        event=row.event,
        key=row.key,
        letter="A",
        what=row.what,
        why=f"{step.why}; {reason}"[:300],
        url=row.url,
        since=row.since,
        told=clock.now(),
    )
