"""Reads of the RACI: versions, who signs, where events go, vacancies, one person's duties, and notices."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat

from governance.raci.models import Duty, Matrix, Notice
from governance.raci.papers import Paper, papers, with_stand_ins
from governance.raci.routing import Route, behind, route
from governance.raci.rules import Finding, Frozen, findings, present
from governance.register.models import Integration, Party, Person
from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.core import clock

State = Matrix.State
#: notices that one page reads
MOST = 200
MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Held:
    """One activity that a person has letters for, in one integration's signed matrix. `through` is the holder."""

    integration: Integration
    no: int
    label: str
    letters: str
    through: str


@dataclass(frozen=True, slots=True)
class Vacancy:
    """A holder of a signed matrix who is not here."""

    integration: Integration
    company: int
    sentence: str
    covered: bool


def signers(*, integration: Integration, company: int, activity: str) -> tuple[Person, ...]:
    """Who of `company` may sign for `activity`, for example "approve-rules".

    1. the A of the signed matrix, resolved to people of the company, each replaced by the stand-in when away;
    2. else the party's accountable person or, when away, the stand-in; nobody when that is vacant too.
    """
    found = papers(Matrix.objects.filter(integration=integration, state=State.SIGNED), seen=frozenset({company}))
    people = signing(found[0].frozen, activity, company) if found else []
    rows = Person.objects.in_bulk(people or accountable_of(integration, company))
    return tuple(rows.values())


def signing(frozen: Frozen, activity: str, company: int) -> list[int]:
    """Ids of those of a company behind the A of an activity."""
    held = [one for one in frozen.holders if "A" in frozen.cells.get((activity, one.key), "")]
    steps = [step for one in held if one.company == company for step in behind(frozen, one, "A", activity)]
    return list(dict.fromkeys(step.person for step in steps if step.company == company))


def accountable(activity: str, integration: OuterRef, *, by: Subject) -> Q:
    """Whether the signed-in person answers for an activity in the outer row's integration, or stands in for who does.

    By name in the signed RACI or, where that names nobody of the company, as the party's accountable person. Holders
    that are roles or teams are not looked into: `signers` does, for one integration.
    """
    me = by.user_id or 0
    row = Duty.objects.filter(
        matrix__integration=integration,
        matrix__state=State.SIGNED,
        letter="A",
        activity__key=activity,
        company=by.company,
    )
    party = Party.objects.filter(integration=integration, company=by.company)
    return Q(
        ~Exists(row) & Exists(party.filter(Q(accountable__user=me) | Q(accountable__stand_in__user=me)))
        | Exists(row.filter(Q(column__person__user=me) | Q(column__person__stand_in__user=me)))
    )


def accountable_of(integration: Integration, company: int) -> list[int]:
    """The id of a party's accountable person, or of who stands in; nobody when both are away."""
    party = Party.objects.filter(integration=integration, company_id=company).values_list("accountable_id", flat=True)
    wanted = [one for one in party if one is not None]
    people = with_stand_ins(wanted)
    found = (present(one, people) for one in wanted)
    return [one for one in found if one is not None and people[one].company == company]


def versions_of(integration: Integration, *, by: Subject) -> list[Matrix]:
    """All versions of an integration's RACI, newest first."""
    return list(visible_to(Matrix.objects.filter(integration=integration), by).order_by("-no"))


def papers_of(versions: Iterable[Matrix], *, by: Subject) -> dict[int, Paper]:
    """These versions with all that stands in them, by number. Three queries, however many."""
    rows = Matrix.objects.filter(pk__in=[one.pk for one in versions])
    return {one.matrix.no: one for one in papers(visible_to(rows, by), seen=by.companies)}


def paper_of(matrix: Matrix, *, by: Subject) -> Paper:
    """One version as it stands now; raises LookupError when the subject may not see it."""
    found = papers(visible_to(Matrix.objects.filter(pk=matrix.pk), by), seen=by.companies)
    if not found:
        raise LookupError("This version is not visible.")
    return found[0]


def signed_papers(by: Subject, *, integrations: Iterable[int] | None = None) -> list[Paper]:
    """The signed matrices of some integrations (None = all that the acting company is a party to)."""
    rows = Matrix.objects.filter(state=State.SIGNED, companies__contains=[by.company])
    if integrations is not None:
        rows = Matrix.objects.filter(state=State.SIGNED, integration__in=set(integrations))
    return papers(visible_to(rows.select_related("integration"), by), seen=by.companies)


def signed_for(integrations: Iterable[int], company: int) -> Mapping[int, Frozen]:
    """The signed matrices of some integrations, frozen, by integration; in a transaction of this company."""
    rows = Matrix.objects.filter(integration__in=set(integrations), state=State.SIGNED)
    return {one.matrix.integration_id: one.frozen for one in papers(rows, seen=frozenset({company}))}


