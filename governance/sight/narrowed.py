"""From whom of one's own people some terms of an integration are withheld."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import OuterRef
from django.urls import reverse

from governance.accessmatrix.compiled import OBJECTS, Level, Table, compiled, level_of
from governance.accessmatrix.models import AccessMatrix, Grant
from governance.register.models import Person
from governance.sight.selectors import CELL, cell_of, own_people, passes
from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.core.nested import nested


@dataclass(frozen=True, slots=True)
class Narrowed:
    """One of one's own people who does not read every term of an integration, by the names of the terms."""

    name: str
    url: str
    terms: tuple[str, ...]


def narrowed_people(integrations: Iterable[int], *, by: Subject) -> dict[int, list[Narrowed]]:
    """Integration → the acting company's people from whom some of its terms are withheld now. Two queries."""
    live = AccessMatrix.objects.filter(
        integration__in=list(integrations), company_id=by.company, state=AccessMatrix.State.LIVE
    ).annotate(cells_=nested(Grant.objects.filter(matrix=OuterRef("pk")).exclude(role=""), *CELL))
    matrices = [(row.integration_id, compiled(map(cell_of, row.cells_))) for row in visible_to(live, by)]
    people = own_people(by) if any(table.cells for _, table in matrices) else []
    found: dict[int, list[Narrowed]] = {}
    for place, table in matrices:
        terms = sorted({term for _, _, term in table.cells if term not in OBJECTS})
        for one in people:
            kept = tuple(term for term in terms if not reads(one, term, place, table))
            if kept:
                found.setdefault(place, []).append(Narrowed(one.name, reverse("person-sight", args=[one.uid]), kept))
    return found


def reads(person: Person, term: str, integration: int, table: Table) -> bool:
    """Whether one of one's own people sees a term's values, by the matrix or through a pass."""
    if table.person(person.company_id, person.role, person.job, term) >= Level.READ:
        return True
    return any(level_of(one["level"]) >= Level.READ for one in passes(person, integration, term))
