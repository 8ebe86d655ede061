"""One version of one's own rulebook against another, in fields and in terms, with who signed it; and rolling back."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from governance.dictionary.selectors import agreed_terms
from governance.rulebook.diff import difference, rows_of
from governance.rulebook.models import Rulebook
from governance.rulebook.pages.editor import desk_of, editor_page
from governance.rulebook.selectors import proposals_on, rehearsals_of, versions_of, word_of, words_on
from governance.rulebook.services.drafts import OPEN, set_four_eyes
from governance.rulebook.services.golive import rollback
from governance.rulebook.terms import entries, headline, terms_of
from portal.access.guard import may, visible_to
from portal.core.errors import BadInput, Denied
from portal.ui.pages import page, render_page, see_other, subject_of, typed_version


@require_GET
@page
def version(request: HttpRequest, uid: UUID, side: str, no: int) -> HttpResponse:
    """One version, beside the one before it or the one that `against` names."""
    by = subject_of(request)
    rows = Rulebook.objects.filter(connection__uid=uid, side=side).select_related("connection__integration")
    book = visible_to(rows, by).first()
    if book is None:
        raise Http404
    connection = book.connection
    versions = {one.no: one for one in versions_of(book, by=by)}
    shown = versions.get(no)
    if shown is None:
        raise Http404
    other = versions.get(against(request, no, sorted(versions)))
    words = {term.name: word_of(term) for term in agreed_terms(connection.integration_id)}
    before, after = terms_of(other.rules if other else None, words), terms_of(shown.rules, words)
    terms = entries(before, after)
    proposals = proposals_on(book, shown.same_as or no, by=by)
    context = {
        "connection": connection,
        "side": side,
        "rulebook": book,
        "version": shown,
        "other": other,
        "versions": [one for one in versions.values() if one.no != no],
        "changes": rows_of(difference(other.rules if other else None, shown.rules)),
        "rows": terms,
        "headline": headline(terms),
        "proposals": [(one, words_on(one).values()) for one in proposals],
        "rehearsals": rehearsals_of(book, no, by=by),
        "sha256": shown.sha256,
        "rehearsable": shown.state in OPEN and bool(may(by, "operate", book)),
        "administers": bool(may(by, "administer", book)),
    }
    return render_page(request, "governance/rulebook/version.html", context)


def against(request: HttpRequest, no: int, numbers: list[int]) -> int:
    """The version to compare with: the one that is named, else the one before."""
    wanted = request.GET.get("against", "")
    if wanted.isdigit() and len(wanted) < 9:
        return int(wanted)
    return max((one for one in numbers if one < no), default=0)


@require_POST
@page
def rulebook_rollback(request: HttpRequest, uid: UUID, side: str, no: int) -> HttpResponse:
    """Put an earlier version live again."""
    desk = desk_of(request, uid, side)
    try:
        rollback(by=subject_of(request), rulebook=desk.rulebook, no=no, version=typed_version(request))
    except (BadInput, Denied) as fault:
        return editor_page(request, desk, fault=fault)
    messages.success(request, f"The rules of version {no} are live again, as a new version. Your partner is told.")
    return see_other(reverse("rulebook", args=[uid, side]))


@require_POST
@page
def rulebook_four_eyes(request: HttpRequest, uid: UUID, side: str) -> HttpResponse:
    """Say where nobody signs what they wrote."""
    desk = desk_of(request, uid, side)
    chosen = request.POST.get("four_eyes", "")
    set_four_eyes(by=subject_of(request), rulebook=desk.rulebook, four_eyes=chosen, version=typed_version(request))
    messages.success(request, "Four eyes are set for what is proposed from now on.")
    return see_other(reverse("rulebook", args=[uid, side]) + "?tab=versions")
