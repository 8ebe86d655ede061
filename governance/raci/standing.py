"""Where every RACI of the acting company stands, for the page of all agreements."""

from collections.abc import Sequence

from django.db.models import OuterRef
from django.urls import reverse

from governance.agreements.standing import MOST, Standing, Waits, Word
from governance.raci.models import Matrix, MatrixSignature
from governance.raci.selectors import accountable
from governance.raci.services.matrices import SIGN
from governance.register.models import Party
from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.core.nested import nested, revived

State = Matrix.State


def standings(by: Subject) -> Sequence[Standing]:
    """Versions that are proposed or in force. One query."""
    words = visible_to(MatrixSignature.objects.filter(matrix=OuterRef("pk")), by).order_by("at")
    parties = Party.objects.filter(integration=OuterRef("integration"), joined__isnull=False).order_by("pk")
    rows = Matrix.objects.filter(companies__contains=[by.company], state__in=[State.PROPOSED, State.SIGNED]).annotate(
        words_=nested(words, "id", "company_id", "name", "at"),
        parties_=nested(visible_to(parties, by), "company_id"),
        mine=accountable(SIGN, OuterRef("integration"), by=by),
    )
    found = visible_to(rows, by).select_related("integration").order_by("-pk")[:MOST]
    return [standing_of(row, by) for row in found]


def standing_of(row: Matrix, by: Subject) -> Standing:
    """One version as the list shows it."""
    words = [revived(MatrixSignature, one) for one in getattr(row, "words_", [])]
    signed = {one.company_id for one in words}
    missing = tuple(one["company_id"] for one in getattr(row, "parties_", []) if one["company_id"] not in signed)
    waits: Waits = ""
    if row.state == State.PROPOSED:
        waits = "them" if by.company not in missing else "me" if getattr(row, "mine", False) else "us"
    return Standing(
        kind="RACI",
        what=str(row),
        url=f"{reverse('raci', args=[row.integration.uid])}?no={row.no}",
        integration=row.integration,
        company=0,
        state=row.state,
        since=row.signed or row.proposed,
        waits=waits,
        signed=tuple(Word(one.company_id, one.name, one.at) for one in words),
        missing=missing if row.state == State.PROPOSED else (),
    )
