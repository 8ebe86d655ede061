"""A term's path as SVG text, for a page: each way a row, from one system's field over the term to another's; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, tostring

from governance.landscape.drawing import BIG, FONT, HEAD, SVG, Pen
from governance.landscape.lettering import clean

#: columns: systems at both ends, rules beside them, the term in the middle
END_W, RULE_W, TERM_W, GAP = 190, 128, 140, 34
ROW, BOX_H, RULE_H, TOP = 84, 58, 40, 12
WIDTH = 2 * (END_W + RULE_W) + TERM_W + 4 * GAP
LEFT_RULE = END_W + GAP
TERM_X = LEFT_RULE + RULE_W + GAP
RIGHT_RULE = TERM_X + TERM_W + GAP
RIGHT_END = RIGHT_RULE + RULE_W + GAP


@dataclass(frozen=True, slots=True)
class End:
    """A system's box: its name, the field (or that it is not told), the company's hue in degrees."""

    name: str
    field: str
    hue: int
    href: str
    told: str


@dataclass(frozen=True, slots=True)
class Pill:
    """A rule between field and term: the version and what it does; `state` is a kind of state."""

    word: str
    detail: str
    state: str
    href: str
    told: str


@dataclass(frozen=True, slots=True)
class Way:
    """One row."""

    left: End
    out: Pill
    into: Pill
    right: End


def drawn(term: str, told: str, ways: Sequence[Way], icons: Mapping[str, str]) -> str:
    """The SVG. `icons` are paths by kind of state; the term stands once, as high as all its ways."""
    pen = Pen(icons, alone=False)
    height = max(1, len(ways)) * ROW + TOP
    # a pixel more on each side, for half of a stroke lies outside its box
    attributes = {"viewBox": f"-1 0 {WIDTH + 2} {height}", "width": str(WIDTH + 2), "height": str(height)}
    root = Element(
        "svg",
        {"xmlns": SVG, **attributes, "role": "group", "aria-labelledby": "path-name path-told", "font-family": FONT},
    )
    pen.add(root, "title", id="path-name").text = clean(term)
    pen.add(root, "desc", id="path-told").text = clean(told)
    wires = pen.add(root, "g", aria_hidden="true")
    for row, way in enumerate(ways):
        y = TOP + row * ROW
        lines(pen, wires, way, y)
        end(pen, root, way.left, 0, y)
        end(pen, root, way.right, RIGHT_END, y)
        pill(pen, root, way.out, LEFT_RULE, y)
        pill(pen, root, way.into, RIGHT_RULE, y)
    pen.add(root, "rect", "map-system", x=TERM_X, y=TOP, width=TERM_W, height=height - TOP - (ROW - BOX_H), rx=8)
    middle = TOP + (height - TOP - (ROW - BOX_H)) // 2
    pen.text(root, term, "map-name", x=TERM_X + 12, y=middle + 5, room=TERM_W - 24, size=BIG)
    return tostring(root, encoding="unicode")


def lines(pen: Pen, place: Element, way: Way, y: int) -> None:
    """The four pieces of a row's line; each half in the state of its rule, with a head at the far end."""
    middle = y + BOX_H // 2
    halves = (
        (way.out, ((END_W, LEFT_RULE), (LEFT_RULE + RULE_W, TERM_X))),
        (way.into, ((TERM_X + TERM_W, RIGHT_RULE), (RIGHT_RULE + RULE_W, RIGHT_END))),
    )
    for rule, pieces in halves:
        group = pen.add(place, "g", f"is-{rule.state}")
        for start, stop in pieces:
            line = pen.add(group, "path", "map-wire", d=f"M{start} {middle}H{stop}")
            if rule.state != "ok":
                line.set("stroke-dasharray", "2 4")
        far = pieces[1][1]
        if rule.state == "ok":
            pen.add(
                group,
                "path",
                "map-head",
                d=f"M{far} {middle}L{far - 2 * HEAD} {middle - HEAD}V{middle + HEAD}Z",
            )


def end(pen: Pen, root: Element, box: End, x: int, y: int) -> None:
    """A system and its field."""
    group = pen.add(pen.part(root, box.told, box.href), "g", f"hue-{box.hue}")
    pen.add(group, "rect", "map-company", x=x, y=y, width=END_W, height=BOX_H, rx=6)
    pen.text(group, box.name, "map-company-name", x=x + 12, y=y + 24, room=END_W - 24, size=BIG)
    pen.text(group, box.field, "map-detail", x=x + 12, y=y + 43, room=END_W - 24)


def pill(pen: Pen, root: Element, rule: Pill, x: int, y: int) -> None:
    """A rule."""
    top = y + (BOX_H - RULE_H) // 2
    group = pen.add(pen.part(root, rule.told, rule.href), "g", f"is-{rule.state}")
    pen.add(group, "rect", "map-label", x=x, y=top, width=RULE_W, height=RULE_H, rx=6)
    pen.icon(group, rule.state, x=x + 7, y=top + 5)
    pen.text(group, rule.word, "map-word", x=x + 23, y=top + 16, room=RULE_W - 29)
    pen.text(group, rule.detail, "map-detail", x=x + 8, y=top + 32, room=RULE_W - 14)
