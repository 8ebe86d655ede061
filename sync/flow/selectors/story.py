"""Everything that one case's page tells: the rows, read once each, within what the subject may see."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import IntegerField, Model, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast
from django.http import Http404

from governance.dictionary.models import Dictionary, Term
from governance.register.models import Side
from governance.rulebook.models import RuleVersion
from governance.rulebook.rules import RuleSet, parsed
from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.core.nested import Row, nested, revived
from portal.history.models import Deed
from sync.flow.models.cases import Case, Hold, Item
from sync.flow.models.facts import Change, Envelope, Withheld
from sync.flow.models.writes import Agreed, Conflict, Intent
from sync.triage.models import Parked

R = TypeVar("R", bound=Model)
#: rows of each kind that one page tells
NEWEST = 200


@dataclass(frozen=True, slots=True)
class Note:
    """Something that stands beside the flow: parked, withheld, lost or held. `kind` says which."""

    kind: str
    key: str
    at: datetime
    name: str
    sentence: str
    connection: int | None
    system: int | None
    open: bool
    company: int = 0


@dataclass(frozen=True, slots=True)
class Rules:
    """One of one's own rule versions: its number, and what each field is called."""

    no: int
    rules: RuleSet
    connection: int


@dataclass(slots=True)
class CaseFacts:
    """What is stored of one case, as far as the subject may read it; oldest first."""

    case: Case
    items: list[Item]
    sides: list[Side]
    changes: list[Change] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    intents: list[Intent] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    rules: Mapping[int, Rules] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)

    def side_of(self, system: int, connection: int | None = None) -> Side | None:
        """The end that a system is of a connection, or of any."""
        return next((s for s in self.sides if s.system_id == system and connection in (None, s.connection_id)), None)

    def partner_of(self, connection: int, company: int) -> Side | None:
        """The end of a connection that is not the company's."""
        return next((s for s in self.sides if s.connection_id == connection and s.company_id != company), None)


def facts_of(uid: UUID, *, subject: Subject, whole: bool = True) -> CaseFacts:
    """The case with all that its page tells. Raises Http404 when the subject may not see it.

    Five queries; two unless `whole`, which leaves out changes, envelopes and writes.
    """
    case = case_of(uid, subject)
    items = [revived(Item, row) for row in case.items_] if case else []
    if case is None or not items:
        raise Http404
    sides = sides_of(case, items, subject)
    facts = CaseFacts(case, items, sides)
    facts.notes = [note_of(row) for kind in ("parked_", "withheld_", "lost_", "held_") for row in getattr(case, kind)]
    facts.labels = {row["name"]: row["label"] for side in sides for row in side.labels}
    facts.rules = {
        row["id"]: Rules(row["no"], parsed(row["body"]), side.connection_id) for side in sides for row in side.rules
    }
    if whole:
        changes = visible_to(Change.objects.filter(case=case), subject).select_related("content")
        envelopes = visible_to(Envelope.objects.filter(case=case), subject).select_related("content")
        intents = visible_to(Intent.objects.filter(case=case), subject).select_related("journal")
        facts.changes, facts.envelopes = newest(changes, "occurred"), newest(envelopes, "sealed")
        facts.intents = newest(intents, "at")
    return facts


def case_of(uid: UUID, subject: Subject) -> Any:
    """The case with its lane, its items in `items_`, and what stands beside the flow; None when it is hidden."""

    def of_case(model: type[Model]) -> QuerySet[Any]:
        return visible_to(model._default_manager.filter(case=OuterRef("pk")), subject)

    columns = [column.attname for column in Item._meta.concrete_fields]
    nothing, none = Value(""), Value(None, IntegerField())
    return (
        visible_to(Case.objects.filter(uid=uid).select_related("lane"), subject)
        .annotate(
            items_=nested(of_case(Item).order_by("created", "pk"), *columns),
            parked_=nested(
                of_case(Parked), "sentence", kind=Value("parked"), key="uid", at="first", name="subject",
                connection="connection_id", system="system_id", state="state", company="company_id",
            ),
            withheld_=nested(
                of_case(Withheld), kind=Value("withheld"), key=nothing, at="last", name="term", sentence="reason",
                connection="connection_id", system=none, state=nothing, company="company_id",
            ),
            lost_=nested(
                of_case(Conflict), kind=Value("lost"), key=Cast("lost", TextField()), at="at", name="term",
                sentence="why", connection="connection_id", system=none, state=nothing, company="company_id",
            ),
            held_=nested(
                of_case(Hold), kind=Value("held"), key="until", at="since", name="code", sentence=nothing,
                connection=none, system="system_id", state=nothing, company=Value(0),
            ),
        )
        .first()
    )  # fmt: skip


def note_of(row: Row) -> Note:
    """One of the case's notes."""
    columns = dict(row)
    at, state = datetime.fromisoformat(columns.pop("at")), columns.pop("state")
    return Note(at=at, open=state in (Parked.State.OPEN, Parked.State.RETRY), **columns)


def newest(rows: QuerySet[R], by: str) -> list[R]:
    """The newest rows, oldest first."""
    return list(reversed(rows.order_by(f"-{by}", "-pk")[:NEWEST]))


def sides_of(case: Case, items: list[Item], subject: Subject) -> list[Any]:
    """Both ends of every connection between the case's items, with title and status as last agreed there.

    Each has `labels`, what the agreed terms are called, and, of one's own, `rules`: the rule versions in force and
    those that the case's envelopes and writes name. One query.
    """
    agreed = visible_to(Agreed.objects.filter(case=case, connection=OuterRef("connection")), subject)
    terms = Term.objects.filter(
        dictionary__integration=OuterRef("connection__integration"), dictionary__state=Dictionary.State.AGREED
    )
    used = Q(state=RuleVersion.State.LIVE)
    for model in (Envelope, Intent):
        used |= Q(pk__in=visible_to(model.objects.filter(case=case), subject).values("rule_version"))
    versions = RuleVersion.objects.filter(
        used, rulebook__connection=OuterRef("connection"), rulebook__side=OuterRef("side")
    )
    rows = visible_to(Side.objects.filter(system__in={item.system_id for item in items}), subject)
    return list(
        rows.select_related("connection__integration", "company")
        .annotate(
            status_a=Subquery(agreed.filter(term="status").values("value_a")[:1]),
            status_b=Subquery(agreed.filter(term="status").values("value_b")[:1]),
            title=Subquery(agreed.filter(term="title").values("value_a")[:1]),
            labels=nested(visible_to(terms, subject), "name", "label"),
            rules=nested(visible_to(versions, subject).order_by("pk"), "id", "no", "body"),
        )
        .order_by("connection__position", "connection_id", "side")
    )


def deeds_of_case(case: Case, *, subject: Subject) -> list[Deed]:
    """What people did on a case and its parked work, newest first."""
    parked = Parked.objects.filter(case=case).values("pk")
    rows = Deed.objects.filter(Q(noun="case", object_id=case.pk) | Q(noun="parked", object_id__in=parked))
    return list(visible_to(rows, subject).order_by("-id")[:NEWEST])
