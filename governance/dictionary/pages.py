"""Pages of dictionaries: versions, the term editor, and the agreement."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from governance.dictionary.diff import Changed, diff
from governance.dictionary.listing import TERMS
from governance.dictionary.models import Dictionary, Term
from governance.dictionary.selectors import terms_of, versions_of, yeses_of
from governance.dictionary.services import (
    TermDraft,
    agree_dictionary,
    discard_dictionary,
    draft_dictionary,
    remove_term,
    save_term,
)
from governance.register.models import Company, Integration
from governance.register.selectors import parties_of
from portal.access.guard import may, visible_to
from portal.access.subject import Subject
from portal.core.errors import BadInput, Stale
from portal.history.selectors import deeds_of
from portal.ui.listing.pages.lists import show_listing
from portal.ui.pages import page, refuse, render_page, see_other, subject_of, visible_or_404


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
    sample = forms.CharField(required=False, max_length=200)
    allowed = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        label="Allowed values",
        help_text="For a choice: one a line, in their natural order.",
    )
    max_length = forms.IntegerField(
        required=False, min_value=1, label="Longest text", help_text="In characters. Empty: any length."
    )
    classification = forms.ChoiceField(choices=Term.Classification.choices, initial=Term.Classification.INTERNAL)
    path = forms.BooleanField(
        required=False,
        label="Deliver every step in order",
        help_text="For a status: each value on the way arrives, not only the last.",
    )
    source_of_truth = forms.ModelChoiceField(
        Company.objects.none(),
        required=False,
        label="Whose value wins",
        help_text="When both changed it at once. Empty: the later change.",
    )
    unique = forms.BooleanField(
        required=False, label="Unique", help_text="No two items may hold the same value, for example a number."
    )
    mandatory = forms.BooleanField(required=False, label="Mandatory", help_text="Every item must hold a value.")
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def draft(self) -> TermDraft:
        """What was entered."""
        data = self.cleaned_data
        truth = data["source_of_truth"]
        return TermDraft(
            name=data["name"],
            label=data["label"],
            type=data["type"],
            semantics=data["semantics"],
            sample=data["sample"],
            allowed=tuple(line.strip() for line in data["allowed"].splitlines() if line.strip()),
            max_length=data["max_length"],
            classification=data["classification"],
            path=data["path"],
            source_of_truth=truth.pk if truth else None,
            unique=data["unique"],
            mandatory=data["mandatory"],
        )


@require_GET
@page
def terms(request: HttpRequest) -> HttpResponse:
    """The terms of all dictionaries."""
    return show_listing(request, TERMS)


@require_GET
@page
def dictionary(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The dictionary of an integration: the version in force or the one asked for, its terms and its yeses."""
    by = subject_of(request)
    integration = visible_or_404(Integration.objects.all(), by, uid)
    versions = versions_of(integration.pk, by=by)
    asked = request.GET.get("no", "")
    shown = next((one for one in versions if str(one.no) == asked), versions[0] if versions else None)
    parties = parties_of(integration, by=by)
    yeses = yeses_of(shown, by=by) if shown else {}
    tab = request.GET.get("tab", "terms")
    context = {
        "integration": integration,
        "versions": versions,
        "shown": shown,
        "terms": terms_of(shown, by=by) if shown and tab not in {"history", "changes"} else [],
        "changed": changed_in(shown, versions, by) if shown and tab == "changes" else [],
        "parties": [(party, yeses.get(party.company_id)) for party in parties if party.joined],
        "agreed_by_us": by.company in yeses,
        "changes": bool(shown and may(by, "change", shown)),
        "administers": bool(may(by, "administer", integration)),
        "starts": bool(may(by, "change", integration)),
        "has_draft": any(one.state == "draft" for one in versions),
        "tab": tab,
        "deeds": deeds_of(shown, subject=by) if shown and tab == "history" else [],
    }
    return render_page(request, "governance/dictionary/dictionary.html", context)


def changed_in(shown: Dictionary, versions: list[Dictionary], by: Subject) -> list[Changed]:
    """What a version changes of the one before it; of the first, every term is added. Two queries at most."""
    before = next((one for one in versions if one.no < shown.no), None)
    old = terms_of(before, by=by) if before else []
    return diff(old, terms_of(shown, by=by), {known.id: known.name for known in by.known})


