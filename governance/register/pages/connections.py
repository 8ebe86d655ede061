"""Pages of connections: both rulebooks side by side, propose, accept, pause, resume."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from governance.register import ports
from governance.register.models import Company, Connection, Credential, Integration, Side, System
from governance.register.pages.forms import AcceptForm, ConnectionForm, PauseForm
from governance.register.presence import downtimes_on, windows_of
from governance.register.selectors import access_of, companies_of, paused_by, pauses_of, sides_of, systems_of
from governance.register.services.connections import (
    accept_connection,
    pause_connection,
    propose_connection,
    refuse_connection,
    resume_connection,
    withdraw_connection,
)
from governance.register.services.systems import ask_system
from governance.rulebook.flow import Pass, arriving, leaving
from governance.rulebook.models import Rulebook
from governance.rulebook.rules import RuleSet
from governance.rulebook.selectors import Terms, Version, ground_of, paper_of
from portal.access.guard import may
from portal.access.subject import Subject
from portal.core.errors import BadInput
from portal.history.selectors import deeds_of
from portal.ui.faces import faces
from portal.ui.pages import page, refuse, render_page, see_other, subject_of, visible_or_404


@dataclass(frozen=True, slots=True)
class Half:
    """One side of a connection as its page shows it: full for the own company, terms for the partner."""

    letter: str
    side: Side | None
    company: int
    own: bool
    terms: Terms | None = None
    rulebook: Rulebook | None = None
    live: Version | None = None
    draft: Version | None = None
    leaving: tuple[Pass, ...] = ()
    arriving: tuple[Pass, ...] = ()


@page
def connection_new(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Propose a connection in an integration."""
    by = subject_of(request)
    row = visible_or_404(Integration.objects.all(), by, uid)
    form, systems = ConnectionForm(request.POST or None), list(systems_of(by))
    form.offer(systems, kinds_in(systems, by), partners_of(row, by))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = propose_connection(
                by=by,
                integration=row,
                name=data["name"],
                end=data["system"],
                partner=data["partner"],
                partner_end=data["partner_system"],
            )
        except BadInput as fault:
            refuse(form, fault)
        else:
            read_fields(made, by)
            messages.success(request, f"{made.name} is proposed.")
            return see_other(reverse("connection", args=[made.uid]))
    return render_page(
        request,
        "governance/register/connection_new.html",
        {"form": form, "integration": row, "has_systems": bool(systems)},
        status=422 if form.errors else 200,
    )


def partners_of(integration: Integration, by: Subject) -> QuerySet[Company]:
    """The parties that have joined, the own company included."""
    joined = integration.parties.filter(joined__isnull=False).values("company_id")
    return companies_of(by).filter(pk__in=joined)


def kinds_in(systems: list[System], by: Subject) -> dict[int, tuple[str, ...]]:
    """System → the kinds of item that it told of."""
    return ports.item_kinds([system.pk for system in systems], by=by)


def read_fields(row: Connection, by: Subject) -> None:
    """Have the fields of the kinds at one's own ends read, so that the rulebook's editor offers them."""
    for side in sides_of(row, by=by).values():
        if side.company_id == by.company and Credential.objects.filter(system=side.system_id).exists():
            ask_system(by=by, system=side.system, kind="describe")


