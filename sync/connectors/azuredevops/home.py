"""One project of one organisation: its wire, what is asked once and kept, and what was seen of each item."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from portal.core.errors import Missing, Unavailable
from sync.connectors.azuredevops import bodies, marker
from sync.connectors.azuredevops.answers import record, records, text, whole
from sync.connectors.azuredevops.fields import AREA, ITERATION, STATE, TAGS, Shape, ours, shape
from sync.connectors.azuredevops.gate import Gate
from sync.connectors.wire import Json

VERSION = {"api-version": "7.1"}
#: comments are a preview in every version so far
PREVIEW = {"api-version": "7.1-preview.4"}
#: items whose revision is kept for the next write
REMEMBERED = 5_000
#: updates in one answer
PAGE = 200


@dataclass(frozen=True, slots=True)
class Seen:
    """What a write must know of an item: its revision, and what a change would otherwise wipe out."""

    rev: int
    kind: str
    state: str
    our_tags: tuple[str, ...]
    filled: frozenset[str]
    formats: Mapping[str, str]


@dataclass(slots=True)
class Home:
    """Where a connector works. `site` is the organisation's address, `project` a project's name or GUID."""

    wire: Gate
    site: str
    project: str
    settings: Mapping[str, str]
    seen: dict[str, Seen] = field(default_factory=dict)
    _project: Json = field(default_factory=dict)
    _kinds: dict[str, Json] = field(default_factory=dict)
    _shapes: dict[str, dict[str, Shape]] = field(default_factory=dict)

    def path(self, rest: str) -> str:
        """An address of work item tracking in the project."""
        return f"{quote(self.project, safe='')}/_apis/wit/{rest}"

    def get(self, rest: str, **params: str | int) -> Json:
        """GET an address of work item tracking in the project."""
        return self.wire.json("GET", self.path(rest), params={**VERSION, **params})

    @property
    def marker_field(self) -> str:
        """The reference name of the field that keeps our key, "" where a tag and a hyperlink do."""
        return self.settings.get("marker_field", "")

    @property
    def as_html(self) -> bool:
        """Whether comments are written as HTML, for a server that knows no Markdown in them."""
        return self.settings.get("html_comments", "").casefold() == "yes"

    def page(self, number: str) -> str:
        """The page of a work item for people."""
        return f"{self.site.rstrip('/')}/{quote(self.project, safe='')}/_workitems/edit/{number}"

    def marked(self, key: str) -> str:
        """The page that shows people which items carry a key's tag."""
        place = f"{self.site.rstrip('/')}/{quote(self.project, safe='')}"
        return f"{place}/_search?type=workitem&text={marker.tag(key)}"

    def about(self) -> Json:
        """The project's own record, asked once: a name that changes does not lose us. Raises Missing."""
        if not self._project:
            place = f"_apis/projects/{quote(self.project, safe='')}"
            self._project = self.wire.json("GET", place, params=VERSION)
        return self._project

    def is_home(self, name: str) -> bool:
        """Whether a project's name is ours."""
        wanted = name.casefold()
        return wanted == self.project.casefold() or wanted == text(self.about().get("name")).casefold()

    def kinds(self) -> Mapping[str, Json]:
        """The project's kinds of work item by name. Raises Missing for no such project."""
        if not self._kinds:
            rows = records(self.get("workitemtypes").get("value"))
            self._kinds = {text(row.get("name")): row for row in rows if row.get("isDisabled") is not True}
        return self._kinds

    def kind(self, name: str) -> Json:
        """One kind. Raises Missing with the kinds there are."""
        known = self.kinds()
        if name not in known:
            there = ", ".join(known) or "none"
            raise Missing(f"The project {self.project} has no work item type {name}. It has {there}.")
        return known[name]

    def shapes(self, kind: str) -> Mapping[str, Shape]:
        """The fields of a kind that travel, with their options; asked once. A disabled kind has them too."""
        if kind not in self._shapes:
            site = {text(one.get("referenceName")): one for one in records(self.get("fields").get("value"))}
            place = f"workitemtypes/{quote(kind, safe='')}/fields"
            listed = records(self.get(place, **{"$expand": "all"}).get("value"))
            made = (shape(site.get(text(one.get("referenceName")), {}), one) for one in listed)
            self._shapes[kind] = {one.key: one for one in made if one and one.key != self.marker_field}
        return self._shapes[kind]

    def forget(self) -> None:
        """Ask again for kinds and fields: somebody looks at them, and they may have changed."""
        self._kinds, self._shapes = {}, {}

    def transitions(self, kind: str) -> tuple[tuple[str, str], ...]:
        """(from, to) of a kind's allowed changes of state, none for a disabled one; "" is before an item is there."""
        said = record(self.kinds().get(kind, {}).get("transitions"))
        pairs = ((start, text(one.get("to"))) for start, ends in said.items() for one in records(ends))
        return tuple((start, end) for start, end in pairs if end and start != end)

    def paths(self) -> dict[str, tuple[str, ...]]:
        """Area and iteration paths as fields hold them: Project\\Web\\Front."""
        answer = self.get("classificationnodes", **{"$depth": 10})
        names = {"area": AREA, "iteration": ITERATION}
        found: dict[str, tuple[str, ...]] = {}
        for root in records(answer.get("value")):
            key = names.get(text(root.get("structureType")))
            if key:
                found[key] = tuple(_paths(root, ""))
        return found

    def remember(self, item: Json) -> Seen:
        """Keep what a write must know of an item as it was just answered."""
        fields = record(item.get("fields"))
        number = text(item.get("id"))
        if not number:
            raise Unavailable("Azure DevOps' answer names no work item.", sent=True)
        seen = Seen(
            rev=whole(item.get("rev")),
            kind=text(fields.get("System.WorkItemType")),
            state=text(fields.get(STATE)),
            our_tags=ours(text(fields.get(TAGS))),
            filled=frozenset(fields),
            formats=bodies.formats(item),
        )
        if len(self.seen) >= REMEMBERED:
            self.seen.clear()
        self.seen[number] = seen
        return seen

    def item(self, number: str) -> Json:
        """A work item with its relations, remembered. Raises Missing for one that is none, gone or elsewhere."""
        if not (number.isascii() and number.isdigit()):
            raise Missing(f"Azure DevOps has no work item {number[:40]}.")
        found = self.get(f"workitems/{number}", **{"$expand": "all"})
        where = text(record(found.get("fields")).get("System.TeamProject"))
        if not self.is_home(where):
            raise Missing(
                f"The work item is in the project {where} and not in {self.project}. Move it back or unlink it."
            )
        self.remember(found)
        return found

    def known(self, number: str) -> Seen:
        """What was last seen of an item; it is read where nothing was."""
        if number not in self.seen:
            self.item(number)
        return self.seen[number]


def _paths(node: Json, above: str) -> list[str]:
    path = f"{above}\\{text(node.get('name'))}" if above else text(node.get("name"))
    return [path, *(one for child in records(node.get("children")) for one in _paths(child, path))]
