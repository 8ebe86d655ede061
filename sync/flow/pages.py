"""The pages of the flow: cases, one case, and the live part that other pages take in."""

from collections.abc import Mapping
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from governance.accessmatrix.services.passes import note_use
from portal.access.guard import may
from portal.ui.faces import faces
from portal.ui.listing.pages.lists import show_listing
from portal.ui.pages import is_htmx, page, render_page, see_other, subject_of
from sync.flow.listing import DISCLOSURES
from sync.flow.selectors import cases as listing
from sync.flow.selectors.cases import ORDERS, STATES, Wanted, lane_state
from sync.flow.selectors.disclosed import sent_about
from sync.flow.selectors.live import connections_of, flow_of
from sync.flow.selectors.story import deeds_of_case, facts_of
from sync.flow.sight import withhold
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
    for opening in withhold(facts, subject):
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
        "sent": sent_about(facts.case, by=subject, to=company_of(request)) if tab == "sent" else (),
        "deeds": deeds_of_case(facts.case, subject=subject) if tab == "history" else (),
        "may_operate": bool(may(subject, "operate", facts.case)),
        "integrations": {
            side.connection.integration.pk: side.connection.integration for side in facts.sides
        }.values(),
        "connections": {side.connection_id: side.connection for side in facts.sides}.values(),
        "own": subject.companies,
        "visible": sorted({item.company_id for item in facts.items}),
    }
    return render_page(request, "sync/case.html", context, block="live")


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
