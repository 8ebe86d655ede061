"""The list of terms over all dictionaries, and their import into a draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower
from django.urls import reverse

from governance.dictionary.models import Dictionary, Term
from governance.dictionary.rules import Place, TermDraft, wrong_term
from governance.dictionary.selectors import own_systems
from governance.dictionary.services.terms import opened, save_term, save_terms
from governance.dictionary.values import ValueList, read
from governance.register.models import Company
from portal.access.guard import VERBS, visible_to
from portal.access.subject import Subject
from portal.core.errors import BadInput
from portal.ui.listing.declare import Column, Edit, Filter, Listing, Row, Show, Teaching
from portal.ui.listing.imports import Field, Importer, Typed, Verdict, compared, refused, verdicts_of

YES, NO = {"yes", "y", "true", "1", "x"}, {"no", "n", "false", "0", ""}
LIVE = (Dictionary.State.AGREED, Dictionary.State.PROPOSED, Dictionary.State.DRAFT)
FIELDS = (
    Field(
        "name",
        "Name",
        required=True,
        help="What rules call it: small letters, digits, hyphens. A name that is known changes that term.",
        sample="customer-reference",
    ),
    Field("label", "Label", required=True, help="What people call it.", sample="Customer reference"),
    Field("type", "Type", help="Text, rich, choice, labels, number, date or person.", sample="text"),
    Field("semantics", "Meaning", help="So that both companies mean the same by it.", sample="The customer's number"),
    Field(
        "samples",
        "Samples",
        help="Up to 5 of at most 200 characters, separated by line breaks.",
        sample="MER-4711",
    ),
    Field(
        "allowed",
        "Allowed values",
        help="For a choice: separated by semicolons or line breaks, each a key, or key = label.",
        sample="",
    ),
    Field("max_length", "Longest text", help="In characters. Empty: any length.", sample="40"),
    Field("classification", "Classification", help="Public, internal, confidential or personal.", sample="internal"),
    Field("path", "Every step in order", help="Yes or no. For a status: each value on the way arrives.", sample="no"),
    Field("source_of_truth", "Whose value wins", help="The name of one of the parties. Empty: the later change."),
    Field(
        "system_of_record", "System of record", help="The name of one of your systems: where the value is at home."
    ),
    Field("unique", "Unique", help="Yes or no. Whether no two items should hold the same value.", sample="yes"),
    Field("mandatory", "Mandatory", help="Yes or no. Whether every item should hold a value.", sample="no"),
)


def rows(by: Subject) -> QuerySet[Any]:
    """The terms of every agreed, proposed and drafted version that the subject may see."""
    found = visible_to(Term.objects.filter(dictionary__state__in=LIVE), by)
    return found.select_related("dictionary__integration")


def changes(by: Subject) -> bool:
    """Whether the subject may change terms at all."""
    role = by.role(by.acting)
    return role is not None and not by.read_only and "change" in VERBS[role]


def with_parties(found: Sequence[Row], by: Subject) -> None:
    """Put the name of the company whose value wins onto a page of terms."""
    names = {known.id: known.name for known in by.known}
    for row in found:
        row.winner = names.get(row.source_of_truth_id) if row.source_of_truth_id else None


def draft_now(row: Term) -> TermDraft:
    """A term as a form would hold it."""
    people = {"source_of_truth": row.source_of_truth_id, "system_of_record": row.system_of_record_id}
    kept = {one.name: getattr(row, one.name) for one in fields(TermDraft) if one.name not in people}
    lists = {name: tuple(kept[name]) for name in ("samples", "allowed", "allowed_labels")}
    return TermDraft(**{**kept, **lists, **people})


def give(by: Subject, row: Term, **new: Any) -> object:
    """One field of a term through the service, at the version that its dictionary has now."""
    dictionary = row.dictionary
    version = Dictionary.objects.values_list("version", flat=True).get(pk=dictionary.pk)
    draft = replace(draft_now(row), **new)
    return save_term(by=by, dictionary=dictionary, draft=draft, version=version, term=row)


TERMS = Listing(
    key="terms",
    word="term",
    words="terms",
    address="terms",
    lead="The words that your company shares with others, over all dictionaries: agreed ones and drafts.",
    above=("Integrations", "integrations"),
    rows=rows,
    prepare=with_parties,
    find=("name", "label", "semantics"),
    order=(("name", False),),
    link=lambda term: reverse("term", args=[term.uid]),
    changes=changes,
    empty=Teaching(
        "dictionary",
        "No terms yet",
        "A term is a word that the parties of an integration share, such as priority: what it means, what it may "
        "hold, whose value wins. Open an integration, draft its dictionary, and enter terms or import them there.",
    ),
    columns=(
        Column("name", "Name", lambda row: row.name, Show.LINK, sort="name", filter=Filter.TEXT),
        Column("label", "Label", lambda row: row.label, sort=Lower("label"), filter=Filter.TEXT),
        Column(
            "integration",
            "Integration",
            lambda row: row.dictionary.integration.name,
            sort=Lower("dictionary__integration__name"),
            filter=Filter.TEXT,
            lookup="dictionary__integration__name",
        ),
        Column(
            "state",
            "Dictionary",
            lambda row: row.dictionary.state,
            Show.STATE,
            filter=Filter.CHOICE,
            lookup="dictionary__state",
            choices=[(state.value, str(state.label)) for state in LIVE],
            plain=lambda row: row.dictionary.get_state_display(),
        ),
        Column(
            "type",
            "Type",
            lambda row: row.get_type_display(),
            sort="type",
            filter=Filter.CHOICE,
            choices=Term.Type.choices,
        ),
        Column(
            "classification",
            "Classification",
            lambda row: row.get_classification_display(),
            Show.TAG,
            sort="classification",
            filter=Filter.CHOICE,
            choices=Term.Classification.choices,
        ),
        Column("winner", "Whose value wins", lambda row: row.winner, shown=False),
        Column(
            "system_of_record",
            "System of record",
            lambda row: row.system_name,
            filter=Filter.TEXT,
            lookup="system_name",
            shown=False,
        ),
        Column("semantics", "Meaning", lambda row: row.semantics, filter=Filter.TEXT, shown=False),
        Column(
            "samples",
            "Samples",
            lambda row: row.samples,
            shown=False,
            plain=lambda row: "\n".join(row.samples),
        ),
        Column(
            "allowed",
            "Allowed values",
            lambda row: row.values.lines,
            shown=False,
            plain=lambda row: "; ".join(row.values.lines),
        ),
        Column("max_length", "Longest text", lambda row: row.max_length, Show.NUMBER, shown=False),
        Column("path", "Every step in order", lambda row: row.path, Show.YES_NO, filter=Filter.YES_NO, shown=False),
        Column("unique", "Unique", lambda row: row.unique, Show.YES_NO, filter=Filter.YES_NO, shown=False),
        Column("mandatory", "Mandatory", lambda row: row.mandatory, Show.YES_NO, filter=Filter.YES_NO, shown=False),
        Column(
            "meaningless",
            "Without a meaning",
            lambda row: not row.semantics,
            Show.YES_NO,
            filter=Filter.YES_NO,
            where=Q(semantics=""),
            shown=False,
        ),
        Column(
            "version", "Version", lambda row: row.dictionary.no, Show.NUMBER, sort=F("dictionary__no"), shown=False
        ),
    ),
    edits=(
        Edit(
            "classification",
            "Classification",
            lambda by: forms.ChoiceField(choices=Term.Classification.choices, label="Classification"),
            lambda row: row.get_classification_display(),
            lambda value: str(Term.Classification(value).label),
            lambda by, row, value: give(by, row, classification=value),
        ),
        Edit(
            "semantics",
            "Meaning",
            lambda by: forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), label="Meaning"),
            lambda row: row.semantics,
            str,
            lambda by, row, value: give(by, row, semantics=value),
        ),
        Edit(
            "max_length",
            "Longest text",
            lambda by: forms.IntegerField(required=False, min_value=1, label="Longest text, in characters"),
            lambda row: str(row.max_length or ""),
            lambda value: str(value or ""),
            lambda by, row, value: give(by, row, max_length=value),
        ),
    ),
    importer=Importer(
        fields=FIELDS,
        key="name",
        inside=True,
        opened=lambda by, into: Draft.of(by, into).place,
        judge=lambda by, into, found: Draft.of(by, into).judged(found),
        write=lambda by, into, found: Draft.of(by, into).written(by, found),
    ),
)


@dataclass(frozen=True, slots=True)
class Draft:
    """The draft that rows go into: its terms, its parties, and one's own systems, each by name."""

    dictionary: Dictionary
    terms: Mapping[str, Term]
    parties: Mapping[str, int]
    systems: Mapping[int, str]

    @classmethod
    def of(cls, by: Subject, into: UUID | None) -> "Draft":
        """As it stands now, locked; raises Denied or BadInput when the subject may not write there."""
        rows = Dictionary.objects.filter(uid=into) if into else Dictionary.objects.none()
        found = visible_to(rows, by).select_related("integration").first()
        if found is None:
            raise BadInput(
                "Terms are imported into a draft. Open a dictionary, draft a version, and import there.",
                code="no-draft",
            )
        opened(by, found, found.version)
        names = visible_to(Company.objects.filter(pk__in=found.companies), by).values_list("name", "pk")
        terms = {term.name: term for term in found.terms.all()}
        systems = dict(own_systems(by).values_list("pk", "name"))
        return cls(found, terms, {name.casefold(): pk for name, pk in names}, systems)

    @property
    def place(self) -> str:
        """Where the rows go."""
        return f"{self.dictionary} of {self.dictionary.integration.name}"

    def judged(self, found: Sequence[Typed]) -> list[Verdict]:
        """The verdict on each row."""
        return verdicts_of(found, "name", self.judge)

    def judge(self, row: Typed) -> Verdict:
        """The verdict on one row."""
        name = row.cells.get("name", "").strip()
        now = self.terms.get(name)
        try:
            draft = self.draft(row)
        except BadInput as fault:
            return refused(name, fault)
        wrong = wrong_term(draft, self.ground(now), taken=False)
        if wrong:
            return refused(name, BadInput("", fields=wrong))
        return compared(name, self.words(draft_now(now)) if now else None, self.words(draft))

    def draft(self, row: Typed) -> TermDraft:
        """The term as the row wants it; what the file does not say stays. Raises BadInput."""
        cells, name = row.cells, row.cells.get("name", "").strip()
        now = self.terms.get(name)
        new: dict[str, Any] = {key: cells[key].strip() for key in ("label", "semantics") if key in cells}
        for key in ("type", "classification"):
            if cells.get(key, "").strip():
                new[key] = chosen(key, cells[key])
        if "samples" in cells:
            new["samples"] = tuple(one.strip() for one in cells["samples"].splitlines() if one.strip())
        if "allowed" in cells:
            values = read(cells["allowed"].replace("\n", ";").split(";"))
            new["allowed"], new["allowed_labels"] = values.keys, values.labels
        if "max_length" in cells:
            new["max_length"] = number(cells["max_length"])
        new |= {key: truth(key, cells[key]) for key in ("path", "unique", "mandatory") if key in cells}
        if "source_of_truth" in cells:
            new["source_of_truth"] = self.party(cells["source_of_truth"])
        if "system_of_record" in cells:
            new["system_of_record"] = self.system(cells["system_of_record"], now)
        return replace(draft_now(now) if now else TermDraft(name, ""), **new)

    def party(self, text: str) -> int | None:
        """The party of this name; raises BadInput."""
        name = text.strip().casefold()
        if name and name not in self.parties:
            raise BadInput("", fields={"source_of_truth": f"No party is called “{text.strip()[:60]}”."})
        return self.parties.get(name)

    def system(self, text: str, now: Term | None) -> int | None:
        """The system of this name, one's own or the one that stands there; raises BadInput."""
        name = text.strip().casefold()
        if now is not None and name == now.system_name.casefold():
            return now.system_of_record_id
        found = next((pk for pk, own in self.systems.items() if own.casefold() == name), None)
        if name and found is None:
            wrong = f"Your company has no system called “{text.strip()[:60]}”."
            raise BadInput("", fields={"system_of_record": wrong})
        return found

    def ground(self, now: Term | None) -> Place:
        """What a row may name."""
        standing = {now.system_of_record_id: now.system_name} if now and now.system_of_record_id else {}
        return Place(self.dictionary.companies, {**self.systems, **standing})

    def words(self, draft: TermDraft) -> dict[str, str]:
        """A term as a file would say it."""
        names = {pk: name for name, pk in self.parties.items()}
        systems = self.ground(self.terms.get(draft.name.strip())).systems
        return {
            "name": draft.name,
            "label": draft.label.strip(),
            "type": str(draft.type),
            "semantics": draft.semantics.strip(),
            "samples": "\n".join(draft.samples),
            "allowed": "; ".join(ValueList(draft.allowed, draft.allowed_labels).lines),
            "max_length": str(draft.max_length or ""),
            "classification": str(draft.classification),
            "path": "yes" if draft.path else "no",
            "source_of_truth": names.get(draft.source_of_truth or 0, ""),
            "system_of_record": systems.get(draft.system_of_record or 0, ""),
            "unique": "yes" if draft.unique else "no",
            "mandatory": "yes" if draft.mandatory else "no",
        }

    def written(self, by: Subject, found: Sequence[Typed]) -> None:
        """Store the rows that are new or changed."""
        drafts = [self.draft(row) for row in found]
        save_terms(by=by, dictionary=self.dictionary, drafts=drafts, version=self.dictionary.version)


def chosen(key: str, text: str) -> str:
    """The stored value of a type or classification named by value or label; raises BadInput."""
    choices = Term.Type.choices if key == "type" else Term.Classification.choices
    wanted = text.strip().casefold()
    for value, label in choices:
        if wanted in {str(value).casefold(), str(label).casefold()}:
            return str(value)
    raise BadInput("", fields={key: f"Write one of: {', '.join(str(value) for value, _ in choices)}."})


def number(text: str) -> int | None:
    """A length in characters; raises BadInput."""
    plain = text.strip().replace(",", "")
    if not plain:
        return None
    if not plain.isascii() or not plain.isdigit() or len(plain) > 9:
        raise BadInput("", fields={"max_length": "Write a whole number of characters, for example 40."})
    return int(plain)


def truth(key: str, text: str) -> bool:
    """Yes or no; raises BadInput."""
    word = text.strip().casefold()
    if word not in YES | NO:
        raise BadInput("", fields={key: "Write yes or no."})
    return word in YES
