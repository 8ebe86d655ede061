"""The list of cases, and what the palette finds of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, JSONObject
from django.urls import reverse

from governance.accessmatrix.sight import hidden_places
from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.core import clock
from portal.ui.keyset import Slice, keyset
from portal.ui.navigation import Hit
from sync.flow.models.cases import Case, Hold, Item
from sync.flow.models.writes import Agreed
from sync.triage.models import Parked

#: ways to sort: name → (field, oldest first)
ORDERS = {"touched": ("touched", False), "created": ("created", False), "oldest": ("created", True)}
STATES = {"parked": "Parked", "held": "Waiting for a system", "moving": "Moving", "quiet": "In step"}

#: state → what `marked` and the lane say of such a case
NARROWS: dict[str, dict[str, bool]] = {
    "parked": {"is_parked": True},
    "held": {"is_parked": False, "is_held": True},
    "moving": {"is_parked": False, "is_held": False, "lane__dirty": True},
    "quiet": {"is_parked": False, "is_held": False, "lane__dirty": False},
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to."""

    text: str = ""
    state: str = ""
    company: int = 0
    order: str = "touched"
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Twin:
    """An item as a list shows it: its label, its company and the way to it."""

    label: str
    company: int
    url: str
    gone: bool


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case of the list."""

    uid: UUID
    title: str
    twins: tuple[Twin, ...]
    state: str
    touched: datetime
    created: datetime


def cases(subject: Subject, wanted: Wanted, *, size: int = 50) -> Slice[Case]:
    """One page of the subject's cases as rows of the model; `row_of` reads each for the page. One query."""
    rows = marked(visible_to(Case.objects.select_related("lane"), subject), subject)
    if wanted.text:
        rows = rows.filter(Exists(named(subject, wanted.text)))
    if wanted.company:
        rows = rows.filter(companies__contains=[wanted.company])
    field, ascending = ORDERS.get(wanted.order, ORDERS["touched"])
    rows = narrowed(rows, wanted.state)
    return keyset(rows, field, cursor=wanted.cursor, size=size, ascending=ascending)


def marked(rows: QuerySet[Case], subject: Subject) -> QuerySet[Case]:
    """Cases with what a list tells of each: its items, title, and whether anything waits."""
    items = visible_to(Item.objects.filter(case=OuterRef("pk")), subject).order_by("created", "pk")
    parked = visible_to(Parked.objects.filter(case=OuterRef("pk"), state=Parked.State.OPEN), subject)
    holds = Hold.objects.filter(case=OuterRef("pk"), until__gt=clock.now())
    titles = titles_for(subject).filter(case=OuterRef("pk")).order_by("pk")
    return rows.annotate(
        is_parked=Exists(parked),
        is_held=Exists(holds),
        title=Subquery(titles.values("value_a")[:1]),
        twins=ArraySubquery(
            items.values(row=JSONObject(label="label", record="record", company="company_id", url="url", gone="gone"))
        ),
    )


def titles_for(subject: Subject) -> QuerySet[Agreed]:
    """Titles as last agreed, without those that the subject's own role withholds: they are not found by, either."""
    rows = visible_to(Agreed.objects.filter(term="title"), subject)
    hidden = hidden_places(subject, "title")
    return rows.exclude(connection__integration__in=hidden) if hidden else rows


def named(subject: Subject, text: str) -> QuerySet[Item]:
    """Visible items of the outer case whose label or number holds `text`, or whose agreed title does."""
    items = visible_to(Item.objects.filter(case=OuterRef("pk")), subject)
    titled = titles_for(subject).filter(case=OuterRef("case"))
    titled = titled.annotate(text=Cast("value_a", TextField()))
    return items.filter(Q(label__icontains=text) | Q(record=text) | Exists(titled.filter(text__icontains=text)))


def narrowed(rows: QuerySet[Case], state: str) -> QuerySet[Case]:
    """Only cases in one state of STATES; any other word narrows nothing."""
    return rows.filter(**NARROWS.get(state, {}))


def row_of(case: Case) -> CaseRow:
    """One case out of `cases` as the page shows it."""
    found: Iterable[Mapping[str, object]] = getattr(case, "twins", ())
    title = getattr(case, "title", None)
    return CaseRow(
        uid=case.uid,
        title=str(title) if title else "",
        twins=tuple(twin_of(row) for row in found),
        state=lane_state(case, parked=getattr(case, "is_parked", False), held=getattr(case, "is_held", False)),
        touched=case.touched,
        created=case.created,
    )


def twin_of(row: Mapping[str, object]) -> Twin:
    """One item out of the list's JSON."""
    return Twin(
        label=str(row["label"] or row["record"]),
        company=int(str(row["company"])),
        url=str(row["url"] or ""),
        gone=row["gone"] is not None,
    )


def lane_state(case: Case, *, parked: bool, held: bool) -> str:
    """The word for where a case stands; the first that holds of parked, held, paused, alone, moving, quiet."""
    lane = getattr(case, "lane", None)
    if parked:
        return "parked"
    if held:
        return "held"
    if lane is not None and lane.frozen:
        return "paused"
    if lane is not None and lane.dirty:
        return "moving"
    return "alone" if case.state == Case.State.ALONE else "quiet"


def find_cases(subject: Subject, text: str) -> Sequence[Hit]:
    """Up to eight cases whose items or title hold `text`, newest first."""
    rows = marked(visible_to(Case.objects.select_related("lane"), subject), subject)
    found = rows.filter(Exists(named(subject, text))).order_by("-touched")[:8]
    hits = []
    for row in map(row_of, found):
        label = " ↔ ".join(twin.label for twin in row.twins)
        hits.append(Hit(label, reverse("case", args=[row.uid]), "cases", row.title))
    return hits