@require_POST
@page
def dictionary_draft(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Begin the next version."""
    by = subject_of(request)
    integration = visible_or_404(Integration.objects.all(), by, uid)
    draft = draft_dictionary(by=by, integration=integration)
    messages.success(request, f"{draft} is a draft. It is in force once every party agreed.")
    return see_other(reverse("dictionary", args=[uid]))


@page
def term_new(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Add a term to a draft."""
    by = subject_of(request)
    row = visible_or_404(Dictionary.objects.select_related("integration"), by, uid)
    return term_page(request, row, None)


@page
def term(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change a term of a draft."""
    by = subject_of(request)
    row = visible_or_404(Term.objects.select_related("dictionary__integration"), by, uid)
    return term_page(request, row.dictionary, row)


def term_page(request: HttpRequest, row: Dictionary, existing: Term | None) -> HttpResponse:
    """The term's form."""
    by = subject_of(request)
    form = TermForm(request.POST or None, initial=start_of(row, existing))
    form.fields["source_of_truth"].queryset = visible_to(  # type: ignore[attr-defined]
        Company.objects.filter(pk__in=row.companies), by
    )
    if request.method == "POST" and form.is_valid():
        try:
            save_term(
                by=by,
                dictionary=row,
                draft=form.draft(),
                version=form.cleaned_data["version"] or 0,
                term=existing,
            )
        except BadInput as fault:
            refuse(form, fault)
        except Stale as fault:
            form.add_error(None, fault.sentence)
            fresh = Dictionary.objects.values_list("version", flat=True).get(pk=row.pk)
            form.data = {**form.data.dict(), "version": fresh}  # type: ignore[attr-defined]
        else:
            messages.success(request, f"{form.cleaned_data['label']} is saved.")
            return see_other(reverse("dictionary", args=[row.integration.uid]))
    context = {"form": form, "dictionary": row, "term": existing, "integration": row.integration}
    return render_page(request, "governance/dictionary/term.html", context, status=422 if form.errors else 200)


def start_of(row: Dictionary, existing: Term | None) -> dict[str, object]:
    """The form's first values."""
    if existing is None:
        return {"version": row.version, "type": Term.Type.TEXT}
    return {
        "version": row.version,
        "name": existing.name,
        "label": existing.label,
        "type": existing.type,
        "semantics": existing.semantics,
        "sample": existing.sample,
        "allowed": "\n".join(existing.allowed),
        "max_length": existing.max_length,
        "classification": existing.classification,
        "path": existing.path,
        "source_of_truth": existing.source_of_truth_id,
        "unique": existing.unique,
        "mandatory": existing.mandatory,
    }


@require_POST
@page
def term_remove(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a term out of a draft."""
    by = subject_of(request)
    row = visible_or_404(Term.objects.select_related("dictionary__integration"), by, uid)
    remove_term(by=by, dictionary=row.dictionary, term=row, version=typed_version(request))
    messages.success(request, f"{row.label} is no longer in the draft.")
    return see_other(reverse("dictionary", args=[row.dictionary.integration.uid]))


@require_POST
@page
def dictionary_agree(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The acting company's yes."""
    by = subject_of(request)
    row = visible_or_404(Dictionary.objects.select_related("integration"), by, uid)
    agreed = agree_dictionary(by=by, dictionary=row, version=typed_version(request))
    in_force = agreed.state == Dictionary.State.AGREED
    messages.success(
        request, f"{row} is in force." if in_force else f"Your company agreed. {row} is in force once all did."
    )
    return see_other(reverse("dictionary", args=[row.integration.uid]))


@require_POST
@page
def dictionary_discard(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Throw the draft away."""
    by = subject_of(request)
    row = visible_or_404(Dictionary.objects.select_related("integration"), by, uid)
    address = reverse("dictionary", args=[row.integration.uid])
    discard_dictionary(by=by, dictionary=row, version=typed_version(request))
    messages.success(request, "The draft is thrown away.")
    return see_other(address)


def typed_version(request: HttpRequest) -> int:
    """The version that the page showed."""
    text = request.POST.get("version", "")
    return int(text) if text.isdigit() else 0
