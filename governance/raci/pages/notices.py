"""What the signed-in person was told out of the RACI, and what was routed to nobody."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from governance.raci.events import DEEDS, EVENTS
from governance.raci.models import Notice
from governance.raci.pages.holders import uid_of
from governance.raci.selectors import MOST, month_of, notices_of, unrouted
from governance.raci.services.notices import read_notice, settle_notice
from governance.register.models import Integration
from portal.ui.pages import page, render_page, see_other, subject_of, visible_or_404


@require_GET
@page
def notices(request: HttpRequest) -> HttpResponse:
    """All notices of the signed-in person, open ones or with `all` those that are done too."""
    by, everything = subject_of(request), request.GET.get("all") == "1"
    context = {"rows": notices_of(by, done=everything)[:MOST], "everything": everything, "deeds": DEEDS}
    return render_page(request, "governance/raci/notices.html", context)


@require_GET
@page
def unrouted_events(request: HttpRequest) -> HttpResponse:
    """Open events of the acting company that nobody was found for; of one `integration` when it is named."""
    by = subject_of(request)
    asked = request.GET.get("integration", "")
    only = visible_or_404(Integration.objects.all(), by, uid_of(asked)) if asked else None
    every, bare = month_of(by, integration=only)
    rows = [
        (row, EVENTS[row.event].activity if row.event in EVENTS else "")
        for row in unrouted(by, integration=only)[:MOST]
    ]
    context = {"rows": rows, "only": only, "every": every, "bare": bare}
    return render_page(request, "governance/raci/unrouted.html", context)


@require_POST
@page
def notice(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Open what a notice is about, which marks it as read; or say that it is done."""
    by = subject_of(request)
    row = visible_or_404(Notice.objects.filter(person__user_id=by.user_id or 0), by, uid)
    if request.POST.get("done"):
        settle_notice(by=by, notice=row)
        messages.success(request, "Done. It comes back when it happens again.")
        return see_other(reverse("notices"))
    read_notice(by=by, notice=row)
    return see_other(row.url)
