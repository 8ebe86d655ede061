"""The page of the access matrix: its versions, cells, signature, and what is taken back at once."""

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from governance.accessmatrix.compiled import MEANINGS
from governance.accessmatrix.models import AccessMatrix
from governance.accessmatrix.pages.grid import cells_of, grid_of, typed_in
from governance.accessmatrix.selectors import State, stored_cells, versions_of
from governance.accessmatrix.services.cells import set_cells, withdraw
from governance.accessmatrix.services.versions import (
    OPEN,
    discard_access,
    draft_access,
    enforce_access,
    propose_access,
    sign_access,
    take_back_access,
)
from governance.register.models import Integration
from portal.access.guard import VERBS
from portal.core.errors import BadInput, Fault, Stale
from portal.history.selectors import deeds_of
from portal.ui.pages import page, render_page, see_other, subject_of, typed_version, visible_or_404

TABS = {"grid": "Matrix", "history": "History"}
OWN = AccessMatrix.objects.select_related("integration")


@require_GET
@page
def grants(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The acting company's matrix of an integration: what is in force, the open version, or the one `no` asks for."""
    return matrix_page(request, visible_or_404(Integration.objects.all(), subject_of(request), uid))


def matrix_page(
    request: HttpRequest,
    integration: Integration,
    *,
    shown: AccessMatrix | None = None,
    typed: Mapping[tuple[str, str], str] | None = None,
    fault: Fault | None = None,
) -> HttpResponse:
    """The page; after a refusal with what was typed and the sentences that say why."""
    by = subject_of(request)
    versions = versions_of(integration, by=by)
    asked = str(shown.no) if shown else request.GET.get("no", "")
    row = next((one for one in versions if str(one.no) == asked), versions[0] if versions else None)
    live = next((one for one in versions if one.state == State.LIVE), None)
    stored = stored_cells([one for one in {row, live} if one is not None], by=by)
    role = by.role(by.acting)
    administers = role is not None and "administer" in VERBS[role] and by.company in integration.companies
    tab = request.GET.get("tab", "grid")
    mode = ""
    if administers and row is not None:
        mode = {State.DRAFT.value: "edit", State.LIVE.value: "lower"}.get(row.state, "")
    context: dict[str, object] = {
        "integration": integration,
        "versions": versions,
        "shown": row,
        "live": live,
        "tabs": TABS,
        "tab": tab if tab in TABS else "grid",
        "place": "grants",
        "mode": mode,
        "administers": administers,
        "starts": administers and not any(one.state in OPEN for one in versions),
        "signs": row is not None and row.state == State.PROPOSED,
        "meanings": [(level.word.capitalize(), *said) for level, said in MEANINGS.items()],
        "fault": fault,
        "fields": list(fault.fields.values())[:8] if isinstance(fault, BadInput) else [],
        "deeds": deeds_of(row, subject=by) if row is not None and tab == "history" else [],
    }
    if row is not None and tab != "history":
        base = stored[live.no] if live is not None and live.pk != row.pk else None
        job = request.GET.get("job", "")[:120]
        context["grid"] = grid_of(
            integration,
            stored[row.no],
            by=by,
            live=base,
            mode=mode,
            typed=typed,
            more=[job] if mode == "edit" else [],
        )
    status = 409 if isinstance(fault, Stale) else 422 if fault else 200
    return render_page(request, "governance/accessmatrix/matrix.html", context, status=status)


@require_POST
@page
def access_draft(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Begin the next version."""
    by = subject_of(request)
    integration = visible_or_404(Integration.objects.all(), by, uid)
    try:
        draft = draft_access(by=by, integration=integration)
    except BadInput as fault:
        return matrix_page(request, integration, fault=fault)
    messages.success(request, f"{draft} is a draft. It counts once your accountable person signed it.")
    return see_other(reverse("grants", args=[uid]))


@require_POST
@page
def access_save(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Save the cells of a draft, or take back cells of what is in force."""
    by = subject_of(request)
    row = visible_or_404(OWN, by, uid)
    typed = typed_in(request.POST.dict())
    try:
        if row.state == State.LIVE:
            number = withdraw(by=by, integration=row.integration, cells=cells_of(typed))
            said = "taken back. The engine, the pages and the API obey it from now on."
        else:
            number = set_cells(by=by, matrix=row, cells=cells_of(typed), version=typed_version(request))
            said = "saved."
    except (BadInput, Stale) as fault:
        row.refresh_from_db()
        return matrix_page(request, row.integration, shown=row, typed=typed, fault=fault)
    messages.success(request, f"{number} cell{'' if number == 1 else 's'} {said}" if number else "Nothing changed.")
    return see_other(f"{reverse('grants', args=[row.integration.uid])}?no={row.no}")


@require_POST
@page
def access_turn(request: HttpRequest, uid: UUID, act: str) -> HttpResponse:
    """Propose, take back, sign, put in force or throw away a version."""
    by = subject_of(request)
    row = visible_or_404(OWN, by, uid)
    version = typed_version(request)
    try:
        if act == "propose":
            propose_access(by=by, matrix=row, version=version)
            said = f"{row} is proposed. Your company's accountable person can sign it now."
        elif act == "take-back":
            take_back_access(by=by, matrix=row, version=version)
            said = f"{row} is a draft again."
        elif act == "sign":
            signed = sign_access(by=by, matrix=row, version=version, live="later" not in request.POST)
            said = f"{row} is signed" + (" and in force." if signed.state == State.LIVE else ". Put it in force.")
        elif act == "enforce":
            enforce_access(by=by, matrix=row, version=version)
            said = f"{row} is in force."
        else:
            discard_access(by=by, matrix=row, version=version)
            said = f"{row} is thrown away."
    except (BadInput, Stale) as fault:
        row.refresh_from_db()
        return matrix_page(request, row.integration, shown=row, fault=fault)
    messages.success(request, said)
    return see_other(reverse("grants", args=[row.integration.uid]))
