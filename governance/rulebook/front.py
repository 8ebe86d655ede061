"""What rulebooks put onto home and onto the page of all agreements."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.urls import reverse

from governance.agreements.standing import MOST, Standing, Waits, Word
from governance.rulebook.models import Proposal
from governance.rulebook.selectors import proposals_of, waiting_for, with_words, words_on
from portal.access.subject import Subject
from portal.ui.navigation import Duty

State = Proposal.State
SHOWN = (State.PROPOSED, State.AGREED, State.LIVE)


def standings(by: Subject) -> Sequence[Standing]:
    """Every proposal that is open or live. One query."""
    rows = with_words(proposals_of(by).filter(state__in=SHOWN), by=by)
    return [standing_of(row, by) for row in rows[:MOST]]


def standing_of(row: Proposal, by: Subject) -> Standing:
    """One proposal as the list shows it."""
    signed, mine = getattr(row, "signed", []), getattr(row, "mine", False)
    waits: Waits = ""
    if row.state == State.AGREED:
        waits = "time"
    elif row.state == State.PROPOSED:
        waits = "them" if by.company in signed else "me" if mine else "us"
    return Standing(
        kind="Rules",
        what=f"{row.connection.name}, version {row.no}",
        url=reverse("proposal", args=[row.uid]),
        integration=row.connection.integration,
        company=row.company_id,
        state=row.state,
        since=row.ended or row.proposed,
        waits=waits,
        sentence=row.reason or row.note,
        due=row.live_at if row.state in (State.PROPOSED, State.AGREED) else None,
        signed=tuple(Word(one.company_id, one.name, one.at) for one in words_on(row).values() if one.agrees),
        missing=tuple(one for one in row.companies if one not in signed) if row.state == State.PROPOSED else (),
    )


def waiting(by: Subject) -> QuerySet[Proposal]:
    """Proposals that wait for the signed-in person's key."""
    rows = waiting_for(by).filter(Q(mine=True))
    return rows.annotate(what=F("connection__name"), where=F("uid"), since=F("proposed"), number=F("no"))


def duty_of(name: str, uid: UUID, since: datetime | None, _: int) -> Duty:
    """One of them."""
    return Duty(
        what=f"New rules of {name} wait for your signature",
        why="You are accountable for your company's rules",
        url=reverse("proposal", args=[uid]),
        action="Read and sign",
        since=since,
        about=f"proposal:{uid}",
    )
