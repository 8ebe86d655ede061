"""The landscape's page, its file, and its small form on an integration's page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET

from governance.landscape.drawing import drawn
from governance.landscape.rows import COLUMNS, rows_of, sort_rows, system_rows
from governance.landscape.scene import Reader, Wanted, is_collapsed, narrowed, picture_of, summary
from governance.landscape.selectors import Landscape, landscape_of
from governance.register.models import Integration
from portal.ui import icons
from portal.ui.faces import faces
from portal.ui.pages import is_htmx, page, render_page, see_other, subject_of, visible_or_404
from portal.ui.templatetags.ui import zone_of

#: rows of a table on one page, and integrations that the filter offers
ROWS, OFFERED = 40, 100


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: the filter, and how the table is sorted."""

    wanted: Wanted
    #: filter → value, as the address names them
    given: Mapping[str, str]
    sort: str
    page: int


@require_GET
@page
def landscape(request: HttpRequest) -> HttpResponse:
    """Companies, systems and connections as a picture and as a table."""
    reader, whole = reader_of(request), landscape_of(subject_of(request))
    asked = asked_of(request, reader, whole)
    seen = narrowed(whole, asked.wanted)
    rows = sort_rows(rows_of(seen, reader), asked.sort)
    pages = max(1, -(-len(rows) // ROWS))
    at = min(asked.page, pages)
    partners = sorted({node.company for node in whole.nodes.values()} & set(reader.faces), key=reader.name)
    context = {
        "picture": inline(seen, reader) if seen.nodes else "",
        "summary": summary(seen),
        "collapsed": is_collapsed(seen),
        "rows": rows[(at - 1) * ROWS : at * ROWS],
        "systems": system_rows(seen, reader)[:ROWS] if at == 1 else [],
        "more_systems": max(0, len(seen.nodes) - ROWS),
        "heads": heads(asked),
        "integrations": offered(whole, asked.wanted.integration),
        "companies": [reader.faces[one] for one in partners],
        "wanted": asked.wanted,
        "integration": chosen(whole, asked.wanted.integration),
        "filtered": asked.wanted != Wanted(),
        "nothing": not whole.nodes,
        "file": address("landscape-file", asked.given),
        "at": at,
        "pages": pages,
        "previous": address("landscape", {**asked.given, "sort": asked.sort, "page": str(at - 1)}) if at > 1 else "",
        "next": address("landscape", {**asked.given, "sort": asked.sort, "page": str(at + 1)}) if at < pages else "",
    }
    return render_page(request, "governance/landscape/landscape.html", context)


@require_GET
@page
def landscape_file(request: HttpRequest) -> HttpResponse:
    """The picture as an SVG that stands alone: its own colours, no script, no links."""
    reader, whole = reader_of(request), landscape_of(subject_of(request))
    seen = narrowed(whole, asked_of(request, reader, whole).wanted)
    text = drawn(picture_of(seen, reader, title="Landscape"), icons.PATHS, alone=True)
    headers = {"Content-Disposition": 'attachment; filename="landscape.svg"'}
    return HttpResponse(text, content_type="image/svg+xml; charset=utf-8", headers=headers)


@require_GET
@page
def of_integration(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One integration's landscape, as a part of its page; opened by itself it is the landscape narrowed to it."""
    by = subject_of(request)
    row = visible_or_404(Integration.objects.all(), by, uid)
    whole = address("landscape", {"integration": str(uid)})
    if not is_htmx(request):
        return see_other(whole)
    reader, seen = reader_of(request), landscape_of(by, integration=row)
    context = {"picture": inline(seen, reader) if seen.edges else "", "summary": summary(seen), "whole": whole}
    return render(request, "governance/landscape/small.html", context)


def reader_of(request: HttpRequest) -> Reader:
    """Who looks."""
    return Reader(faces(request), subject_of(request).companies, zone_of(request))


def asked_of(request: HttpRequest, reader: Reader, whole: Landscape) -> Asked:
    """What the address asks for. An integration or company that the reader cannot see does not exist."""
    given = {key: request.GET[key] for key in ("integration", "company", "unhealthy") if request.GET.get(key)}
    integration, company = uid_of(given.get("integration")), uid_of(given.get("company"))
    by_uid = {face.uid: face.id for face in reader.faces.values()}
    if (integration and integration not in whole.integrations) or (company and company not in by_uid):
        raise Http404
    wanted = Wanted(integration, by_uid[company] if company else None, bool(given.get("unhealthy")))
    sort = request.GET.get("sort", "health")
    number = request.GET.get("page", "1")
    return Asked(
        wanted,
        given,
        sort if sort.removeprefix("-") in COLUMNS else "health",
        max(1, int(number)) if number.isdecimal() and len(number) < 6 else 1,
    )


def uid_of(text: str | None) -> UUID | None:
    """A uid out of an address; what is none names nothing that exists."""
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Http404 from None


def address(name: str, given: Mapping[str, str]) -> str:
    """A page with its query."""
    return f"{reverse(name)}?{urlencode(given)}" if given else reverse(name)


def inline(seen: Landscape, reader: Reader) -> SafeString:
    """The picture for a page; every text in it was escaped by the XML library that wrote it."""
    return mark_safe(drawn(picture_of(seen, reader, title="Landscape"), icons.PATHS))  # noqa: S308


def heads(asked: Asked) -> list[dict[str, Any]]:
    """The table's columns, each with the address that sorts by it; a second time turns it round."""
    found = []
    for key, column in COLUMNS.items():
        turned = f"-{key}" if asked.sort == key else key
        order = {key: "ascending", f"-{key}": "descending"}.get(asked.sort, "")
        url = address("landscape", {**asked.given, "sort": turned})
        found.append({"key": key, "label": column.label, "url": url, "order": order, "number": column.number})
    return found


def chosen(whole: Landscape, integration: UUID | None) -> dict[str, object] | None:
    """The integration that the landscape is narrowed to, as its tabs need it."""
    return {"uid": integration, "name": whole.integrations[integration]} if integration else None


def offered(whole: Landscape, chosen: UUID | None) -> Sequence[tuple[UUID, str]]:
    """The integrations that the filter offers: the first by name, and the chosen one."""
    every = list(whole.integrations.items())
    further = [(chosen, whole.integrations[chosen])] if chosen and chosen in whole.integrations else []
    return every[:OFFERED] + [one for one in further if one not in every[:OFFERED]]
