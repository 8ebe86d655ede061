"""What the frame and home show of this floor: marks, integrations with their lag, systems."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, QuerySet, Subquery, Value

from governance.raci.selectors import unread
from governance.register.models import Company, Connection
from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.ui.navigation import Marks
from sync.flow.models.cases import Case, Lane
from sync.flow.models.facts import Envelope
from sync.flow.models.streams import Stream
from sync.flow.selectors.live import Lag, lags
from sync.triage.models import Parked

TROUBLE = (Stream.State.UNREACHABLE.value, Stream.State.NEEDS_AUTH.value)


@dataclass(frozen=True, slots=True)
class Line:
    """One integration on home."""

    uid: UUID
    name: str
    companies: tuple[int, ...]
    state: str
    word: str
    lag: Lag


@dataclass(frozen=True, slots=True)
class SystemLine:
    """One of one's own systems on home."""

    uid: UUID
    name: str
    kind: str
    company: int
    state: str
    word: str
    reason: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Systems:
    """One's own systems, and of all one's cases how many there are and in how many something moves."""

    lines: tuple[SystemLine, ...]
    cases: int
    moving: int
    marks: Marks


def marks(subject: Subject) -> Marks:
    """Open triage, notices that the signed-in person has not looked at, and the last answer of an own system.

    One query.
    """
    streams = visible_to(Stream.objects.all(), subject).order_by()
    last = Subquery(streams.values(one=Value(1)).annotate(last=Max("last_ok")).values("last"))
    company = visible_to(Company.objects.filter(pk=subject.company), subject).order_by()
    row = company.values_list(number(opened(subject)), number(unread(subject)), last).first()
    parked, told, at = row or (0, 0, None)
    return Marks({"triage": parked or 0, "notices": told or 0}, at)


def opened(subject: Subject) -> QuerySet[Parked]:
    """Open triage."""
    return visible_to(Parked.objects.filter(state=Parked.State.OPEN), subject)


def number(rows: QuerySet[Any]) -> Subquery:
    """How many rows there are, as an annotation of another query; None for none."""
    return Subquery(rows.order_by().values(one=Value(1)).annotate(n=Count("pk")).values("n"))


def systems(subject: Subject) -> Systems:
    """The subject's own systems, those in trouble first, its number of cases, and the frame's marks. One query."""
    rows = visible_to(Stream.objects.select_related("system"), subject).annotate(
        cases=number(visible_to(Case.objects.all(), subject)),
        moving=number(visible_to(Lane.objects.filter(dirty=True), subject)),
        parked=number(opened(subject)),
        told=number(unread(subject)),
    )
    found = list(rows)
    lines = [
        SystemLine(
            uid=row.system.uid,
            name=row.system.name,
            kind=row.product or row.system.kind.capitalize(),
            company=row.company_id,
            state=row.state,
            word=row.get_state_display(),
            reason=row.reason,
            since=row.last_ok,
        )
        for row in found
    ]
    lines.sort(key=lambda line: (line.state not in TROUBLE, line.name))
    cases, moving, parked, told = first_of(found)
    last = max((row.last_ok for row in found if row.last_ok), default=None)
    return Systems(tuple(lines), cases or 0, moving or 0, Marks({"triage": parked or 0, "notices": told or 0}, last))


def first_of(found: Sequence[Any]) -> tuple[int | None, int | None, int | None, int | None]:
    """What every row repeats: the numbers of cases, of those that move, of open triage and of unread notices."""
    return (found[0].cases, found[0].moving, found[0].parked, found[0].told) if found else (0, 0, 0, 0)


def integrations(subject: Subject, found: Sequence[SystemLine]) -> list[Line]:
    """The integrations of the subject with the last hour's lag, by name. Two queries."""
    connections = visible_to(Connection.objects.select_related("integration"), subject)
    by_connection = lags(visible_to(Envelope.objects.all(), subject))
    grouped: dict[int, list[Connection]] = {}
    for connection in connections.order_by("integration__name", "position", "pk"):
        grouped.setdefault(connection.integration_id, []).append(connection)
    trouble = {line.company for line in found if line.state in TROUBLE}
    return [line_of(rows, by_connection, trouble) for rows in grouped.values()]


def line_of(rows: Sequence[Connection], by_connection: Mapping[int, Lag], trouble: set[int]) -> Line:
    """One integration out of its connections."""
    first, states = rows[0].integration, {row.state for row in rows}
    told = [by_connection[row.pk] for row in rows if row.pk in by_connection]
    lag = max(told, key=lambda one: one.envelopes, default=Lag())
    if len(told) > 1:
        medians = [one.median for one in told if one.median is not None]
        lag = Lag(
            sum(one.envelopes for one in told),
            sum(one.waiting for one in told),
            max(medians, default=None),
            max((one.slow for one in told if one.slow is not None), default=None),
            lag.line,
        )
    if Connection.State.LIVE not in states:
        state = "pending" if Connection.State.PENDING in states else "paused"
        return Line(first.uid, first.name, tuple(first.companies), state, "", lag)
    if trouble & set(first.companies):
        return Line(first.uid, first.name, tuple(first.companies), "failed", "A system is silent", lag)
    return Line(first.uid, first.name, tuple(first.companies), "live", "", lag)
