"""Writes of the terms of a draft."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.db.models import Max
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from governance.accessmatrix.compiled import Level
from governance.accessmatrix.sight import require_level
from governance.dictionary.models import Dictionary, Term
from governance.dictionary.rules import MOST_TERMS, Place, TermDraft, wrong_term
from governance.dictionary.selectors import own_systems
from governance.dictionary.values import value_list
from governance.register.acting import acting_for, stale
from governance.register.services.integrations import check_joined
from portal.access.subject import Subject
from portal.core.errors import BadInput
from portal.history.services import Act, record, record_all

#: what an edit may change of a term
TERM_FIELDS = [
    "label",
    "type",
    "semantics",
    "samples",
    "allowed",
    "allowed_labels",
    "max_length",
    "classification",
    "path",
    "source_of_truth",
    "system_of_record",
    "system_name",
    "unique",
    "mandatory",
]


@transaction.atomic
def save_term(
    *, by: Subject, dictionary: Dictionary, draft: TermDraft, version: int, term: Term | None = None
) -> Term:
    """Add a term to a draft, or change one. Raises BadInput naming every field that cannot be taken."""
    company, dictionary = opened(by, dictionary, version)
    if term is not None and term.dictionary_id != dictionary.pk:
        raise BadInput("This term belongs to another version.")
    check_levels(by, company, dictionary, [(draft, term)])
    taken = dictionary.terms.filter(name=draft.name.strip()).exclude(pk=term.pk if term else 0).exists()
    place = place_of(by, dictionary, [(draft, term)])
    wrong = wrong_term(draft, place, taken=taken)
    if wrong:
        raise BadInput("The term was not saved.", fields=wrong)
    before = term_facts(term) if term else {}
    row = term or Term(dictionary=dictionary, companies=dictionary.companies, position=next_place(dictionary))
    filled(row, draft, place).save()
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
    return write_terms(by, company, dictionary, drafts)


def write_terms(by: Subject, company: int, dictionary: Dictionary, drafts: Sequence[TermDraft]) -> list[Term]:
    """The same for a draft that is locked already."""
    known = {term.name: term for term in dictionary.terms.select_related("source_of_truth")}
    both = [(draft, known.get(draft.name.strip())) for draft in drafts]
    check_levels(by, company, dictionary, both)
    place = place_of(by, dictionary, both)
    times = Counter(draft.name.strip() for draft in drafts)
    for draft in drafts:
        wrong = wrong_term(draft, place, taken=times[draft.name.strip()] > 1)
        if wrong:
            raise BadInput(f"The term {draft.name} was not saved.", fields=wrong)
    new = [draft for draft, term in both if term is None]
    if len(known) + len(new) > MOST_TERMS:
        raise BadInput(f"A dictionary holds at most {MOST_TERMS:,} terms.", code="too-many-terms")
    before = {term.name: term_facts(term) for _, term in both if term is not None}
    last = next_place(dictionary)
    old_rows = [filled(term, draft, place) for draft, term in both if term is not None]
    new_rows = [
        filled(Term(dictionary=dictionary, companies=dictionary.companies, position=last + n), draft, place)
        for n, draft in enumerate(new)
    ]
    bulk_create_with_history(new_rows, Term, batch_size=1000)
    bulk_update_with_history(old_rows, Term, TERM_FIELDS, batch_size=1000)
    moved_on(dictionary)
    rows = [*old_rows, *new_rows]
    acts = [Act(dictionary, dictionary.companies, before.get(one.name, {}), term_facts(one)) for one in rows]
    record_all(by=by, verb="save a term of", company=company, acts=acts)
    return rows


@transaction.atomic
def remove_term(*, by: Subject, dictionary: Dictionary, term: Term, version: int) -> None:
    """Take a term out of a draft."""
    company, dictionary = opened(by, dictionary, version)
    if term.dictionary_id != dictionary.pk:
        raise BadInput("This term belongs to another version.")
    require_level(by, Level.WRITE, company=company, integration=dictionary.integration_id, terms=[term.name])
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


def opened(by: Subject, dictionary: Dictionary, version: int) -> tuple[int, Dictionary]:
    """The acting company and the draft, locked; raises Stale when somebody saved since `version`."""
    company = acting_for(by, "change", dictionary.companies)
    check_joined(dictionary.integration, company)
    row = Dictionary.objects.select_for_update().get(pk=dictionary.pk)
    if row.state != Dictionary.State.DRAFT:
        what = "Take the proposal back" if row.state == Dictionary.State.PROPOSED else "Draft the next version"
        raise BadInput(f"A proposed or agreed dictionary does not change. {what}.", code="frozen")
    if row.version != version:
        raise stale(row)
    return company, row


def moved_on(dictionary: Dictionary) -> None:
    """After an edit: the next version number; whoever reads an older one cannot propose or save over it."""
    dictionary.version += 1
    dictionary.save()


def check_levels(
    by: Subject, company: int, dictionary: Dictionary, both: Iterable[tuple[TermDraft, Term | None]]
) -> None:
    """Raises Denied where the access matrix does not let `by` change a term's words, or classify it."""
    pairs = list(both)
    place = {"company": company, "integration": dictionary.integration_id}
    require_level(by, Level.WRITE, **place, terms={term.name for _, term in pairs if term is not None})
    classified = {one.name for draft, one in pairs if one and one.classification != draft.classification}
    require_level(by, Level.FULL, **place, terms=classified)


def place_of(by: Subject, dictionary: Dictionary, both: Iterable[tuple[TermDraft, Term | None]]) -> Place:
    """Where terms are entered: what stands there may stay, else one's own systems. One query when one is named."""
    pairs = list(both)
    standing = {term.system_of_record_id: term.system_name for _, term in pairs if term is not None}
    names = {key: name for key, name in standing.items() if key is not None}
    if any(draft.system_of_record not in {None, *names} for draft, _ in pairs):
        names |= dict(own_systems(by).values_list("pk", "name"))
    return Place(dictionary.companies, names)


def filled(row: Term, draft: TermDraft, place: Place) -> Term:
    """A term with what was entered, not yet saved."""
    values = value_list(draft.allowed, draft.allowed_labels)
    row.name, row.label, row.type = draft.name.strip(), draft.label.strip(), draft.type
    row.semantics, row.samples = draft.semantics.strip(), [one.strip() for one in draft.samples]
    row.allowed, row.allowed_labels = list(values.keys), list(values.labels)
    row.max_length, row.classification = draft.max_length, draft.classification
    row.path, row.source_of_truth_id = draft.path, draft.source_of_truth
    row.system_of_record_id = draft.system_of_record
    row.system_name = place.systems.get(draft.system_of_record or 0, "")
    row.unique, row.mandatory = draft.unique, draft.mandatory
    return row


def next_place(dictionary: Dictionary) -> int:
    """The position after the last term."""
    last = dictionary.terms.aggregate(last=Max("position"))["last"]
    return 0 if last is None else int(last) + 1


def term_facts(term: Term) -> Mapping[str, object]:
    """A term as history keeps it."""
    return {
        "name": term.name,
        "label": term.label,
        "type": term.type,
        "semantics": term.semantics,
        "samples": term.samples,
        "allowed": list(term.values.lines),
        "max_length": term.max_length,
        "classification": term.classification,
        "path": term.path,
        "source_of_truth": str(term.source_of_truth or ""),
        "system_of_record": term.system_name,
        "unique": term.unique,
        "mandatory": term.mandatory,
    }
