"""Terms taken over from a system's own description, and what becomes of a field that moved since."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from governance.dictionary.described import Field, Json, fields_of
from governance.dictionary.models import Dictionary, Origin, Term
from governance.dictionary.rules import TermDraft
from governance.dictionary.services.terms import opened, write_terms
from governance.register.acting import acting_for, require
from governance.register.models import System
from governance.register.ports import sync
from governance.register.services.integrations import check_joined
from portal.access.subject import Subject
from portal.core import clock
from portal.core.errors import BadInput
from portal.history.services import record

#: fields of one take-over
MOST = 100


@dataclass(frozen=True, slots=True)
class Pick:
    """One field of a system, by its key, and the term that it becomes."""

    field: str
    draft: TermDraft


@transaction.atomic
def take_over(
    *, by: Subject, dictionary: Dictionary, system: System, picks: Sequence[Pick], version: int
) -> list[Term]:
    """Put fields of one's own system into a draft, all or none; a name that is known changes that term.

    1. the draft is locked; 2. every field is described today; 3. the terms are written; 4. where each came from is
    kept, for the own company alone. Raises BadInput naming the field that cannot be taken.
    """
    company, row = opened(by, dictionary, version)
    require(by, "view", system)
    if system.company_id != company:
        raise BadInput("Choose a system of the company you act for.", code="not-yours")
    if not 1 <= len(picks) <= MOST:
        raise BadInput(f"Choose 1 to {MOST} fields to take over.", code="no-fields")
    kind, known = described(system, by)
    strange = next((one.field for one in picks if one.field not in known), None)
    if strange is not None:
        raise BadInput(
            f"The system has no field {strange[:80]} any more. Read its fields anew.", code="no-such-field"
        )
    rows = write_terms(by, company, row, [one.draft for one in picks])
    note(row, system, kind, [(one.draft.name.strip(), known[one.field]) for one in picks], by)
    record(
        by=by,
        verb="take fields over into",
        thing=system,
        company=company,
        after={"dictionary": row.no, "terms": {one.draft.name.strip(): one.field for one in picks}},
    )
    return rows


@transaction.atomic
def keep_origin(*, by: Subject, origin: Origin) -> Origin:
    """The field as it is today was looked at, and the term stays: it is no longer listed as moved."""
    company = acting_for(by, "change", [origin.company_id])
    check_joined(origin.integration, company)
    row = Origin.objects.select_for_update().select_related("system").get(pk=origin.pk)
    kind, known = described(row.system, by)
    if row.field not in known or kind != row.kind:
        raise BadInput(
            "The field is not in what the system described last. Read its fields anew, or forget where the term "
            "came from.",
            code="no-such-field",
        )
    before = row.told
    row.told, row.at, row.person = known[row.field].told, clock.now(), by.name
    row.save()
    tell(by, row, "look at a moved field of", before=before, after=row.told)
    return row


@transaction.atomic
def forget_origin(*, by: Subject, origin: Origin) -> None:
    """The term is no longer compared with this field; the term itself stays."""
    company = acting_for(by, "change", [origin.company_id])
    check_joined(origin.integration, company)
    tell(by, origin, "no longer compare a term with", before={"term": origin.name, "field": origin.field}, after={})
    origin.delete()


def described(system: System, by: Subject) -> tuple[str, dict[str, Field]]:
    """The kind of item that a system described last, and its fields; none before it was asked. One query."""
    answer = sync().latest([system.pk], ["describe"], by=by, done=["describe"]).get((system.pk, "describe"))
    body: Json = answer.body if answer else {}
    return str(body.get("kind") or ""), fields_of(body)


def note(row: Dictionary, system: System, kind: str, taken: Iterable[tuple[str, Field]], by: Subject) -> None:
    """Keep which field each term came from. One query."""
    origins = [
        Origin(
            integration_id=row.integration_id,
            company_id=system.company_id,
            name=name,
            system=system,
            kind=kind,
            field=field.key,
            told=field.told,
            at=clock.now(),
            person=by.name,
        )
        for name, field in taken
    ]
    Origin.objects.bulk_create(
        origins,
        update_conflicts=True,
        unique_fields=["integration", "company", "name", "system"],
        update_fields=["kind", "field", "told", "at", "person"],
    )


def tell(by: Subject, origin: Origin, verb: str, *, before: Json, after: Json) -> None:
    """Record on the system, for its own company."""
    record(by=by, verb=verb, thing=origin.system, company=origin.company_id, before=before, after=after)
