"""Writes of dictionaries: drafted together, agreed by every party, then frozen."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from governance.dictionary.models import Agreement, Dictionary, Term
from governance.register.acting import acting_for, stale
from governance.register.models import Integration, Party
from governance.register.services.integrations import check_joined
from portal.access.subject import Subject
from portal.core import clock
from portal.core.errors import BadInput
from portal.history.services import Act, record, record_all

#: names that grants and rules use for parts of an item; no term may take one
RESERVED = frozenset({"comment", "attachment"})
#: positions are small integers
MOST_TERMS = 30_000
#: what an edit may change of a term
TERM_FIELDS = [
    "label",
    "type",
    "semantics",
    "sample",
    "allowed",
    "max_length",
    "classification",
    "path",
    "source_of_truth",
    "unique",
    "mandatory",
]
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
    unique: bool = False
    mandatory: bool = False


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
    filled(row, draft).save()
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
def save_terms(*, by: Subject, dictionary: Dictionary, drafts: Sequence[TermDraft], version: int) -> list[Term]:
    """Add and change many terms of a draft by their names, all or none, each with a deed. Few queries."""
    company, dictionary = opened(by, dictionary, version)
    known = {term.name: term for term in dictionary.terms.select_related("source_of_truth")}
    names = [draft.name.strip() for draft in drafts]
    twice = {name for name, times in Counter(names).items() if times > 1}
    for draft in drafts:
        wrong = wrong_term(draft, dictionary, taken=draft.name.strip() in twice)
        if wrong:
            raise BadInput(f"The term {draft.name} was not saved.", fields=wrong)
    if len(known) + len(drafts) > MOST_TERMS:
        raise BadInput(f"A dictionary holds at most {MOST_TERMS:,} terms.", code="too-many-terms")
    before = {name: term_facts(known[name]) for name in names if name in known}
    place = next_place(dictionary)
    old = [filled(known[draft.name.strip()], draft) for draft in drafts if draft.name.strip() in known]
    new = [
        filled(Term(dictionary=dictionary, companies=dictionary.companies, position=place + n), draft)
        for n, draft in enumerate(draft for draft in drafts if draft.name.strip() not in known)
    ]
    bulk_create_with_history(new, Term, batch_size=1000)
    bulk_update_with_history(old, Term, TERM_FIELDS, batch_size=1000)
    moved_on(dictionary)
    acts = [Act(dictionary, dictionary.companies, before.get(one.name, {}), term_facts(one)) for one in (*old, *new)]
    record_all(by=by, verb="save a term of", company=company, acts=acts)
    return [*old, *new]


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


def filled(row: Term, draft: TermDraft) -> Term:
    """A term with what was entered, not yet saved."""
    row.name, row.label, row.type = draft.name.strip(), draft.label.strip(), draft.type
    row.semantics, row.sample = draft.semantics.strip(), draft.sample.strip()
    row.allowed, row.max_length, row.classification = list(draft.allowed), draft.max_length, draft.classification
    row.path, row.source_of_truth_id = draft.path, draft.source_of_truth
    row.unique, row.mandatory = draft.unique, draft.mandatory
    return row


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
        unique=term.unique,
        mandatory=term.mandatory,
        position=term.position,
    )


def next_place(dictionary: Dictionary) -> int:
    """The position after the last term."""
    last = dictionary.terms.aggregate(last=Max("position"))["last"]
    return 0 if last is None else int(last) + 1


def check_term(draft: TermDraft, dictionary: Dictionary, *, besides: int) -> None:
    """Raises BadInput naming every field of a term that cannot be taken. One query."""
    taken = dictionary.terms.filter(name=draft.name.strip()).exclude(pk=besides).exists()
    wrong = wrong_term(draft, dictionary, taken=taken)
    if wrong:
        raise BadInput("The term was not saved.", fields=wrong)


def wrong_term(draft: TermDraft, dictionary: Dictionary, *, taken: bool) -> dict[str, str]:
    """What is wrong with a term, by field; `taken` says that another term has its name."""
    wrong, name = {}, draft.name.strip()
    if not NAME.fullmatch(name):
        wrong["name"] = "Use small letters, digits and hyphens, for example customer-reference."
    elif name in RESERVED:
        wrong["name"] = f"{name} is reserved for parts of an item. Choose another word."
    elif taken:
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
    if draft.unique and draft.type in {Term.Type.CHOICE, Term.Type.LABELS, Term.Type.PERSON}:
        wrong["unique"] = "Only text, a number or a date can identify an item."
    wrong |= wrong_values(draft)
    if draft.source_of_truth is not None and draft.source_of_truth not in dictionary.companies:
        wrong["source_of_truth"] = "Choose one of the parties."
    return wrong


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
        "unique": term.unique,
        "mandatory": term.mandatory,
    }
