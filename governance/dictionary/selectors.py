"""Reads of dictionaries."""

from collections.abc import Iterable

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet

from governance.dictionary.inforce import AgreedTerm, Pin, in_force
from governance.dictionary.models import Agreement, Dictionary, Origin, Term
from governance.raci.models import Duty
from governance.register.models import Integration, Party, Side, System
from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.core.nested import Row, nested, revived

State = Dictionary.State
#: what the signature under a dictionary is an activity of
SIGN = "approve-dictionary"
#: of an agreed term, the columns that the engine and the rulebooks read
COLUMNS = (
    "name",
    "label",
    "type",
    "path",
    "max_length",
    "allowed",
    "allowed_labels",
    "classification",
    "samples",
)


def agreed_terms(integration_id: int) -> tuple[AgreedTerm, ...]:
    """The terms of the dictionary in force, in its order; none before one is agreed. One query, for workers."""
    rows = Term.objects.filter(dictionary__integration=integration_id, dictionary__state=State.AGREED)
    return tuple(agreed_of(row) for row in rows.order_by("position", "id"))


def agreed_no(integration_id: int) -> int | None:
    """The number of the dictionary in force. One query, for workers."""
    rows = Dictionary.objects.filter(integration=integration_id, state=State.AGREED)
    return rows.values_list("no", flat=True).first()


def terms_in_force(integration_id: int, pins: Iterable[Pin]) -> tuple[AgreedTerm, ...]:
    """What a connection with these live rules obeys (governance.dictionary.inforce). One query, for workers."""
    pins = tuple(pins)
    wanted = Q(dictionary__state=State.AGREED) | Q(dictionary__no__in=[pin.no for pin in pins])
    rows = Term.objects.filter(wanted, dictionary__integration=integration_id).exclude(
        dictionary__state__in=[State.DRAFT, State.PROPOSED]
    )
    versions: dict[int, list[AgreedTerm]] = {}
    newest = 0
    for row in rows.select_related("dictionary").order_by("position", "id"):
        versions.setdefault(row.dictionary.no, []).append(agreed_of(row))
        newest = max(newest, row.dictionary.no)
    return in_force(newest, versions, pins)


def agreed_of(row: Term) -> AgreedTerm:
    """A stored term as the engine obeys it."""
    return AgreedTerm(
        name=row.name,
        label=row.label,
        type=row.type,
        path=row.path,
        max_length=row.max_length,
        allowed=tuple(row.allowed),
        source_of_truth=row.source_of_truth_id,
        classification=row.classification,
        samples=tuple(row.samples),
        allowed_labels=tuple(row.allowed_labels),
    )


def agreed_rows(integration: OuterRef, *, by: Subject) -> ArraySubquery:
    """The same terms as an annotation of another query; `agreed_term` reads each row."""
    rows = Term.objects.filter(dictionary__integration=integration, dictionary__state=State.AGREED)
    ordered = visible_to(rows, by).order_by("position", "id")
    return nested(ordered, *COLUMNS, source_of_truth="source_of_truth_id")


def agreed_term(row: Row) -> AgreedTerm:
    """One row of `agreed_rows`."""
    lists = {name: tuple(row[name]) for name in ("allowed", "allowed_labels", "samples")}
    return AgreedTerm(**{**row, **lists})


def standing_of(integration_id: int, *, by: Subject) -> list[Dictionary]:
    """The agreed version and the open one of an integration's dictionary, without their terms. One query."""
    rows = Dictionary.objects.filter(integration=integration_id).exclude(state=State.RETIRED)
    return list(visible_to(rows, by).order_by("-no"))


def newest_terms(integration_id: int, *, by: Subject) -> list[Term]:
    """The terms of the newest version, open or agreed. One query."""
    newest = Dictionary.objects.filter(integration=integration_id).order_by("-no").values("pk")[:1]
    return list(visible_to(Term.objects.filter(dictionary__in=newest), by).order_by("position", "id"))


def versions_of(integration_id: int, *, by: Subject) -> list[Dictionary]:
    """All versions of an integration's dictionary, newest first, `with_words`, without their terms. One query."""
    rows = visible_to(Dictionary.objects.filter(integration=integration_id), by)
    return list(with_words(rows, by).order_by("-no"))


def with_words(rows: QuerySet[Dictionary], by: Subject) -> QuerySet[Dictionary]:
    """Versions with every party's yes on them, for `yeses_on`, and with `mine`; no query more.

    `mine` = the signed-in person signs for the acting company by the RACI or by the party, or stands in for who does
    (the service itself asks `signers`).
    """
    words = visible_to(Agreement.objects.filter(dictionary=OuterRef("pk")), by).order_by("at")
    me, integration = by.user_id or 0, OuterRef("integration")
    party = Party.objects.filter(integration=integration, company=by.company)
    row = Duty.objects.filter(
        matrix__integration=integration,
        matrix__state="signed",
        letter="A",
        activity__key=SIGN,
        company=by.company,
    )
    return rows.annotate(
        words=nested(words, "id", "company_id", "person", "at"),
        mine=(~Exists(row) & Exists(party.filter(Q(accountable__user=me) | Q(accountable__stand_in__user=me))))
        | Exists(row.filter(Q(column__person__user=me) | Q(column__person__stand_in__user=me))),
    )


def yeses_on(dictionary: Dictionary) -> dict[int, Agreement]:
    """Company id → its yes to a version that was read `with_words`."""
    rows = [revived(Agreement, one) for one in getattr(dictionary, "words", [])]
    return {row.company_id: row for row in rows}


def waiting_for(by: Subject) -> QuerySet[Dictionary]:
    """Proposed versions that the acting company, having joined, has not signed; `with_words`."""
    words = Agreement.objects.filter(dictionary=OuterRef("pk"), company=by.company)
    joined = Party.objects.filter(integration=OuterRef("integration"), company=by.company, joined__isnull=False)
    rows = Dictionary.objects.filter(state=State.PROPOSED, companies__contains=[by.company])
    return with_words(visible_to(rows, by), by).filter(Exists(joined), ~Exists(words))


def terms_of(dictionary: Dictionary, *, by: Subject) -> list[Term]:
    """The terms of one version, in its order. One query."""
    return list(visible_to(Term.objects.filter(dictionary=dictionary), by).order_by("position", "id"))


def terms_by_version(versions: Iterable[Dictionary], *, by: Subject) -> dict[int, list[Term]]:
    """The terms of several versions by the version's number, each in its order. One query."""
    numbers = {one.pk: one.no for one in versions}
    found: dict[int, list[Term]] = {no: [] for no in numbers.values()}
    for row in visible_to(Term.objects.filter(dictionary__in=numbers), by).order_by("position", "id"):
        found[numbers[row.dictionary_id]].append(row)
    return found


def own_systems(by: Subject) -> QuerySet[System]:
    """The systems that the acting company may name as a system of record, by name."""
    return visible_to(System.objects.filter(company_id=by.company), by).order_by("name")


def ends_of(integration: Integration, *, by: Subject) -> list[Side]:
    """The acting company's ends of the integration's connections, each with its system. One query."""
    rows = Side.objects.filter(connection__integration=integration, company_id=by.company)
    return list(visible_to(rows, by).select_related("system", "connection").order_by("connection__name", "side"))


def origins_of(integration: Integration, *, by: Subject) -> list[Origin]:
    """Where the acting company took the terms of an integration from. One query."""
    rows = Origin.objects.filter(integration=integration, company_id=by.company)
    return list(visible_to(rows, by).select_related("system").order_by("system__name", "name"))