def signed_since(integrations: Iterable[int]) -> Mapping[int, datetime]:
    """Since when the signed matrix of each of these integrations is in force. One query."""
    rows = Matrix.objects.filter(integration__in=set(integrations), state=State.SIGNED, signed__isnull=False)
    return {place: at for place, at in rows.values_list("integration", "signed") if at is not None}


def routes_of(frozen: Frozen, *, company: int, events: Iterable[str]) -> list[tuple[str, Route]]:
    """The route of each event under one matrix, for the page that tells them."""
    return [(event, route(frozen, event, company=company)) for event in events]


def vacancies(by: Subject, *, integration: Integration | None = None) -> list[Vacancy]:
    """Holders of signed matrices who are not here: of one integration, or of the acting company everywhere."""
    found = signed_papers(by, integrations=[integration.pk] if integration else None)
    return [
        Vacancy(one.matrix.integration, finding.company or 0, finding.sentence, "stands in" in finding.sentence)
        for one in found
        for finding in gaps(one.frozen)
        if integration is not None or finding.company == by.company
    ]


def gaps(frozen: Frozen) -> list[Finding]:
    """The vacancies of one matrix."""
    return [one for one in findings(frozen) if one.kind == "vacancy"]


def held_by(person: Person, *, by: Subject) -> list[Held]:
    """What a person holds in the signed matrices that the subject may see, by name, role, team or for the company."""
    return [
        Held(one.matrix.integration, one.matrix.no, row.label, letters, holder.name)
        for one in signed_papers(by)
        for holder in one.frozen.holders
        if person.pk in holder.people
        for row in one.frozen.rows
        if (letters := one.frozen.cells.get((row.key, holder.key), ""))
    ]


def notices_of(by: Subject, *, done: bool = False) -> QuerySet[Notice]:
    """What the signed-in person was told in the acting company, newest first; without `done` only what is open."""
    rows = Notice.objects.filter(company_id=by.company, person__user_id=by.user_id or 0)
    rows = rows if done else rows.filter(done=None)
    return visible_to(rows, by).select_related("integration", "connection").order_by("-since", "-id")


def unread(by: Subject) -> QuerySet[Notice]:
    """What the signed-in person was told and has not looked at, but for what is told for information alone."""
    rows = Notice.objects.filter(company_id=by.company, person__user_id=by.user_id or 0, read=None, done=None)
    return visible_to(rows.filter(letter__in=["R", "A"]), by)


def open_notices(by: Subject) -> list[Notice]:
    """What is open in the acting company: told to the signed-in person, to who does it or signs it, or to nobody.

    One query; the newest of them.
    """
    rows = Notice.objects.filter(company_id=by.company, done=None)
    rows = rows.filter(Q(person=None) | Q(letter__in=["R", "A"]) | Q(person__user_id=by.user_id or 0))
    return list(visible_to(rows, by).select_related("person").order_by("-since", "-id")[:MOST])


def unrouted(by: Subject, *, integration: Integration | None = None) -> QuerySet[Notice]:
    """Open events of the acting company that nobody was found for, in one integration or in all."""
    rows = Notice.objects.filter(company_id=by.company, person=None, done=None)
    rows = rows if integration is None else rows.filter(integration=integration)
    return visible_to(rows, by).select_related("integration", "connection").order_by("-since", "-id")


def month_of(by: Subject, *, integration: Integration | None = None) -> tuple[int, int]:
    """Events of the acting company in the last 30 days, and those that nobody was found for at first. One query."""
    rows = Notice.objects.filter(company_id=by.company, told__gt=clock.now() - MONTH)
    rows = rows if integration is None else rows.filter(integration=integration)
    place = Cast("integration", TextField())
    thing = Concat("event", Value(" "), "key", Value(" "), place, output_field=TextField())
    found = (
        visible_to(rows, by)
        .order_by()
        .aggregate(
            every=Count(thing, distinct=True),
            bare=Count(thing, distinct=True, filter=Q(person=None)),
        )
    )
    return found["every"], found["bare"]


def whys(told: Iterable[Notice], by: Subject) -> Mapping[str, str]:
    """Key of an event → why it came to the signed-in person, or who else it went to."""
    found: dict[str, list[Notice]] = {}
    for row in sorted(told, key=lambda one: one.pk):
        if row.person is None or row.letter in {"R", "A"}:
            found.setdefault(row.key, []).append(row)
    return {key: why(rows, by) for key, rows in found.items()}


def notices_about(by: Subject, keys: Iterable[str]) -> list[Notice]:
    """The open notices about these events. One query, none without keys."""
    wanted = list(keys)
    if not wanted:
        return []
    rows = Notice.objects.filter(key__in=wanted, done=None)
    return list(visible_to(rows, by).select_related("person"))


def why(told: list[Notice], by: Subject) -> str:
    """One sentence out of the notices of one event."""
    mine = [one for one in told if one.person is not None and one.person.user_id == by.user_id]
    if mine:
        return f"You are {mine[0].why}"
    names = list(dict.fromkeys(one.person.name for one in told if one.person is not None))
    return f"Routed to {' and '.join(names)}" if names else f"Unrouted: {told[0].why}"
