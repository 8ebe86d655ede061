"""Pages of rulebooks: the editor, which works without scripts, versions, and the dry run."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from governance.dictionary.selectors import AgreedTerm, agreed_terms
from governance.register import ports
from governance.register.models import Connection, Side
from governance.register.pages.connections import partner_name
from governance.register.selectors import sides_of
from governance.rulebook.checks import findings
from governance.rulebook.editor import Known, Sheet, acted, marked, posted, rules_of, sheet_of
from governance.rulebook.models import Rulebook
from governance.rulebook.rules import RuleSet
from governance.rulebook.selectors import ground_of, versions_of
from governance.rulebook.services import discard_draft, dry_run, publish, rollback, save_draft
from portal.access.guard import may, visible_to
from portal.core.errors import BadInput, Fault, Stale
from portal.history.selectors import deeds_of
from portal.ui.pages import page, render_page, see_other, subject_of, visible_or_404

TESTS = (("is", "is"), ("is not", "is not"), ("contains", "contains"), ("any", "has any value"))


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """One field of the system as its last description tells it."""

    key: str
    label: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """What the editor of one side works on."""

    connection: Connection
    side: Side
    rulebook: Rulebook
    terms: tuple[AgreedTerm, ...]
    fields: tuple[FieldChoice, ...]

    @property
    def known(self) -> Known:
        """Values that the editor proposes."""
        return Known({one.key: one.options for one in self.fields}, {one.name: one.allowed for one in self.terms})


def desk_of(request: HttpRequest, uid: UUID, letter: str) -> Desk:
    """The own side of a connection; another's does not exist."""
    by = subject_of(request)
    connection = visible_or_404(Connection.objects.select_related("integration"), by, uid)
    side = sides_of(connection, by=by).get(letter)
    rulebook = visible_to(Rulebook.objects.filter(connection=connection, side=letter), by).first()
    if side is None or rulebook is None:
        raise Http404
    described = ports.sync().latest(side.system_id, "describe", by=by, done=True)
    return Desk(
        connection,
        side,
        rulebook,
        agreed_terms(connection.integration_id),
        field_choices(described.body if described else {}),
    )


def field_choices(body: Mapping[str, object]) -> tuple[FieldChoice, ...]:
    """The fields of a stored description."""
    rows = cast(list[Mapping[str, object]], body.get("fields") or [])
    return tuple(
        FieldChoice(
            str(row["key"]),
            str(row.get("label") or row["key"]),
            tuple(str(option["value"]) for option in cast(list[Mapping[str, object]], row.get("options") or [])),
        )
        for row in rows
    )


@page
def rulebook(request: HttpRequest, uid: UUID, side: str) -> HttpResponse:
    """The editor of one's own side."""
    desk = desk_of(request, uid, side)
    if request.method != "POST":
        return editor_page(request, desk)
    by = subject_of(request)
    sheet, act = posted(request.POST.dict()), request.POST.get("do", "save")
    if act not in {"save", "publish"}:
        return editor_page(request, desk, sheet=acted(sheet, act, desk.known), version=typed_version(request))
    try:
        rules = rules_of(sheet)
        save_draft(by=by, rulebook=desk.rulebook, rules=rules, version=typed_version(request))
        if act == "publish":
            desk.rulebook.refresh_from_db()
            publish(by=by, rulebook=desk.rulebook, version=desk.rulebook.version)
    except Stale as fault:
        return editor_page(request, desk, sheet=sheet, fault=fault)
    except Fault as fault:
        wrong = fault.fields if isinstance(fault, BadInput) else {}
        desk.rulebook.refresh_from_db()
        version = desk.rulebook.version if act == "publish" else typed_version(request)
        return editor_page(request, desk, sheet=marked(sheet, wrong), fault=fault, version=version)
    messages.success(
        request, "Your rules are live." if act == "publish" else "The draft is saved. It is not live yet."
    )
    return see_other(reverse("rulebook", args=[uid, side]))


def typed_version(request: HttpRequest) -> int:
    """The version that the editor began with."""
    text = request.POST.get("version", "")
    return int(text) if text.isdigit() else 0


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
    versions = versions_of(desk.rulebook, by=by)
    draft = next((one for one in versions if one.state == "draft"), None)
    live = next((one for one in versions if one.state == "live"), None)
    stored = draft or live
    rules = stored.rules if stored else RuleSet()
    open_findings = findings(
        rules,
        ground_of(
            desk.connection,
            company=desk.rulebook.company_id,
            partner_name=partner_name(request, desk.connection),
            terms=desk.terms,
        ),
    )
    start = sheet_of(rules)
    if stored is not None and sheet is None and draft is not None:
        start = marked(start, {finding.key: finding.sentence for finding in open_findings})
    tab = request.GET.get("tab", "rules")
    context = {
        "desk": desk,
        "connection": desk.connection,
        "side": desk.side,
        "rulebook": desk.rulebook,
        "sheet": sheet or start,
        "fault": fault,
        "wrong": list(getattr(fault, "fields", {}).values()),
        "version": desk.rulebook.version if version is None or isinstance(fault, Stale) else version,
        "versions": versions,
        "draft": draft,
        "live": live,
        "findings": open_findings if draft else (),
        "changes": bool(may(by, "change", desk.rulebook)),
        "administers": bool(may(by, "administer", desk.rulebook)),
        "tests": TESTS,
        "asked": asked or ports.sync().latest(desk.side.system_id, "dry-run", by=by),
        "tab": tab,
        "deeds": deeds_of(desk.rulebook, subject=by) if tab == "history" else [],
    }
    status = {Stale: 409, BadInput: 422}.get(type(fault), 403) if fault else 200
    return render_page(request, "governance/rulebook/rulebook.html", context, status=status)


@require_POST
@page
def rulebook_publish(request: HttpRequest, uid: UUID, side: str) -> HttpResponse:
    """Put the stored draft live."""
    desk = desk_of(request, uid, side)
    try:
        publish(by=subject_of(request), rulebook=desk.rulebook, version=typed_version(request))
    except BadInput as fault:
        return editor_page(request, desk, fault=fault)
    messages.success(request, "Your rules are live.")
    return see_other(reverse("rulebook", args=[uid, side]))


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
def rulebook_rollback(request: HttpRequest, uid: UUID, side: str, no: int) -> HttpResponse:
    """Put an earlier version live again."""
    desk = desk_of(request, uid, side)
    rollback(by=subject_of(request), rulebook=desk.rulebook, no=no, version=typed_version(request))
    messages.success(request, f"The rules of version {no} are live again, as a new version.")
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
