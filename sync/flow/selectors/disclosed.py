"""Reads of the disclosure register: what was ever sent, since which signed version, and what one case held."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db.models import F, OuterRef, QuerySet, Sum

from governance.accessmatrix.compiled import WITHHELD
from governance.dictionary.models import Dictionary, Term
from governance.register.models import Connection
from governance.rulebook.models import Disclosure, Proposal, Signature
from governance.terms.ports import Sent as TermSent
from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.core.nested import nested
from sync.flow.models.cases import Case
from sync.flow.models.disclosed import Disclosed
from sync.flow.models.facts import Envelope, Withheld
from sync.flow.sight import Glass, part_without

#: envelopes that one case's page tells
NEWEST = 200
WENT_LIVE = (Proposal.State.LIVE, Proposal.State.RETIRED)
PARTS = {"comment": "Comments", "attachment": "Attachments"}


@dataclass(frozen=True, slots=True)
class Origin:
    """Since which version a term leaves a side, and who signed that: (company id, name) in the order of signing."""

    no: int
    since: datetime
    signed: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """One envelope of one's own company about a case: what it let the partner read that was new to it."""

    no: int
    connection: Connection
    receiver: int
    sealed: datetime
    applied: datetime | None
    #: (label, value; "" = emptied)
    values: tuple[tuple[str, str], ...]
    #: comments and files as the envelope holds them
    parts: tuple[Mapping[str, object], ...]
    again: int


def disclosed_by(by: Subject) -> QuerySet[Disclosed]:
    """What the acting company let partners read, and they let it read."""
    rows = visible_to(Disclosed.objects.filter(companies__contains=[by.company]), by)
    return rows.select_related("connection__integration", "sender", "receiver")


class Disclosing:
    """Fills governance.terms.ports.Disclosing."""

    def sent(self, integration: int, term: str, *, by: Subject) -> Mapping[tuple[int, str], TermSent]:
        """How often a term left each side. One query."""
        rows = visible_to(Disclosed.objects.filter(connection__integration=integration, term=term), by)
        return {(row.connection_id, row.side): TermSent(row.cases, row.last) for row in rows}


def with_origins(rows: Sequence[Any], by: Subject) -> None:
    """Put `origin`, `label` and the own company's `withheld` onto rows of the register. Two queries.

    A term that a version stopped and a later one sent again counts since the later one.
    """
    connections = sorted({row.connection_id for row in rows})
    signed = nested(yes(by), "company_id", "name", "at")
    live = visible_to(Disclosure.objects.filter(connection=OuterRef("pk")), by)
    found = visible_to(Connection.objects.filter(pk__in=connections), by).annotate(
        proposals_=nested(went_live(by), "side", "no", "terms", "proposed", signed=signed),
        live_=nested(live, "side", "no", "sends", "live_from"),
        words_=nested(agreed(by), "name", "label"),
    )
    paper = {connection.pk: connection for connection in found}
    kept = withheld_on(connections, by=by)
    for row in rows:
        about: Any = paper.get(row.connection_id)
        row.origin = origin_of(row, about.proposals_, about.live_) if about else None
        labels = {one["name"]: one["label"] for one in about.words_} if about else {}
        row.label = labels.get(row.term) or PARTS.get(row.term, row.term)
        own = row.sender_id in by.companies
        row.withheld = kept.get((row.connection_id, row.sender_id, row.term), 0) if own else None


def went_live(by: Subject) -> QuerySet[Proposal]:
    """The proposals of a connection that went live, in their order."""
    rows = Proposal.objects.filter(connection=OuterRef("pk"), state__in=WENT_LIVE)
    return visible_to(rows, by).order_by("no", "pk")


def yes(by: Subject) -> QuerySet[Signature]:
    """Who signed a proposal."""
    return visible_to(Signature.objects.filter(proposal=OuterRef("pk"), agrees=True), by).order_by("at")


