"""Saving, renaming, sharing and deleting views, and choosing the one that a list opens with."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_POST

from portal.core.errors import BadInput
from portal.ui.listing.models import SavedView
from portal.ui.listing.pages.lists import ALL, listing_or_404
from portal.ui.listing.services import change_view, delete_view, open_with, save_view
from portal.ui.listing.state import address, parse
from portal.ui.pages import page, see_other, subject_of, visible_or_404


@require_POST
@page
def view_save(request: HttpRequest, key: str) -> HttpResponse:
    """Save the state that the page shows under a name."""
    by = subject_of(request)
    listing = listing_or_404(key, by=by)
    state = parse(listing, dict(QueryDict(request.POST.get("query", "")[:4000]).lists()))
    query = address(listing, state.moved())
    try:
        view = save_view(
            by=by,
            listing=listing,
            name=request.POST.get("name", ""),
            query=query,
            shared=request.POST.get("shared") == "yes",
        )
    except BadInput as fault:
        messages.error(request, fault.sentence)
        return see_other(f"{reverse(listing.address)}?{query or 'view=' + ALL}")
    if request.POST.get("default") == "yes":
        open_with(by=by, listing=listing, view=view)
    messages.success(request, f"The view “{view.name}” is saved.")
    return see_other(f"{reverse(listing.address)}?view={view.uid}")


@require_POST
@page
def view_change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Rename, share, delete a view, or open its list with it."""
    by = subject_of(request)
    view = visible_or_404(SavedView.objects.all(), by, uid)
    listing = listing_or_404(view.listing, by=by)
    here = reverse(listing.address)
    act = request.POST.get("act", "")
    try:
        if act == "delete":
            delete_view(by=by, view=view)
            messages.success(request, f"The view “{view.name}” is deleted.")
            return see_other(f"{here}?view={ALL}")
        if act in {"open", "close"}:
            open_with(by=by, listing=listing, view=view if act == "open" else None)
            word = f"“{view.name}”" if act == "open" else "all rows"
            messages.success(request, f"This list now opens with {word}.")
        else:
            name = request.POST.get("name", view.name)
            change_view(by=by, view=view, name=name, shared=request.POST.get("shared") == "yes")
            messages.success(request, f"The view “{view.name}” is saved.")
    except BadInput as fault:
        messages.error(request, fault.sentence)
    return see_other(f"{here}?view={uid}")
