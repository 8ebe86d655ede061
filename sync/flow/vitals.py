"""What the landscape asks of this floor: runs of systems, traffic and open triage of connections, in one query."""

from datetime import timedelta
from typing import Any

from django.db.models import (
    BigIntegerField,
    CharField,
    Count,
    DateTimeField,
    F,
    Min,
    Q,
    QuerySet,
    Value,
)

from governance.landscape.ports import Run, Traffic, Vitals
from governance.register.models import Connection, Side
from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.core import clock
from sync.flow.models.facts import Envelope
from sync.flow.models.streams import Stream
from sync.triage.models import Parked

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
#: the columns of all three parts: what it is, of which system or connection, and what is told of it
COLUMNS = ("part", "key", "word", "reason", "day", "hour", "waiting", "at", "later")


class Measuring:
    """Fills governance.landscape.ports.Measured."""

    def vitals(self, *, by: Subject, integration: int | None = None) -> Vitals:
        """Streams, the last day's envelopes by connection and side, and open triage by connection. One query."""
        connections = visible_to(Connection.objects.all(), by)
        streams, parked = runs(by), triage(by)
        if integration is not None:
            connections = connections.filter(integration=integration)
            streams = streams.filter(system__in=Side.objects.filter(connection__in=connections).values("system"))
            parked = parked.filter(connection__in=connections)
        # Each connection's last day lies together in the index envelope_recent.
        envelopes = traffic(by).filter(connection__in=connections.values("pk"))
        rows = list(streams.values_list(*COLUMNS).union(counted(envelopes), gathered(parked), all=True))
        return Vitals(
            {row[1]: Run(row[2], row[3], row[7], row[8]) for row in rows if row[0] == "run"},
            told_traffic([row for row in rows if row[0] == "traffic"]),
            {row[1]: row[4] for row in rows if row[0] == "parked"},
        )


def text(word: str = "") -> Value:
    """A column of text that is the same in every row."""
    return Value(word, CharField())


def number() -> Value:
    """A column that counts nothing."""
    return Value(0, BigIntegerField())


def never() -> Value:
    """A column without a time."""
    return Value(None, DateTimeField())


def runs(by: Subject) -> QuerySet[Stream]:
    """How one's own systems run."""
    return (
        visible_to(Stream.objects.all(), by)
        .order_by()
        .annotate(
            part=text("run"),
            key=F("system_id"),
            word=F("state"),
            day=number(),
            hour=number(),
            waiting=number(),
            at=F("last_poll"),
            later=F("next_poll"),
        )
    )


def traffic(by: Subject) -> QuerySet[Envelope]:
    """What was sealed within the last day."""
    return visible_to(Envelope.objects.filter(sealed__gt=clock.now() - DAY), by)


def counted(envelopes: QuerySet[Envelope]) -> QuerySet[Any, Any]:
    """Envelopes by connection and side."""
    return (
        envelopes.order_by()
        .annotate(part=text("traffic"), key=F("connection_id"), word=F("side"), reason=text())
        .values("part", "key", "word", "reason")
        .annotate(
            day=Count("pk"),
            hour=Count("pk", filter=Q(sealed__gt=clock.now() - HOUR)),
            waiting=Count("pk", filter=Q(applied=None)),
            at=Min("sealed", filter=Q(applied=None)),
            later=never(),
        )
        .values_list(*COLUMNS)
    )


def triage(by: Subject) -> QuerySet[Parked]:
    """One's own open triage of connections."""
    return visible_to(Parked.objects.filter(state=Parked.State.OPEN, connection__isnull=False), by)


def gathered(parked: QuerySet[Parked]) -> QuerySet[Any, Any]:
    """Open triage by connection."""
    return (
        parked.order_by()
        .annotate(part=text("parked"), key=F("connection_id"), word=text())
        .values("part", "key", "word")
        .annotate(told=text(), day=Count("pk"), hour=number(), waiting=number(), at=never(), later=never())
        .values_list("part", "key", "word", "told", *COLUMNS[4:])
    )


def told_traffic(rows: list[Any]) -> dict[int, Traffic]:
    """The rows of a connection's two sides as one."""
    grouped: dict[int, list[Any]] = {}
    for row in rows:
        grouped.setdefault(row[1], []).append(row)
    return {
        key: Traffic(
            day={row[2]: row[4] for row in found},
            hour={row[2]: row[5] for row in found},
            waiting=sum(row[6] for row in found),
            oldest=min((row[7] for row in found if row[7]), default=None),
        )
        for key, found in grouped.items()
    }
