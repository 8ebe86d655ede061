"""Everything that one case's page tells: the rows, read once each, within what the subject may see."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar, cast
from uuid import UUID

from django.db.models import CharField, DateTimeField, F, Model, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast
from django.http import Http404

from governance.dictionary.models import Dictionary, Term
from governance.register.models import Side
from governance.rulebook.models import RuleVersion
from governance.rulebook.rules import RuleSet, parsed
from portal.access.guard import visible_to
from portal.access.subject import Subject
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


def facts_of(uid: UUID, *, subject: Subject) -> CaseFacts:
    """The case with all that its page tells. Raises Http404 when the subject may not see it. Eight queries."""
    items = list(
        visible_to(Item.objects.filter(case__uid=uid), subject)
        .select_related("case", "case__lane")
        .order_by("created", "pk")
    )
    if not items or not subject.companies & set(items[0].case.companies):
        raise Http404
    case = items[0].case
    sides = sides_of(case, items, subject)
    facts = CaseFacts(case, items, sides)
    facts.changes = newest(
        visible_to(Change.objects.filter(case=case), subject).select_related("content"), "occurred"
    )
    facts.envelopes = newest(
        visible_to(Envelope.objects.filter(case=case), subject).select_related("content"), "sealed"
    )
    facts.intents = newest(visible_to(Intent.objects.filter(case=case), subject).select_related("journal"), "at")
    facts.notes = notes_of(case, subject)
    facts.rules = rules_of(facts, subject)
    facts.labels = labels_of(sides, subject)
    return facts


def newest(rows: QuerySet[R], by: str) -> list[R]:
    """The newest rows, oldest first."""
    return list(reversed(rows.order_by(f"-{by}", "-pk")[:NEWEST]))


def sides_of(case: Case, items: list[Item], subject: Subject) -> list[Side]:
    """Both ends of every connection between the case's items, with title and status as last agreed there."""
    agreed = visible_to(Agreed.objects.filter(case=case, connection=OuterRef("connection")), subject)
    rows = visible_to(Side.objects.filter(system__in={item.system_id for item in items}), subject)
    return list(
        rows.select_related("connection__integration", "company")
        .annotate(
            status_a=Subquery(agreed.filter(term="status").values("value_a")[:1]),
            status_b=Subquery(agreed.filter(term="status").values("value_b")[:1]),
            title=Subquery(agreed.filter(term="title").values("value_a")[:1]),
        )
        .order_by("connection__position", "connection_id", "side")
    )


def notes_of(case: Case, subject: Subject) -> list[Note]:
    """What is parked, withheld, lost or held, in one query."""
    names = ("kind", "key", "at_", "name_", "sentence_", "connection_", "system_", "open_", "company_")
    empty = Value("", output_field=CharField())

    def told(rows: QuerySet[Model], **columns: object) -> QuerySet[Model, tuple[object, ...]]:
        told_rows = rows.annotate(**columns).order_by().values_list(*names)
        return cast("QuerySet[Model, tuple[object, ...]]", told_rows)

    parked = told(
        visible_to(Parked.objects.filter(case=case), subject),
        kind=Value("parked"), key=Cast("uid", CharField()), at_=F("first"), name_=F("subject"),
        sentence_=F("sentence"), connection_=F("connection_id"), system_=F("system_id"), open_=F("state"),
        company_=F("company_id"),
    )  # fmt: skip
    withheld = told(
        visible_to(Withheld.objects.filter(case=case), subject),
        kind=Value("withheld"), key=empty, at_=F("last"), name_=F("term"), sentence_=F("reason"),
        connection_=F("connection_id"), system_=Value(None, output_field=Withheld._meta.pk), open_=empty,
        company_=F("company_id"),
    )  # fmt: skip
    lost = told(
        visible_to(Conflict.objects.filter(case=case), subject),
        kind=Value("lost"), key=Cast("lost", CharField()), at_=F("at"), name_=F("term"), sentence_=F("why"),
        connection_=F("connection_id"), system_=Value(None, output_field=Conflict._meta.pk), open_=empty,
        company_=F("company_id"),
    )  # fmt: skip
    held = told(
        visible_to(Hold.objects.filter(case=case), subject),
        kind=Value("held"), key=Cast("until", CharField()), at_=Cast("since", DateTimeField()), name_=F("code"),
        sentence_=empty, connection_=Value(None, output_field=Hold._meta.pk), system_=F("system_id"),
        open_=empty, company_=Value(0),
    )  # fmt: skip
    return [note_of(row) for row in parked.union(withheld, lost, held, all=True)]


def note_of(row: tuple[object, ...]) -> Note:
    """One row of the union."""
    kind, key, at, name, sentence, connection, system, state, company = row
    assert isinstance(at, datetime)  # noqa: S101 - the column is a time in every branch
    return Note(
        kind=str(kind),
        key=str(key),
        at=at,
        name=str(name),
        sentence=str(sentence),
        connection=connection if isinstance(connection, int) else None,
        system=system if isinstance(system, int) else None,
        open=state in (Parked.State.OPEN.value, Parked.State.RETRY.value),
        company=company if isinstance(company, int) else 0,
    )


def rules_of(facts: CaseFacts, subject: Subject) -> dict[int, Rules]:
    """One's own rule versions that envelopes and writes name, and those in force."""
    named = {envelope.rule_version for envelope in facts.envelopes}
    named |= {intent.rule_version for intent in facts.intents}
    live = Q(state=RuleVersion.State.LIVE, rulebook__connection__in={s.connection_id for s in facts.sides})
    rows = visible_to(RuleVersion.objects.filter(Q(pk__in=named) | live), subject).select_related("rulebook")
    return {row.pk: Rules(row.no, parsed(row.body), row.rulebook.connection_id) for row in rows}


def labels_of(sides: list[Side], subject: Subject) -> dict[str, str]:
    """What the agreed terms are called."""
    integrations = {side.connection.integration_id for side in sides}
    rows = Term.objects.filter(dictionary__integration__in=integrations, dictionary__state=Dictionary.State.AGREED)
    return dict(visible_to(rows, subject).values_list("name", "label"))


def deeds_of_case(case: Case, *, subject: Subject) -> list[Deed]:
    """What people did on a case and its parked work, newest first."""
    parked = Parked.objects.filter(case=case).values("pk")
    rows = Deed.objects.filter(Q(noun="case", object_id=case.pk) | Q(noun="parked", object_id__in=parked))
    return list(visible_to(rows, subject).order_by("-id")[:NEWEST])
