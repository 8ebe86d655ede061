"""What moves now: the newest changes and envelopes of an integration or connection, and how long they take."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import Aggregate, Count, F, FloatField, Func, Q, QuerySet
from django.db.models.functions import Coalesce, Extract

from governance.register.models import Connection, Side
from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.core import clock
from portal.ui.words import humanised
from sync.flow.models.cases import Item
from sync.flow.models.facts import Change, Envelope

NEWEST, HOUR, STEPS = 30, timedelta(hours=1), 12


class Percentiles(Aggregate):
    """The median and the 95th percentile of an expression, as an array."""

    function = "percentile_cont"
    template = "%(function)s(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = ArrayField(FloatField())


class Bin(Func):
    """The step of a time since `start`, as whole steps of five minutes."""

    function = "floor"
    template = "floor(extract(epoch from (%(expressions)s)) / 300)::int"


#: seconds from the source's change (or, where none is named, the sealing) to the receipt
LAG = Extract(F("applied") - Coalesce(F("occurred"), F("sealed")), "epoch")


@dataclass(frozen=True, slots=True)
class Lag:
    """Envelopes of the last hour and how long they took, in seconds; `line` is the median per five minutes."""

    envelopes: int = 0
    waiting: int = 0
    median: float | None = None
    slow: float | None = None
    line: tuple[float | None, ...] = (None,) * STEPS


@dataclass(frozen=True, slots=True)
class Moved:
    """One line of the live flow."""

    at: datetime
    company: int
    to: int
    icon: str
    what: str
    case_uid: UUID | None
    case_label: str
    seconds: float | None
    state: str


@dataclass(frozen=True, slots=True)
class Flow:
    """The live part of one page; `digest` changes when anything on it does."""

    rows: tuple[Moved, ...]
    lag: Lag
    digest: str


def connections_of(noun: str, uid: UUID, *, subject: Subject) -> list[int]:
    """Ids of the connections of an integration, or of the one connection, that the subject may see."""
    rows = visible_to(Connection.objects.all(), subject)
    found = rows.filter(uid=uid) if noun == "connection" else rows.filter(integration__uid=uid)
    return list(found.values_list("pk", flat=True))


def flow_of(connections: Sequence[int], *, subject: Subject) -> Flow:
    """The newest changes and envelopes of some connections, newest first. Five queries."""
    own = visible_to(Side.objects.filter(connection__in=connections), subject).filter(company__in=subject.companies)
    sent = visible_to(Envelope.objects.filter(connection__in=connections), subject)
    envelopes = list(sent.order_by("-sealed", "-pk")[:NEWEST])
    changed = visible_to(Change.objects.filter(system__in=own.values("system")), subject)
    changes = list(changed.exclude(disposition="echo").order_by("-seen", "-pk").select_related("case")[:NEWEST])
    labels = labels_of({e.case_id for e in envelopes} | {c.case_id for c in changes}, subject)
    rows = [moved_envelope(row, labels) for row in envelopes] + [moved_change(row, labels) for row in changes]
    rows.sort(key=lambda row: row.at, reverse=True)
    shown = tuple(rows[:NEWEST])
    lag = lags(sent, by="").get(0, Lag())
    text = repr([(row.at, row.what, row.state, row.case_label) for row in shown]) + repr(lag)
    return Flow(shown, lag, hashlib.sha256(text.encode()).hexdigest()[:16])


def labels_of(cases: set[int], subject: Subject) -> Mapping[int, tuple[UUID, str]]:
    """Case id → (uid, the labels of its items that the subject may see)."""
    rows = visible_to(Item.objects.filter(case__in=cases), subject).order_by("created", "pk")
    found: dict[int, tuple[UUID, str]] = {}
    for case, uid, label, record in rows.values_list("case_id", "case__uid", "label", "record"):
        name = label or record
        found[case] = (uid, f"{found[case][1]} ↔ {name}" if case in found else name)
    return found


def moved_envelope(row: Envelope, labels: Mapping[int, tuple[UUID, str]]) -> Moved:
    """An envelope as a line."""
    uid, label = labels.get(row.case_id, (None, ""))
    words = [humanised(term) for term in row.terms[:3]]
    if len(row.terms) > 3:
        words.append(f"{len(row.terms) - 3} more")
    if row.parts:
        words.append("1 part" if row.parts == 1 else f"{row.parts} parts")
    since = row.occurred or row.sealed
    return Moved(
        at=row.sealed,
        company=row.from_company,
        to=row.to_company,
        icon="envelope",
        what=f"Envelope {row.no}: {', '.join(words) or 'nothing new'}",
        case_uid=uid,
        case_label=label,
        seconds=(row.applied - since).total_seconds() if row.applied else None,
        state="applied" if row.applied else "moving",
    )


def moved_change(row: Change, labels: Mapping[int, tuple[UUID, str]]) -> Moved:
    """An own change as a line."""
    uid, label = labels.get(row.case_id, (None, ""))
    icon = row.field if row.field in ("comment", "attachment") else "pencil"
    return Moved(
        at=row.seen,
        company=row.company_id,
        to=0,
        icon="plus" if row.field == "created" else icon,
        what=humanised(row.field),
        case_uid=uid,
        case_label=label,
        seconds=(row.seen - row.occurred).total_seconds(),
        state="private" if row.private else row.disposition or "moving",
    )


def lags(envelopes: QuerySet[Envelope], *, by: str = "connection_id") -> dict[int, Lag]:
    """The last hour's lag by connection, or as one under 0 when `by` is empty. One query."""
    now = clock.now()
    start = now - HOUR
    keys = [by] if by else []
    rows = (
        envelopes.filter(sealed__gt=start)
        .annotate(step=Bin(F("sealed") - start))
        .values(*keys, "step")
        .annotate(
            n=Count("pk"),
            waiting=Count("pk", filter=Q(applied=None)),
            marks=Percentiles(LAG, filter=Q(applied__isnull=False)),
        )
        .order_by()
    )
    grouped: dict[int, list[Mapping[str, object]]] = {}
    for row in rows:
        grouped.setdefault(int(row[by]) if by else 0, []).append(row)
    return {key: lag_of(found) for key, found in grouped.items()}


def lag_of(rows: Sequence[Mapping[str, object]]) -> Lag:
    """Five-minute rows as the hour's figures; median and slow are weighed by the number of envelopes."""
    line: list[float | None] = [None] * STEPS
    weighed: list[tuple[float, float, int]] = []
    envelopes = waiting = 0
    for row in rows:
        n, marks = int(str(row["n"])), row["marks"]
        envelopes, waiting = envelopes + n, waiting + int(str(row["waiting"]))
        if isinstance(marks, list):
            line[min(STEPS - 1, max(0, int(str(row["step"]))))] = marks[0]
            weighed.append((marks[0], marks[1], n))
    total = sum(n for _, _, n in weighed)
    median = sum(m * n for m, _, n in weighed) / total if total else None
    slow = max((s for _, s, _ in weighed), default=None)
    return Lag(envelopes, waiting, median, slow, tuple(line))
