"""The rehearsals of an access matrix or a dictionary, for the acting company alone; each has the rulebook's page."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from governance.agreements.evidence import What
from governance.register.models import Integration
from governance.rehearsals.selectors import newest_paper, rehearsals_of
from governance.rehearsals.services import WORDS, rehearse_paper
from governance.rulebook.pages.rehearsals import days_of
from governance.rulebook.services.rehearsals import AT_WORK
from portal.access.guard import VERBS
from portal.core.errors import BadInput
from portal.ui.pages import page, render_page, see_other, subject_of, visible_or_404


@require_GET
@page
def paper_rehearsals(request: HttpRequest, uid: UUID, what: What) -> HttpResponse:
    """The newest version, what was rehearsed of it, and the button that asks for it."""
    integration = visible_or_404(Integration.objects.all(), subject_of(request), uid)
    return rehearsals_page(request, integration, what)


@require_POST
@page
def paper_rehearse(request: HttpRequest, uid: UUID, what: What) -> HttpResponse:
    """Have the open version rehearsed."""
    by = subject_of(request)
    integration = visible_or_404(Integration.objects.all(), by, uid)
    try:
        made = rehearse_paper(by=by, integration=integration, what=what, days=days_of(request))
    except BadInput as fault:
        return rehearsals_page(request, integration, what, fault=fault)
    return see_other(reverse("rehearsal", args=[made.uid]))


def rehearsals_page(
    request: HttpRequest, integration: Integration, what: What, *, fault: BadInput | None = None
) -> HttpResponse:
    """The page; after a refusal with the sentences that say why."""
    by = subject_of(request)
    paper = newest_paper(what, integration, by=by)
    rows = rehearsals_of(what, integration, by=by)
    role = by.role(by.acting)
    operates = role is not None and "operate" in VERBS[role] and by.company in integration.companies
    at_work = any(row.state in AT_WORK for row in rows)
    sha256 = paper.sha256 if paper else ""
    context = {
        "integration": integration,
        "what": what,
        "word": WORDS[what],
        "paper": paper,
        "paper_address": reverse("grants" if what == "matrix" else "dictionary", args=[integration.uid]),
        "start_address": reverse(f"{what}-rehearse", args=[integration.uid]),
        "rehearsals": rows,
        "sha256": sha256,
        "proof": next((row for row in rows if row.digest and row.sha256 == sha256), None),
        "rehearsable": bool(operates and paper and paper.is_open and not at_work),
        "place": "grants" if what == "matrix" else "dictionary",
        "fault": fault,
        "fields": list(fault.fields.values()) if fault else [],
    }
    return render_page(request, "governance/rehearsals/rehearsals.html", context, status=422 if fault else 200)
