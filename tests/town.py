"""A hundred companies, a thousand integrations, a hundred thousand terms: written in bulk, for tests of volume."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, models

from governance.dictionary.models import Dictionary, Term
from governance.register.models import Company, Connection, Integration, Party, Person, Side, System
from governance.rulebook.models import Proposal, Rulebook
from portal.core import clock
from sync.flow.models.streams import Stream

COMPANIES, AGREEMENTS, TERMS_EACH, PEOPLE_EACH = 100, 1_000, 100, 50
BATCH = 5_000
#: emptied in this order
TABLES: tuple[type[models.Model], ...] = (
    Stream, Proposal, Rulebook, Side, Connection, Term, Dictionary, Party, Integration, System, Person, Company,
)  # fmt: skip


@contextmanager
def built() -> Iterator[Company]:
    """Everything, and an empty database after the block; gives the first company.

    It is the integrator: a party to every integration. The others share ten each with it.
    """
    companies = Company.objects.bulk_create(Company(name=f"Company {n:03}") for n in range(COMPANIES))
    hub, rest = companies[0], companies[1:]
    for one in companies:
        one.readers = [hub.pk, one.pk] if one is not hub else [other.pk for other in companies]
    Company.objects.bulk_update(companies, ["readers"])
    people(companies)
    integrations = Integration.objects.bulk_create(
        Integration(name=f"Agreement {n:04}", purpose="x", companies=sorted({hub.pk, rest[n % 99].pk}))
        for n in range(AGREEMENTS)
    )
    now = clock.now()
    Party.objects.bulk_create(
        Party(integration=one, company_id=company, companies=one.companies, siam_role="provider", joined=now)
        for one in integrations
        for company in one.companies
    )
    vocabulary(integrations)
    connect(companies, integrations)
    analyze()
    yield hub
    for model in TABLES:
        model._default_manager.all()._raw_delete("default")
    analyze()


def people(companies: list[Company]) -> None:
    """Fifty of each company."""
    Person.objects.bulk_create(
        (
            Person(company=one, name=f"Person {n}", email=f"p{n}@c{one.pk}.example", readers=[one.pk])
            for one in companies
            for n in range(PEOPLE_EACH)
        ),
        batch_size=BATCH,
    )


def vocabulary(integrations: list[Integration]) -> None:
    """An agreed dictionary of a hundred terms in each integration."""
    books = Dictionary.objects.bulk_create(
        Dictionary(integration=one, companies=one.companies, no=1, state=Dictionary.State.AGREED)
        for one in integrations
    )
    for start in range(0, len(books), BATCH // TERMS_EACH):
        Term.objects.bulk_create(
            Term(
                dictionary=book,
                companies=book.companies,
                name=f"term-{n:03}-{book.pk}",
                label=f"Term {n}",
                type="date" if n == 0 else "text",
                position=n,
            )
            for book in books[start : start + BATCH // TERMS_EACH]
            for n in range(TERMS_EACH)
        )


def connect(companies: list[Company], integrations: list[Integration]) -> None:
    """A system of each company, and in each integration a live connection with a proposal that waits."""
    systems = System.objects.bulk_create(
        System(company=one, kind="jira", name=f"Tracker of {one.name}", base_url=f"https://c{one.pk}.example")
        for one in companies
    )
    own = {one.company_id: one for one in systems}
    Stream.objects.bulk_create(
        Stream(system=one, company_id=one.company_id, state="ok", next_poll=clock.now(), lease_until=clock.now())
        for one in systems
    )
    pairs = Connection.objects.bulk_create(
        Connection(integration=one, name=f"Line {one.name}", companies=one.companies, state=Connection.State.LIVE)
        for one in integrations
    )
    ends = [(pair, "ab"[n], company) for pair in pairs for n, company in enumerate(pair.companies)]
    now = clock.now()
    Side.objects.bulk_create(
        Side(
            connection=pair,
            side=letter,
            company_id=company,
            companies=pair.companies,
            system=own[company],
            system_name=own[company].name,
            system_kind="jira",
            kind="Task",
            accepted=now,
        )
        for pair, letter, company in ends
    )
    Rulebook.objects.bulk_create(
        Rulebook(connection=pair, company_id=company, side=letter) for pair, letter, company in ends
    )
    Proposal.objects.bulk_create(
        Proposal(
            connection=pair,
            side="a",
            company_id=pair.companies[0],
            companies=pair.companies,
            no=1,
            terms={"before": {}, "after": {}},
            proposed_by="Person 0",
            proposed=now,
        )
        for pair in pairs
    )


def analyze() -> None:
    """The planner learns how large the tables are."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(model._meta.db_table for model in TABLES)}")
