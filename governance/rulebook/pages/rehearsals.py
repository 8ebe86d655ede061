"""A rehearsal's page, for its own company alone: how far it is, what it found, its evidence; cancel and resume."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from governance.dictionary.selectors import agreed_terms
from governance.rulebook.evidence import effects, for_reader
from governance.rulebook.models import Rehearsal
from governance.rulebook.pages.editor import desk_of, editor_page
from governance.rulebook.services.rehearsals import AT_WORK, DAYS, cancel, rehearse, resume
from portal.access.guard import may
from portal.core.errors import BadInput, Denied
from portal.ui.pages import is_htmx, page, render_page, see_other, subject_of, visible_or_404

#: htmx takes the answer and asks no more
STOP_ASKING = 286


@require_POST
@page
def rehearsal_start(request: HttpRequest, uid: UUID, side: str) -> HttpResponse:
    """Have the open version rehearsed."""
    desk = desk_of(request, uid, side)
    try:
        made = rehearse(by=subject_of(request), rulebook=desk.rulebook, days=days_of(request))
    except (BadInput, Denied) as fault:
        return editor_page(request, desk, fault=fault)
    return see_other(reverse("rehearsal", args=[made.uid]))


def days_of(request: HttpRequest) -> int:
    """The days that were typed; 0 for what is no number, which the service refuses."""
    typed = request.POST.get("days", "").strip() or str(DAYS)
    return int(typed) if typed.isdigit() and len(typed) < 5 else 0


@require_GET
@page
def rehearsal(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One rehearsal, drawn again every second while it is at work."""
    row = found(request, uid)
    by = subject_of(request)
    labels = {term.name: term.label for term in agreed_terms(row.integration_id)}
    evidence = row.evidence
    details = for_reader(evidence.details, by, row.company_id, row.integration_id)
    context = {
        "rehearsal": row,
        "connection": row.connection,
        "integration": row.integration,
        "of": row.connection or row.integration,
        "word": row.get_what_display().lower(),
        "paper_address": paper_address(row),
        "counts": evidence.counts,
        "details": details,
        "effects": effects(evidence.counts, labels, details),
        "at_work": row.state in AT_WORK,
        "stopped": row.state in (Rehearsal.State.CANCELLED, Rehearsal.State.FAILED),
        "operates": bool(may(by, "operate", row.connection or row.integration)),
    }
    answer = render_page(request, "governance/rulebook/rehearsal.html", context, block="live")
    if is_htmx(request) and row.state not in AT_WORK:
        answer.status_code = STOP_ASKING
    return answer


def paper_address(row: Rehearsal) -> str:
    """Where the version that is replayed stands."""
    if row.connection is not None:
        return reverse("rulebook-version", args=[row.connection.uid, row.side, row.no])
    name = "grants" if row.what == Rehearsal.What.MATRIX else "dictionary"
    return f"{reverse(name, args=[row.integration.uid])}?no={row.no}"


def found(request: HttpRequest, uid: UUID) -> Rehearsal:
    """The rehearsal, if it is the own company's."""
    rows = Rehearsal.objects.select_related("evidence", "connection", "integration")
    return visible_or_404(rows, subject_of(request), uid)


@require_POST
@page
def rehearsal_cancel(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Stop it."""
    return acted(request, uid, lambda row: cancel(by=subject_of(request), rehearsal=row))


@require_POST
@page
def rehearsal_resume(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Go on with it."""
    return acted(request, uid, lambda row: resume(by=subject_of(request), rehearsal=row))


def acted(request: HttpRequest, uid: UUID, act: Callable[[Rehearsal], object]) -> HttpResponse:
    """Do one act and show the rehearsal again."""
    row = found(request, uid)
    try:
        act(row)
    except (BadInput, Denied) as fault:
        messages.error(request, fault.sentence)
    return see_other(reverse("rehearsal", args=[uid]))
