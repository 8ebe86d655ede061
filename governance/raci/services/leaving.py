"""Somebody's part in matrices: listed for who hands it over, and given to another person in what is still a draft."""

from collections.abc import Sequence

from django.db import transaction
from django.urls import reverse

from governance.raci.models import Column, Matrix
from governance.raci.selectors import held_by
from governance.register.holdings import Holding, Source
from governance.register.models import Person
from governance.register.services.integrations import share
from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.history.services import record


def held(by: Subject, person: Person) -> Sequence[Holding]:
    """Every activity of a signed matrix that somebody has letters for, with the holder it comes through."""
    return [
        Holding(
            f"{one.letters} for",
            f"{one.label} in {one.integration.name}" + ("" if one.through == person.name else f", as {one.through}"),
            reverse("raci", args=[one.integration.uid]),
        )
        for one in held_by(person, by=by)
    ]


@transaction.atomic
def move(by: Subject, person: Person, to: Person) -> None:
    """Give somebody's columns in drafts to another person.

    What was signed does not change: there the holder is vacant until the parties sign the next version. A draft that
    has a column of the other person already keeps both, and the first falls vacant.
    """
    drafts = Column.objects.filter(person=person, matrix__state=Matrix.State.DRAFT)
    for column in visible_to(drafts, by).select_related("matrix__integration"):
        if column.matrix.columns.filter(person=to).exists():
            continue
        column.person, column.name, column.job = to, to.name, to.job
        column.save()
        column.matrix.version += 1
        column.matrix.save()
        share(column.matrix.integration)
        record(
            by=by,
            verb="hand over a column of",
            thing=column.matrix,
            company=person.company_id,
            readers=column.matrix.companies,
            before={"holder": person.name},
            after={"holder": to.name},
        )


SOURCE = Source(held, move)
