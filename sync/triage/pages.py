"""The triage page: parked work by cause, with the safe actions."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from portal.core.errors import BadInput
from portal.ui.pages import back_to, is_htmx, page, render_page, see_other, subject_of, visible_or_404
from sync.triage.models import Parked
from sync.triage.selectors import causes
from sync.triage.services import retry_cause, retry_parked, skip_parked


@require_GET
@page
def triage(request: HttpRequest) -> HttpResponse:
    """All open parked work of one's companies."""
    return triage_page(request)


@require_POST
@page
def retry(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Try one thing again."""
    parked = visible_or_404(Parked.objects.all(), subject_of(request), uid)
    retry_parked(by=subject_of(request), parked=parked)
    messages.success(request, "It is tried again now. If it cannot go on, it comes back here.")
    return after(request)


@require_POST
@page
def retry_all(request: HttpRequest) -> HttpResponse:
    """Try everything of one cause again."""
    number = retry_cause(by=subject_of(request), fingerprint=request.POST.get("fingerprint", ""))
    if number:
        messages.success(request, f"{number} {'is' if number == 1 else 'are'} tried again now.")
    else:
        messages.warning(request, "Nothing of this cause was open any more.")
    return after(request)


@require_POST
@page
def skip(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Leave one thing undone, with a reason."""
    parked = visible_or_404(Parked.objects.all(), subject_of(request), uid)
    try:
        skip_parked(by=subject_of(request), parked=parked, reason=request.POST.get("reason", ""))
    except BadInput as fault:
        if is_htmx(request):
            raise
        messages.error(request, fault.fields.get("reason", fault.sentence))
        return after(request)
    messages.success(request, "Skipped. The reason is kept with the case; a new value is tried by itself.")
    return after(request)


def after(request: HttpRequest) -> HttpResponse:
    """The list anew for htmx; otherwise back to the page the button stood on."""
    if is_htmx(request):
        return triage_page(request)
    return see_other(back_to(request, reverse("triage")))


def triage_page(request: HttpRequest) -> HttpResponse:
    """The page or its list."""
    found = causes(subject_of(request))
    context = {"causes": found, "total": sum(cause.count for cause in found)}
    return render_page(request, "sync/triage.html", context, block="list")
