"""The list of RACIs over all integrations: every version, who has signed it, and what is wrong with it today."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Lower
from django.urls import reverse

from governance.raci.models import Matrix
from governance.raci.papers import papers
from governance.raci.rules import findings
from governance.register.models import Party
from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.ui.listing.declare import Column, Filter, Listing, Row, Show, Teaching


def rows(by: Subject) -> QuerySet[Any]:
    """Every version of the acting company's integrations, with how many parties there are and how many signed."""
    parties = Party.objects.filter(integration=OuterRef("integration"), joined__isnull=False).order_by()
    joined = visible_to(parties, by).values("integration").annotate(n=Count("pk")).values("n")
    found = Matrix.objects.filter(companies__contains=[by.company]).annotate(
        yeses=Count("signatures", distinct=True), heads=Coalesce(Subquery(joined), Value(0))
    )
    return visible_to(found, by).select_related("integration")


def with_findings(found: Sequence[Row], by: Subject) -> None:
    """Put onto a page of versions what the checks find today; of retired ones nothing. Three queries."""
    wanted = [row.pk for row in found if row.state != Matrix.State.RETIRED]
    read = papers(Matrix.objects.filter(pk__in=wanted), seen=by.companies) if wanted else []
    told = {one.matrix.pk: [each.kind for each in findings(one.frozen)] for one in read}
    for row in found:
        kinds = told.get(row.pk, [])
        row.vacancies = kinds.count("vacancy") if row.pk in told else None
        row.problems = len(kinds) - kinds.count("vacancy") if row.pk in told else None


MATRICES = Listing(
    key="matrices",
    word="RACI",
    words="RACIs",
    address="matrices",
    lead="Who does and who answers for what in your company's integrations: all versions, with what the checks find "
    "in them today.",
    above=("Integrations", "integrations"),
    rows=rows,
    prepare=with_findings,
    find=("integration__name",),
    order=(("integration", False), ("no", True)),
    link=lambda row: f"{reverse('raci', args=[row.integration.uid])}?no={row.no}",
    empty=Teaching(
        "people",
        "No RACI yet",
        "A RACI says for each activity who does it and who answers for it; alerts and approvals go where it says. "
        "Open an integration and begin one there.",
    ),
    columns=(
        Column(
            "integration",
            "Integration",
            lambda row: row.integration.name,
            Show.LINK,
            sort=Lower("integration__name"),
            filter=Filter.TEXT,
            lookup="integration__name",
        ),
        Column("no", "Version", lambda row: row.no, Show.NUMBER, sort="no"),
        Column(
            "state",
            "State",
            lambda row: row.state,
            Show.STATE,
            sort="state",
            filter=Filter.CHOICE,
            choices=Matrix.State.choices,
            plain=lambda row: row.get_state_display(),
        ),
        Column(
            "signed",
            "Signatures",
            lambda row: f"{row.yeses} of {row.heads}" if row.state != "draft" else None,
        ),
        Column(
            "unsigned",
            "Waits for a signature",
            lambda row: row.state == "proposed" and row.yeses < row.heads,
            Show.YES_NO,
            filter=Filter.YES_NO,
            where=Q(state="proposed", yeses__lt=F("heads")),
            shown=False,
        ),
        Column("since", "In force from", lambda row: row.signed, Show.WHEN, filter=Filter.DAYS, lookup="signed"),
        Column("problems", "Problems", lambda row: row.problems, Show.NUMBER),
        Column("vacancies", "Vacancies", lambda row: row.vacancies, Show.NUMBER),
        Column(
            "proposed",
            "Proposed",
            lambda row: row.proposed,
            Show.WHEN,
            filter=Filter.DAYS,
            lookup="proposed",
            shown=False,
        ),
    ),
)
