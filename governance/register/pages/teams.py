"""Pages of teams."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from governance.register.models import Team
from governance.register.pages.people_forms import TeamForm
from governance.register.selectors import people_of
from governance.register.services.teams import TeamDraft, add_team, change_team, dissolve_team
from portal.access.guard import may
from portal.core.errors import BadInput, Stale
from portal.history.selectors import deeds_of
from portal.ui.pages import page, refuse, render_page, see_other, subject_of, visible_or_404


@page
def team_new(request: HttpRequest) -> HttpResponse:
    """A new team of the acting company."""
    by = subject_of(request)
    form = TeamForm(request.POST or None)
    form.offer(people_of(by).filter(left=None))
    if request.method == "POST" and form.is_valid():
        try:
            row = add_team(by=by, draft=draft_of(form))
        except BadInput as fault:
            refuse(form, fault)
        else:
            messages.success(request, f"{row.name} is there.")
            return see_other(reverse("team", args=[row.uid]))
    return render_page(request, "governance/register/team_new.html", {"form": form}, status=status_of(form))


@page
def team(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One team; who may change it does so here."""
    by = subject_of(request)
    row = visible_or_404(Team.objects.select_related("lead"), by, uid)
    changes = bool(may(by, "change", row))
    members = list(row.members.order_by("name"))
    start = {
        "name": row.name,
        "lead": row.lead_id,
        "members": [person.pk for person in members],
        "on_call": row.on_call,
        "version": row.version,
    }
    form = TeamForm(request.POST or None, initial=start)
    form.offer(people_of(by).filter(left=None))
    if request.method == "POST" and form.is_valid():
        try:
            change_team(by=by, team=row, draft=draft_of(form), version=form.cleaned_data["version"] or 0)
        except BadInput as fault:
            refuse(form, fault)
        except Stale as fault:
            form.add_error(None, fault.sentence)
            fresh = Team.objects.values_list("version", flat=True).get(pk=row.pk)
            form.data = {**form.data.dict(), "members": form.data.getlist("members"), "version": fresh}  # type: ignore[attr-defined]
        else:
            messages.success(request, "The team is saved.")
            return see_other(reverse("team", args=[uid]))
    tab = request.GET.get("tab", "overview")
    context = {
        "team": row,
        "members": members,
        "form": form,
        "changes": changes,
        "tab": tab,
        "deeds": deeds_of(row, subject=by) if tab == "history" else [],
    }
    return render_page(request, "governance/register/team.html", context, status=status_of(form))


@require_POST
@page
def team_dissolve(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The team is no more."""
    by = subject_of(request)
    row = visible_or_404(Team.objects.select_related("company"), by, uid)
    dissolve_team(by=by, team=row)
    messages.success(request, f"{row.name} is dissolved; its people stay.")
    return see_other(reverse("company", args=[row.company.uid]))


def draft_of(form: TeamForm) -> TeamDraft:
    """What was entered."""
    data = form.cleaned_data
    return TeamDraft(data["name"], data["lead"], list(data["members"]), data["on_call"])


def status_of(form: TeamForm) -> int:
    """422 for a form that was refused."""
    return 422 if form.errors else 200
