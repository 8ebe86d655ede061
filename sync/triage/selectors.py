"""Reads of triage: parked work by its cause, and what it asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Min

from governance.accessmatrix.sight import narrowed
from governance.raci.selectors import notices_about, whys
from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.ui.words import humanised
from sync.flow.models.cases import Item
from sync.flow.sight import Glass, refusal
from sync.triage.models import Parked

#: open rows that one page reads; the oldest wait longest and are shown first
MOST = 400
#: rows of one cause that are listed; the count says how many there are
LISTED = 20
#: a cause on home for somebody whose role withholds terms: triage shows the cause itself where it may be read
UNTOLD = "Work waits in triage"
#: code of a value that no map names
MAP = "no-map"


@dataclass(frozen=True, slots=True)
class Row:
    """One parked thing."""

    uid: UUID
    case_uid: UUID
    case_label: str
    subject: str
    sentence: str
    state: str
    attempts: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Cause:
    """Parked work with one cause. `connection` is where a missing map is added; `refused` says why not to act."""

    fingerprint: str
    code: str
    sentence: str
    company: int
    place: str
    connection: UUID | None
    rows: tuple[Row, ...]
    count: int
    since: datetime
    refused: str
    #: why it came to the reader, or to whom it was routed; "" while nobody was told
    routed: str = ""

    @property
    def further(self) -> int:
        """Rows that are not listed."""
        return self.count - len(self.rows)

    @property
    def is_map(self) -> bool:
        """Whether an entry in a value map is what is missing."""
        return self.code == MAP


@dataclass(frozen=True, slots=True)
class Summary:
    """A cause in one line, for home."""

    fingerprint: str
    sentence: str
    company: int
    place: str
    count: int
    since: datetime
    is_map: bool


def causes(subject: Subject) -> list[Cause]:
    """All open parked work of the subject's companies by cause; the most first. Three queries."""
    rows = visible_to(Parked.objects.filter(state__in=(Parked.State.OPEN, Parked.State.RETRY)), subject)
    found = list(rows.select_related("case", "connection", "system").order_by("first", "pk")[:MOST])
    shade(found, subject)
    labels = case_labels({row.case_id for row in found}, subject)
    grouped: dict[str, list[Parked]] = {}
    for row in found:
        grouped.setdefault(row.fingerprint, []).append(row)
    routed = whys(notices_about(subject, grouped), subject)
    found_causes = (cause_of(rows, labels, subject, routed=routed.get(key, "")) for key, rows in grouped.items())
    return sorted(found_causes, key=lambda cause: -cause.count)


def shade(rows: Sequence[Parked], subject: Subject) -> None:
    """Replace sentences that may tell a value which the subject's role withholds."""
    if not narrowed(subject):
        return
    glass = Glass(subject)
    for row in rows:
        if row.connection is not None:
            glass.connections[row.connection.pk] = row.connection.integration_id
        glass.parked(row)


def summary(subject: Subject) -> list[Summary]:
    """All open causes without their rows; the most first. One query."""
    rows = visible_to(Parked.objects.filter(state=Parked.State.OPEN), subject).order_by()
    named = rows.values("fingerprint", "code", "company_id", "system__name").annotate(
        number=Count("pk"), since=Min("first"), text=Min("sentence")
    )
    return [
        Summary(
            fingerprint=row["fingerprint"],
            sentence=UNTOLD if narrowed(subject) else row["text"],
            company=row["company_id"],
            place=row["system__name"],
            count=row["number"],
            since=row["since"],
            is_map=row["code"] == MAP,
        )
        for row in named.order_by("-number", "since")
    ]


def cause_of(rows: Sequence[Parked], labels: dict[int, str], subject: Subject, *, routed: str) -> Cause:
    """One cause out of its rows."""
    first = rows[0]
    same = {row.sentence for row in rows}
    return Cause(
        fingerprint=first.fingerprint,
        code=first.code,
        sentence=first.sentence,
        company=first.company_id,
        place=first.system.name,
        connection=first.connection.uid if first.connection else None,
        rows=tuple(row_of(row, labels, several=len(same) > 1) for row in rows[:LISTED]),
        count=len(rows),
        since=first.first,
        refused=refusal(subject, first),
        routed=routed,
    )


def row_of(row: Parked, labels: dict[int, str], *, several: bool) -> Row:
    """One parked row as the page shows it; its own sentence only where the cause's rows differ."""
    return Row(
        uid=row.uid,
        case_uid=row.case.uid,
        case_label=labels.get(row.case_id, str(row.case)),
        subject=subject_words(row.subject),
        sentence=row.sentence if several else "",
        state=row.state,
        attempts=row.attempts,
        first=row.first,
        last=row.last,
    )


def subject_words(subject: str) -> str:
    """What a parked subject is about: "out:priority" → "Priority, outgoing"."""
    kind, _, name = subject.split("@", 1)[0].partition(":")
    known = {
        "create": "The new twin",
        "terms": "Several fields",
        "part": "A comment or file",
        "edit": "An edited comment",
    }
    if kind in known:
        return known[kind]
    way = {"out": ", outgoing", "in": ", incoming", "path": ", in its order"}.get(kind, "")
    return f"{humanised(name or kind)}{way}"


def case_labels(cases: set[int], subject: Subject) -> dict[int, str]:
    """Case id → the labels of its items that the subject may see."""
    found: dict[int, str] = {}
    rows = visible_to(Item.objects.filter(case__in=cases), subject).order_by("created", "pk")
    for case, label, record in rows.values_list("case_id", "label", "record"):
        name = label or record
        found[case] = f"{found[case]} ↔ {name}" if case in found else name
    return found