@require_GET
@page
def connection(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One connection."""
    return connection_page(request, uid)


def connection_page(
    request: HttpRequest, uid: UUID, *, accept: AcceptForm | None = None, pause: PauseForm | None = None
) -> HttpResponse:
    """The page, with a form as refused."""
    by = subject_of(request)
    rows = Connection.objects.annotate(
        pauses=pauses_of(OuterRef("pk"), by=by), windows=downtimes_on(OuterRef("pk"), by=by)
    )
    row = visible_or_404(rows.select_related("integration"), by, uid)
    tab = request.GET.get("tab", "rules")
    sides = sides_of(row, by=by)
    waits = row.state == Connection.State.PENDING and by.company not in {s.company_id for s in sides.values()}
    form = accept or AcceptForm()
    if waits:
        systems = list(systems_of(by))
        form.offer(systems, kinds_in(systems, by))
    context = {
        "connection": row,
        "halves": halves(row, sides, by=by, partner_name=partner_name(request, row)) if tab == "rules" else [],
        "sides": [sides.get(letter) for letter in ("a", "b")],
        "waits_for_us": waits,
        "waits_for_them": row.state == Connection.State.PENDING and not waits,
        "accept": form,
        "pause": pause or PauseForm(),
        "paused": paused_by(row) if row.state == Connection.State.PAUSED else None,
        "refused": paused_by(row) if row.state == Connection.State.REFUSED else None,
        "ours": by.company in {side.company_id for side in sides.values()},
        "changes": bool(may(by, "change", row)),
        "downtimes": windows_of(row),
        "operates": bool(may(by, "operate", row)),
        "administers": waits and bool(may(by, "administer", row)),
        "tab": tab,
        "deeds": deeds_of(row, subject=by) if tab == "history" else [],
        "access": access_of(by) if tab == "access" else [],
    }
    status = 422 if accept or pause else 200
    return render_page(request, "governance/register/connection.html", context, status=status)


def partner_name(request: HttpRequest, row: Connection) -> str:
    """The name of the other company of a connection, from what the frame knows already."""
    other = next((company for company in row.companies if company != subject_of(request).company), 0)
    face = faces(request).get(other)
    return face.name if face else ""


def halves(row: Connection, sides: dict[str, Side], *, by: Subject, partner_name: str = "") -> list[Half]:
    """Both sides: the own ones with every line and a sample, the partner's as terms."""
    paper = paper_of(row, by=by)
    terms = paper.terms
    samples = {one.side: one.terms for one in ports.sync().samples(row.pk, by=by)}
    names = ports.field_names([side.system_id for letter, side in sides.items() if letter in paper.books], by=by)
    taken = {side.company_id for side in sides.values()}
    free = next((company for company in row.companies if company not in taken), by.company)
    found = []
    for letter, other in (("a", "b"), ("b", "a")):
        side = sides.get(letter)
        book = paper.books.get(letter)
        company = side.company_id if side else free
        if book is None:
            found.append(Half(letter, side, company, own=False, terms=terms.get(letter)))
            continue
        shown = book.live or book.draft
        rules = shown.rules if shown else RuleSet()
        ground = ground_of(row, company=company, partner_name=partner_name, paper=paper)
        theirs = terms.get(other)
        labels = names[side.system_id] if side else {}
        found.append(
            Half(
                letter,
                side,
                company,
                own=True,
                terms=terms.get(letter),
                rulebook=book.rulebook,
                live=book.live,
                draft=book.draft,
                leaving=tuple(
                    leaving(
                        rules,
                        ground,
                        taken=frozenset(theirs.takes) if theirs else None,
                        sample=samples.get(letter, {}),
                        names=labels,
                    )
                ),
                arriving=tuple(
                    arriving(
                        rules,
                        ground,
                        sent=frozenset(theirs.sends) if theirs else None,
                        sample=samples.get(other, {}),
                        names=labels,
                    )
                ),
            )
        )
    return found


@require_POST
@page
def connection_accept(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Accept the partner's proposal with one's own system."""
    by = subject_of(request)
    row = visible_or_404(Connection.objects.all(), by, uid)
    form = AcceptForm(request.POST)
    systems = list(systems_of(by))
    form.offer(systems, kinds_in(systems, by))
    if form.is_valid():
        try:
            accept_connection(by=by, connection=row, end=form.cleaned_data["system"])
        except BadInput as fault:
            refuse(form, fault)
        else:
            read_fields(row, by)
            messages.success(request, f"{row.name} is accepted. Write your rulebook next.")
            return see_other(reverse("connection", args=[uid]))
    return connection_page(request, uid, accept=form)


@require_POST
@page
def connection_refuse(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Decline the partner's proposal, with the reason."""
    by = subject_of(request)
    row = visible_or_404(Connection.objects.all(), by, uid)
    form = PauseForm(request.POST)
    if form.is_valid():
        try:
            refuse_connection(by=by, connection=row, reason=form.cleaned_data["reason"])
        except BadInput as fault:
            refuse(form, fault)
        else:
            messages.success(request, f"{row.name} is refused; your partner reads why.")
            return see_other(reverse("connection", args=[uid]))
    return connection_page(request, uid, pause=form)


@require_POST
@page
def connection_withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take back one's own proposal."""
    by = subject_of(request)
    row = visible_or_404(Connection.objects.select_related("integration"), by, uid)
    withdraw_connection(by=by, connection=row)
    messages.success(request, f"{row.name} is withdrawn.")
    return see_other(reverse("integration", args=[row.integration.uid]))


@require_POST
@page
def connection_pause(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Stop sending; changes wait in order."""
    by = subject_of(request)
    row = visible_or_404(Connection.objects.all(), by, uid)
    form = PauseForm(request.POST)
    if form.is_valid():
        try:
            pause_connection(by=by, connection=row, reason=form.cleaned_data["reason"])
        except BadInput as fault:
            refuse(form, fault)
        else:
            messages.success(request, f"{row.name} is paused. Changes wait in order until you resume it.")
            return see_other(reverse("connection", args=[uid]))
    return connection_page(request, uid, pause=form)


@require_POST
@page
def connection_resume(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Go on."""
    by = subject_of(request)
    row = visible_or_404(Connection.objects.all(), by, uid)
    resume_connection(by=by, connection=row)
    messages.success(request, f"{row.name} goes on; what waited is applied in order.")
    return see_other(reverse("connection", args=[uid]))
