"""The picture of a term's path: every way a row, every word escaped, closed ways dashed."""

from xml.etree import ElementTree as ET

from governance.terms.drawing import End, Pill, Way, drawn
from portal.ui.icons import PATHS

DESK = End("Desk", "priority", 30, "/connections/1/", "Desk, Aster: priority.")
BOARD = End("Board <b>", "its own field", 210, "/connections/1/", "Board.")
OPEN = Pill("Sends it", "v3, 4 values", "ok", "/rulebook/", "Desk sends it.")
SHUT = Pill("Does not take it", "version 2", "paused", "", "Board does not take it.")


def test_each_way_is_a_row_and_the_term_stands_once() -> None:
    svg = drawn("Priority", "Two ways.", [Way(DESK, OPEN, OPEN, BOARD), Way(BOARD, OPEN, SHUT, DESK)], PATHS)
    root = ET.fromstring(svg)  # noqa: S314 - our own text
    texts = [one.text for one in root.iter() if one.tag.endswith("text")]
    assert texts.count("Priority") == 1
    assert texts.count("Desk") == 2


def test_words_are_escaped_and_a_rule_of_the_partner_is_no_link() -> None:
    svg = drawn("Priority", "One way.", [Way(DESK, OPEN, SHUT, BOARD)], PATHS)
    assert "<b>" not in svg
    assert svg.count("<a ") == 3


def test_a_closed_half_is_dashed_and_has_no_head() -> None:
    svg = drawn("Priority", "One way.", [Way(DESK, OPEN, SHUT, BOARD)], PATHS)
    assert svg.count("stroke-dasharray") == 2
    assert svg.count("map-head") == 1
