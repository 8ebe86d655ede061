"""The page of one term of an integration."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from governance.accessmatrix.sight import hides
from governance.rulebook.evidence import many
from governance.terms.drawing import drawn
from governance.terms.scene import field_of, row_of, what_of
from governance.terms.selectors import Read, Way, integrations_with, read_term
from portal.ui import icons
from portal.ui.faces import faces
from portal.ui.pages import page, render_page, subject_of, visible_or_404


@require_GET
@page
def term_path(request: HttpRequest, uid: UUID, name: str) -> HttpResponse:
    """Its meaning, who may read it, its path through all systems, what was sent, and how good it is."""
    by = subject_of(request)
    integration = visible_or_404(integrations_with(name, by), by, uid)
    read = read_term(integration, name, by=by)
    if read is None:
        raise Http404
    known = faces(request)
    rows = [row_of(way, known) for way in read.ways]
    told = summary(read)
    picture = drawn(read.label, told, rows, icons.PATHS) if rows else ""
    context = {
        "integration": integration,
        "read": read,
        "term": read.term,
        "hidden": hides(by, [by.company], integration.pk, name),
        "summary": told,
        # every text in it was escaped by the XML library that wrote it
        "picture": mark_safe(picture),  # noqa: S308
        "steps": [step_of(way) for way in read.ways],
        "place": "dictionary",
    }
    return render_page(request, "governance/terms/term.html", context)


def summary(read: Read) -> str:
    """The path in a sentence."""
    live = sum(way.flows for way in read.ways)
    if not read.ways:
        return "No live rule of these connections sends it or takes it in."
    wires = len({way.connection.pk for way in read.ways})
    return f"{many(len(read.ways), 'way')} over {many(wires, 'connection')}, {live} of them open."


def step_of(way: Way) -> dict[str, object]:
    """One way as the list tells it."""
    return {
        "way": way,
        "from_field": field_of(way.left, way.out),
        "to_field": field_of(way.right, way.into),
        "out": what_of(way.out.line) if way.out.line else "",
        "into": what_of(way.into.line) if way.into.line else "",
        "out_map": way.out.line.values if way.out.line else (),
        "into_map": way.into.line.values if way.into.line else (),
    }
