"""Pages on which terms are taken over from a system's fields, and where they came from is compared with today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from governance.dictionary.described import Field, Moved, fields_of, moved, proposed
from governance.dictionary.listing import draft_now
from governance.dictionary.models import Dictionary, Origin, Term
from governance.dictionary.rules import TermDraft
from governance.dictionary.selectors import newest_terms, origins_of, own_systems, terms_of
from governance.dictionary.services.takeover import MOST, Pick, forget_origin, keep_origin, take_over
from governance.dictionary.values import read, value_list
from governance.register.models import Integration, System
from governance.register.ports import Answer, sync
from portal.access.guard import may
from portal.core.errors import BadInput, Stale
from portal.ui.pages import page, render_page, see_other, subject_of, typed_version, visible_or_404


class FieldForm(forms.Form):
    """One field as the term that it becomes."""

    name = forms.CharField(max_length=40, widget=forms.TextInput(attrs={"class": "mono", "spellcheck": "false"}))
    label = forms.CharField(max_length=80)
    type = forms.ChoiceField(choices=Term.Type.choices)
    max_length = forms.IntegerField(required=False, min_value=1, label="Longest text")
    allowed = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 4}), label="Allowed values, one a line"
    )
    classification = forms.ChoiceField(choices=Term.Classification.choices)
    semantics = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2}), label="Meaning")
    path = forms.BooleanField(required=False, label="Deliver every step in order")
    mandatory = forms.BooleanField(required=False, label="Mandatory")
    home = forms.BooleanField(required=False, label="This system is the system of record")

    def draft(self, system: System, standing: Term | None) -> TermDraft:
        """What was entered; what the form does not ask stays as the draft has it."""
        data, values = self.cleaned_data, read(self.cleaned_data["allowed"].splitlines())
        return TermDraft(
            name=data["name"],
            label=data["label"],
            type=data["type"],
            semantics=data["semantics"],
            samples=tuple(standing.samples) if standing else (),
            allowed=values.keys,
            allowed_labels=values.labels,
            max_length=data["max_length"],
            classification=data["classification"],
            path=data["path"],
            source_of_truth=standing.source_of_truth_id if standing else None,
            system_of_record=system.pk if data["home"] else standing.system_of_record_id if standing else None,
            unique=standing.unique if standing else False,
            mandatory=data["mandatory"],
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One field that was chosen, with its form; `stands` = the draft has a term of its name."""

    field: Field
    form: FieldForm
    stands: bool = False


@dataclass(frozen=True, slots=True)
class Compared:
    """One term, the field that it came from, and how that moved; `unknown` = why it cannot be told."""

    origin: Origin
    moved: Sequence[Moved]
    unknown: str = ""
    #: the field is there, so that it can be looked at and kept
    there: bool = False


