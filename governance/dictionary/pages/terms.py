"""Pages of one term of a draft: its form, and its removal."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from governance.dictionary.models import Dictionary, Term
from governance.dictionary.rules import TermDraft
from governance.dictionary.selectors import own_systems
from governance.dictionary.services.terms import remove_term, save_term
from governance.dictionary.values import read
from governance.register.models import Company, System
from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.core.errors import BadInput, Stale
from portal.ui.pages import page, refuse, render_page, see_other, subject_of, typed_version, visible_or_404

#: in place of a system's uid: the partner's system that stands there
KEPT = "kept"


class TermForm(forms.Form):
    """One term."""

    label = forms.CharField(max_length=80, help_text="What people call it.")
    name = forms.CharField(
        max_length=40,
        help_text="What rules call it: small letters, digits, hyphens. For example customer-reference.",
        widget=forms.TextInput(attrs={"class": "mono", "spellcheck": "false"}),
    )
    type = forms.ChoiceField(choices=Term.Type.choices)
    semantics = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="Meaning",
        help_text="So that both companies mean the same by it.",
    )
    samples = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Up to five real values, one a line. Every party reads them.",
    )
    allowed = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        label="Allowed values",
        help_text=(
            "For a choice: one a line, in their natural order. A key that never changes, for rules and envelopes, or "
            "key = label where people read something else. Rules do not pass their checks with any other value."
        ),
    )
    max_length = forms.IntegerField(
        required=False,
        min_value=1,
        label="Longest text",
        help_text="In characters. Empty: any length. The engine lets no longer text leave: the sender's rule says "
        "whether it is cut or parked.",
    )
    classification = forms.ChoiceField(
        choices=Term.Classification.choices,
        initial=Term.Classification.INTERNAL,
        help_text="Shown wherever the term is granted, signed or disclosed. Who may read it is the access matrix's.",
    )
    path = forms.BooleanField(
        required=False,
        label="Deliver every step in order",
        help_text="For a status: each value on the way arrives, not only the last.",
    )
    source_of_truth = forms.ModelChoiceField(
        Company.objects.none(),
        required=False,
        label="Whose value wins",
        help_text="The source of truth: when both changed it at once, this company's value stays. "
        "Empty: the later change.",
    )
    system_of_record = forms.ChoiceField(
        required=False,
        label="System of record",
        help_text="Where the value is at home, and is looked up when copies differ. Each company names its own "
        "systems; the engine does not read it.",
    )
    unique = forms.BooleanField(
        required=False,
        label="Unique",
        help_text="No two items should hold the same value, for example a number. The data-quality page counts those "
        "that do; nothing is stopped.",
    )
    mandatory = forms.BooleanField(
        required=False,
        label="Mandatory",
        help_text="Every item should hold a value. The data-quality page counts those without; nothing is stopped.",
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def draft(self, systems: dict[str, int]) -> TermDraft:
        """What was entered; `systems` = what may be chosen → its id."""
        data = self.cleaned_data
        truth, values = data["source_of_truth"], read(data["allowed"].splitlines())
        return TermDraft(
            name=data["name"],
            label=data["label"],
            type=data["type"],
            semantics=data["semantics"],
            samples=tuple(line.strip() for line in data["samples"].splitlines() if line.strip()),
            allowed=values.keys,
            allowed_labels=values.labels,
            max_length=data["max_length"],
            classification=data["classification"],
            path=data["path"],
            source_of_truth=truth.pk if truth else None,
            system_of_record=systems.get(data["system_of_record"]),
            unique=data["unique"],
            mandatory=data["mandatory"],
        )


@page
def term_new(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Add a term to a draft."""
    row = visible_or_404(Dictionary.objects.select_related("integration"), subject_of(request), uid)
    return term_page(request, row, None)


@page
def term(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change a term of a draft."""
    row = visible_or_404(Term.objects.select_related("dictionary__integration"), subject_of(request), uid)
    return term_page(request, row.dictionary, row)


def term_page(request: HttpRequest, row: Dictionary, existing: Term | None) -> HttpResponse:
    """The term's form."""
    by = subject_of(request)
    systems = list(own_systems(by))
    form = TermForm(request.POST or None, initial=start_of(row, existing, systems))
    offer(form, row, existing, systems, by)
    if request.method == "POST" and form.is_valid():
        ids = {str(one.uid): one.pk for one in systems}
        if existing is not None and existing.system_of_record_id is not None:
            ids[KEPT] = existing.system_of_record_id
        version = form.cleaned_data["version"] or 0
        try:
            save_term(by=by, dictionary=row, draft=form.draft(ids), version=version, term=existing)
        except BadInput as fault:
            refuse(form, fault)
        except Stale as fault:
            form.add_error(None, fault.sentence)
            fresh = Dictionary.objects.values_list("version", flat=True).get(pk=row.pk)
            form.data = {**form.data.dict(), "version": fresh}  # type: ignore[attr-defined]
        else:
            messages.success(request, f"{form.cleaned_data['label']} is saved.")
            return see_other(f"{reverse('dictionary', args=[row.integration.uid])}?no={row.no}")
    context = {"form": form, "dictionary": row, "term": existing, "integration": row.integration}
    return render_page(request, "governance/dictionary/term.html", context, status=422 if form.errors else 200)


def offer(form: TermForm, row: Dictionary, existing: Term | None, systems: list[System], by: Subject) -> None:
    """Fill the form's choices: the parties, one's own systems, and a partner's that stands there."""
    parties = visible_to(Company.objects.filter(pk__in=row.companies), by)
    form.fields["source_of_truth"].queryset = parties  # type: ignore[attr-defined]
    choices = [("", "Not named"), *((str(one.uid), one.name) for one in systems)]
    if existing is not None and existing.system_of_record_id not in {None, *(one.pk for one in systems)}:
        choices.append((KEPT, f"{existing.system_name}, as it stands"))
    form.fields["system_of_record"].choices = choices  # type: ignore[attr-defined]


def start_of(row: Dictionary, existing: Term | None, systems: list[System]) -> dict[str, object]:
    """The form's first values."""
    if existing is None:
        return {"version": row.version, "type": Term.Type.TEXT}
    own = {one.pk: str(one.uid) for one in systems}
    home = existing.system_of_record_id
    return {
        "version": row.version,
        "name": existing.name,
        "label": existing.label,
        "type": existing.type,
        "semantics": existing.semantics,
        "samples": "\n".join(existing.samples),
        "allowed": "\n".join(existing.values.lines),
        "max_length": existing.max_length,
        "classification": existing.classification,
        "path": existing.path,
        "source_of_truth": existing.source_of_truth_id,
        "system_of_record": own.get(home, KEPT) if home is not None else "",
        "unique": existing.unique,
        "mandatory": existing.mandatory,
    }


@require_POST
@page
def term_remove(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a term out of a draft."""
    row = visible_or_404(Term.objects.select_related("dictionary__integration"), subject_of(request), uid)
    remove_term(by=subject_of(request), dictionary=row.dictionary, term=row, version=typed_version(request))
    messages.success(request, f"{row.label} is no longer in the draft.")
    return see_other(f"{reverse('dictionary', args=[row.dictionary.integration.uid])}?no={row.dictionary.no}")
