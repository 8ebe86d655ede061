"""What this floor puts into the frame and onto home, registered when the process starts."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from governance.raci.front import opened
from governance.raci.selectors import whys
from portal.ui.faces import faces
from portal.ui.listing.declare import register_listing
from portal.ui.navigation import (
    Duty,
    Entry,
    Figure,
    Marks,
    Panel,
    SearchSource,
    register_duties,
    register_entry,
    register_figures,
    register_marks,
    register_panel,
    register_search,
)
from portal.ui.pages import subject_of
from sync.flow.listing import DISCLOSURES
from sync.flow.selectors import home
from sync.flow.selectors.cases import find_cases
from sync.flow.selectors.home import TROUBLE, Line, SystemLine, Systems
from sync.triage.selectors import summary


@dataclass(frozen=True, slots=True)
class Running:
    """Integrations and systems as home shows them."""

    integrations: list[Line]
    systems: tuple[SystemLine, ...]


def register_all() -> None:
    """Fill the portal's registries."""
    register_entry(Entry("cases", "Cases", "cases", "cases", 20, go="c"))
    register_entry(Entry("triage", "Triage", "triage", "triage", 30, go="t"))
    register_listing(DISCLOSURES)
    register_marks(marks)
    register_duties("sync", duties)
    register_figures("sync", figures)
    register_panel(Panel("running", "sync/ui/running.html", running, 10))
    register_search(SearchSource("Cases", find_cases, 10))


def systems(request: HttpRequest) -> Systems:
    """One's own systems, read once a request."""
    known: Systems | None = getattr(request, "_systems", None)
    if known is None:
        known = home.systems(subject_of(request))
        request._systems = known  # type: ignore[attr-defined]
    return known


def marks(request: HttpRequest) -> Marks:
    """The frame's marks; no query where the page read systems already, which tell the numbers too."""
    known: Systems | None = getattr(request, "_systems", None)
    return known.marks if known and known.lines else home.marks(subject_of(request))


def running(request: HttpRequest) -> Running:
    """The panel of integrations and systems."""
    found = systems(request).lines
    return Running(home.integrations(subject_of(request), found), found)


def duties(request: HttpRequest) -> Sequence[Duty]:
    """Parked work by cause, and systems that refuse the credential or do not answer."""
    names, by = faces(request), subject_of(request)
    found, causes = [], summary(by)
    stopped = [line for line in systems(request).lines if line.state in TROUBLE]
    routed = whys(opened(request), by)
    for cause in causes:
        company = names[cause.company].name if cause.company in names else "your company"
        number = f"{cause.count} × " if cause.count > 1 else ""
        found.append(
            Duty(
                what=f"{number}{cause.sentence}",
                why=routed.get(cause.fingerprint)
                or f"Parked for {company}: {'its value map' if cause.is_map else cause.place} is concerned",
                url=f"{reverse('triage')}#c-{cause.fingerprint[:12]}",
                action="Open triage",
                since=cause.since,
                kind="warning",
            )
        )
    for system in stopped:
        company = names[system.company].name if system.company in names else "your company"
        found.append(
            Duty(
                what=f"{system.name}: {system.reason or system.word}",
                why=routed.get(f"system:{system.uid}") or f"It is {company}'s system; its lanes wait",
                url=reverse("system", args=[system.uid]),
                action="New credential" if system.state == "needs-auth" else "Look at it",
                since=system.since,
                kind="failed",
            )
        )
    return found


def figures(request: HttpRequest) -> Sequence[Figure]:
    """How many lanes move and whether all systems answer."""
    own = systems(request)
    found = [
        Figure(
            f"{own.moving} of {own.cases} cases moving" if own.cases else "No cases yet",
            "waiting" if own.moving else "ok",
            f"{reverse('cases')}?state=moving" if own.moving else reverse("cases"),
        )
    ]
    silent = [line for line in own.lines if line.state in TROUBLE]
    if silent:
        word = "1 system does" if len(silent) == 1 else f"{len(silent)} systems do"
        found.append(Figure(f"{word} not answer", "failed", "#systems"))
    elif own.lines:
        found.append(Figure("All your systems are reachable", "ok", "#systems"))
    return found
