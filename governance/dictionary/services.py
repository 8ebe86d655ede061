"""Writes of dictionaries: drafted together, agreed by every party, then frozen."""

import re
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max

from governance.dictionary.models import Agreement, Dictionary, Term
from governance.register.acting import acting_for, stale
from governance.register.models import Integration, Party
from governance.register.services.integrations import check_joined
from portal.access.subject import Subject
from portal.core import clock
from portal.core.errors import BadInput
from portal.history.services import record

#: names that grants and rules use for parts of an item; no term may take one
RESERVED = frozenset({"comment", "attachment"})
NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")


@dataclass(frozen=True, slots=True)
class TermDraft:
    """What is entered of a term; `source_of_truth` is a party's company id."""

    name: str
    label: str
    type: str = Term.Type.TEXT
    semantics: str = ""
    sample: str = ""
    allowed: tuple[str, ...] = ()
    max_length: int | None = None
    classification: str = Term.Classification.INTERNAL
    path: bool = False
    source_of_truth: int | None = None


@transaction.atomic
def draft_dictionary(*, by: Subject, integration: Integration) -> Dictionary:
    """The next version as a draft, with the terms of the agreed one; there is one draft at a time."""
    company = acting_for(by, "change", integration.companies)
    check_joined(integration, company)
    integration = Integration.objects.select_for_update().get(pk=integration.pk)
    versions = Dictionary.objects.filter(integration=integration)
    if versions.filter(state=Dictionary.State.DRAFT).exists():
        raise BadInput("There is a draft already. Go on with that one.", code="draft-exists")
    last = versions.aggregate(last=Max("no"))["last"] or 0
    draft = Dictionary.objects.create(integration=integration, companies=integration.companies, no=last + 1)
    for term in Term.objects.filter(dictionary__in=versions.filter(state=Dictionary.State.AGREED)):
        copied(term, draft).save(force_insert=True)
    record(
        by=by,
        verb="draft",
        thing=draft,
        company=company,
        readers=draft.companies,
        after={"no": draft.no, "copied from": last or None},
    )
    return draft


@transaction.atomic
def save_term(
    *, by: Subject, dictionary: Dictionary, draft: TermDraft, version: int, term: Term | None = None
) -> Term:
    """Add a term to a draft, or change one; yeses given before no longer count, for they were to other words."""
    company, dictionary = opened(by, dictionary, version)
    check_term(draft, dictionary, besides=term.pk if term else 0)
    before = term_facts(term) if term else {}
    row = term or Term(dictionary=dictionary, companies=dictionary.companies, position=next_place(dictionary))
    if row.dictionary_id != dictionary.pk:
        raise BadInput("This term belongs to another version.")
    row.name, row.label, row.type = draft.name.strip(), draft.label.strip(), draft.type
    row.semantics, row.sample = draft.semantics.strip(), draft.sample.strip()
    row.allowed, row.max_length, row.classification = list(draft.allowed), draft.max_length, draft.classification
    row.path, row.source_of_truth_id = draft.path, draft.source_of_truth
    row.save()
    moved_on(dictionary)
    record(
        by=by,
        verb="save a term of",
        thing=dictionary,
        company=company,
        readers=dictionary.companies,
        before=before,
        after=term_facts(row),
    )
    return row


@transaction.atomic
def remove_term(*, by: Subject, dictionary: Dictionary, term: Term, version: int) -> None:
    """Take a term out of a draft."""
    company, dictionary = opened(by, dictionary, version)
    if term.dictionary_id != dictionary.pk:
        raise BadInput("This term belongs to another version.")
    before = term_facts(term)
    term.delete()
    moved_on(dictionary)
    record(
        by=by,
        verb="remove a term of",
        thing=dictionary,
        company=company,
        readers=dictionary.companies,
        before=before,
    )


@transaction.atomic
def agree_dictionary(*, by: Subject, dictionary: Dictionary, version: int) -> Dictionary:
    """The acting company's yes to exactly what `version` shows; agreed once every party that joined said yes."""
    company = acting_for(by, "administer", dictionary.companies)
    check_joined(dictionary.integration, company)
    dictionary = Dictionary.objects.select_for_update().get(pk=dictionary.pk)
    if dictionary.version != version or dictionary.state != Dictionary.State.DRAFT:
        raise stale(dictionary)
    if not dictionary.terms.exists():
        raise BadInput("This dictionary has no terms yet. Add the first one, then agree.")
    Agreement.objects.update_or_create(
        dictionary=dictionary,
        company_id=company,
        defaults={"companies": dictionary.companies, "person": by.name, "at": clock.now()},
    )
    parties = Party.objects.filter(integration=dictionary.integration_id, joined__isnull=False)
    missing = parties.exclude(company__in=dictionary.agreements.values("company"))
    if not missing.exists():
        put_in_force(dictionary)
    record(
        by=by,
        verb="agree to",
        thing=dictionary,
        company=company,
        readers=dictionary.companies,
        after={"no": dictionary.no, "state": dictionary.state},
    )
    return dictionary


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


