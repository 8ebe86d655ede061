"""The pages of the flow: cases, one case, and the live part that other pages take in."""

from collections.abc import Mapping
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from governance.accessmatrix.services.passes import note_use
from governance.accessmatrix.sight import hides
from governance.quality.marks import WORDS
from governance.quality.models import Survey
from governance.register.models import Integration
from governance.sight.narrowed import Narrowed, narrowed_people
from portal.access.guard import may
from portal.access.subject import Subject
from portal.core.errors import Denied
from portal.ui.faces import faces
from portal.ui.listing.pages.lists import show_listing
from portal.ui.pages import is_htmx, page, render_page, see_other, subject_of, visible_or_404
from portal.ui.words import humanised
from sync.flow.listing import DISCLOSURES
from sync.flow.selectors import cases as listing
from sync.flow.selectors.cases import ORDERS, STATES, Wanted, lane_state
from sync.flow.selectors.disclosed import sent_about
from sync.flow.selectors.live import connections_of, flow_of
from sync.flow.selectors.quality import cases_behind
from sync.flow.selectors.story import CaseFacts, deeds_of_case, facts_of
from sync.flow.sight import Glass, withhold
from sync.flow.timeline import told

TABS = ("timeline", "sent", "history", "access")


@require_GET
@page
def cases(request: HttpRequest) -> HttpResponse:
    """The list of cases, narrowed and sorted by the address."""
    wanted = wanted_of(request)
    found = listing.cases(subject_of(request), wanted)
    kept = {"q": wanted.text, "state": wanted.state, "company": wanted.company or "", "order": wanted.order}
    context = {
        "rows": [listing.row_of(case) for case in found.rows],
        "wanted": wanted,
        "states": STATES.items(),
        "partners": sorted(faces(request).values(), key=lambda face: face.name),
        "older": link(kept, cursor=found.older) if found.older else "",
        "newer": link(kept, cursor=found.newer) if found.newer else "",
        "by_state": [(key, word, link(kept, state=key)) for key, word in (("", "All"), *STATES.items())],
        "by_order": {name: link(kept, order=name) for name in ORDERS},
        "narrowed": bool(wanted.text or wanted.state or wanted.company),
    }
    return render_page(request, "sync/cases.html", context, block="list")


def wanted_of(request: HttpRequest) -> Wanted:
    """What the address asks for; what it asks wrongly is left out."""
    asked = request.GET
    company, state, order = asked.get("company", ""), asked.get("state", ""), asked.get("order", "")
    return Wanted(
        text=asked.get("q", "").strip()[:80],
        state=state if state in STATES else "",
        company=int(company) if company.isdigit() and len(company) < 18 else 0,
        order=order if order in ORDERS else "touched",
        cursor=asked.get("cursor", "")[:400],
    )


def link(kept: Mapping[str, str | int], **changed: str) -> str:
    """The address of the list with some of its wishes changed; without the empty ones."""
    wishes = {
        key: value for key, value in {**kept, **changed}.items() if value and (key, value) != ("order", "touched")
    }
    return f"?{urlencode(wishes)}" if wishes else reverse("cases")


@require_GET
@page
def case(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One case over all systems: chain, what waits, timeline; its history and who sees what."""
    subject = subject_of(request)
    tab = request.GET.get("tab", "timeline")
    if tab not in TABS:
        raise Http404
    facts = facts_of(uid, subject=subject, whole=tab == "timeline")
    glass = withhold(facts, subject)
    sent = sent_about(facts.case, by=subject, glass=glass, to=company_of(request)) if tab == "sent" else ()
    for opening in glass.used.values():
        note_use(by=subject, opening=opening, thing=facts.case)
    echoes, oldest = request.GET.get("echoes") == "1", request.GET.get("order") == "oldest"
    story = told(facts, subject.companies, echoes=echoes)
    held = any(note.kind == "held" for note in facts.notes)
    context = {
        "case": facts.case,
        "facts": facts,
        "story": story,
        "name": " ↔ ".join(str(item) for item in facts.items),
        "state": lane_state(facts.case, parked=bool(story.parked), held=held),
        "events": story.events if oldest else story.events[::-1],
        "oldest": oldest,
        "with_echoes": echoes,
        "tab": tab,
        "sent": sent,
        "withheld": withheld_here(facts, glass),
        "deeds": deeds_of_case(facts.case, subject=subject) if tab == "history" else (),
        "may_operate": bool(may(subject, "operate", facts.case)),
        "integrations": {
            side.connection.integration.pk: side.connection.integration for side in facts.sides
        }.values(),
        "connections": {side.connection_id: side.connection for side in facts.sides}.values(),
        "own": subject.companies,
        "narrowed": who_is_narrowed(facts, subject) if tab == "access" else [],
        "visible": sorted({item.company_id for item in facts.items}),
    }
    return render_page(request, "sync/case.html", context, block="live")


def withheld_here(facts: CaseFacts, glass: Glass) -> list[tuple[Integration, list[str]]]:
    """Each integration of the case with the labels of the terms that were withheld from the reader."""
    names = {**facts.labels, "comment": "Comments", "attachment": "Attachments"}
    places = {side.connection.integration_id: side.connection.integration for side in facts.sides}
    told = [
        (place, sorted(names.get(term, term) for at, term in glass.hidden if at == key))
        for key, place in places.items()
    ]
    return [(place, terms) for place, terms in told if terms]


def who_is_narrowed(facts: CaseFacts, by: Subject) -> list[tuple[Integration, list[Narrowed]]]:
    """Each integration of the case with the own people from whom terms of it are withheld. Two queries."""
    places = {side.connection.integration_id: side.connection.integration for side in facts.sides}
    found = narrowed_people(places, by=by)
    return [(place, found[key]) for key, place in places.items() if key in found]


def company_of(request: HttpRequest) -> int:
    """The partner that the address names; 0 = all."""
    asked = request.GET.get("to", "")
    return int(asked) if asked.isdigit() and len(asked) < 18 else 0


@require_GET
@page
def disclosures(request: HttpRequest) -> HttpResponse:
    """The disclosure register."""
    return show_listing(request, DISCLOSURES)


@require_GET
@page
def quality_items(request: HttpRequest, uid: UUID, kind: str, term: str) -> HttpResponse:
    """The cases behind one figure of a survey of one's own."""
    by = subject_of(request)
    survey = visible_or_404(Survey.objects.select_related("connection__integration"), by, uid)
    if kind not in WORDS:
        raise Http404
    integration = survey.connection.integration
    if hides(by, [survey.company_id], integration.pk, term):
        raise Denied("This term is withheld from your role. An administrator of your company changes that.")
    found = cases_behind(survey, kind, term, by=by, cursor=request.GET.get("cursor", "")[:400])
    context = {
        "survey": survey,
        "integration": integration,
        "label": humanised(term),
        "word": WORDS[kind],
        "rows": [listing.row_of(case) for case in found.rows],
        "older": found.older,
        "newer": found.newer,
    }
    return render_page(request, "sync/quality_items.html", context)


@require_GET
@page
def flow(request: HttpRequest, noun: str, uid: UUID) -> HttpResponse:
    """The live part for an integration or a connection; 204 when nothing is new since the digest `since`."""
    subject = subject_of(request)
    if noun not in ("integration", "connection"):
        raise Http404
    if not is_htmx(request):
        return see_other(reverse(noun, args=[uid]))
    connections = connections_of(noun, uid, subject=subject)
    found = flow_of(connections, subject=subject)
    if request.GET.get("since") == found.digest:
        return HttpResponse(status=204)
    return render_page(request, "sync/flow.html", {"flow": found, "noun": noun, "uid": uid})
