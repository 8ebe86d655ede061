"""Reads of the access matrix: what is in force for the engine and for pages, one's own versions, and passes."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from governance.accessmatrix.compiled import Cell, Table, compiled
from governance.accessmatrix.models import AccessMatrix, AccessPass, Grant
from governance.register.models import Integration, Person
from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.core import clock
from portal.core.nested import Row, nested
from portal.history.models import Deed

State = AccessMatrix.State
#: a cell's level after what was taken back; the database keeps `lowered` below `level`
EFFECTIVE = Case(When(lowered="", then=F("level")), default=F("lowered"))
LIVE = Q(matrix__state=State.LIVE)
#: the verb of a use of a pass in history; how many deeds of a pass are told
USED, NEWEST = "read through a pass", 200
#: holders that stand for a partner company, and those that stand for a role of one's own
PARTNERS = Q(grantee__isnull=False)


@dataclass(frozen=True, slots=True)
class Granted:
    """`company` lets `grantee` read, or read and write, `term`; levels of none are left out."""

    company: int
    grantee: int
    term: str
    level: str


def table_of(integration_id: int) -> Table:
    """Everything in force of an integration that this transaction may read, compiled. One query, for workers."""
    return compiled(cells_of(Grant.objects.filter(LIVE, integration=integration_id)))


def cells_of(rows: QuerySet[Grant]) -> list[Cell]:
    """Stored cells as the compiler takes them."""
    found = rows.order_by("id").values_list("company_id", "grantee_id", "role", "term", "level", "lowered")
    return [
        Cell(company, role or grantee or 0, term, level, lowered)
        for company, grantee, role, term, level, lowered in found
    ]


def grants_of(integration_id: int) -> tuple[Granted, ...]:
    """Every partner's grant in force above none that this transaction may read. One query, for workers."""
    return tuple(Granted(*place, level) for place, level in table_of(integration_id).sent().items())


def granted_rows(integration: OuterRef, *, by: Subject) -> ArraySubquery:
    """The subject's own grants in force above none as an annotation of another query; `granted` reads each row."""
    rows = visible_to(Grant.objects.filter(LIVE, PARTNERS, integration=integration), by)
    above = rows.annotate(effective=EFFECTIVE).exclude(effective=Grant.Level.NONE)
    return nested(above.order_by("id"), "term", level="effective", company="company_id", grantee="grantee_id")


def granted(row: Row) -> Granted:
    """One row of `granted_rows`."""
    return Granted(**row)


def cells_granted(integration: OuterRef, *, by: Subject) -> Coalesce:
    """How many cells for partners are above none in force, as an annotation of another query."""
    rows = visible_to(Grant.objects.filter(LIVE, PARTNERS, integration=integration, company_id=by.company), by)
    above = rows.annotate(effective=EFFECTIVE).exclude(effective=Grant.Level.NONE).order_by()
    return Coalesce(Subquery(above.values(one=Value(1)).annotate(n=Count("pk")).values("n")), 0)


def versions_of(integration: Integration, *, by: Subject) -> list[AccessMatrix]:
    """The acting company's versions of an integration, newest first."""
    rows = AccessMatrix.objects.filter(integration=integration, company_id=by.company)
    return list(visible_to(rows, by).order_by("-no"))


def stored_cells(versions: Iterable[AccessMatrix], *, by: Subject) -> dict[int, list[Grant]]:
    """The cells of some versions, by the version's number. One query."""
    numbers = {one.pk: one.no for one in versions}
    found: dict[int, list[Grant]] = {no: [] for no in numbers.values()}
    for row in visible_to(Grant.objects.filter(matrix__in=list(numbers)), by).order_by("id"):
        found[numbers[row.matrix_id]].append(row)
    return found


def fingerprint(cells: Iterable[Grant]) -> str:
    """The digest of exactly what is signed: every cell with its holder, term and level, in one order."""
    lines = sorted(f"{row.grantee_id or row.role}|{row.term}|{row.level}" for row in cells)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def own_people(by: Subject) -> frozenset[int]:
    """Ids of the people that the signed-in user is in their companies. One query."""
    rows = visible_to(Person.objects.filter(user_id=by.user_id or 0), by)
    return frozenset(rows.values_list("pk", flat=True))


def passes_of(by: Subject, *, done: bool = False) -> QuerySet[AccessPass]:
    """Passes that the acting company gave, is asked for, or has; without `done` only what is asked or open."""
    mine = Q(company_id=by.company) | Q(asker_id=by.company)
    rows = visible_to(AccessPass.objects.filter(mine), by).select_related("integration")
    if not done:
        rows = rows.filter(
            Q(state=AccessPass.State.ASKED) | Q(state=AccessPass.State.APPROVED, revoked=None), ends__gt=clock.now()
        )
    return rows.order_by("-asked", "-id")


def told_of(access: AccessPass, *, by: Subject) -> list[Deed]:
    """What was done about a pass and read through it, as far as the subject may see, newest first. One query."""
    own = Q(noun="accesspass", object_id=access.pk)
    used = Q(verb=USED, at__gte=access.starts, at__lte=access.ends, after__pass=str(access.uid))
    return list(visible_to(Deed.objects.filter(own | used), by).order_by("-id")[:NEWEST])
