"""The access matrix out as XLSX, and a spreadsheet in: first a verdict for every row, then applied or not."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_POST

from governance.accessmatrix.models import AccessMatrix
from governance.accessmatrix.pages.grid import Grid, cells_of, grid_of
from governance.accessmatrix.pages.versions import OWN, matrix_page
from governance.accessmatrix.selectors import stored_cells
from governance.accessmatrix.services.cells import set_cells
from governance.accessmatrix.sheets import TERM, planned, workbook
from portal.access.subject import Subject
from portal.core.errors import BadInput, Stale
from portal.ui.listing.pages.plans import Into, exported, show_plan, taken, uploaded
from portal.ui.pages import page, see_other, subject_of, typed_version, visible_or_404


@require_GET
@page
def access_export(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One version as an XLSX file."""
    by = subject_of(request)
    row = visible_or_404(OWN, by, uid)
    file = workbook(grid_for(row, by), zone=ZoneInfo("UTC"))
    return exported(file, f"access-matrix-{slugify(row.integration.name)}-{row.no}.xlsx")


@require_POST
@page
def access_import(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A file's verdicts before anything is written; with `cells`, the plan of such a page is applied."""
    by = subject_of(request)
    row = visible_or_404(OWN, by, uid)
    try:
        if "cells" in request.POST:
            return applied(request, row)
        sheet, name = uploaded(request)
        plan = planned(sheet, grid_for(row, by))
    except (BadInput, Stale) as fault:
        row.refresh_from_db()
        return matrix_page(request, row.integration, shown=row, fault=fault)
    return show_plan(request, plan, name, into(row))


def into(row: AccessMatrix) -> Into:
    """What the page of a plan says of the version."""
    place = row.integration
    grants = reverse("grants", args=[place.uid])
    above = [(place.name, reverse("integration", args=[place.uid])), ("Access matrix", grants)]
    return Into(f"{row} of {place.name}", row.version, reverse("access-import", args=[row.uid]), above, TERM)


def applied(request: HttpRequest, row: AccessMatrix) -> HttpResponse:
    """Write the cells of a plan, as the service checks them again."""
    number = set_cells(
        by=subject_of(request), matrix=row, cells=cells_of(dict(taken(request))), version=typed_version(request)
    )
    messages.success(request, f"{number} cell{'' if number == 1 else 's'} taken from the file.")
    return see_other(f"{reverse('grants', args=[row.integration.uid])}?no={row.no}")


def grid_for(row: AccessMatrix, by: Subject) -> Grid:
    """One version's grid with every choice."""
    return grid_of(row.integration, stored_cells([row], by=by)[row.no], by=by, mode="edit")
