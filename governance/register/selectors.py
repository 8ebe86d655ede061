"""Reads of the register."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from governance.register.models import (
    Company,
    Connection,
    Credential,
    Integration,
    Party,
    Person,
    Side,
    System,
)
from portal.access.guard import visible_to
from portal.access.subject import Role, Subject
from portal.history.models import Deed
from portal.ui.faces import Face

#: what each role may do, in words for the access tab
MAY = {
    Role.ADMINISTRATOR: "sees, operates, changes, signs, and manages people and credentials",
    Role.OPERATOR: "sees, operates and changes",
    Role.VIEWER: "sees",
}


@dataclass(frozen=True, slots=True)
class Hint:
    """What may be shown of a stored credential."""

    kind: str
    hint: str
    version: int
    changed: datetime
    has_webhook: bool


@dataclass(frozen=True, slots=True)
class Access:
    """One person of the acting company and what the role allows."""

    person: Person
    may: str


def memberships(user_id: int) -> Iterable[tuple[int, Role]]:
    """(company id, role) of every company a user belongs to and is not suspended in."""
    rows = Person.objects.filter(user_id=user_id, suspended=None).values_list("company_id", "role")
    return [(company, Role(role)) for company, role in rows]


def faces(request: HttpRequest) -> list[Face]:
    """Every company that the request's subject may name. One query."""
    subject: Subject = request.subject  # type: ignore[attr-defined]
    rows = visible_to(Company.objects.all(), subject).values_list("pk", "uid", "name", "hue", "time_zone")
    return [Face(*row) for row in rows]


def companies_of(by: Subject) -> QuerySet[Company]:
    """The companies the subject may see: its own and its partners."""
    return visible_to(Company.objects.all(), by).order_by("name")


def people_of(by: Subject) -> QuerySet[Person]:
    """The people of the acting company, suspended ones last."""
    rows = visible_to(Person.objects.filter(company_id=by.company), by)
    return rows.select_related("user", "stand_in").order_by("suspended", "name")


def systems_of(by: Subject) -> QuerySet[System]:
    """The systems of the acting company."""
    return visible_to(System.objects.filter(company_id=by.company), by).select_related("owner").order_by("name")


def credential_hint(system: System, *, by: Subject) -> Hint | None:
    """What may be shown of a system's credential; the sealed bytes are not read."""
    row = (
        visible_to(Credential.objects.filter(system=system), by)
        .annotate(has_webhook=~Q(boxed=b""))
        .values_list("kind", "hint", "version", "changed", "has_webhook")
        .first()
    )
    return Hint(*row) if row else None


def integrations_of(by: Subject) -> QuerySet[Integration]:
    """The integrations the acting company is a party to or invited to, by name."""
    rows = visible_to(Integration.objects.filter(companies__contains=[by.company]), by)
    return rows.select_related("owner", "stand_in").order_by("name")


def parties_of(integration: Integration, *, by: Subject) -> list[Party]:
    """All parties of an integration, joined ones first."""
    rows = visible_to(Party.objects.filter(integration=integration), by)
    return list(rows.select_related("accountable").order_by("joined", "id"))


def connections_of(integration: Integration, *, by: Subject) -> list[Connection]:
    """The connections of an integration that the subject may see, each with its sides."""
    rows = visible_to(Connection.objects.filter(integration=integration), by)
    return list(rows.prefetch_related("sides").order_by("position", "id"))


def sides_of(connection: Connection, *, by: Subject) -> dict[str, Side]:
    """The sides of a connection by letter; one is missing until the partner accepts."""
    return {side.side: side for side in visible_to(Side.objects.filter(connection=connection), by)}


def invitations_of(by: Subject) -> list[Party]:
    """Integrations that the acting company is invited to and has not joined."""
    rows = visible_to(Party.objects.filter(company_id=by.company, joined=None), by)
    return list(rows.select_related("integration"))


def paused_by(connection: Connection, *, by: Subject) -> Deed | None:
    """The deed that paused a connection: who, when, and the reason in `after`."""
    rows = Deed.objects.filter(noun="connection", object_id=connection.pk, verb="pause")
    return visible_to(rows, by).order_by("-id").first()


def access_of(by: Subject) -> list[Access]:
    """The people of the acting company who can sign in, with what their role allows."""
    rows = people_of(by).filter(user__isnull=False, suspended=None)
    return [Access(person, MAY.get(Role(person.role), "")) for person in rows]
