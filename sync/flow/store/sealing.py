"""Envelopes sealed, terms withheld by name, bases moved on, lost values kept."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import F

from sync.engine.agreement import Link
from sync.engine.envelope import Envelope as Drawn
from sync.engine.envelope import plain
from sync.engine.merge import Base
from sync.flow.models.facts import Envelope, EnvelopeContent, Withheld
from sync.flow.models.writes import Agreed, Conflict
from sync.flow.ports import Lost, State

#: within which the same loss is the same turn, tried again
REPEATED = timedelta(minutes=10)


def seal(case: int, link: Link, envelope: Drawn, withheld: Mapping[str, str], state: State, now: datetime) -> int:
    """Store an envelope under the next number unless the last one says the same; returns its id."""
    digest = envelope.digest()
    no, last, known = state.sealed.get((link.id, envelope.side), (0, "", 0))
    if digest == last:
        return known
    mine, theirs = link.end(envelope.side), link.other(envelope.side)
    companies = sorted({mine.company, theirs.company})
    row = Envelope.objects.create(
        case_id=case,
        connection_id=link.id,
        side=envelope.side,
        from_company=mine.company,
        to_company=theirs.company,
        companies=companies,
        no=no + 1,
        rule_version=envelope.rule_version,
        sealed=now,
        occurred=envelope.newest(),
        sha256=digest,
        terms=sorted(envelope.values),
        parts=len(envelope.parts),
    )
    EnvelopeContent.objects.create(envelope=row, companies=companies, body=envelope.body())
    state.sealed[link.id, envelope.side] = (no + 1, digest, row.pk)
    for term, reason in withheld.items():
        hold_back(case, link.id, mine.company, term, reason, now)
    return row.pk


def hold_back(case: int, link: int, company: int, term: str, reason: str, now: datetime) -> None:
    """Count a term that did not leave, by name."""
    changed = Withheld.objects.filter(case_id=case, connection_id=link, company_id=company, term=term).update(
        times=F("times") + 1, last=now, reason=reason
    )
    if not changed:
        Withheld.objects.create(
            case_id=case, connection_id=link, company_id=company, term=term, reason=reason, first=now, last=now
        )


def agree(
    case: int,
    bases: Mapping[tuple[int, str], Base],
    state: State,
    now: datetime,
    companies: Iterable[int],
) -> None:
    """Store bases, each named by connection and term, and bring `state` up to date."""
    parties = {link.id: sorted({link.a.company, link.b.company}) for link in state.links}
    rows = [
        Agreed(
            case_id=case,
            connection_id=link,
            companies=parties.get(link, sorted(companies)),
            term=term,
            value_a=plain(base.a),
            value_b=plain(base.b),
            mark_a=base.mark_a,
            mark_b=base.mark_b,
            unproven=base.unproven,
            roots=[list(one) for one in base.roots],
            at=now,
        )
        for (link, term), base in bases.items()
    ]
    Agreed.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["case", "connection", "term"],
        update_fields=["value_a", "value_b", "mark_a", "mark_b", "unproven", "roots", "at"],
    )
    state.bases.update(bases)


def keep(case: int, lost: Sequence[Lost], now: datetime) -> None:
    """Keep values that lost, each for its own company; a turn repeated after a crash keeps them once."""
    recent = Conflict.objects.filter(case_id=case, at__gte=now - REPEATED) if lost else Conflict.objects.none()
    known = [(row.connection_id, row.company_id, row.term, row.lost) for row in recent]
    Conflict.objects.bulk_create(
        [
            Conflict(
                case_id=case,
                connection_id=one.link,
                company_id=one.company,
                term=one.term,
                lost=plain(one.value),
                why=one.why[:200],
                at=now,
            )
            for one in lost
            if (one.link, one.company, one.term, plain(one.value)) not in known
        ]
    )
