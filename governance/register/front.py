"""What this floor puts into the frame and onto home, registered when the process starts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import DateTimeField, F, Q, QuerySet, Value
from django.http import HttpRequest
from django.urls import reverse

from governance.dictionary.listing import TERMS
from governance.dictionary.models import Dictionary
from governance.dictionary.standing import waiting as dictionaries
from governance.register.holdings import register_holdings
from governance.register.listing.companies import COMPANIES
from governance.register.listing.connections import CONNECTIONS
from governance.register.listing.integrations import INTEGRATIONS
from governance.register.listing.people import PEOPLE
from governance.register.listing.systems import SYSTEMS
from governance.register.models import Connection, Integration, Party, Person, System
from governance.register.services import leaving
from portal.access.guard import VERBS, visible_to
from portal.access.subject import Role, Subject
from portal.ui.listing.declare import register_listing
from portal.ui.navigation import (
    Duty,
    Entry,
    Hit,
    SearchSource,
    register_duties,
    register_entry,
    register_search,
)
from portal.ui.pages import subject_of

FOUND = 8
NONE, NEVER = Value(0), Value(None, DateTimeField())
Word = Callable[[str, UUID, datetime | None, int], Duty]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One kind of thing that waits for an answer."""

    rows: Callable[[Subject], QuerySet[Any]]
    word: Word
    administrators: bool


_waiting: dict[str, Waiting] = {}


def register_all() -> None:
    """Fill the portal's registries, and tell of what people hold here."""
    register_holdings("register", leaving.SOURCE)
    also = ("/connections/", "/dictionaries/", "/terms/", "/raci/")
    register_entry(Entry("integrations", "Integrations", "integrations", "integrations", 10, go="i", also=also))
    register_entry(Entry("register", "Register", "register", "register", 70, go="r", also=("/landscape/",)))
    register_duties("governance", duties)
    register_waiting("join", invited, join)
    register_waiting("accept", proposed, accept)
    register_waiting("agree", dictionaries, agree, administrators=False)
    register_waiting("enter", bare, enter)
    register_search(SearchSource("Integrations and connections", find_agreements, 20))
    register_search(SearchSource("Register", find_register, 30))
    for listing in (COMPANIES, CONNECTIONS, INTEGRATIONS, PEOPLE, SYSTEMS, TERMS):
        register_listing(listing)


def duties(request: HttpRequest) -> Sequence[Duty]:
    """What the signed-in person is asked to answer, as the rooms registered it. One query."""
    return [_waiting[kind].word(name, uid, since, no) for kind, name, uid, since, no in waiting(subject_of(request))]


def waiting(by: Subject) -> Iterable[tuple[str, str, UUID, datetime | None, int]]:
    """(kind, name, uid of its page, since, number) of all that waits for the person in the acting company."""
    role = by.role(by.acting)
    administers = role is not None and "administer" in VERBS[role]
    asked = [
        one.rows(by).order_by().annotate(duty=Value(kind)).values_list("duty", "what", "where", "since", "number")
        for kind, one in _waiting.items()
        if administers or not one.administrators
    ]
    return asked[0].union(*asked[1:], all=True) if asked else []


def register_waiting(
    kind: str, rows: Callable[[Subject], QuerySet[Any]], word: Word, *, administrators: bool = True
) -> None:
    """Tell of one more kind of thing that waits for an answer.

    `rows` carry the annotations what (text), where (uid), since (time or none) and number; `word` makes a duty of
    them. `administrators` = only they are asked.
    """
    _waiting[kind] = Waiting(rows, word, administrators)


def invited(by: Subject) -> QuerySet[Party]:
    """Integrations that the acting company is invited to."""
    rows = visible_to(Party.objects.filter(company_id=by.company, joined=None), by)
    return rows.annotate(what=F("integration__name"), where=F("integration__uid"), since=NEVER, number=NONE)


def proposed(by: Subject) -> QuerySet[Connection]:
    """Connections that a partner proposed."""
    rows = Connection.objects.filter(state=Connection.State.PENDING, companies__contains=[by.company])
    rows = visible_to(rows, by).exclude(sides__company_id=by.company)
    return rows.annotate(what=F("name"), where=F("uid"), since=F("created"), number=NONE)


def bare(by: Subject) -> QuerySet[System]:
    """Systems that nobody entered a credential for."""
    rows = visible_to(System.objects.filter(company_id=by.company, credential=None), by)
    return rows.annotate(what=F("name"), where=F("uid"), since=F("created"), number=NONE)


def join(name: str, uid: UUID, since: datetime | None, _: int) -> Duty:
    """An integration that the acting company is invited to."""
    return Duty(
        what=f"Your company is invited to {name}",
        why=f"You are {Role.ADMINISTRATOR} of the invited company",
        url=reverse("integration", args=[uid]),
        action="Look at it",
        since=since,
    )


def accept(name: str, uid: UUID, since: datetime | None, _: int) -> Duty:
    """A connection that a partner proposed."""
    return Duty(
        what=f"{name} waits for your yes",
        why="Your company is the other side of this connection",
        url=reverse("connection", args=[uid]),
        action="Accept it",
        since=since,
        about=f"connection:{uid}",
    )


def agree(name: str, uid: UUID, since: datetime | None, no: int) -> Duty:
    """A proposed dictionary that the signed-in person signs for their company."""
    return Duty(
        what=f"{Dictionary(no=no)} of {name} waits for your signature",
        why="You are accountable for your company's dictionary",
        url=f"{reverse('dictionary', args=[uid])}?no={no}",
        action="Read and sign",
        since=since,
        about=f"dictionary:{uid}:{no}",
    )


def enter(name: str, uid: UUID, since: datetime | None, _: int) -> Duty:
    """A system that nobody entered a credential for."""
    return Duty(
        what=f"{name} has no credential",
        why="Only an administrator of its company can enter one",
        url=reverse("system", args=[uid]),
        action="Enter it",
        since=since,
        kind="warning",
    )


def find_agreements(subject: Subject, text: str) -> Sequence[Hit]:
    """Integrations and connections by name."""
    integrations = visible_to(Integration.objects.filter(name__icontains=text), subject)[:FOUND]
    connections = visible_to(Connection.objects.filter(name__icontains=text), subject)[:FOUND]
    hits = [
        Hit(row.name, reverse("integration", args=[row.uid]), "integrations", "Integration") for row in integrations
    ]
    hits += [Hit(row.name, reverse("connection", args=[row.uid]), "both", "Connection") for row in connections]
    return hits[:FOUND]


def find_register(subject: Subject, text: str) -> Sequence[Hit]:
    """Systems and people of one's companies."""
    systems = visible_to(System.objects.filter(name__icontains=text), subject)[:FOUND]
    people = visible_to(Person.objects.filter(Q(name__icontains=text) | Q(email__icontains=text)), subject)[:FOUND]
    hits = [Hit(row.name, reverse("system", args=[row.uid]), "system", row.kind) for row in systems]
    hits += [Hit(row.name, reverse("person", args=[row.uid]), "person", row.job) for row in people]
    return hits[:FOUND]
