"""Reads of the access matrix."""

import hashlib
from dataclasses import dataclass

from governance.accessmatrix.models import Grant
from portal.access.guard import visible_to
from portal.access.subject import Subject


@dataclass(frozen=True, slots=True)
class Granted:
    """`company` lets `grantee` read, or read and write, `term`; levels of none are left out."""

    company: int
    grantee: int
    term: str
    level: str


def grants_of(integration_id: int) -> tuple[Granted, ...]:
    """Every grant of an integration above none that this transaction may read. One query, for workers."""
    rows = (
        Grant.objects.filter(integration=integration_id)
        .exclude(level=Grant.Level.NONE)
        .order_by("id")
        .values_list("company_id", "grantee_id", "term", "level")
    )
    return tuple(Granted(*row) for row in rows)


def own_grants(integration_id: int, *, by: Subject) -> dict[tuple[int, str], str]:
    """What the acting company lets its partners do: (grantee, term) → level."""
    rows = visible_to(Grant.objects.filter(integration=integration_id, company_id=by.company), by)
    return {(row.grantee_id, row.term): row.level for row in rows}


def fingerprint(grants: dict[tuple[int, str], str]) -> str:
    """A short digest of a grid, to see whether somebody saved since a page was opened."""
    cells = sorted(f"{grantee}:{term}:{level}" for (grantee, term), level in grants.items() if level != "none")
    return hashlib.sha256("|".join(cells).encode()).hexdigest()[:16]
