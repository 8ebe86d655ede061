"""Pages of downtimes, and of what an integration does in time: its review, and an exchange on demand."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from governance.register.models import Downtime, Integration, System
from governance.register.services.downtimes import announce_downtime, cancel_downtime
from governance.register.services.integrations import demand_exchange, review_integration
from portal.core.errors import BadInput
from portal.ui.pages import page, refuse, render_page, see_other, subject_of, visible_or_404


class DowntimeForm(forms.Form):
    """A window in a system's own time zone."""

    starts = forms.DateTimeField(label="From", widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    ends = forms.DateTimeField(label="To", widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    reason = forms.CharField(max_length=200, help_text="Your partners read it.")


class ReviewForm(forms.Form):
    """What came of a review."""

    note = forms.CharField(label="What came of it", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


@page
def downtime_new(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Announce a system's downtime."""
    by = subject_of(request)
    row = visible_or_404(System.objects.all(), by, uid)
    form = DowntimeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            announce_downtime(
                by=by,
                system=row,
                starts=at_place(data["starts"], row),
                ends=at_place(data["ends"], row),
                reason=data["reason"],
            )
        except BadInput as fault:
            refuse(form, fault)
        else:
            messages.success(request, "The downtime is announced. Nothing will be asked of the system in it.")
            return see_other(reverse("system", args=[uid]))
    context = {"form": form, "system": row}
    return render_page(request, "governance/register/downtime.html", context, status=422 if form.errors else 200)


def at_place(at: datetime, system: System) -> datetime:
    """A time as typed, which is the system's own."""
    return at.replace(tzinfo=ZoneInfo(system.time_zone))


@require_POST
@page
def downtime_cancel(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a downtime back, or end it now."""
    by = subject_of(request)
    row = visible_or_404(Downtime.objects.filter(company_id=by.company).select_related("system"), by, uid)
    cancel_downtime(by=by, downtime=row)
    messages.success(request, "The downtime is cancelled; what waited goes on.")
    return see_other(reverse("system", args=[row.system.uid]))


@page
def integration_review(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Enter that the parties have reviewed it."""
    by = subject_of(request)
    row = visible_or_404(Integration.objects.all(), by, uid)
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            saved = review_integration(by=by, integration=row, note=form.cleaned_data["note"])
        except BadInput as fault:
            refuse(form, fault)
        else:
            messages.success(request, f"The review is entered; the next one is due {saved.next_review:%d %B %Y}.")
            return see_other(reverse("integration", args=[uid]))
    context = {"form": form, "integration": row}
    return render_page(request, "governance/register/review.html", context, status=422 if form.errors else 200)


@require_POST
@page
def integration_exchange(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Exchange now what waits in an integration on demand."""
    by = subject_of(request)
    row = visible_or_404(Integration.objects.all(), by, uid)
    demand_exchange(by=by, integration=row)
    messages.success(request, "What waits is exchanged now. It may take a minute.")
    return see_other(reverse("integration", args=[uid]))
