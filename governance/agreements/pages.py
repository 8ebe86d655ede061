"""The page of all agreements: what waits for whom, what is due, what is live."""

from collections import Counter

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from governance.agreements.standing import MOST, standings
from portal.core import clock
from portal.ui.pages import page, render_page, subject_of


@require_GET
@page
def agreements(request: HttpRequest) -> HttpResponse:
    """Everything that companies agree on, by what it waits for; of one `kind` when it is named."""
    every, today = standings(subject_of(request)), clock.now().date()
    kinds = Counter(row.kind for row in every)
    asked = request.GET.get("kind", "")
    kind = asked if asked in kinds else ""
    rows = [row for row in every if kind in ("", row.kind)]
    groups = [
        ("mine", "Waits for your company", [row for row in rows if row.waits in {"me", "us"}], NOBODY_WAITS),
        ("theirs", "Waits for the partner", [row for row in rows if row.waits == "them"], ""),
        ("due", "Agreed, not live yet", [row for row in rows if row.waits == "time"], ""),
        ("live", "In force", [row for row in rows if row.state in LIVE and not row.waits], NOTHING_LIVE),
    ]
    places = {row.integration for row in rows}
    context = {
        "groups": [group for group in groups if group[2] or group[3]],
        "kinds": sorted(kinds.items()),
        "kind": kind,
        "total": len(every),
        "overdue": sorted(
            (one for one in places if one.next_review is not None and one.next_review <= today),
            key=lambda one: one.name,
        ),
        "today": today,
        "cut": MOST if max(kinds.values(), default=0) >= MOST else 0,
    }
    return render_page(request, "governance/agreements/agreements.html", context)


LIVE = frozenset({"live", "agreed", "signed"})
NOBODY_WAITS = "Nothing waits for a signature of your company."
NOTHING_LIVE = "Once every company has signed a version, it stands here."
