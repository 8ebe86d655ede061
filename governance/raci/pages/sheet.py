"""The RACI out as XLSX, and a spreadsheet in: first a verdict for every row, then applied or not."""

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

from governance.raci.models import Matrix
from governance.raci.pages.matrix import SHARED, raci_page, typed_version
from governance.raci.selectors import paper_of
from governance.raci.services.cells import save_cells
from governance.raci.sheets import planned, workbook
from portal.core.errors import BadInput, Stale
from portal.ui.listing.sheets import BYTES, read
from portal.ui.listing.writing import KINDS
from portal.ui.pages import page, render_page, see_other, subject_of, visible_or_404


@require_GET
@page
def raci_export(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One version as an XLSX file."""
    row = visible_or_404(SHARED, subject_of(request), uid)
    file = workbook(paper_of(row, by=subject_of(request)).frozen, zone=ZoneInfo("UTC"))
    name = f"raci-{slugify(row.integration.name)}-{row.no}.xlsx"
    answer: HttpResponseBase = FileResponse(file, as_attachment=True, filename=name, content_type=KINDS["xlsx"])
    return answer  # type: ignore[return-value]


@require_POST
@page
def raci_import(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A file's verdicts before anything is written; with `cells`, the plan of such a page is applied."""
    by = subject_of(request)
    row = visible_or_404(SHARED, by, uid)
    try:
        if "cells" in request.POST:
            return applied(request, row)
        file = request.FILES.get("file")
        if not isinstance(file, UploadedFile):
            raise BadInput("Choose a file first.", code="no-file")
        plan = planned(read(file.read(BYTES + 1), file.name or ""), paper_of(row, by=by).frozen)
    except (BadInput, Stale) as fault:
        row.refresh_from_db()
        return raci_page(request, row.integration, shown=row, fault=fault)
    context = {
        "integration": row.integration,
        "matrix": row,
        "plan": plan,
        "cells": json.dumps([[*cell, letters] for cell, letters in plan.cells.items()]),
        "changing": sum(one.state == "changed" for one in plan.verdicts),
        "name": file.name,
    }
    return render_page(request, "governance/raci/plan.html", context)


def applied(request: HttpRequest, row: Matrix) -> HttpResponse:
    """Write the cells of a plan, as the service checks them again."""
    try:
        cells = {(str(key), str(holder)): str(text) for key, holder, text in json.loads(request.POST["cells"])}
    except (ValueError, TypeError) as fault:
        raise BadInput("The plan is damaged. Upload the file again.", code="no-plan") from fault
    number = save_cells(by=subject_of(request), matrix=row, cells=cells, version=typed_version(request))
    messages.success(request, f"{number} cell{'' if number == 1 else 's'} taken from the file.")
    return see_other(reverse("raci", args=[row.integration.uid]))
