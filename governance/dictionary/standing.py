"""Where dictionaries stand: for the page of all agreements, for home, and for what the RACI routes."""

from collections.abc import Sequence

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse

from governance.agreements.standing import MOST, Standing, Waits, Word
from governance.dictionary.models import Agreement, Dictionary
from governance.dictionary.selectors import waiting_for, with_words, yeses_on
from governance.raci.notices import Happening
from governance.register.models import Party
from portal.access.guard import visible_to
from portal.access.subject import Subject

State = Dictionary.State


def standings(by: Subject) -> Sequence[Standing]:
    """Dictionaries that are proposed or in force. One query."""
    rows = Dictionary.objects.filter(companies__contains=[by.company], state__in=[State.PROPOSED, State.AGREED])
    found = with_words(visible_to(rows, by), by).select_related("integration")
    return [standing_of(row, by) for row in found.order_by("-agreed", "-pk")[:MOST]]


def standing_of(row: Dictionary, by: Subject) -> Standing:
    """One version as the list shows it."""
    waits: Waits = ""
    yeses = yeses_on(row)
    if row.state == State.PROPOSED:
        mine = getattr(row, "mine", False)
        waits = "them" if by.company in yeses else "me" if mine else "us"
    return Standing(
        kind="Dictionary",
        what=str(row),
        url=address(row),
        integration=row.integration,
        company=0,
        state=row.state,
        since=row.agreed or row.proposed,
        waits=waits,
        signed=tuple(Word(one.company_id, one.person, one.at) for one in yeses.values()),
        missing=tuple(one for one in row.companies if one not in yeses) if row.state == State.PROPOSED else (),
    )


def waiting(by: Subject) -> QuerySet[Dictionary]:
    """Proposed versions that wait for the signed-in person's yes, as home's duties want them."""
    rows = waiting_for(by).filter(Q(mine=True))
    return rows.annotate(
        what=F("integration__name"), where=F("integration__uid"), since=F("proposed"), number=F("no")
    )


def proposed(company: int) -> list[Happening]:
    """Proposals that wait for this company's yes. One query."""
    joined = Party.objects.filter(integration=OuterRef("integration"), company=company, joined__isnull=False)
    words = Agreement.objects.filter(dictionary=OuterRef("pk"), company=company)
    rows = Dictionary.objects.filter(Exists(joined), ~Exists(words), state=State.PROPOSED)
    return [
        Happening(
            event="dictionary-proposed",
            key=f"dictionary:{row.integration.uid}:{row.no}",
            integration=row.integration_id,
            what=f"{row} of {row.integration.name} waits for your company's yes",
            url=address(row),
            since=row.proposed or row.integration.created,
        )
        for row in rows.select_related("integration").order_by("pk")
    ]


def address(row: Dictionary) -> str:
    """The page where a version is read, and signed while it is proposed."""
    return f"{reverse('dictionary', args=[row.integration.uid])}?no={row.no}"
