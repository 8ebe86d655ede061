"""The data quality of an integration: how each of the acting company's sides fills its terms."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from governance.quality.selectors import sheets_of
from governance.quality.services import count_anew
from governance.register.models import Integration
from portal.access.guard import VERBS
from portal.core.errors import BadInput
from portal.ui.pages import is_htmx, page, render_page, see_other, subject_of, visible_or_404

#: htmx takes the answer and asks no more
STOP_ASKING = 286


@require_GET
@page
def quality(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The figures; drawn again every two seconds while a count is at work."""
    by = subject_of(request)
    integration = visible_or_404(Integration.objects.all(), by, uid)
    sheets = sheets_of(integration, by=by)
    role = by.role(by.acting)
    at_work = any(sheet.at_work for sheet in sheets)
    context = {
        "integration": integration,
        "sheets": sheets,
        "at_work": at_work,
        "operates": role is not None and "operate" in VERBS[role] and by.company in integration.companies,
        "place": "quality",
    }
    answer = render_page(request, "governance/quality/quality.html", context, block="live")
    if is_htmx(request) and not at_work:
        answer.status_code = STOP_ASKING
    return answer


@require_POST
@page
def quality_count(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Have it counted now."""
    by = subject_of(request)
    integration = visible_or_404(Integration.objects.all(), by, uid)
    try:
        count_anew(by=by, integration=integration)
    except BadInput as fault:
        messages.error(request, fault.sentence)
    return see_other(reverse("quality", args=[uid]))
