"""How the picture is drawn: text that fits and stays text, colours, arrows, and pairs of companies."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.landscape.colours import oklch
from governance.landscape.drawing import Cable, House, Picture, Tile, drawn
from governance.landscape.layout import Group, Wire, arranged
from governance.landscape.lettering import clean, fitted, number, width
from portal.ui.icons import PATHS

SVG = "{http://www.w3.org/2000/svg}"
TEXTS = st.text(st.characters(), min_size=1, max_size=60)


def picture(name: str = "Desk", *, sends: bool = True, returns: bool = False, href: str = "/there/") -> Picture:
    """Two companies with one connection; every text is `name`."""
    groups, wires = [Group(1, (1,), True), Group(2, (2,))], [Wire(1, 1, 2)]
    tile = Tile(name, name, "ok", name, href, name)
    return Picture(
        title=name,
        description=name,
        layout=arranged(groups, wires),
        houses={1: House(name, 195), 2: House(name, 45)},
        tiles={1: tile, 2: tile},
        cables={1: Cable("ok", name, ("12", "3"), sends, returns, href, name)},
    )


def read(svg: str) -> ElementTree.Element:
    """An SVG as XML."""
    return ElementTree.fromstring(svg)  # noqa: S314 - our own drawing


@given(TEXTS, st.booleans())
def test_whatever_a_name_holds_the_drawing_is_xml_with_the_same_elements(name: str, alone: bool) -> None:
    made = read(drawn(picture(name), PATHS, alone=alone))
    plain = read(drawn(picture(), PATHS, alone=alone))
    assert [part.tag for part in made.iter()] == [part.tag for part in plain.iter()]
    assert made.findtext(f"{SVG}title") == clean(name)


@given(TEXTS)
def test_a_text_is_cut_to_its_room_and_says_so(text: str) -> None:
    shown = fitted(text, 120, 13)
    assert width(shown, 13) <= 120
    assert shown == clean(text) or shown.endswith("…")


def test_the_same_picture_is_drawn_the_same_byte_for_byte() -> None:
    assert drawn(picture(), PATHS) == drawn(picture(), PATHS)


@pytest.mark.parametrize(("sends", "returns", "heads"), [(True, True, 2), (True, False, 1), (False, False, 0)])
def test_an_arrow_points_to_where_something_arrives(sends: bool, returns: bool, heads: int) -> None:
    made = read(drawn(picture(sends=sends, returns=returns), PATHS))
    assert len([path for path in made.iter(f"{SVG}path") if path.get("class") == "map-head"]) == heads


def test_on_a_page_every_system_and_connection_is_a_link_that_tells_all_of_it() -> None:
    made = read(drawn(picture("Desk to Board"), PATHS))
    links = list(made.iter(f"{SVG}a"))
    assert [link.get("aria-label") for link in links] == ["Desk to Board"] * 3


def test_what_has_no_address_is_no_link() -> None:
    assert not list(read(drawn(picture(href=""), PATHS)).iter(f"{SVG}a"))


@pytest.mark.parametrize(
    ("colour", "code"),
    [((1, 0, 0), "#ffffff"), ((0, 0, 0), "#000000"), ((0.627955, 0.257683, 29.2339), "#ff0000")],
)
def test_oklch_becomes_the_srgb_that_browsers_show(colour: tuple[float, float, float], code: str) -> None:
    assert oklch(*colour) == code


@pytest.mark.parametrize(("count", "shown"), [(0, "0"), (950, "950"), (1250, "1.2k"), (34_000, "34k")])
def test_large_counts_stay_short(count: int, shown: str) -> None:
    assert number(count) == shown
