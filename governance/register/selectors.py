"""Reads of the register."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet, Subquery

from governance.register.models import (
    Company,
    Connection,
    Credential,
    Integration,
    Invitation,
    Party,
    Person,
    Side,
    System,
    Team,
)
from portal.access.guard import visible_to
from portal.access.subject import Role, Subject
from portal.core.nested import Row, nested, revived
from portal.history.models import Deed

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
    """The sides of a connection by letter; one is missing until the partner accepts.

    Each has `system_uid`, which is None for a partner's system. One query.
    """
    system = visible_to(System.objects.filter(pk=OuterRef("system")), by).values("uid")
    rows = visible_to(Side.objects.filter(connection=connection), by).annotate(system_uid=Subquery(system))
    return {side.side: side for side in rows}


def teams_of(by: Subject) -> list[Team]:
    """The teams of the acting company, each with its lead and members. Two queries."""
    rows = visible_to(Team.objects.filter(company_id=by.company), by)
    return list(rows.select_related("lead").prefetch_related("members").order_by("name"))


def letters_of(by: Subject) -> list[Invitation]:
    """The newest invitations that the acting company sent by mail, each with how its letter fared. One query."""
    rows = visible_to(Invitation.objects.filter(company_id=by.company), by)
    return list(rows.select_related("mail", "person", "integration").order_by("-sent")[:100])


def invitations_of(by: Subject) -> list[Party]:
    """Integrations that the acting company is invited to and has not joined."""
    rows = visible_to(Party.objects.filter(company_id=by.company, joined=None), by)
    return list(rows.select_related("integration"))


def pauses_of(connection: OuterRef, *, by: Subject) -> ArraySubquery:
    """The newest deed that paused or refused a connection, as an annotation `pauses` of another query."""
    rows = Deed.objects.filter(noun="connection", object_id=connection, verb__in=["pause", "refuse"])
    return nested(visible_to(rows, by).order_by("-id")[:1], "id", "actor", "at", "after")


def paused_by(connection: Connection) -> Deed | None:
    """The deed that paused or refused a connection, read with `pauses`: who, when, the reason in `after`."""
    pauses: Sequence[Row] = getattr(connection, "pauses", ())
    return revived(Deed, pauses[0]) if pauses else None


def access_of(by: Subject) -> list[Access]:
    """The people of the acting company who can sign in, with what their role allows."""
    rows = people_of(by).filter(user__isnull=False, suspended=None)
    return [Access(person, MAY.get(Role(person.role), "")) for person in rows]
