"""Access for a time: what is asked for and open, asking for it, and the answer."""

from datetime import timedelta
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from governance.accessmatrix.compiled import OBJECTS
from governance.accessmatrix.models import AccessPass
from governance.accessmatrix.pages.grid import PARTS
from governance.accessmatrix.selectors import own_people, passes_of, told_of
from governance.accessmatrix.services.passes import PassDraft, answer_pass, ask_pass, revoke_pass
from governance.dictionary.selectors import newest_terms
from governance.register.models import Integration
from portal.access.guard import VERBS
from portal.access.subject import Subject
from portal.core import clock
from portal.core.errors import BadInput, Denied
from portal.ui.pages import page, render_page, see_other, subject_of, visible_or_404

#: rows that the page shows at most
MOST = 200
HOURS = [(1, "1 hour"), (4, "4 hours"), (8, "8 hours"), (24, "A day"), (168, "A week"), (720, "30 days")]


class PassForm(forms.Form):
    """What is asked for."""

    company = forms.TypedChoiceField(coerce=int, label="Whose content")
    term = forms.ChoiceField(required=False, label="Of what")
    level = forms.ChoiceField(choices=[("read", "Read"), ("write", "Write"), ("full", "Full")], label="Level")
    hours = forms.TypedChoiceField(choices=HOURS, coerce=int, initial=4, label="For how long")
    reason = forms.CharField(
        max_length=300, label="What for", help_text="The company that approves it reads this, and history keeps it."
    )

    def __init__(self, integration: Integration, *args: object, by: Subject, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        known = [(one.id, one.name) for one in by.known if one.id in integration.companies]
        terms = [(one.name, one.label) for one in newest_terms(integration.pk, by=by)]
        for name, choices in (
            ("company", sorted(known, key=lambda one: (one[0] != by.company, one[1]))),
            ("term", [("", "Every term"), *terms, *PARTS, *OBJECTS.items()]),
        ):
            found = self.fields[name]
            if isinstance(found, forms.ChoiceField):
                found.choices = choices


@require_GET
@page
def passes(request: HttpRequest) -> HttpResponse:
    """Passes of the acting company that are asked for or open; with `all` those that are over too."""
    by, everything = subject_of(request), request.GET.get("all") == "1"
    role = by.role(by.acting)
    rows = list(passes_of(by, done=everything)[:MOST])
    context = {
        "rows": [(row, word_of(row)) for row in rows],
        "everything": everything,
        "answers": role is not None and "administer" in VERBS[role],
        "me": own_people(by),
        "own": by.company,
    }
    return render_page(request, "governance/accessmatrix/passes.html", context)


def word_of(row: AccessPass) -> str:
    """Where a pass stands at this moment: asked, open, later, over, refused, revoked."""
    now = clock.now()
    if row.state == AccessPass.State.APPROVED:
        return "over" if row.ends <= now else "later" if row.starts > now else "open"
    if row.state == AccessPass.State.ASKED and row.ends <= now:
        return "over"
    return row.state


@page
def pass_ask(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask for access to an integration's content for a time."""
    by = subject_of(request)
    integration = visible_or_404(Integration.objects.all(), by, uid)
    form = PassForm(integration, request.POST or None, by=by)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            ends = clock.now() + timedelta(hours=data["hours"])
            draft = PassDraft(data["company"], ends, data["reason"], data["term"], data["level"])
            try:
                ask_pass(by=by, integration=integration, draft=draft)
            except BadInput as fault:
                for name, sentence in (fault.fields or {"reason": fault.sentence}).items():
                    form.add_error(name if name in form.fields else None, sentence)
            else:
                messages.success(request, "Asked. It opens once an administrator of that company approves it.")
                return see_other(reverse("access-passes"))
    context = {"integration": integration, "form": form}
    return render_page(request, "governance/accessmatrix/pass.html", context, status=status)


@require_GET
@page
def access_pass(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One pass: what it opens, why, what was answered, and every use of it that the company may read."""
    by = subject_of(request)
    row = visible_or_404(AccessPass.objects.select_related("integration"), by, uid)
    context = {
        "row": row,
        "word": word_of(row),
        "reads": word_of(row) == "open" and row.company_id != row.asker_id and row.person_id in own_people(by),
        "deeds": told_of(row, by=by),
    }
    return render_page(request, "governance/accessmatrix/passed.html", context)


@require_POST
@page
def pass_answer(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Approve, refuse or end a pass."""
    by = subject_of(request)
    row = visible_or_404(AccessPass.objects.all(), by, uid)
    act = request.POST.get("do", "")
    try:
        if act == "revoke":
            revoke_pass(by=by, access=row)
            said = "The pass ended."
        else:
            answer_pass(by=by, access=row, approve=act == "approve")
            said = f"{row.name} has access until {row.ends:%d %B %H:%M} UTC." if act == "approve" else "Refused."
    except (BadInput, Denied) as fault:
        messages.error(request, fault.sentence)
    else:
        messages.success(request, said)
    return see_other(reverse("access-passes"))
