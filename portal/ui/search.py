"""The palette: places of the rail and everything that the floors can find."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from portal.ui import navigation
from portal.ui.navigation import Hit
from portal.ui.pages import page, render_page, subject_of


@dataclass(frozen=True, slots=True)
class Group:
    """Search results of one kind."""

    title: str
    hits: list[Hit]


@page
def search(request: HttpRequest) -> HttpResponse:
    """Results for `q`; from two characters on the floors are asked, before that only places are listed."""
    query = request.GET.get("q", "").strip()[:80]
    frame_places = navigation.places("", navigation.Marks())
    places = [
        Hit(place.entry.word, place.url, place.entry.icon, f"g {place.entry.go}" if place.entry.go else "")
        for place in frame_places
        if query.casefold() in place.entry.word.casefold()
    ]
    groups = [Group("Go to", places)]
    if len(query) >= 2:
        groups += [
            Group(source.title, list(source.find(subject_of(request), query))) for source in navigation.searches()
        ]
    groups = [group for group in groups if group.hits]
    context = {"query": query, "groups": groups, "total": sum(len(group.hits) for group in groups)}
    return render_page(request, "portal/search.html", context, block="found")
