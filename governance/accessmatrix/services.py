"""Writes of the access matrix: each company sets only its own grants."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, transaction

from governance.accessmatrix.models import Grant
from governance.accessmatrix.selectors import fingerprint, own_grants
from governance.dictionary.models import Term
from governance.dictionary.services import RESERVED
from governance.register.acting import acting_for
from governance.register.models import Company, Integration
from governance.register.services.integrations import check_joined
from portal.access.subject import Subject
from portal.core.errors import BadInput, Stale
from portal.history.models import Deed
from portal.history.services import record


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the acting company's grid: what it lets `grantee` do with `term`."""

    grantee: int
    term: str
    level: str


@transaction.atomic
def set_grants(*, by: Subject, integration: Integration, cells: Iterable[Cell], seen: str | None = None) -> int:
    """Set cells of the acting company's grid; returns how many changed. Cells not named stay as they are.

    `seen` is the fingerprint of the grid that the editor began with; Stale when it moved on since.
    """
    company = acting_for(by, "administer", integration.companies)
    check_joined(integration, company)
    wanted = {(cell.grantee, cell.term): cell.level for cell in cells}
    check_cells(wanted, integration, company=company)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('grants'), %s)", [company % 2_000_000_000])
    now = own_grants(integration.pk, by=by)
    if seen is not None and seen != fingerprint(now):
        raise grid_moved(integration, company)
    changed = {cell: level for cell, level in wanted.items() if now.get(cell, "none") != level}
    for (grantee, term), level in changed.items():
        row = Grant.objects.filter(
            integration=integration, company_id=company, grantee_id=grantee, term=term
        ).first() or Grant(integration=integration, company_id=company, grantee_id=grantee, term=term)
        row.level = level
        row.save()
    if changed:
        names = dict(Company.objects.filter(pk__in={grantee for grantee, _ in changed}).values_list("pk", "name"))
        record(
            by=by,
            verb="set grants in",
            thing=integration,
            company=company,
            before={f"{names[g]}: {term}": now.get((g, term), "none") for g, term in changed},
            after={f"{names[g]}: {term}": level for (g, term), level in changed.items()},
        )
    return len(changed)


def check_cells(wanted: dict[tuple[int, str], str], integration: Integration, *, company: int) -> None:
    """Raises BadInput naming the cells that cannot be taken."""
    known = set(Term.objects.filter(dictionary__integration=integration).values_list("name", flat=True))
    partners = set(integration.companies) - {company}
    wrong = {}
    for (grantee, term), level in wanted.items():
        key = f"grant_{grantee}_{term}"
        if grantee not in partners:
            wrong[key] = "Choose another party of this integration."
        elif term not in known | RESERVED:
            wrong[key] = f"The dictionary has no term {term}."
        elif level not in Grant.Level.values:
            wrong[key] = "Choose none, read, or read and write."
    if wrong:
        raise BadInput("The access matrix was not saved.", fields=wrong)


def grid_moved(integration: Integration, company: int) -> Stale:
    """The error for a grid that somebody of the same company saved meanwhile."""
    last = (
        Deed.objects.filter(noun="integration", object_id=integration.pk, company_id=company, verb="set grants in")
        .order_by("-id")
        .first()
    )
    who = f"{last.actor} saved the access matrix at {last.at:%H:%M} UTC" if last else "Somebody saved it"
    return Stale(f"{who}, after you opened this page. Nothing of yours was written: compare, then save again.")
