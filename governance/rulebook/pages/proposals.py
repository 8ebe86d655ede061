"""The page on which both companies read and sign what is proposed: terms for the partner, all of it for the own."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_POST

from governance.raci.selectors import signers
from governance.rulebook import evidence
from governance.rulebook.diff import Row, difference, rows_of
from governance.rulebook.models import ACTIVITY, Proposal, Rulebook, RuleVersion
from governance.rulebook.rules import parsed
from governance.rulebook.selectors import proposals_of, versions_behind, who_signs, with_words, words_on
from governance.rulebook.services.drafts import PENDING
from governance.rulebook.services.signing import refuse, schedule, sign, withdraw
from governance.rulebook.terms import entries, headline
from portal.access.guard import may, visible_to
from portal.access.subject import Subject
from portal.core.errors import BadInput, Denied, Fault, Stale
from portal.ui.pages import page, render_page, see_other, subject_of, visible_or_404
from portal.ui.templatetags.ui import zone_of


@require_GET
@page
def proposal(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One proposal."""
    return proposal_page(request, found(request, uid))


def found(request: HttpRequest, uid: UUID) -> Proposal:
    """The proposal, if the subject may see it."""
    by = subject_of(request)
    return visible_or_404(with_words(proposals_of(by), by=by), by, uid)


def proposal_page(request: HttpRequest, row: Proposal, *, fault: Fault | None = None) -> HttpResponse:
    """The page, with what was refused."""
    by = subject_of(request)
    words = words_on(row)
    own = by.company == row.company_id
    new, live = versions_behind(row, by=by) if own else (None, None)
    book = new.rulebook if new else None
    rows = entries(*terms_between(row))
    open_ = row.state == Proposal.State.PROPOSED and all(one.agrees for one in words.values())
    waits = open_ and by.company in row.companies and by.company not in words
    barred = why_barred(row, by, {one.user_id for one in words.values()}) if waits else ""
    context = {
        "proposal": row,
        "connection": row.connection,
        "own": own,
        "rulebook": book,
        "rows": rows,
        "headline": headline(rows),
        "keys": [(company, words.get(company)) for company in row.companies],
        "waits": waits,
        "barred": barred,
        "digest": row.to_sign(by.company),
        "pending": row.state in PENDING,
        "changes": own_changes(row, new, live),
        "administers": book is not None and bool(may(by, "administer", book)),
        "drafts": book is not None and bool(may(by, "change", book)),
        **evidence_of(row),
        "fault": fault,
        "typed": request.POST,
    }
    status = {Stale: 409, BadInput: 422, Denied: 403}.get(type(fault), 400) if fault else 200
    return render_page(request, "governance/rulebook/proposal.html", context, status=status)


def terms_between(row: Proposal) -> tuple[Mapping[str, object], Mapping[str, object]]:
    """The terms before and after."""
    return cast(Mapping[str, object], row.terms["before"]), cast(Mapping[str, object], row.terms["after"])


def evidence_of(row: Proposal) -> dict[str, object]:
    """What was rehearsed, in terms, as both companies read and sign it."""
    told = cast(Mapping[str, object], row.terms.get("rehearsed") or {})
    labels = {one.name: one.label for one in entries(*terms_between(row))}
    return {
        "evidence": told,
        "evidence_headline": evidence.headline(told) if told else "",
        "effects": evidence.effects(told, labels),
    }


def own_changes(row: Proposal, new: RuleVersion | None, live: RuleVersion | None) -> tuple[Row, ...]:
    """What changes in the own company's fields, maps and settings against what is live."""
    if new is None or row.state not in PENDING:
        return ()
    return rows_of(difference(parsed(live.body) if live else None, parsed(new.body)))


def why_barred(row: Proposal, by: Subject, signed: set[int]) -> str:
    """Why the signed-in person cannot sign, in a sentence, or nothing; the service asks the same again."""
    if not getattr(row, "mine", False):
        people = signers(integration=row.connection.integration, company=by.company, activity=ACTIVITY)
        if by.user_id not in {one.user_id for one in people}:
            return who_signs(people)
    if by.user_id in signed:
        return "You signed this for the other company; nobody signs for both."
    if row.four_eyes and by.user_id in row.authors:
        return "You wrote this version; with four eyes somebody else signs it."
    return ""


def acted(request: HttpRequest, uid: UUID, act: Callable[[Proposal], object], said: str) -> HttpResponse:
    """Do one act on a proposal and show it again."""
    row = found(request, uid)
    try:
        act(row)
    except (BadInput, Denied, Stale) as fault:
        return proposal_page(request, found(request, uid), fault=fault)
    messages.success(request, said)
    return see_other(reverse("proposal", args=[uid]))


@require_POST
@page
def proposal_sign(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say yes."""
    by, digest = subject_of(request), request.POST.get("digest", "")
    said = "You signed it. With both keys it goes live within seconds, or at its time."
    return acted(request, uid, lambda row: sign(by=by, proposal=row, digest=digest), said)


@require_POST
@page
def proposal_refuse(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say no."""
    by, reason = subject_of(request), request.POST.get("reason", "")
    return acted(request, uid, lambda row: refuse(by=by, proposal=row, reason=reason), "You refused it.")


@require_POST
@page
def proposal_schedule(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Choose when it goes live."""
    by = subject_of(request)

    def act(row: Proposal) -> object:
        return schedule(
            by=by, proposal=row, live_at=typed(request, "live_at"), live_until=typed(request, "live_until")
        )

    return acted(request, uid, act, "The time is set.")


@require_POST
@page
def proposal_withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take it back."""
    by, reason = subject_of(request), request.POST.get("reason", "")

    def act(row: Proposal) -> object:
        rows = Rulebook.objects.filter(connection=row.connection_id, side=row.side).select_related("connection")
        book = visible_to(rows, by).first()
        if book is None:
            raise Denied("Only the company that proposed it takes it back.")
        return withdraw(by=by, rulebook=book, reason=reason, version=book.version)

    return acted(request, uid, act, "It is taken back and a draft again.")


def typed(request: HttpRequest, name: str) -> datetime | None:
    """A typed time in the reader's zone, or None when nothing was typed. Raises BadInput."""
    text = request.POST.get(name, "").strip()
    if not text:
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise BadInput("Nothing was scheduled.", fields={name: "Enter a day and a time."})
    return found if timezone.is_aware(found) else found.replace(tzinfo=zone_of(request))
