"""Pages of integrations: list, one with its parties and connections, start, change, invite, join, leave."""

from uuid import UUID

from django.contrib import messages
from django.db.models import OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from governance.accessmatrix.selectors import cells_granted
from governance.dictionary.selectors import standing_of
from governance.register.models import Integration, Person
from governance.register.pages.forms import BATCHES, STAGES, IntegrationForm, InviteForm
from governance.register.selectors import access_of, connections_of, parties_of, people_of
from governance.register.services.integrations import (
    IntegrationDraft,
    add_party,
    change_integration,
    join_integration,
    leave_integration,
    start_integration,
)
from portal.access.guard import may, visible_to
from portal.access.subject import Role
from portal.core import clock
from portal.core.errors import BadInput, Stale
from portal.history.selectors import deeds_of
from portal.ui.pages import page, refuse, render_page, see_other, subject_of, visible_or_404


@page
def integration_new(request: HttpRequest) -> HttpResponse:
    """Start an integration."""
    by = subject_of(request)
    form = IntegrationForm(request.POST or None, initial={"stage": 1})
    form.offer(people_of(by).filter(suspended=None, left=None))
    if request.method == "POST" and form.is_valid():
        try:
            row = start_integration(by=by, draft=draft_of(form))
        except BadInput as fault:
            refuse(form, fault)
        else:
            messages.success(request, f"{row.name} has begun. Invite the partner next.")
            return see_other(reverse("integration", args=[row.uid]))
    return render_page(
        request,
        "governance/register/integration_form.html",
        {"form": form},
        status=422 if form.errors else 200,
    )


@require_GET
@page
def integration(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One integration."""
    return integration_page(request, uid)


def integration_page(request: HttpRequest, uid: UUID, *, invite: InviteForm | None = None) -> HttpResponse:
    """The page, with an invitation as refused."""
    by = subject_of(request)
    rows = Integration.objects.annotate(granted=cells_granted(OuterRef("pk"), by=by))
    row = visible_or_404(rows.select_related("owner", "stand_in"), by, uid)
    parties = parties_of(row, by=by)
    mine = next((party for party in parties if party.company_id == by.company), None)
    tab = request.GET.get("tab", "overview")
    overview = tab == "overview"
    dictionaries = standing_of(row.pk, by=by) if overview else []
    invited = mine is not None and mine.joined is None
    context = {
        "integration": row,
        "stage": dict(STAGES)[row.stage],
        "parties": parties,
        "mine": mine,
        "invited": invited,
        "connections": connections_of(row, by=by) if overview else [],
        "agreed": next((one for one in dictionaries if one.state == "agreed"), None),
        "draft": next((one for one in dictionaries if one.state == "draft"), None),
        "granted": getattr(row, "granted", 0),
        "invite": invite or InviteForm(),
        "changes": bool(may(by, "change", row)),
        "operates": bool(may(by, "operate", row)),
        "invites": mine is not None and not invited and by.role(by.acting) is Role.ADMINISTRATOR,
        "interval": dict(BATCHES).get(row.batch_minutes, "").lower(),
        "review_due": row.next_review is not None and row.next_review <= clock.now().date(),
        "administers": invited and bool(may(by, "administer", row)),
        "tab": tab,
        "deeds": deeds_of(row, subject=by) if tab == "history" else [],
        "access": access_of(by) if tab == "access" else [],
    }
    status = 422 if invite is not None else 200
    return render_page(request, "governance/register/integration.html", context, status=status)


@page
def integration_edit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change what an integration is for, its step, its owner."""
    by = subject_of(request)
    row = visible_or_404(Integration.objects.all(), by, uid)
    start = {
        "name": row.name,
        "purpose": row.purpose,
        "mode": row.mode,
        "stage": row.stage,
        "goals": "\n".join(row.goals),
        "batch_minutes": row.batch_minutes,
        "rhythm": row.rhythm,
        "owner": row.owner_id,
        "stand_in": row.stand_in_id,
        "version": row.version,
    }
    form = IntegrationForm(request.POST or None, initial=start)
    own = Q(company_id=by.company, suspended=None, left=None)
    form.offer(visible_to(Person.objects.filter(own | Q(pk__in=[row.owner_id, row.stand_in_id])), by))
    if request.method == "POST" and form.is_valid():
        try:
            change_integration(
                by=by, integration=row, draft=draft_of(form), version=form.cleaned_data["version"] or 0
            )
        except BadInput as fault:
            refuse(form, fault)
        except Stale as fault:
            form.add_error(None, fault.sentence)
            fresh = Integration.objects.values_list("version", flat=True).get(pk=row.pk)
            form.data = {**form.data.dict(), "version": fresh}  # type: ignore[attr-defined]
        else:
            messages.success(request, "The integration is saved.")
            return see_other(reverse("integration", args=[uid]))
    return render_page(
        request,
        "governance/register/integration_form.html",
        {"form": form, "integration": row},
        status=422 if form.errors else 200,
    )


@require_POST
@page
def integration_invite(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Invite a partner by its company code."""
    by = subject_of(request)
    row = visible_or_404(Integration.objects.all(), by, uid)
    form = InviteForm(request.POST)
    if form.is_valid():
        try:
            add_party(by=by, integration=row, **form.cleaned_data)
        except BadInput as fault:
            refuse(form, fault)
        else:
            messages.success(request, "The partner is invited. It is a party as soon as it joins.")
            return see_other(reverse("integration", args=[uid]))
    return integration_page(request, uid, invite=form)


@require_POST
@page
def integration_join(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take up the invitation."""
    by = subject_of(request)
    row = visible_or_404(Integration.objects.all(), by, uid)
    me = Person.objects.filter(company_id=by.company, user_id=by.user_id or 0).first()
    join_integration(by=by, integration=row, accountable=me)
    messages.success(request, f"Your company is now a party to {row.name}.")
    return see_other(reverse("integration", args=[uid]))


@require_POST
@page
def integration_leave(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Decline the invitation, or leave."""
    by = subject_of(request)
    row = visible_or_404(Integration.objects.all(), by, uid)
    leave_integration(by=by, integration=row)
    messages.success(request, f"Your company is no longer part of {row.name}.")
    return see_other(reverse("integrations"))


def draft_of(form: IntegrationForm) -> IntegrationDraft:
    """What was entered."""
    data = form.cleaned_data
    return IntegrationDraft(
        name=data["name"],
        purpose=data["purpose"],
        mode=data["mode"],
        owner=data["owner"],
        stand_in=data["stand_in"],
        stage=data["stage"],
        goals=tuple(data["goals"].splitlines()),
        batch_minutes=data["batch_minutes"] or 60,
        rhythm=data["rhythm"] or Integration.Rhythm.QUARTERLY,
    )
