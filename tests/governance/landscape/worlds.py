"""Landscapes of any size, for tests."""

from dataclasses import dataclass

from governance.register.models import Company, Connection, Integration, Party, Side, System
from portal.core import clock
from tests import factories


@dataclass(frozen=True, slots=True)
class Crowd:
    """One company with many partners."""

    partners: list[Company]
    integrations: list[Integration]


def crowd(hub: Company, *, partners: int, integrations: int) -> Crowd:
    """`hub` with ten systems, its partners with one each, and one connection for each integration."""
    companies = [factories.company(f"Partner {n}") for n in range(partners)]
    ids = [company.pk for company in companies]
    Company.objects.filter(pk__in=ids).update(readers=[*ids, hub.pk])
    own = [factories.system(hub, f"Own {n}") for n in range(10)]
    theirs = [factories.system(company, f"Theirs {n}") for n, company in enumerate(companies)]
    made = Integration.objects.bulk_create(
        Integration(name=f"Integration {n:04}", purpose="One answer.", companies=[hub.pk, ids[n % partners]])
        for n in range(integrations)
    )
    Party.objects.bulk_create(
        Party(integration=one, company_id=company, companies=one.companies, siam_role="provider", joined=clock.now())
        for one in made
        for company in one.companies
    )
    connections = Connection.objects.bulk_create(
        Connection(integration=one, name=f"Line {n:04}", companies=sorted(one.companies), state="live")
        for n, one in enumerate(made)
    )
    Side.objects.bulk_create(
        side(connection, letter, system)
        for n, connection in enumerate(connections)
        for letter, system in (("a", own[n % 10]), ("b", theirs[n % partners]))
    )
    return Crowd(companies, made)


def side(connection: Connection, letter: str, system: System) -> Side:
    """An accepted end, not saved."""
    return Side(
        connection=connection,
        side=letter,
        company_id=system.company_id,
        companies=connection.companies,
        system=system,
        system_name=system.name,
        system_kind=system.kind,
        kind="ticket",
        accepted=clock.now(),
    )
