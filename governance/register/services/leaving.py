"""Somebody leaves: what they hold goes to another person, in one transaction, and their sign-ins end."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet, Value
from django.urls import reverse

from governance.register.acting import require
from governance.register.holdings import Holding, Source, move_all
from governance.register.models import Company, Integration, Party, Person, System, Team
from governance.register.rings import ring
from governance.register.services.integrations import share
from governance.register.services.people import keep_an_administrator, person_facts
from portal.access.guard import visible_to
from portal.access.services import end_sign_ins
from portal.access.subject import Subject
from portal.core import clock
from portal.core.errors import BadInput
from portal.history.services import Act, record, record_all


@transaction.atomic
def hand_over(*, by: Subject, person: Person, to: Person, leave: bool = True) -> Person:
    """Give everything that somebody holds to another person of the company and, with `leave`, let them go.

    1. every room moves what it gave; 2. who leaves loses role, open sessions and tokens of this company, and open
    invitations; 3. it is recorded, on each thing and on the person. Nothing is half done: it is one transaction.
    """
    require(by, "administer", person)
    Company.objects.select_for_update().get(pk=person.company_id)
    check_successor(person, to)
    if person.left:
        raise BadInput(f"{person.name} has left already.")
    if leave:
        keep_an_administrator(person)
    before = person_facts(person)
    move_all(person, to, by=by)
    person.refresh_from_db()
    if leave:
        if person.user is not None:
            end_sign_ins(by=by, user=person.user, company=person.company_id)
        person.invitations.filter(accepted=None, revoked=None).update(revoked=clock.now())
        person.left, person.stand_in = clock.now(), None
        person.save()
    record(
        by=by,
        verb="hand over" if not leave else "let go",
        thing=person,
        company=person.company_id,
        before=before,
        after={**person_facts(person), "handed_over_to": to.name},
    )
    return person


def check_successor(person: Person, to: Person) -> None:
    """Raises BadInput unless `to` is another person of the company who is there to stay."""
    if to.pk == person.pk or to.company_id != person.company_id:
        raise BadInput("Nothing was handed over.", fields={"to": "Choose another person of your company."})
    if to.left or to.suspended:
        raise BadInput("Nothing was handed over.", fields={"to": f"{to.name} no longer acts for the company."})


def held(by: Subject, person: Person) -> Sequence[Holding]:
    """What the register itself gives somebody to hold. One query."""
    asked: list[tuple[str, str, QuerySet[Any], str]] = [
        ("Owner of", "integration", visible_to(Integration.objects.filter(owner=person), by), ""),
        ("Stand-in of the owner of", "integration", visible_to(Integration.objects.filter(stand_in=person), by), ""),
        ("Accountable in", "integration", visible_to(Party.objects.filter(accountable=person), by), "integration__"),
        ("Owner of", "system", visible_to(System.objects.filter(owner=person), by), ""),
        ("Leads", "team", visible_to(Team.objects.filter(lead=person), by), ""),
        ("Member of", "team", visible_to(Team.objects.filter(members=person), by), ""),
        ("Stands in for", "person", visible_to(Person.objects.filter(stand_in=person, left=None), by), ""),
    ]
    first, *others = (
        rows.order_by()
        .annotate(part=Value(part), page=Value(page), what=F(f"{path}name"), where=F(f"{path}uid"))
        .values_list("part", "page", "what", "where")
        for part, page, rows, path in asked
    )
    rows = first.union(*others, all=True).order_by("page", "part", "what")
    return [Holding(part, what, reverse(page, args=[where])) for part, page, what, where in rows]


def move(by: Subject, person: Person, to: Person) -> None:
    """Give what the register itself gave to another person.

    1. integrations, their readers brought in step; 2. the party's accountable person; 3. systems; 4. teams;
    5. those who had the person as stand-in get `to`, or nobody where that would close a ring.
    """
    move_integrations(by, person, to)
    for party in visible_to(Party.objects.filter(accountable=person), by).select_related("integration"):
        party.accountable = to
        party.save(update_fields=["accountable"])
        share(party.integration)
    systems = list(visible_to(System.objects.filter(owner=person), by))
    for system in systems:
        system.owner, system.version = to, system.version + 1
        system.save()
    told(by, person, to, systems, "owner")
    move_teams(by, person, to)
    follows: dict[int, int | None] = dict(
        Person.objects.filter(company_id=person.company_id).values_list("pk", "stand_in_id")
    )
    people = list(Person.objects.filter(stand_in=person))
    for one in people:
        closes = one.pk == to.pk or ring(one.pk, {**follows, one.pk: to.pk})
        one.stand_in = None if closes else to
        one.save()
        follows[one.pk] = one.stand_in_id
    told(by, person, to, people, "stand_in")


def move_integrations(by: Subject, person: Person, to: Person) -> None:
    """Owner and stand-in of integrations; nobody is both, so the other part then falls vacant."""
    rows = list(visible_to(Integration.objects.filter(Q(owner=person) | Q(stand_in=person)), by))
    for row in rows:
        if row.owner_id == person.pk:
            row.owner = to
            row.stand_in = None if row.stand_in_id == to.pk else row.stand_in
        if row.stand_in_id == person.pk:
            row.stand_in = None if row.owner_id == to.pk else to
        row.version += 1
        row.save()
        share(row)
    told(by, person, to, rows, "owner")


def move_teams(by: Subject, person: Person, to: Person) -> None:
    """The lead goes to the other person; a membership ends."""
    teams = list(visible_to(Team.objects.filter(Q(lead=person) | Q(members=person)), by).distinct())
    for team in teams:
        if team.lead_id == person.pk:
            team.lead = to
        team.version += 1
        team.save()
        team.members.remove(person)
        if team.lead_id == to.pk:
            team.members.add(to)
    told(by, person, to, teams, "lead")


def told(
    by: Subject, person: Person, to: Person, rows: Sequence[Integration | System | Team | Person], part: str
) -> None:
    """One deed for each thing that was handed over."""
    acts = [Act(row, getattr(row, "companies", ()), {part: person.name}, {part: to.name}) for row in rows]
    record_all(by=by, verb="hand over", company=person.company_id, acts=acts)


SOURCE = Source(held, move)
