"""Writes of a version of a dictionary: drafted together, proposed, taken back, thrown away."""

from uuid import uuid4

from django.db import transaction
from django.db.models import Max
from simple_history.utils import bulk_create_with_history

from governance.dictionary.digest import fingerprint
from governance.dictionary.models import Dictionary, Term
from governance.dictionary.services.terms import moved_on, opened, term_facts
from governance.register.acting import acting_for, stale
from governance.register.models import Integration
from governance.register.services.integrations import check_joined
from portal.access.subject import Subject
from portal.core import clock
from portal.core.errors import BadInput
from portal.history.services import record

State = Dictionary.State
OPEN = (State.DRAFT, State.PROPOSED)


@transaction.atomic
def draft_dictionary(*, by: Subject, integration: Integration) -> Dictionary:
    """The next version as a draft, with the terms of the agreed one; one version is open at a time."""
    company = acting_for(by, "change", integration.companies)
    check_joined(integration, company)
    integration = Integration.objects.select_for_update().get(pk=integration.pk)
    versions = Dictionary.objects.filter(integration=integration)
    if versions.filter(state__in=OPEN).exists():
        raise BadInput("There is a draft already. Go on with that one.", code="draft-exists")
    last = versions.aggregate(last=Max("no"))["last"] or 0
    draft = Dictionary.objects.create(integration=integration, companies=integration.companies, no=last + 1)
    agreed = versions.filter(state=State.AGREED).first()
    if agreed is not None:
        bulk_create_with_history([copied(term, draft) for term in agreed.terms.all()], Term, batch_size=1000)
    record(
        by=by,
        verb="draft",
        thing=draft,
        company=company,
        readers=draft.companies,
        after={"no": draft.no, "copied from": agreed.no if agreed else None},
    )
    return draft


@transaction.atomic
def propose_dictionary(*, by: Subject, dictionary: Dictionary, version: int) -> Dictionary:
    """Lay a draft before the parties: from now on it is frozen, and its digest is what each of them signs."""
    company, row = opened(by, dictionary, version)
    terms = list(row.terms.all())
    if not terms:
        raise BadInput("This dictionary has no terms yet. Add the first one, then propose it.", code="empty")
    row.state, row.proposed, row.proposed_by, row.reason = State.PROPOSED, clock.now(), by.name, ""
    row.sha256 = fingerprint(row.no, terms)
    return turned(row, by=by, verb="propose", company=company)


@transaction.atomic
def withdraw_dictionary(*, by: Subject, dictionary: Dictionary, version: int) -> Dictionary:
    """A proposal back to a draft that can be edited; signatures given to it no longer count."""
    company = acting_for(by, "change", dictionary.companies)
    check_joined(dictionary.integration, company)
    row = proposed(dictionary, version)
    reopen(row)
    return turned(row, by=by, verb="take back", company=company)


@transaction.atomic
def discard_dictionary(*, by: Subject, dictionary: Dictionary, version: int) -> None:
    """Throw a draft away; history keeps what it held."""
    company, dictionary = opened(by, dictionary, version)
    terms = {term.name: term_facts(term) for term in dictionary.terms.all()}
    record(
        by=by,
        verb="discard",
        thing=dictionary,
        company=company,
        readers=dictionary.companies,
        before={"no": dictionary.no, "terms": terms},
    )
    dictionary.delete()


def proposed(dictionary: Dictionary, version: int) -> Dictionary:
    """The proposal, locked; raises Stale when somebody saved since `version`, BadInput when it is none."""
    row = Dictionary.objects.select_for_update().get(pk=dictionary.pk)
    if row.version != version:
        raise stale(row)
    if row.state != State.PROPOSED:
        raise BadInput(f"This dictionary is {row.get_state_display().lower()}, not proposed.", code="not-proposed")
    return row


def reopen(row: Dictionary) -> None:
    """A draft again, not yet saved: nobody's yes stands any more."""
    row.agreements.all().delete()
    row.state, row.proposed, row.proposed_by, row.sha256 = State.DRAFT, None, "", ""


def turned(row: Dictionary, *, by: Subject, verb: str, company: int) -> Dictionary:
    """Store a new state and record it for every party."""
    moved_on(row)
    record(
        by=by,
        verb=verb,
        thing=row,
        company=company,
        readers=row.companies,
        after={"no": row.no, "state": row.state, "sha256": row.sha256},
    )
    return row


def copied(term: Term, draft: Dictionary) -> Term:
    """A term's copy in the next version, not yet saved."""
    kept = {
        column.attname: getattr(term, column.attname)
        for column in Term._meta.concrete_fields
        if column.name not in {"id", "uid", "dictionary", "companies"}
    }
    return Term(uid=uuid4(), dictionary=draft, companies=draft.companies, **kept)
