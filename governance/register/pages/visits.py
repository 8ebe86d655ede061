"""Pages of signing in to a tracker in the browser."""

import hmac
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from governance.register import ports
from governance.register.models import System
from governance.register.services.visits import bring_code
from governance.register.visits import departure
from portal.core import clock
from portal.core.errors import BadInput
from portal.ui.pages import page, render_page, see_other, subject_of, visible_or_404

KEPT = "visit"
#: seconds within which a person comes back
PATIENCE = 600


@require_POST
@page
def visit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The last page before the tracker's own: a link, since a form may lead to our own site only."""
    by = subject_of(request)
    row = visible_or_404(System.objects.all(), by, uid)
    try:
        found = departure(by=by, system=row)
    except BadInput as fault:
        messages.error(request, fault.sentence)
        return see_other(credential_tab(row.uid))
    kept = {"system": str(row.uid), "state": found.state, "verifier": found.verifier, "at": clock.now().timestamp()}
    request.session[KEPT] = kept
    context = {"system": row, "kind": ports.kind_of(row.kind), "address": found.address}
    return render_page(request, "governance/register/visit.html", context)


@never_cache
@require_GET
@page
def visit_back(request: HttpRequest) -> HttpResponse:
    """The browser returns with a code, or with the tracker's refusal; either is taken once."""
    by = subject_of(request)
    kept = request.session.pop(KEPT, None) or {}
    state = str(kept.get("state") or "")
    given = request.GET.get("state", "")
    fresh = clock.now().timestamp() - float(kept.get("at") or 0) <= PATIENCE
    if not state or not fresh or not hmac.compare_digest(state.encode(), given.encode("utf-8", "replace")):
        messages.error(request, "This sign-in was not begun here, or too long ago. Begin it on the system's page.")
        return see_other(reverse("systems"))
    row = visible_or_404(System.objects.all(), by, UUID(kept["system"]))
    if request.GET.get("error"):
        messages.error(request, f"{row.name} was not signed in to: you or the tracker said no. Nothing has changed.")
        return see_other(credential_tab(row.uid))
    try:
        bring_code(by=by, system=row, code=request.GET.get("code", ""), verifier=kept["verifier"])
    except BadInput as fault:
        messages.error(request, fault.sentence)
    else:
        messages.success(request, "You are back. A worker now fetches the tokens and checks the system with them.")
    return see_other(credential_tab(row.uid))


def credential_tab(uid: UUID) -> str:
    """The system's page where its credential is."""
    return reverse("system", args=[uid]) + "?tab=credential"
