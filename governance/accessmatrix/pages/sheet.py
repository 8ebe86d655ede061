"""The access matrix out as XLSX, and a spreadsheet in: first a verdict for every row, then applied or not."""

import json
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_POST

from governance.accessmatrix.models import AccessMatrix
from governance.accessmatrix.pages.grid import Grid, cells_of, grid_of
from governance.accessmatrix.pages.versions import OWN, matrix_page, typed_version
from governance.accessmatrix.selectors import stored_cells
from governance.accessmatrix.services.cells import set_cells
from governance.accessmatrix.sheets import planned, workbook
from portal.access.subject import Subject
from portal.core.errors import BadInput, Stale
from portal.ui.listing.sheets import BYTES, read
from portal.ui.listing.writing import KINDS
from portal.ui.pages import page, render_page, see_other, subject_of, visible_or_404


@require_GET
@page
def access_export(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One version as an XLSX file."""
    by = subject_of(request)
    row = visible_or_404(OWN, by, uid)
    file = workbook(grid_for(row, by), zone=ZoneInfo("UTC"))
    name = f"access-matrix-{slugify(row.integration.name)}-{row.no}.xlsx"
    answer: HttpResponseBase = FileResponse(file, as_attachment=True, filename=name, content_type=KINDS["xlsx"])
    return answer  # type: ignore[return-value]


@require_POST
@page
def access_import(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A file's verdicts before anything is written; with `cells`, the plan of such a page is applied."""
    by = subject_of(request)
    row = visible_or_404(OWN, by, uid)
    try:
        if "cells" in request.POST:
            return applied(request, row)
        file = request.FILES.get("file")
        if not isinstance(file, UploadedFile):
            raise BadInput("Choose a file first.", code="no-file")
        plan = planned(read(file.read(BYTES + 1), file.name or ""), grid_for(row, by))
    except (BadInput, Stale) as fault:
        row.refresh_from_db()
        return matrix_page(request, row.integration, shown=row, fault=fault)
    context = {
        "integration": row.integration,
        "matrix": row,
        "plan": plan,
        "cells": json.dumps([[*cell, level] for cell, level in plan.cells.items()]),
        "changing": sum(one.state == "changed" for one in plan.verdicts),
        "name": file.name,
    }
    return render_page(request, "governance/accessmatrix/plan.html", context)


def applied(request: HttpRequest, row: AccessMatrix) -> HttpResponse:
    """Write the cells of a plan, as the service checks them again."""
    try:
        levels = {(str(holder), str(term)): str(text) for holder, term, text in json.loads(request.POST["cells"])}
    except (ValueError, TypeError) as fault:
        raise BadInput("The plan is damaged. Upload the file again.", code="no-plan") from fault
    number = set_cells(by=subject_of(request), matrix=row, cells=cells_of(levels), version=typed_version(request))
    messages.success(request, f"{number} cell{'' if number == 1 else 's'} taken from the file.")
    return see_other(f"{reverse('grants', args=[row.integration.uid])}?no={row.no}")


def grid_for(row: AccessMatrix, by: Subject) -> Grid:
    """One version's grid with every choice."""
    return grid_of(row.integration, stored_cells([row], by=by)[row.no], by=by, mode="edit")