def agreed(by: Subject) -> QuerySet[Term]:
    """The agreed terms of a connection's integration."""
    rows = Term.objects.filter(
        dictionary__integration=OuterRef("integration"), dictionary__state=Dictionary.State.AGREED
    )
    return visible_to(rows, by)


def withheld_on(connections: Iterable[int], *, by: Subject) -> dict[tuple[int, int, str], int]:
    """(connection, company, term) → how often the term was held back; one's own company's alone. One query."""
    rows = visible_to(Withheld.objects.filter(connection__in=list(connections)), by)
    told = rows.values_list("connection_id", "company_id", "term").annotate(n=Sum("times")).order_by()
    return {(connection, company, term): n for connection, company, term, n in told}


def origin_of(row: Disclosed, proposals: Sequence[Mapping[str, Any]], live: Sequence[Mapping[str, Any]]) -> Any:
    """Since which version a side sends a term; rules that were never proposed count from when they went live."""
    found: Origin | None = None
    for one in proposals:
        if one["side"] != row.side:
            continue
        if row.term not in (one["terms"].get("after") or {}).get("sends", {}):
            found = None
        elif found is None:
            signed = tuple((word["company_id"], word["name"]) for word in one["signed"])
            at = max([word["at"] for word in one["signed"]], default=one["proposed"])
            found = Origin(one["no"], datetime.fromisoformat(at), signed)
    if found is None:
        now = next((one for one in live if one["side"] == row.side and row.term in one["sends"]), None)
        found = Origin(now["no"], datetime.fromisoformat(now["live_from"])) if now else None
    return found


def sent_about(case: Case, *, by: Subject, glass: Glass, to: int = 0) -> list[Sent]:
    """What the acting company ever sent to its partners (or to one) about a case, oldest first. One query.

    Each envelope tells what was new in it; `again` counts the terms that it only repeated. `glass` keeps what the
    reader's role withholds, after what is new was found.
    """
    rows = visible_to(Envelope.objects.filter(case=case, from_company=by.company), by)
    rows = rows.exclude(to_company=F("from_company"))
    if to:
        rows = rows.filter(to_company=to)
    newest = rows.select_related("content", "connection").annotate(
        words_=nested(agreed_of_envelope(by), "name", "label")
    )
    known: dict[int, dict[str, object]] = {}
    told: dict[int, set[str]] = {}
    found = []
    for row in reversed(newest.order_by("-sealed", "-pk")[:NEWEST]):
        body = cast(Mapping[str, Any], row.content.body)
        before, heard = known.setdefault(row.connection_id, {}), told.setdefault(row.connection_id, set())
        terms: Mapping[str, object] = body.get("terms") or {}
        labels = {one["name"]: one["label"] for one in row.words_}
        fresh = [name for name, value in terms.items() if name not in before or before[name] != value]
        parts = [one for one in body.get("parts") or [] if str(one["id"]) not in heard]
        hidden = {
            name
            for name in {*fresh, *(str(one.get("kind")) for one in parts)}
            if glass.hides(row.companies, row.connection.integration_id, name)
        }
        found.append(
            Sent(
                no=row.no,
                connection=row.connection,
                receiver=row.to_company,
                sealed=row.sealed,
                applied=row.applied,
                values=tuple(
                    (labels.get(name, name), WITHHELD if name in hidden else text_of(terms[name])) for name in fresh
                ),
                parts=tuple(part_without(one, hidden) for one in parts),
                again=len(terms) - len(fresh),
            )
        )
        before.update(terms)
        heard.update(str(one["id"]) for one in parts)
    return found


def text_of(value: object) -> str:
    """A value as a person reads it; "" for an empty one."""
    if value is None:
        return ""
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)


def agreed_of_envelope(by: Subject) -> QuerySet[Term]:
    """The agreed terms of the integration that an envelope travels under."""
    rows = Term.objects.filter(
        dictionary__integration=OuterRef("connection__integration"), dictionary__state=Dictionary.State.AGREED
    )
    return visible_to(rows, by)
