"""The list of overseen connections, and what a pass to another company's content opens."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from governance.accessmatrix.models import AccessPass
from portal.ui.listing.pages.lists import show_listing
from portal.ui.pages import page, render_page, subject_of, visible_or_404
from sync.oversight.listing import OVERSEEN
from sync.oversight.services import read_lent


@require_GET
@page
def overseen(request: HttpRequest) -> HttpResponse:
    """Connections between other parties, in counts."""
    return show_listing(request, OVERSEEN)


@require_GET
@page
def lent(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What another company lets the reader read for a time; 404 from the second on in which the pass is over."""
    by = subject_of(request)
    access = visible_or_404(AccessPass.objects.select_related("integration"), by, uid)
    found = read_lent(by=by, access=access)
    if found is None:
        raise Http404
    return render_page(request, "sync/oversight/lent.html", {"access": access, "rows": found})
