"""The RACI out as XLSX, and a spreadsheet in: first a verdict for every row, then applied or not."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_POST

from governance.raci.models import Matrix
from governance.raci.pages.matrix import SHARED, raci_page
from governance.raci.selectors import paper_of
from governance.raci.services.cells import save_cells
from governance.raci.sheets import ACTIVITY, planned, workbook
from portal.core.errors import BadInput, Stale
from portal.ui.listing.pages.plans import Into, exported, show_plan, taken, uploaded
from portal.ui.pages import page, see_other, subject_of, typed_version, visible_or_404


@require_GET
@page
def raci_export(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One version as an XLSX file."""
    row = visible_or_404(SHARED, subject_of(request), uid)
    file = workbook(paper_of(row, by=subject_of(request)).frozen, zone=ZoneInfo("UTC"))
    return exported(file, f"raci-{slugify(row.integration.name)}-{row.no}.xlsx")


@require_POST
@page
def raci_import(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A file's verdicts before anything is written; with `cells`, the plan of such a page is applied."""
    by = subject_of(request)
    row = visible_or_404(SHARED, by, uid)
    try:
        if "cells" in request.POST:
            return applied(request, row)
        sheet, name = uploaded(request)
        plan = planned(sheet, paper_of(row, by=by).frozen)
    except (BadInput, Stale) as fault:
        row.refresh_from_db()
        return raci_page(request, row.integration, shown=row, fault=fault)
    return show_plan(request, plan, name, into(row))


def into(row: Matrix) -> Into:
    """What the page of a plan says of the version."""
    place = row.integration
    above = [(place.name, reverse("integration", args=[place.uid])), ("RACI", reverse("raci", args=[place.uid]))]
    return Into(f"{row} of {place.name}", row.version, reverse("raci-import", args=[row.uid]), above, ACTIVITY)


def applied(request: HttpRequest, row: Matrix) -> HttpResponse:
    """Write the cells of a plan, as the service checks them again."""
    number = save_cells(by=subject_of(request), matrix=row, cells=taken(request), version=typed_version(request))
    messages.success(request, f"{number} cell{'' if number == 1 else 's'} taken from the file.")
    return see_other(reverse("raci", args=[row.integration.uid]))