def opened(by: Subject, dictionary: Dictionary, version: int) -> tuple[int, Dictionary]:
    """The acting company and the draft, locked; raises Stale when somebody saved since `version`."""
    company = acting_for(by, "change", dictionary.companies)
    check_joined(dictionary.integration, company)
    row = Dictionary.objects.select_for_update().get(pk=dictionary.pk)
    if row.state != Dictionary.State.DRAFT:
        raise BadInput("An agreed dictionary does not change. Draft the next version.", code="frozen")
    if row.version != version:
        raise stale(row)
    return company, row


def moved_on(dictionary: Dictionary) -> None:
    """After an edit: the next version number, and no yes to the old words."""
    dictionary.agreements.all().delete()
    dictionary.version += 1
    dictionary.save()


def put_in_force(dictionary: Dictionary) -> None:
    """The draft becomes the agreed version and the one before it retires."""
    for old in Dictionary.objects.filter(integration=dictionary.integration_id, state=Dictionary.State.AGREED):
        old.state = Dictionary.State.RETIRED
        old.save()
    dictionary.state, dictionary.agreed = Dictionary.State.AGREED, clock.now()
    dictionary.version += 1
    dictionary.save()


def copied(term: Term, draft: Dictionary) -> Term:
    """A term's copy in the next version."""
    return Term(
        dictionary=draft,
        companies=draft.companies,
        name=term.name,
        label=term.label,
        type=term.type,
        semantics=term.semantics,
        sample=term.sample,
        allowed=term.allowed,
        max_length=term.max_length,
        classification=term.classification,
        path=term.path,
        source_of_truth_id=term.source_of_truth_id,
        position=term.position,
    )


def next_place(dictionary: Dictionary) -> int:
    """The position after the last term."""
    last = dictionary.terms.aggregate(last=Max("position"))["last"]
    return 0 if last is None else int(last) + 1


def check_term(draft: TermDraft, dictionary: Dictionary, *, besides: int) -> None:
    """Raises BadInput naming every field of a term that cannot be taken."""
    wrong, name = {}, draft.name.strip()
    if not NAME.fullmatch(name):
        wrong["name"] = "Use small letters, digits and hyphens, for example customer-reference."
    elif name in RESERVED:
        wrong["name"] = f"{name} is reserved for parts of an item. Choose another word."
    elif dictionary.terms.filter(name=name).exclude(pk=besides).exists():
        wrong["name"] = f"The dictionary has a term {name} already."
    if not 1 <= len(draft.label.strip()) <= 80:
        wrong["label"] = "Enter what people call it, up to 80 characters."
    if draft.type not in Term.Type.values:
        wrong["type"] = "Choose what the term holds."
    if draft.classification not in Term.Classification.values:
        wrong["classification"] = "Choose how carefully a value is to be handled."
    if len(draft.sample.strip()) > 200:
        wrong["sample"] = "Keep the sample under 200 characters."
    if draft.max_length is not None and not 1 <= draft.max_length <= 1_000_000:
        wrong["max_length"] = "Enter a number of characters, 1 to 1,000,000."
    wrong |= wrong_values(draft)
    if draft.source_of_truth is not None and draft.source_of_truth not in dictionary.companies:
        wrong["source_of_truth"] = "Choose one of the parties."
    if wrong:
        raise BadInput("The term was not saved.", fields=wrong)


def wrong_values(draft: TermDraft) -> dict[str, str]:
    """What is wrong with a term's allowed values."""
    if draft.type != Term.Type.CHOICE:
        wrong = {"allowed": "Only a choice has allowed values."} if draft.allowed else {}
        return wrong | ({"path": "Only a choice can be delivered value by value."} if draft.path else {})
    if not draft.allowed:
        return {"allowed": "Enter the allowed values, one a line."}
    if len(set(draft.allowed)) != len(draft.allowed) or any(len(value) > 80 for value in draft.allowed):
        return {"allowed": "Enter each value once, up to 80 characters."}
    return {}


def term_facts(term: Term) -> dict[str, object]:
    """A term as history keeps it."""
    return {
        "name": term.name,
        "label": term.label,
        "type": term.type,
        "semantics": term.semantics,
        "sample": term.sample,
        "allowed": term.allowed,
        "max_length": term.max_length,
        "classification": term.classification,
        "path": term.path,
        "source_of_truth": str(term.source_of_truth or ""),
    }
