"""The rules of the look that a machine can hold: no inline style, small script, known icons and states."""

import gzip
import re
from pathlib import Path

import pytest

from portal.ui import icons, states
from portal.ui.faces import STEP

ROOT = Path(__file__).resolve().parents[3]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
CSS = ROOT / "static" / "css"
INLINE = re.compile(r"""\sstyle\s*=|<style|\son[a-z]+\s*=\s*["']|<script(?![^>]*\ssrc=)|javascript:|hx-on""", re.I)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_has_no_inline_style_or_script(template: Path) -> None:
    assert not INLINE.search(template.read_text())


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_names_only_icons_that_are_drawn(template: Path) -> None:
    named = set(re.findall(r'{% icon "([^"]+)"', template.read_text()))
    assert named <= set(icons.PATHS)


def test_our_own_scripts_travel_in_eight_kilobytes_together() -> None:
    scripts = sorted((ROOT / "static" / "js").glob("*.js"))
    assert sum(len(gzip.compress(path.read_bytes())) for path in scripts) <= 8000


def test_every_state_is_drawn_coloured_and_worded() -> None:
    styles = (CSS / "components.css").read_text()
    for kind in states.KINDS:
        assert f".is-{kind} " in styles
        assert kind in icons.PATHS
    assert all(look.word and look.kind in states.KINDS for look in states.LOOKS.values())


def test_every_company_colour_has_a_class() -> None:
    tokens = (CSS / "tokens.css").read_text()
    assert all(f".hue-{hue} " in tokens for hue in range(0, 360, STEP))


def test_styles_load_nothing_from_elsewhere() -> None:
    assert not any(re.search(r"url\(|@import|https?:", path.read_text()) for path in CSS.glob("*.css"))
