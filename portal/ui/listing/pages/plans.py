"""Pages of a grid's spreadsheet: the file out, a file in, its plan before anything is written."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO

from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from portal.core.errors import BadInput
from portal.ui.listing.plans import Cell, Plan
from portal.ui.listing.sheets import BYTES, Sheet, read
from portal.ui.listing.writing import KINDS
from portal.ui.pages import render_page


@dataclass(frozen=True, slots=True)
class Into:
    """Where a plan goes: the version's words and number, the form's address, what is above it (word, address)."""

    what: str
    version: int
    action: str
    above: Sequence[tuple[str, str]]
    #: what a row of the grid is called
    row: str


def exported(file: IO[bytes], name: str) -> HttpResponse:
    """A workbook as a download."""
    answer: HttpResponseBase = FileResponse(file, as_attachment=True, filename=name, content_type=KINDS["xlsx"])
    return answer  # type: ignore[return-value]


def uploaded(request: HttpRequest) -> tuple[Sheet, str]:
    """The file of a form, read, and its name; raises BadInput for none or one that cannot be read."""
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise BadInput("Choose a file first.", code="no-file")
    return read(file.read(BYTES + 1), file.name or ""), file.name or ""


def show_plan(request: HttpRequest, plan: Plan, name: str, into: Into) -> HttpResponse:
    """The verdicts on a file, and the button that takes what can be taken."""
    cells = json.dumps([[*cell, text] for cell, text in plan.cells.items()])
    context = {"plan": plan, "name": name, "into": into, "cells": cells, "back": into.above[-1][1]}
    return render_page(request, "portal/listing/grid_plan.html", context)


def taken(request: HttpRequest) -> Mapping[Cell, str]:
    """The cells of a plan that is to be applied; raises BadInput when it was damaged on the way."""
    try:
        return {(str(one), str(other)): str(text) for one, other, text in json.loads(request.POST["cells"])}
    except (ValueError, TypeError) as fault:
        raise BadInput("The plan is damaged. Upload the file again.", code="no-plan") from fault
