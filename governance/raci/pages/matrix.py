"""The page of a RACI: the grid edited in place, its versions, what changed, where events go, and its signatures."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from governance.raci.events import EVENTS
from governance.raci.listing import MATRICES
from governance.raci.models import Matrix
from governance.raci.pages.grid import cells_of, grid_of, typed_in
from governance.raci.pages.holders import HolderForm, drafted
from governance.raci.papers import Paper
from governance.raci.rules import differences
from governance.raci.selectors import paper_of, papers_of, routes_of, versions_of
from governance.raci.services.cells import (
    ActivityDraft,
    add_activity,
    add_holder,
    remove_activity,
    remove_holder,
    save_cells,
)
from governance.raci.services.matrices import (
    discard_matrix,
    draft_matrix,
    propose_matrix,
    sign_matrix,
    withdraw_matrix,
)
from governance.raci.templates import STEPS
from governance.register.models import Integration
from portal.access.guard import may
from portal.access.subject import Subject
from portal.core.errors import BadInput, Fault, Stale
from portal.history.selectors import deeds_of
from portal.ui.listing.pages.lists import show_listing
from portal.ui.pages import page, render_page, see_other, subject_of, typed_version, visible_or_404

State = Matrix.State
TABS = {"grid": "Matrix", "changes": "What changed", "routes": "Where events go", "history": "History"}
SHARED = Matrix.objects.select_related("integration")


class ActivityForm(forms.Form):
    """A further activity."""

    label = forms.CharField(max_length=120, label="Activity")
    step = forms.TypedChoiceField(choices=[(n, name) for n, name in STEPS.items()], coerce=int, initial=8)
    each = forms.BooleanField(
        required=False,
        label="Each company's own",
        help_text="Every party then has its own A for it.",
    )


@require_GET
@page
def matrices(request: HttpRequest) -> HttpResponse:
    """The RACIs of all integrations."""
    return show_listing(request, MATRICES)


@require_GET
@page
def raci(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The RACI of an integration: the newest version, or the one that `no` asks for."""
    integration = visible_or_404(Integration.objects.all(), subject_of(request), uid)
    return raci_page(request, integration)


def raci_page(
    request: HttpRequest,
    integration: Integration,
    *,
    shown: Matrix | None = None,
    typed: Mapping[str, str] | None = None,
    fault: Fault | None = None,
) -> HttpResponse:
    """The page; after a refusal with what was typed and the sentences that say why."""
    by = subject_of(request)
    versions = versions_of(integration, by=by)
    asked = str(shown.no) if shown else request.GET.get("no", "")
    row = next((one for one in versions if str(one.no) == asked), versions[0] if versions else None)
    signed = next((one for one in versions if one.state == State.SIGNED), None)
    against = compared_with(row, versions, signed, asked=request.GET.get("against", ""))
    wanted = [one for one in (row, signed, against) if one is not None]
    papers = papers_of(wanted, by=by) if wanted else {}
    tab = request.GET.get("tab", "grid")
    context: dict[str, object] = {
        "integration": integration,
        "versions": versions,
        "tabs": TABS,
        "tab": tab if tab in TABS else "grid",
        "shown": row,
        "starts": bool(may(by, "change", integration)) and not any(one.state in OPEN for one in versions),
        "fault": fault,
        "fields": list(fault.fields.values()) if isinstance(fault, BadInput) else [],
        "place": "raci",
    }
    if row is not None:
        base = papers.get(signed.no) if signed is not None and row.state in OPEN else None
        context |= shown_of(papers[row.no], base, by=by, tab=str(context["tab"]), typed=typed)
        context["against"] = against
        old = papers[against.no].frozen if against is not None else None
        context["differences"] = differences(old, papers[row.no].frozen) if context["tab"] == "changes" else []
    status = 409 if isinstance(fault, Stale) else 422 if fault else 200
    return render_page(request, "governance/raci/raci.html", context, status=status)


OPEN = frozenset({State.DRAFT.value, State.PROPOSED.value})


def compared_with(
    row: Matrix | None, versions: Sequence[Matrix], signed: Matrix | None, *, asked: str
) -> Matrix | None:
    """What a version is compared with: as asked, else what is in force for an open one, else the one before."""
    if row is None:
        return None
    chosen = next((one for one in versions if str(one.no) == asked and one.pk != row.pk), None)
    if chosen is not None:
        return chosen
    return signed if row.state in OPEN else next((one for one in versions if one.no < row.no), None)