@page
def dictionary_take_over(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Choose a system, pick fields of it, adjust the terms that they make, and put them into the draft."""
    by = subject_of(request)
    row = visible_or_404(Dictionary.objects.select_related("integration"), by, uid)
    systems = list(own_systems(by))
    answers = sync().latest([one.pk for one in systems], ["describe"], by=by, done=["describe"])
    system = chosen(systems, answers, (request.POST or request.GET).get("system", ""))
    body = answers[(system.pk, "describe")].body if system and (system.pk, "describe") in answers else {}
    known, standing = fields_of(body), {term.name: term for term in terms_of(row, by=by)}
    picked = [key for key in dict.fromkeys((request.POST or request.GET).getlist("pick")) if key in known][:MOST]
    rows = rows_of(request.POST or None, [known[key] for key in picked], standing)
    fault, valid = "", [one.form.is_valid() for one in rows]
    if request.method == "POST" and system is not None and all(valid):
        picks = [Pick(one.field.key, one.form.draft(system, standing.get(typed_name(one.form)))) for one in rows]
        try:
            take_over(by=by, dictionary=row, system=system, picks=picks, version=typed_version(request))
        except BadInput as wrong:
            fault = told(wrong)
        except Stale as wrong:
            fault = wrong.sentence
        else:
            messages.success(request, f"{len(picks)} of {system}'s fields are terms of the draft.")
            return see_other(f"{reverse('dictionary', args=[row.integration.uid])}?no={row.no}&tab=terms")
    bad = fault or any(one.form.errors for one in rows)
    context = {
        "integration": row.integration,
        "dictionary": row,
        "version": row.version,
        "systems": systems,
        "system": system,
        "kind": body.get("kind") or "",
        "described": answers.get((system.pk, "describe")) if system else None,
        "fields": [(field, standing.get(proposed(field, ()).name)) for field in known.values()],
        "rows": rows,
        "fault": fault,
        "most": MOST,
    }
    return render_page(request, "governance/dictionary/takeover.html", context, status=422 if bad else 200)


def chosen(systems: Sequence[System], answers: Mapping[tuple[int, str], Answer], asked: str) -> System | None:
    """The system that was asked for, else the first that told its fields, else the first."""
    told_of = [one for one in systems if (one.pk, "describe") in answers]
    return next((one for one in systems if str(one.uid) == asked), next(iter([*told_of, *systems]), None))


def rows_of(typed: QueryDict | None, fields: Sequence[Field], standing: Mapping[str, Term]) -> list[Row]:
    """A form for each chosen field: what was typed, else the term of its name as it stands, else what it makes."""
    rows = []
    taken: set[str] = set()
    for number, field in enumerate(fields):
        plain = proposed(field, ())
        old = standing.get(plain.name) if plain.name not in taken else None
        draft = draft_now(old) if old else proposed(field, taken | set(standing))
        taken.add(draft.name)
        start = {
            "name": draft.name,
            "label": draft.label,
            "type": draft.type,
            "max_length": draft.max_length,
            "allowed": "\n".join(value_list(draft.allowed, draft.allowed_labels).lines),
            "classification": draft.classification,
            "semantics": draft.semantics,
            "path": draft.path,
            "mandatory": draft.mandatory,
        }
        rows.append(Row(field, FieldForm(typed, prefix=f"f{number}", initial=start), stands=old is not None))
    return rows


def typed_name(form: FieldForm) -> str:
    """The name that was typed."""
    return str(form.cleaned_data["name"]).strip()


def told(fault: BadInput) -> str:
    """A refusal with the sentences of its fields."""
    return " ".join([fault.sentence, *fault.fields.values()])


@require_GET
@page
def dictionary_drift(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Where the acting company took terms from, and which of those fields are no longer as they were."""
    by = subject_of(request)
    integration = visible_or_404(Integration.objects.all(), by, uid)
    origins = origins_of(integration, by=by)
    answers = sync().latest({one.system_id for one in origins}, ["describe"], by=by, done=["describe"])
    terms = {term.name: term for term in newest_terms(integration.pk, by=by)} if origins else {}
    rows = [compared(one, answers.get((one.system_id, "describe")), terms.get(one.name)) for one in origins]
    context = {
        "integration": integration,
        "drifted": [one for one in rows if one.moved],
        "unknown": [one for one in rows if one.unknown],
        "steady": [one for one in rows if not one.moved and not one.unknown],
        "rows": rows,
        "changes": bool(may(by, "change", integration)),
    }
    return render_page(request, "governance/dictionary/drift.html", context)


def compared(origin: Origin, answer: Answer | None, term: Term | None) -> Compared:
    """One term against its field as described today."""
    kind = str(answer.body.get("kind") or "") if answer else ""
    if answer is None:
        return Compared(origin, (), "The system has not told its fields yet.")
    if kind != origin.kind:
        return Compared(origin, (), f"The system described {kind or 'another kind'} last, not {origin.kind}.")
    now = fields_of(answer.body).get(origin.field)
    return Compared(origin, moved(origin.told, now, term), there=now is not None)


@require_POST
@page
def origin_keep(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The field was looked at, and the term stays."""
    row = visible_or_404(Origin.objects.select_related("integration", "system"), subject_of(request), uid)
    keep_origin(by=subject_of(request), origin=row)
    messages.success(request, f"{row.name} stays as it is. The field is compared with today's from now on.")
    return see_other(reverse("dictionary-drift", args=[row.integration.uid]))


@require_POST
@page
def origin_forget(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The term is no longer compared with its field."""
    row = visible_or_404(Origin.objects.select_related("integration", "system"), subject_of(request), uid)
    where = reverse("dictionary-drift", args=[row.integration.uid])
    forget_origin(by=subject_of(request), origin=row)
    messages.success(request, f"{row.name} is no longer compared with {row.system}.")
    return see_other(where)
