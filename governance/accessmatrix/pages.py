"""The page of the access matrix: what one's own company lets each partner read and write."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from governance.accessmatrix.models import Grant
from governance.accessmatrix.selectors import fingerprint, own_grants
from governance.accessmatrix.services import Cell, set_grants
from governance.dictionary.selectors import newest_terms
from governance.register.models import Integration
from governance.register.selectors import parties_of
from portal.access.guard import may
from portal.access.subject import Subject
from portal.core.errors import BadInput, Stale
from portal.history.selectors import deeds_of
from portal.ui.pages import page, render_page, see_other, subject_of, visible_or_404

PARTS = (("comment", "Comments"), ("attachment", "Attachments"))


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell as shown."""

    name: str
    grantee: int
    level: str


@dataclass(frozen=True, slots=True)
class GridRow:
    """One term with a cell for each partner."""

    term: str
    label: str
    classification: str
    cells: tuple[GridCell, ...]


@page
def grants(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The own grid of one integration."""
    by = subject_of(request)
    integration = visible_or_404(Integration.objects.all(), by, uid)
    now = own_grants(integration.pk, by=by)
    if request.method != "POST":
        return grid_page(request, integration, now, seen=fingerprint(now))
    typed = typed_cells(request)
    try:
        cells = [Cell(grantee, term, level) for (grantee, term), level in typed.items()]
        changed = set_grants(by=by, integration=integration, cells=cells, seen=request.POST.get("seen", ""))
    except (BadInput, Stale) as fault:
        status = 409 if isinstance(fault, Stale) else 422
        return grid_page(
            request, integration, {**now, **typed}, seen=fingerprint(now), sentence=fault.sentence, status=status
        )
    word = f"{changed} cell{'' if changed == 1 else 's'} changed." if changed else "Nothing changed."
    messages.success(request, f"{word} The engine obeys it from the next write on.")
    return see_other(reverse("grants", args=[uid]))


def typed_cells(request: HttpRequest) -> dict[tuple[int, str], str]:
    """(grantee, term) → level as posted under grant_<company id>_<term>."""
    found = {}
    for name, value in request.POST.items():
        head, _, rest = name.partition("_")
        grantee, _, term = rest.partition("_")
        if head == "grant" and grantee.isdigit():
            found[(int(grantee), term)] = str(value)
    return found


def grid_page(
    request: HttpRequest,
    integration: Integration,
    levels: dict[tuple[int, str], str],
    *,
    seen: str,
    sentence: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page, as typed."""
    by = subject_of(request)
    partners = [party for party in parties_of(integration, by=by) if party.company_id != by.company]
    tab = request.GET.get("tab", "grid")
    context = {
        "integration": integration,
        "partners": partners,
        "rows": rows_of(integration, levels, by=by, partners=[party.company_id for party in partners]),
        "levels": Grant.Level.choices,
        "seen": seen,
        "sentence": sentence,
        "administers": bool(may(by, "administer", integration)),
        "tab": tab,
        "deeds": deeds_of(integration, subject=by) if tab == "history" else [],
    }
    return render_page(request, "governance/accessmatrix/grants.html", context, status=status)


def rows_of(
    integration: Integration, levels: dict[tuple[int, str], str], *, by: Subject, partners: list[int]
) -> list[GridRow]:
    """One row a term of the newest dictionary, then the parts."""
    terms = newest_terms(integration.pk, by=by)
    named = [(term.name, term.label, term.get_classification_display()) for term in terms]
    named += [(name, label, "") for name, label in PARTS]
    return [
        GridRow(
            name,
            label,
            classification,
            tuple(
                GridCell(f"grant_{partner}_{name}", partner, levels.get((partner, name), "none"))
                for partner in partners
            ),
        )
        for name, label, classification in named
    ]