def shown_of(
    paper: Paper, base: Paper | None, *, by: Subject, tab: str, typed: Mapping[str, str] | None
) -> dict[str, object]:
    """What the page tells of one version, compared with the signed one."""
    row, signatures = paper.matrix, {one.company_id: one for one in paper.signatures}
    party = by.company in paper.frozen.companies
    changes = party and bool(may(by, "change", row))
    edits = changes and row.state == State.DRAFT
    signed = base.frozen if base else None
    return {
        "grid": grid_of(paper, signed=signed, typed=typed),
        "changes": changes,
        "edits": edits,
        "signs": row.state == State.PROPOSED
        and by.company in paper.frozen.companies
        and by.company not in signatures,
        "parties": [(one, signatures.get(one)) for one in paper.frozen.companies],
        "base": base.matrix if base else None,
        "routes": [
            (EVENTS[event].label, EVENTS[event].hours, way)
            for event, way in routes_of(paper.frozen, company=by.company, events=EVENTS)
        ]
        if tab == "routes"
        else [],
        "deeds": deeds_of(row, subject=by) if tab == "history" else [],
        "activity_form": ActivityForm() if edits else None,
        "holder_form": HolderForm(row, by=by, held=paper.columns) if edits and tab == "grid" else None,
    }


@require_POST
@page
def raci_draft(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Begin the next version."""
    by = subject_of(request)
    integration = visible_or_404(Integration.objects.all(), by, uid)
    draft = draft_matrix(by=by, integration=integration)
    messages.success(request, f"{draft} is a draft. Every party signs it before it counts.")
    return see_other(reverse("raci", args=[uid]))


@require_POST
@page
def raci_save(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Save the cells of a draft; when somebody else saved meanwhile, show theirs with ours typed over it."""
    by = subject_of(request)
    row = visible_or_404(SHARED, by, uid)
    typed = typed_in(request.POST.dict())
    try:
        number = save_cells(
            by=by, matrix=row, cells=cells_of(typed, paper_of(row, by=by)), version=typed_version(request)
        )
    except (BadInput, Stale) as fault:
        row.refresh_from_db()
        return raci_page(request, row.integration, shown=row, typed=typed, fault=fault)
    word = f"{number} cell{'' if number == 1 else 's'} saved." if number else "Nothing changed."
    messages.success(request, word)
    return see_other(reverse("raci", args=[row.integration.uid]))


@require_POST
@page
def raci_turn(request: HttpRequest, uid: UUID, act: str) -> HttpResponse:
    """Propose, withdraw, sign or throw away a version."""
    by = subject_of(request)
    row = visible_or_404(SHARED, by, uid)
    version, back = typed_version(request), see_other(reverse("raci", args=[row.integration.uid]))
    try:
        if act == "propose":
            propose_matrix(by=by, matrix=row, version=version)
            said = f"{row} is proposed. The accountable person of every party can sign it now."
        elif act == "withdraw":
            withdraw_matrix(by=by, matrix=row, version=version)
            said = f"{row} is a draft again. Signatures given to it no longer count."
        elif act == "sign":
            signed = sign_matrix(by=by, matrix=row, version=version)
            whole = signed.state == State.SIGNED
            said = f"{row} is in force." if whole else f"You signed {row}. It is in force once every party has."
        else:
            discard_matrix(by=by, matrix=row, version=version)
            said = f"{row} is thrown away."
    except (BadInput, Stale) as fault:
        row.refresh_from_db()
        return raci_page(request, row.integration, shown=row, fault=fault)
    messages.success(request, said)
    return back


@require_POST
@page
def raci_rows(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Add an activity to a draft, or take one out."""
    by = subject_of(request)
    row = visible_or_404(SHARED, by, uid)
    version, gone = typed_version(request), request.POST.get("remove", "")
    form = ActivityForm(request.POST)
    try:
        if gone:
            remove_activity(by=by, matrix=row, key=gone, version=version)
        else:
            form.is_valid()
            entered = form.cleaned_data
            draft = ActivityDraft(entered.get("label", ""), entered.get("step", 8), entered.get("each", False))
            add_activity(by=by, matrix=row, draft=draft, version=version)
    except (BadInput, Stale) as fault:
        row.refresh_from_db()
        return raci_page(request, row.integration, shown=row, fault=fault)
    messages.success(request, "The activity is out of the draft." if gone else "The activity is in the draft.")
    return see_other(reverse("raci", args=[row.integration.uid]))


@require_POST
@page
def raci_holders(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Add a holder to a draft, or take one out."""
    by = subject_of(request)
    row = visible_or_404(SHARED, by, uid)
    version, gone = typed_version(request), request.POST.get("remove", "")
    try:
        if gone:
            column = next((one for one in row.columns.all() if str(one.uid) == gone), None)
            if column is None:
                raise BadInput("This holder is not in the matrix any more.", code="no-holder")
            remove_holder(by=by, matrix=row, column=column, version=version)
        else:
            draft = drafted(request.POST.get("holder", ""), row, by=by)
            add_holder(by=by, matrix=row, draft=draft, version=version)
    except (BadInput, Stale) as fault:
        row.refresh_from_db()
        return raci_page(request, row.integration, shown=row, fault=fault)
    messages.success(request, "The holder is out of the draft." if gone else "The holder is in the draft.")
    return see_other(reverse("raci", args=[row.integration.uid]))
