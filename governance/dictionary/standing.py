"""Where every dictionary of the acting company stands, for the page of all agreements."""

from collections.abc import Sequence

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.urls import reverse

from governance.agreements.standing import MOST, Standing, Waits
from governance.dictionary.models import Agreement, Dictionary
from portal.access.guard import VERBS, visible_to
from portal.access.subject import Subject

State = Dictionary.State


def standings(by: Subject) -> Sequence[Standing]:
    """Dictionaries in force, and drafts that somebody agreed to. One query."""
    yeses = visible_to(Agreement.objects.filter(dictionary=OuterRef("pk")), by).values("company_id")
    rows = visible_to(Dictionary.objects.filter(companies__contains=[by.company]), by).annotate(
        signed=ArraySubquery(yeses)
    )
    rows = rows.filter(Q(state=State.AGREED) | Q(state=State.DRAFT, signed__len__gt=0))
    return [standing_of(row, by) for row in rows.select_related("integration").order_by("-agreed", "-pk")[:MOST]]


def standing_of(row: Dictionary, by: Subject) -> Standing:
    """One version as the list shows it."""
    role = by.role(by.acting)
    waits: Waits = ""
    if row.state == State.DRAFT:
        signed = by.company in getattr(row, "signed", [])
        waits = "them" if signed else "me" if role is not None and "administer" in VERBS[role] else "us"
    return Standing(
        kind="Dictionary",
        what=str(row),
        url=reverse("dictionary", args=[row.integration.uid]),
        integration=row.integration.name,
        company=0,
        state=row.state,
        since=row.agreed,
        waits=waits,
    )
