"""Pages of versions: the terms, what a version changes and does to rules, and every party's word on it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from governance.dictionary.diff import diff
from governance.dictionary.listing import TERMS
from governance.dictionary.models import Dictionary, Term
from governance.dictionary.selectors import State, terms_by_version, terms_of, versions_of, yeses_on
from governance.dictionary.services.signing import agree_dictionary, refuse_dictionary
from governance.dictionary.services.versions import (
    discard_dictionary,
    draft_dictionary,
    propose_dictionary,
    withdraw_dictionary,
)
from governance.dictionary.standing import address
from governance.dictionary.usage import effects, uses_in
from governance.register.models import Integration
from governance.register.selectors import parties_of
from portal.access.guard import may
from portal.access.subject import Subject
from portal.core.errors import BadInput
from portal.history.selectors import deeds_of
from portal.ui.listing.pages.lists import show_listing
from portal.ui.pages import page, render_page, see_other, subject_of, typed_version, visible_or_404

TEMPLATE = "governance/dictionary/dictionary.html"


@require_GET
@page
def terms(request: HttpRequest) -> HttpResponse:
    """The terms of all dictionaries."""
    return show_listing(request, TERMS)


@require_GET
@page
def dictionary(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The dictionary of an integration: the version in force or the one asked for, its terms and its yeses."""
    by = subject_of(request)
    integration = visible_or_404(Integration.objects.all(), by, uid)
    return show(request, integration)


def show(request: HttpRequest, integration: Integration, *, fault: BadInput | None = None) -> HttpResponse:
    """The page; `fault` = why a refusal was not taken, told at its field."""
    by = subject_of(request)
    versions = versions_of(integration.pk, by=by)
    asked = request.GET.get("no", "")
    shown = next((one for one in versions if str(one.no) == asked), versions[0] if versions else None)
    yeses = yeses_on(shown) if shown else {}
    tab = request.GET.get("tab") or ("changes" if shown and shown.state == State.PROPOSED else "terms")
    tab = "changes" if fault else tab
    context = {
        "integration": integration,
        "versions": versions,
        "shown": shown,
        "terms": terms_of(shown, by=by) if shown and tab not in {"history", "changes"} else [],
        "parties": [(one, yeses.get(one.company_id)) for one in parties_of(integration, by=by) if one.joined],
        "signs": bool(shown and shown.state == State.PROPOSED and getattr(shown, "mine", False)),
        "agreed_by_us": by.company in yeses,
        "changes": bool(shown and may(by, "change", shown)),
        "starts": bool(may(by, "change", integration)),
        "has_open": any(one.state in {State.DRAFT, State.PROPOSED} for one in versions),
        "tab": tab,
        "deeds": deeds_of(shown, subject=by) if shown and tab == "history" else [],
        "fault": fault,
        "reason": request.POST.get("reason", ""),
        **(compared(shown, versions, by) if shown and tab == "changes" else {}),
    }
    return render_page(request, TEMPLATE, context, status=422 if fault else 200)


def compared(shown: Dictionary, versions: list[Dictionary], by: Subject) -> dict[str, object]:
    """What a version changes of the agreed one before it, and what that does to rules. Two queries."""
    before = next((one for one in versions if one.no < shown.no), None)
    found: dict[int, list[Term]] = terms_by_version([one for one in (before, shown) if one], by=by)
    old = found[before.no] if before else []
    lost = effects(old, found[shown.no], uses_in(shown.integration_id, by=by)) if before else []
    standing = shown.state in {State.DRAFT, State.PROPOSED}
    return {
        "before": before,
        "changed": diff(old, found[shown.no], {known.id: known.name for known in by.known}),
        "held": [one for one in lost if one.held] if standing else [],
        "stopped": [one for one in lost if not one.held] if standing else [],
        "counted": len(found[shown.no]),
    }


@require_POST
@page
def dictionary_draft(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Begin the next version."""
    by = subject_of(request)
    integration = visible_or_404(Integration.objects.all(), by, uid)
    draft = draft_dictionary(by=by, integration=integration)
    messages.success(request, f"{draft} is a draft. It is in force once it is proposed and every party signed.")
    return see_other(reverse("dictionary", args=[uid]))


@require_POST
@page
def dictionary_propose(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Lay the draft before the parties."""
    row = propose_dictionary(by=subject_of(request), dictionary=found(request, uid), version=typed_version(request))
    messages.success(request, f"{row} is proposed, and frozen until every party signed it or one refused.")
    return see_other(address(row))


@require_POST
@page
def dictionary_withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a proposal back."""
    row = withdraw_dictionary(by=subject_of(request), dictionary=found(request, uid), version=typed_version(request))
    messages.success(request, f"{row} is a draft again. What was signed of it counts no more.")
    return see_other(address(row))


@require_POST
@page
def dictionary_agree(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The acting company's yes."""
    row = agree_dictionary(by=subject_of(request), dictionary=found(request, uid), version=typed_version(request))
    in_force = row.state == State.AGREED
    messages.success(
        request, f"{row} is in force." if in_force else f"Your company agreed. {row} is in force once all did."
    )
    return see_other(address(row))


@require_POST
@page
def dictionary_refuse(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The acting company's no, with its reason."""
    row, reason = found(request, uid), request.POST.get("reason", "")
    try:
        refuse_dictionary(by=subject_of(request), dictionary=row, version=typed_version(request), reason=reason)
    except BadInput as fault:
        if not fault.fields:
            raise
        return show(request, row.integration, fault=fault)
    messages.success(request, f"{row} is refused, and a draft again. Every party reads why.")
    return see_other(address(row))


@require_POST
@page
def dictionary_discard(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Throw the draft away."""
    row = found(request, uid)
    where = reverse("dictionary", args=[row.integration.uid])
    discard_dictionary(by=subject_of(request), dictionary=row, version=typed_version(request))
    messages.success(request, "The draft is thrown away.")
    return see_other(where)


def found(request: HttpRequest, uid: UUID) -> Dictionary:
    """The version of this address, with its integration."""
    return visible_or_404(Dictionary.objects.select_related("integration"), subject_of(request), uid)
