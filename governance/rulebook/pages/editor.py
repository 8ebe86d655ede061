"""Pages of rulebooks: the editor, which works without scripts, versions, and the dry run."""

from dataclasses import dataclass, replace
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from governance.dictionary.inforce import AgreedTerm
from governance.register import ports
from governance.register.models import Connection, Side
from governance.register.pages.connections import partner_name
from governance.register.selectors import sides_of
from governance.rulebook.checks import findings
from governance.rulebook.editor import Known, Sheet, acted, marked, posted, rules_of, sheet_of
from governance.rulebook.flow import text
from governance.rulebook.models import FOUR_EYES, Proposal, Rulebook
from governance.rulebook.rules import RuleSet
from governance.rulebook.selectors import Paper, Version, ground_of, paper_of, versions_of
from governance.rulebook.services.drafts import discard_draft, dry_run, save_draft
from governance.rulebook.services.rehearsals import rehearse
from governance.rulebook.services.signing import propose
from governance.rulebook.totality import Described, Field, described
from portal.access.guard import may, visible_to
from portal.access.subject import Subject
from portal.core.errors import BadInput, Fault, Stale
from portal.history.selectors import deeds_of
from portal.ui.pages import page, render_page, see_other, subject_of, typed_version, visible_or_404

TESTS = (("is", "is"), ("is not", "is not"), ("contains", "contains"), ("any", "has any value"))


@dataclass(frozen=True, slots=True)
class Desk:
    """What the editor of one side works on."""

    connection: Connection
    side: Side
    rulebook: Rulebook
    paper: Paper
    described: Described
    #: the newest dry run, and the newest trial of a filter
    tried: ports.Answer | None
    filtered: ports.Answer | None

    @property
    def kind(self) -> ports.SystemKind | None:
        """The product, which knows whether it has a query language."""
        return ports.kind_of(self.side.system_kind)

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields of the system as its last description tells them."""
        return tuple(self.described.fields.values())

    @property
    def terms(self) -> tuple[AgreedTerm, ...]:
        """The agreed terms."""
        return self.paper.words

    @property
    def known(self) -> Known:
        """Values that the editor proposes."""
        return Known({one.key: one.options for one in self.fields}, {one.name: one.allowed for one in self.terms})


def desk_of(request: HttpRequest, uid: UUID, letter: str) -> Desk:
    """The own side of a connection; another's does not exist."""
    by = subject_of(request)
    connection = visible_or_404(Connection.objects.select_related("integration"), by, uid)
    side = sides_of(connection, by=by).get(letter)
    paper = paper_of(connection, by=by)
    if side is None or letter not in paper.books:
        raise Http404
    kinds = ("describe", "dry-run", "filter") if request.GET.get("tab", "rules") == "rules" else ()
    answers = ports.sync().latest([side.system_id], kinds, by=by, done=("describe",))
    told, filtered = (answers.get((side.system_id, kind)) for kind in ("describe", "filter"))
    return Desk(
        connection,
        side,
        paper.books[letter].rulebook,
        paper,
        described(told.body if told else {}, filtered.body if filtered and filtered.state == "done" else None),
        answers.get((side.system_id, "dry-run")),
        filtered,
    )


@page
def rulebook(request: HttpRequest, uid: UUID, side: str) -> HttpResponse:
    """The editor of one's own side."""
    desk = desk_of(request, uid, side)
    if request.method != "POST":
        return editor_page(request, desk)
    by = subject_of(request)
    sheet, act = posted(request.POST.dict()), request.POST.get("do", "save")
    if act not in {"save", "propose", "rehearse"}:
        return editor_page(request, desk, sheet=acted(sheet, act, desk.known), version=typed_version(request))
    try:
        rules = rules_of(sheet)
        save_draft(by=by, rulebook=desk.rulebook, rules=rules, version=typed_version(request))
        if act != "save":
            return see_other(taken_on(desk.rulebook, act, by))
    except Stale as fault:
        return editor_page(request, desk, sheet=sheet, fault=fault)
    except Fault as fault:
        wrong = fault.fields if isinstance(fault, BadInput) else {}
        desk.rulebook.refresh_from_db()
        version = desk.rulebook.version if act != "save" else typed_version(request)
        return editor_page(request, desk, sheet=marked(sheet, wrong), fault=fault, version=version)
    messages.success(request, "The draft is saved. It is not live yet.")
    return see_other(reverse("rulebook", args=[uid, side]))


def taken_on(book: Rulebook, act: str, by: Subject) -> str:
    """Propose or rehearse what was just saved; the address where that goes on."""
    book.refresh_from_db()
    if act == "rehearse":
        return reverse("rehearsal", args=[rehearse(by=by, rulebook=book).uid])
    return reverse("proposal", args=[propose(by=by, rulebook=book, version=book.version).uid])


