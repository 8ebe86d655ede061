"""The picture as SVG text: with classes for a page, or with its own colours as a file that stands alone; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

from governance.landscape import colours
from governance.landscape.layout import LOOP, SYSTEM_H, Layout, Rect, Route
from governance.landscape.lettering import clean, fitted

SVG = "http://www.w3.org/2000/svg"
FONT = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'Liberation Sans', sans-serif"
BIG, SMALL = 13, 12
#: half the height of an arrow's head
HEAD = 5
#: colours of a file by class: what is filled and what is stroked; "state" and "company" stand for the part's own
PAINT: dict[str, dict[str, str]] = {
    "map-company": {"fill": "company-soft", "stroke": "company"},
    "map-company-name": {"fill": "company", "font-weight": "600"},
    "map-system": {"fill": "paper", "stroke": "line"},
    "map-name": {"fill": "ink", "font-weight": "600"},
    "map-detail": {"fill": "ink-2"},
    "map-wire": {"fill": "none", "stroke": "state", "stroke-width": "2"},
    "map-head": {"fill": "state"},
    "map-label": {"fill": "state-soft", "stroke": "state"},
    "map-word": {"fill": "state", "font-weight": "600"},
    "map-icon": {"fill": "none", "stroke": "state", "stroke-width": "1.5"},
}
#: how a wire is stroked beside its colour
DASHES = {"waiting": "6 4", "paused": "2 4"}


@dataclass(frozen=True, slots=True)
class House:
    """A company: its name and hue in degrees."""

    name: str
    hue: int


@dataclass(frozen=True, slots=True)
class Tile:
    """A system: name, kind, and how it does (kind of state and line, "" for nothing told)."""

    name: str
    detail: str
    state: str
    word: str
    href: str
    told: str


@dataclass(frozen=True, slots=True)
class Cable:
    """A connection: how it does, its two directions, and what its label says of them."""

    state: str
    word: str
    #: envelopes from side a and from side b, or what stands there instead
    volume: tuple[str, str] | str
    sends: bool
    returns: bool
    href: str
    told: str


@dataclass(frozen=True, slots=True)
class Picture:
    """All that is drawn: parts by the key under which the layout places them."""

    title: str
    description: str
    layout: Layout
    houses: Mapping[int, House]
    tiles: Mapping[int, Tile]
    cables: Mapping[int, Cable]


class Pen:
    """Makes the elements; `alone` says whether the drawing brings its colours and is no part of a page."""

    def __init__(self, icons: Mapping[str, str], *, alone: bool) -> None:
        self.icons, self.alone = icons, alone
        self.state, self.hue = "paused", 0

    def add(self, parent: Element, tag: str, name: str = "", **attributes: object) -> Element:
        """One element of the class `name`."""
        given = {key.replace("_", "-"): str(value) for key, value in attributes.items()}
        if name and self.alone:
            given |= {key: self.colour(value) for key, value in PAINT.get(name, {}).items()}
        elif name:
            given["class"] = name
        return SubElement(parent, tag, given)

    def colour(self, value: str) -> str:
        """A value of PAINT for the part that is being drawn."""
        if value in {"company", "company-soft"}:
            return colours.company(self.hue)[value == "company-soft"]
        named = value.replace("state", self.state)
        return colours.token(named) if named in colours.TOKENS else value

    def text(self, parent: Element, words: str, name: str, *, x: int, y: int, room: int, size: int = SMALL) -> None:
        """One line of text that takes at most `room` pixels."""
        self.add(parent, "text", name, x=x, y=y, font_size=size).text = fitted(words, room, size)

    def icon(self, parent: Element, kind: str, *, x: int, y: int) -> None:
        """A state's icon, 12 pixels wide."""
        place = self.add(parent, "g", transform=f"translate({x} {y}) scale(.75)")
        path = self.add(place, "path", "map-icon", d=self.icons[kind])
        path.set("stroke-linecap", "round")
        path.set("stroke-linejoin", "round")

    def part(self, parent: Element, told: str, href: str) -> Element:
        """What belongs together: a link on a page, else a group; named by what is told of it."""
        linked = bool(href) and not self.alone
        place = self.add(parent, "a" if linked else "g", "map-part")
        if linked:
            place.set("href", href)
            place.set("aria-label", clean(told))
        self.add(place, "title").text = clean(told)
        return place


