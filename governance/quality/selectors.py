"""Reads of surveys: the figures of each side of an integration, by term, for the acting company."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef
from django.urls import reverse

from governance.accessmatrix.sight import hides
from governance.dictionary.models import Dictionary, Term
from governance.quality.marks import TOGETHER
from governance.quality.models import Survey
from governance.register.models import Integration, Side
from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.core.nested import Row

TERM = ("name", "label", "type", "allowed", "max_length", "unique", "mandatory")
State = Survey.State


#: kinds with trouble or a choice of states → the state's word (portal.ui.states) and what it is called in a cell
LOOKS = {
    "alien": ("warning", "Not in the list"),
    "long": ("warning", "Too long"),
    "gap": ("failed", "No entry"),
    "equal": ("ok", "In step"),
    "differs": ("warning", "Differs"),
    "transit": ("moving", "In transit"),
    "unsent": ("waiting", "Never sent"),
    "withheld": ("withheld", "Withheld"),
    "in-alien": ("warning", "Not in the list"),
    "in-long": ("warning", "Too long"),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its list of items."""

    n: int
    url: str
    state: str = ""
    word: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of one term on one side: kind of mark → items. `hidden`: the reader's role sees none of it."""

    survey: UUID
    name: str
    label: str
    unique: bool
    mandatory: bool
    bounded: bool
    hidden: bool
    counts: Mapping[str, int]

    def count(self, kind: str) -> int:
        """Items with this mark."""
        return self.counts.get(kind, 0)

    def figure(self, kind: str) -> Figure | None:
        """A number that is not nought."""
        many = self.count(kind)
        return (
            Figure(many, reverse("quality-items", args=[self.survey, kind, self.name]), *LOOKS.get(kind, ()))
            if many
            else None
        )

    def figures(self, *kinds: str) -> list[Figure]:
        """Those of these kinds that are not nought."""
        return [one for one in map(self.figure, kinds) if one]

    @property
    def full(self) -> Figure | None:
        """Filled items."""
        return self.figure("full")

    @property
    def empty(self) -> Figure | None:
        """Empty items."""
        return self.figure("empty")

    @property
    def double(self) -> Figure | None:
        """Items with the value of another one."""
        return self.figure("double")

    @property
    def unallowed(self) -> list[Figure]:
        """Values that the dictionary does not allow, or that have no entry."""
        return self.figures("alien", "long", "gap")

    @property
    def together(self) -> list[Figure]:
        """How both sides stand."""
        return self.figures(*TOGETHER)

    @property
    def got(self) -> tuple[Figure | None, Figure | None, list[Figure]]:
        """What the partner sent: filled, empty, not allowed."""
        return self.figure("in-full"), self.figure("in-empty"), self.figures("in-alien", "in-long")

    @property
    def told(self) -> int:
        """Items of which it is known whether they hold a value."""
        return sum(self.count(kind) for kind in ("full", "empty", "gap"))

    @property
    def filled(self) -> int:
        """Items with a value, whether it has an entry in the value map or not."""
        return self.count("full") + self.count("gap")

    @property
    def share(self) -> int | None:
        """Filled items in percent, rounded down, so that 100 means all; None where nothing is known."""
        return self.filled * 100 // self.told if self.told else None

    @property
    def received(self) -> int:
        """Items of which the partner's newest envelope holds the term."""
        return self.count("in-full") + self.count("in-empty")

    @property
    def received_share(self) -> int | None:
        """Of these, those with a value, in percent."""
        return self.count("in-full") * 100 // self.received if self.received else None

    @property
    def flowing(self) -> int:
        """Items for which it is known how both sides stand."""
        return sum(self.count(kind) for kind in TOGETHER)

    @property
    def in_step(self) -> int | None:
        """Of these, those in step, in percent; what is withheld on purpose does not count."""
        of = self.flowing - self.count("withheld")
        return self.count("equal") * 100 // of if of else None

    @property
    def trouble(self) -> int:
        """Marks that somebody should look at."""
        kinds = ["double", "alien", "long", "gap", "differs"] + (["empty"] if self.mandatory else [])
        return sum(self.count(kind) for kind in kinds)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One side's survey as a page shows it."""

    survey: Survey
    connection: str
    system: str
    lines: Sequence[Line]

    @property
    def at_work(self) -> bool:
        """Whether a count is at work or asked for."""
        return self.survey.state in (State.WAITING, State.RUNNING)

    @property
    def trouble(self) -> int:
        """Marks that somebody should look at."""
        return sum(line.trouble for line in self.lines if not line.hidden)

    @property
    def at(self) -> datetime | None:
        """When the figures were complete."""
        return self.survey.at


def sheets_of(integration: Integration, *, by: Subject) -> list[Sheet]:
    """The surveys of the acting company's sides with their terms, by connection. Two queries.

    Another company's surveys are not readable; what it sent stands in one's own.
    """
    rows = Survey.objects.filter(connection__integration=integration, company_id=by.company)
    sides = Side.objects.filter(connection=OuterRef("connection"), side=OuterRef("side"))
    named = visible_to(sides, by).values("system_name")[:1]
    found = visible_to(rows, by).select_related("connection").annotate(system_name=named)
    terms = terms_in_force(integration, by=by)
    return [
        Sheet(row, row.connection.name, row.system_name or "", lines_of(row, terms, integration, by=by))
        for row in found.order_by("connection__name", "connection", "side")
    ]


def terms_in_force(integration: Integration, *, by: Subject) -> list[Row]:
    """The agreed terms, in their order. One query."""
    rows = Term.objects.filter(dictionary__integration=integration, dictionary__state=Dictionary.State.AGREED)
    return list(visible_to(rows, by).order_by("position", "id").values(*TERM))


def lines_of(survey: Survey, terms: Iterable[Row], integration: Integration, *, by: Subject) -> list[Line]:
    """The terms that bear on a side, in the dictionary's order."""
    figures: Mapping[str, Any] = survey.figures
    return [
        Line(
            survey=survey.uid,
            name=term["name"],
            label=term["label"],
            unique=term["unique"],
            mandatory=term["mandatory"],
            bounded=bool(term["allowed"]),
            hidden=hides(by, [survey.company_id], integration.pk, term["name"]),
            counts=figures[term["name"]],
        )
        for term in terms
        if figures.get(term["name"])
    ]