def sampled(sheet: Sheet, desk: Desk, by: Subject) -> Sheet:
    """The sheet with what last went through each line, out of the newest envelopes. One query."""
    samples = {one.side: one.terms for one in ports.sync().samples(desk.connection.pk, by=by)}
    mine = samples.get(desk.side.side, {})
    theirs = next((terms for side, terms in samples.items() if side != desk.side.side), {})
    groups = dict(sheet.groups)
    for name, terms in (("outgoing", mine), ("incoming", theirs)):
        groups[name] = tuple(replace(row, sample=text(terms.get(row.cells["term"]))) for row in sheet.groups[name])
    return replace(sheet, groups=groups)


def versions_shown(request: HttpRequest, desk: Desk, tab: str) -> tuple[Version, ...]:
    """All versions for their tab; else the open and the live one, read anew only after something was posted."""
    if tab == "versions" or request.method == "POST":
        return versions_of(desk.rulebook, by=subject_of(request))
    book = desk.paper.books[desk.side.side]
    return tuple(one for one in (book.draft, book.live) if one is not None)


def pending_of(desk: Desk, draft: Version | None, by: Subject) -> Proposal | None:
    """The proposal of the open version, when it is proposed or agreed."""
    if draft is None or draft.state == "draft":
        return None
    rows = Proposal.objects.filter(connection=desk.connection, side=desk.side.side, no=draft.no)
    return visible_to(rows, by).order_by("-pk").first()


def editor_page(
    request: HttpRequest,
    desk: Desk,
    *,
    sheet: Sheet | None = None,
    fault: Fault | None = None,
    version: int | None = None,
    asked: ports.Answer | None = None,
) -> HttpResponse:
    """The editor as typed, or as stored."""
    by = subject_of(request)
    tab = request.GET.get("tab", "rules")
    versions = versions_shown(request, desk, tab)
    draft = next((one for one in versions if one.state in {"draft", "proposed", "agreed"}), None)
    live = next((one for one in versions if one.state == "live"), None)
    stored = draft or live
    rules = stored.rules if stored else RuleSet()
    open_findings = findings(
        rules,
        ground_of(
            desk.connection,
            company=desk.rulebook.company_id,
            partner_name=partner_name(request, desk.connection),
            paper=desk.paper,
            system=desk.described,
        ),
    )
    start = sheet_of(rules)
    if stored is not None and sheet is None and draft is not None and draft.state == "draft":
        start = marked(start, {finding.key: finding.sentence for finding in open_findings})
    shown = sampled(sheet or start, desk, by) if tab == "rules" else sheet or start
    context = {
        "desk": desk,
        "connection": desk.connection,
        "side": desk.side,
        "rulebook": desk.rulebook,
        "sheet": shown,
        "fault": fault,
        "wrong": list(getattr(fault, "fields", {}).values()),
        "version": desk.rulebook.version if version is None or isinstance(fault, Stale) else version,
        "versions": versions,
        "newest": max((one.no for one in versions), default=0),
        "draft": draft,
        "live": live,
        "findings": open_findings if draft and draft.state == "draft" else (),
        "changes": bool(may(by, "change", desk.rulebook)),
        "administers": bool(may(by, "administer", desk.rulebook)),
        "tests": TESTS,
        "four_eyes": FOUR_EYES,
        "proposal": pending_of(desk, draft, by),
        "asked": asked or desk.tried,
        "filter_answer": desk.filtered if stored is not None and stored.rules.filter and not fault else None,
        "tab": tab,
        "deeds": deeds_of(desk.rulebook, subject=by) if tab == "history" else [],
    }
    status = {Stale: 409, BadInput: 422}.get(type(fault), 403) if fault else 200
    return render_page(request, "governance/rulebook/rulebook.html", context, status=status)


@require_POST
@page
def rulebook_discard(request: HttpRequest, uid: UUID, side: str) -> HttpResponse:
    """Throw the draft away."""
    desk = desk_of(request, uid, side)
    discard_draft(by=subject_of(request), rulebook=desk.rulebook, version=typed_version(request))
    messages.success(request, "The draft is thrown away. What was live goes on.")
    return see_other(reverse("rulebook", args=[uid, side]))


@require_POST
@page
def rulebook_dry_run(request: HttpRequest, uid: UUID, side: str) -> HttpResponse:
    """Try the rules, as typed, on a real item: what would be written is shown, and nothing is."""
    desk = desk_of(request, uid, side)
    sheet = posted(request.POST.dict())
    try:
        answer = dry_run(
            by=subject_of(request),
            rulebook=desk.rulebook,
            system=desk.side.system,
            record=request.POST.get("record", ""),
            rules=rules_of(sheet),
        )
    except BadInput as fault:
        shown = marked(sheet, fault.fields)
        return editor_page(request, desk, sheet=shown, fault=fault, version=typed_version(request))
    return editor_page(request, desk, sheet=sheet, asked=answer, version=typed_version(request))
