"""The pages that answer who can see what, and why."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from governance.accessmatrix.compiled import OBJECTS
from governance.accessmatrix.pages.grid import PARTS
from governance.dictionary.selectors import newest_terms
from governance.register.models import Integration, Person
from governance.sight.selectors import (
    asked_about,
    held_passes,
    seen_by,
    told_by_partners,
    who_grants,
    who_sees,
    wires_of,
)
from portal.ui.pages import page, render_page, subject_of, visible_or_404


@require_GET
@page
def sight_of_term(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Who can see one term of an integration, and why; `term` chooses it."""
    by = subject_of(request)
    integration = visible_or_404(asked_about(Integration.objects.all(), by), by, uid)
    terms = [(one.name, one.label) for one in newest_terms(integration.pk, by=by)]
    terms += [*PARTS, *OBJECTS.items()]
    asked = request.GET.get("term", "")
    term, label = next(((name, word) for name, word in terms if name == asked), terms[0])
    wires = wires_of(integration, by=by)
    rows = who_sees(integration, term, by=by, wires=wires)
    context = {
        "integration": integration,
        "terms": terms,
        "term": term,
        "label": label,
        "rows": rows,
        "granting": who_grants(integration, rows, by=by),
        "told": [] if term in OBJECTS else told_by_partners(integration, wires, term, by=by),
        "is_object": term in OBJECTS,
        "place": "grants",
    }
    return render_page(request, "governance/sight/term.html", context)


@require_GET
@page
def sight_of_person(request: HttpRequest, uid: UUID) -> HttpResponse:
    """All that one person can see, and why."""
    by = subject_of(request)
    person = visible_or_404(Person.objects.select_related("company"), by, uid)
    context = {
        "person": person,
        "rows": seen_by(person, by=by),
        "passes": held_passes(person, by=by),
        "own": person.company_id == by.company,
    }
    return render_page(request, "governance/sight/person.html", context)
