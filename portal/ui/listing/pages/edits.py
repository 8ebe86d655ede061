"""Bulk edit: choose a field and a value, see the plan, apply it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from portal.access.subject import Subject
from portal.core.errors import BadInput, Denied, Stale
from portal.ui.listing.declare import Edit, Listing, Row
from portal.ui.listing.edits import MOST, Outcome, applied, fingerprint, planned
from portal.ui.listing.pages.lists import ALL, listing_or_404
from portal.ui.listing.selectors import chosen_rows, rows_of
from portal.ui.listing.state import address, parse
from portal.ui.pages import page, see_other, subject_of
from portal.ui.templatetags.ui import zone_of


class ValueForm(forms.Form):
    """The new value of one field."""

    def __init__(self, edit: Edit, by: Subject, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.fields["value"] = edit.ask(by)
        self.fields["value"].label = self.fields["value"].label or edit.label


@require_POST
@page
def edit_rows(request: HttpRequest, key: str) -> HttpResponse:
    """Without a value: the form; with a value: the plan; with the plan's mark: the deed."""
    by = subject_of(request)
    listing = listing_or_404(key, by=by)
    if not listing.changes(by):
        raise Denied("Your role does not allow this. Ask an operator or administrator of your company.")
    edit = next((one for one in listing.edits if one.key == request.POST.get("edit", "")), None)
    back = f"{reverse(listing.address)}?{query_of(request, listing) or 'view=' + ALL}"
    rows = asked_rows(request, listing, by=by)
    if edit is None or not rows:
        sentence = "Choose a field to edit." if rows else f"Choose at least one of the {listing.words}."
        messages.error(request, sentence)
        return see_other(back)
    form = ValueForm(edit, by, request.POST if "step" in request.POST else None)
    context = {"listing": listing, "edit": edit, "form": form, "rows": rows, "back": back, "post": request.POST}
    if not form.is_bound or not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "portal/listing/edit.html", context, status=status)
    value = form.cleaned_data["value"]
    if request.POST.get("step") == "apply":
        try:
            done = applied(
                by=by, listing=listing, edit=edit, rows=rows, value=value, seen=request.POST.get("seen", "")
            )
        except Stale as fault:
            messages.error(request, fault.sentence)
        else:
            messages.success(request, told(listing, done))
            return see_other(back)
    outcomes = planned(by=by, listing=listing, edit=edit, rows=rows, value=value)
    return render(request, "portal/listing/edit.html", {**context, **plan_of(outcomes, edit, value)})


def query_of(request: HttpRequest, listing: Listing) -> str:
    """The state that the page showed, as an address holds it."""
    state = parse(listing, dict(QueryDict(request.POST.get("query", "")[:4000]).lists()))
    return address(listing, state.moved())


def asked_rows(request: HttpRequest, listing: Listing, *, by: Subject) -> Sequence[Row]:
    """The rows that were ticked, or all that fit the page's state."""
    if request.POST.get("all") == "yes":
        state = parse(listing, dict(QueryDict(request.POST.get("query", "")[:4000]).lists()))
        return list(rows_of(listing, state, by=by, zone=zone_of(request)).order_by("pk")[: MOST + 1])
    uids = []
    for text in request.POST.getlist("row")[: MOST + 1]:
        try:
            uids.append(UUID(text))
        except ValueError as fault:
            raise BadInput("A row of this form cannot be read. Go back to the list and choose again.") from fault
    return chosen_rows(listing, uids, by=by)


def plan_of(outcomes: Sequence[Outcome], edit: Edit, value: Any) -> dict[str, object]:
    """What the page of a plan shows, refused rows first."""
    rank = {"refused": 0, "changed": 1, "same": 2}
    count = {kind: sum(one.kind == kind for one in outcomes) for kind in rank}
    return {
        "outcomes": sorted(outcomes, key=lambda one: rank[one.kind]),
        "figures": count,
        "seen": fingerprint(outcomes),
        "told": edit.told(value),
    }


def told(listing: Listing, outcomes: Sequence[Outcome]) -> str:
    """What was done, as a sentence."""
    changed = sum(one.kind == "changed" for one in outcomes)
    refused = sum(one.kind == "refused" for one in outcomes)
    sentence = f"{changed:,} {listing.word if changed == 1 else listing.words} changed."
    return f"{sentence} {refused:,} left as they were, because they were refused." if refused else sentence
