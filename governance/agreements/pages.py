"""The page of all agreements: what waits for whom, what is due, what is live."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from governance.agreements.standing import standings
from portal.ui.pages import page, render_page, subject_of


@require_GET
@page
def agreements(request: HttpRequest) -> HttpResponse:
    """Everything that companies agree on, by what it waits for."""
    rows = standings(subject_of(request))
    groups = [
        ("mine", "Waits for your company", [row for row in rows if row.waits in {"me", "us"}], NOBODY_WAITS),
        ("theirs", "Waits for the partner", [row for row in rows if row.waits == "them"], ""),
        ("due", "Agreed, not live yet", [row for row in rows if row.waits == "time"], ""),
        ("live", "Live", [row for row in rows if row.state in LIVE and not row.waits], NOTHING_LIVE),
    ]
    shown = [group for group in groups if group[2] or group[3]]
    return render_page(request, "governance/agreements/agreements.html", {"groups": shown, "total": len(rows)})


LIVE = frozenset({"live", "agreed", "signed"})
NOBODY_WAITS = "Nothing waits for a signature of your company."
NOTHING_LIVE = "Once both companies signed a version, it stands here."