def drawn(picture: Picture, icons: Mapping[str, str], *, alone: bool = False, name: str = "landscape") -> str:
    """The SVG. `icons` are paths by kind of state in a square of 16; `name` begins the ids of title and description.

    1. companies lie lowest; 2. wires over them; 3. names and systems; 4. labels on top, each with its wire's link.
    """
    pen = Pen(icons, alone=alone)
    layout = picture.layout
    root = Element(
        "svg",
        {
            "xmlns": SVG,
            "viewBox": f"0 0 {layout.width} {layout.height}",
            "width": str(layout.width),
            "height": str(layout.height),
            "role": "img" if alone else "group",
            "aria-labelledby": f"{name}-name {name}-told",
            "font-family": FONT,
        },
    )
    pen.add(root, "title", id=f"{name}-name").text = clean(picture.title)
    pen.add(root, "desc", id=f"{name}-told").text = clean(picture.description)
    if alone:
        pen.add(root, "rect", width="100%", height="100%", fill=colours.token("paper"))
    for key, box in layout.groups.items():
        ground(pen, root, picture.houses[key], box)
    wires = pen.add(root, "g", aria_hidden="true")
    for key, route in layout.wires.items():
        wire(pen, wires, picture.cables[key], route)
    for key, box in layout.groups.items():
        sign(pen, root, picture.houses[key], box)
    for key, box in layout.systems.items():
        system(pen, root, picture.tiles[key], box)
    for key, route in layout.wires.items():
        label(pen, root, picture.cables[key], route)
    return tostring(root, encoding="unicode")


def ground(pen: Pen, root: Element, house: House, box: Rect) -> None:
    """A company's box."""
    pen.hue = house.hue
    place = pen.add(root, "g", f"hue-{house.hue}")
    pen.add(place, "rect", "map-company", x=box.x, y=box.y, width=box.w, height=box.h, rx=8)


def sign(pen: Pen, root: Element, house: House, box: Rect) -> None:
    """A company's name; none where its only system bears it."""
    if house.name:
        pen.hue = house.hue
        place = pen.add(root, "g", f"hue-{house.hue}")
        pen.text(place, house.name, "map-company-name", x=box.x + 14, y=box.y + 23, room=box.w - 28, size=BIG)


def system(pen: Pen, root: Element, tile: Tile, box: Rect) -> None:
    """A system's box: name, kind, state; in a low one the state takes the kind's place."""
    pen.state = tile.state or "paused"
    place = pen.part(root, tile.told, tile.href)
    pen.add(place, "rect", "map-system", x=box.x, y=box.y, width=box.w, height=box.h, rx=5)
    low = box.h < SYSTEM_H
    top = box.y if low else box.y + min(4, (box.h - SYSTEM_H) // 2)
    pen.text(place, tile.name, "map-name", x=box.x + 10, y=top + 19, room=box.w - 20, size=BIG)
    if not (low and tile.state):
        pen.text(place, tile.detail, "map-detail", x=box.x + 10, y=top + 34, room=box.w - 20)
    if tile.state:
        down = 24 if low else 39
        state = pen.add(place, "g", f"is-{tile.state}")
        pen.icon(state, tile.state, x=box.x + 10, y=top + down)
        pen.text(state, tile.word, "map-word", x=box.x + 26, y=top + down + 10, room=box.w - 36)


def wire(pen: Pen, place: Element, cable: Cable, route: Route) -> None:
    """A connection's line, with a head where something arrives."""
    pen.state = cable.state
    group = pen.add(place, "g", f"is-{cable.state}")
    line = pen.add(group, "path", "map-wire", d=path_of(route))
    dashes = DASHES.get(cable.state, "" if cable.sends or cable.returns else "6 4")
    if dashes:
        line.set("stroke-dasharray", dashes)
    for arrives, (x, y), face in ((cable.returns, route.a, route.a_face), (cable.sends, route.b, route.b_face)):
        if arrives:
            back = x + face * 2 * HEAD
            pen.add(group, "path", "map-head", d=f"M{x} {y}L{back} {y - HEAD}V{y + HEAD}Z")


def path_of(route: Route) -> str:
    """A wire as path data: straight, bent, straight."""
    (ax, ay), (bx, by) = route.a, route.b
    if route.upright:
        far = route.a_turn + LOOP * route.a_face
        first, second = far, far
    else:
        first = second = (route.a_turn + route.b_turn) // 2
    return f"M{ax} {ay}H{route.a_turn}C{first} {ay} {second} {by} {route.b_turn} {by}H{bx}"


def label(pen: Pen, root: Element, cable: Cable, route: Route) -> None:
    """A connection's label on its line: icon and word, and the volume each way."""
    pen.state = cable.state
    box = route.label
    place = pen.part(root, cable.told, cable.href)
    group = pen.add(place, "g", f"is-{cable.state}")
    pen.add(group, "rect", "map-label", x=box.x, y=box.y, width=box.w, height=box.h, rx=6)
    pen.icon(group, cable.state, x=box.x + 7, y=box.y + 4)
    pen.text(group, cable.word, "map-word", x=box.x + 23, y=box.y + 15, room=box.w - 29)
    pen.text(place, volume(cable, route), "map-detail", x=box.x + 8, y=box.y + 29, room=box.w - 14)


def volume(cable: Cable, route: Route) -> str:
    """A label's second line: what goes right (or down) stands first."""
    if isinstance(cable.volume, str):
        return cable.volume
    first, second = cable.volume if route.a_first else cable.volume[::-1]
    onward, back = ("↓", "↑") if route.upright else ("→", "←")
    return f"{onward} {first}  {back} {second} today"
