"""What this floor puts into the frame and onto home, registered when the process starts."""

from collections.abc import Sequence

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse

from governance.dictionary.models import Dictionary
from governance.register.models import Connection, Integration, Person, System
from governance.register.selectors import invitations_of
from portal.access.guard import VERBS, visible_to
from portal.access.subject import Role, Subject
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


def register_all() -> None:
    """Fill the portal's registries."""
    also = ("/connections/", "/dictionaries/", "/terms/")
    register_entry(Entry("integrations", "Integrations", "integrations", "integrations", 10, go="i", also=also))
    register_entry(Entry("register", "Register", "register", "register", 70, go="r"))
    register_duties("governance", duties)
    register_search(SearchSource("Integrations and connections", find_agreements, 20))
    register_search(SearchSource("Register", find_register, 30))


def duties(request: HttpRequest) -> Sequence[Duty]:
    """Invitations, connections to accept, dictionaries to agree to, systems without a credential."""
    by = subject_of(request)
    role = by.role(by.acting)
    if role is None or "administer" not in VERBS[role]:
        return []
    return [*joins(by), *accepts(by), *agreements(by), *credentials(by)]


def joins(by: Subject) -> list[Duty]:
    """Integrations that the acting company is invited to."""
    return [
        Duty(
            what=f"Your company is invited to {party.integration.name}",
            why=f"You are {Role.ADMINISTRATOR} of the invited company",
            url=reverse("integration", args=[party.integration.uid]),
            action="Look at it",
        )
        for party in invitations_of(by)
    ]


def accepts(by: Subject) -> list[Duty]:
    """Connections that a partner proposed."""
    rows = visible_to(
        Connection.objects.filter(state=Connection.State.PENDING, companies__contains=[by.company]), by
    ).exclude(sides__company_id=by.company)
    return [
        Duty(
            what=f"{row.name} waits for your yes",
            why="Your company is the other side of this connection",
            url=reverse("connection", args=[row.uid]),
            action="Accept it",
            since=row.created,
        )
        for row in rows.order_by("created")
    ]


def agreements(by: Subject) -> list[Duty]:
    """Drafts that have terms, that somebody else agreed to, and the acting company did not."""
    rows = visible_to(Dictionary.objects.filter(state=Dictionary.State.DRAFT, companies__contains=[by.company]), by)
    rows = rows.filter(agreements__isnull=False).exclude(agreements__company_id=by.company).distinct()
    return [
        Duty(
            what=f"{row} of {row.integration.name} waits for your yes",
            why="Another party agreed to it",
            url=reverse("dictionary", args=[row.integration.uid]),
            action="Read it",
        )
        for row in rows.select_related("integration").order_by("pk")
    ]


def credentials(by: Subject) -> list[Duty]:
    """Systems that nobody entered a credential for."""
    rows = visible_to(System.objects.filter(company_id=by.company, credential=None), by)
    return [
        Duty(
            what=f"{row.name} has no credential",
            why="Only an administrator of its company can enter one",
            url=reverse("system", args=[row.uid]),
            action="Enter it",
            since=row.created,
            kind="warning",
        )
        for row in rows.order_by("created")
    ]


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
