"""What upper floors add to the frame: entries of the rail, marks on them, home's panels, search sources."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse

from portal.access.subject import NOBODY, Subject


@dataclass(frozen=True, slots=True)
class Entry:
    """One place in the rail. `go` is its key after `g`; `also` are further paths where it is the current one."""

    key: str
    word: str
    icon: str
    url_name: str
    position: int
    go: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Marks:
    """What the frame tells on every page: numbers beside entries, and when a tracker last answered."""

    counts: Mapping[str, int] = field(default_factory=dict)
    last_sync: datetime | None = None


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing that waits for a person: what, why them, since when, and where to act.

    Of several sources that tell of one thing by the same `about`, the first is shown.
    """

    what: str
    why: str
    url: str
    action: str
    since: datetime | None = None
    kind: str = "waiting"
    about: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One part of home's headline, linked to what it is made of. `kind` is a state of portal.ui.states."""

    sentence: str
    kind: str
    url: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel of home: `load` gives the template its `data`."""

    key: str
    template: str
    load: Callable[[HttpRequest], object]
    position: int


@dataclass(frozen=True, slots=True)
class Hit:
    """One search result."""

    label: str
    url: str
    icon: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SearchSource:
    """One kind of thing that the palette finds; `find` gets at least two characters and returns up to eight."""

    title: str
    find: Callable[[Subject, str], Sequence[Hit]]
    position: int


@dataclass(frozen=True, slots=True)
class Place:
    """An entry as the rail shows it."""

    entry: Entry
    url: str
    current: bool
    count: int


_entries: dict[str, Entry] = {
    "home": Entry("home", "Home", "home", "home", 0, go="h"),
}
_marks: list[Callable[[HttpRequest], Marks]] = []
_duties: dict[str, Callable[[HttpRequest], Sequence[Duty]]] = {}
_figures: dict[str, Callable[[HttpRequest], Sequence[Figure]]] = {}
_panels: dict[str, Panel] = {}
_searches: dict[str, SearchSource] = {}


def register_entry(entry: Entry) -> None:
    """Add a place to the rail."""
    _entries[entry.key] = entry


def register_marks(source: Callable[[HttpRequest], Marks]) -> None:
    """Tell who knows the marks; one query a page at most."""
    _marks[:] = [source]


def register_duties(key: str, source: Callable[[HttpRequest], Sequence[Duty]]) -> None:
    """Add a source of what waits for the signed-in person."""
    _duties[key] = source


def register_figures(key: str, source: Callable[[HttpRequest], Sequence[Figure]]) -> None:
    """Add parts of home's headline."""
    _figures[key] = source


def register_panel(panel: Panel) -> None:
    """Add a panel to home."""
    _panels[panel.key] = panel


def register_search(source: SearchSource) -> None:
    """Add something that the palette finds."""
    _searches[source.title] = source


def entries() -> list[Entry]:
    """All places, in order."""
    return sorted(_entries.values(), key=lambda entry: entry.position)


def places(path: str, marks: Marks) -> list[Place]:
    """The rail as it stands on the page at `path`."""
    found = []
    for entry in entries():
        url = reverse(entry.url_name)
        current = path == url if entry.key == "home" else path.startswith((url, *entry.also))
        found.append(Place(entry, url, current, marks.counts.get(entry.key, 0)))
    return found


def marks(request: HttpRequest) -> Marks:
    """The frame's marks for the request's subject."""
    subject: Subject = getattr(request, "subject", NOBODY)
    return _marks[0](request) if _marks and subject.companies else Marks()


def duties(request: HttpRequest) -> list[Duty]:
    """All that waits for the signed-in person, each thing once, failed first, then the longest waiting."""
    every = [duty for source in _duties.values() for duty in source(request)]
    once: dict[object, Duty] = {}
    for place, duty in enumerate(every):
        once.setdefault(duty.about or place, duty)
    found = list(once.values())
    rank = {"failed": 0, "warning": 1}
    return sorted(found, key=lambda duty: (rank.get(duty.kind, 2), duty.since.timestamp() if duty.since else 0))


def figures(request: HttpRequest) -> list[Figure]:
    """Home's headline."""
    return [figure for source in _figures.values() for figure in source(request)]


def panels() -> list[Panel]:
    """Home's panels, in order."""
    return sorted(_panels.values(), key=lambda panel: panel.position)


def searches() -> list[SearchSource]:
    """All search sources, in order."""
    return sorted(_searches.values(), key=lambda source: source.position)
