"""Every page of the URL conf, for everybody who may open it: light and dark, on a laptop and on a phone."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.urls import resolve
from playwright.sync_api import Browser, Page

from tests.characters import Character, WalledClient
from tests.portal.ui.browser import Visit, visit
from tests.portal.ui.places import candidates, opened, readable, shape_of
from tests.portal.ui.world import World
from tests.story import Story

pytestmark = pytest.mark.browser
#: each width and each theme once; so high that the bar at a phone's bottom covers nothing
LOOKS = ((1280, "light"), (390, "dark"))
HEIGHT = 5000
#: all that axe checks by itself, and the size of targets (WCAG 2.2 AA), which it checks only when asked
RULES = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
FINDINGS = """([where, rules]) => axe.run(where, rules).then(found => found.violations.map(one =>
  `${one.id}: ${one.help}\\n` + one.nodes.map(node => `  ${node.html}\\n  ${node.failureSummary}`).join("\\n")))"""
#: readable addresses that answer machines, or with a file
NO_PAGES = {
    "healthz",
    "readyz",
    "raci-export",
    "landscape-file",
    "listing-export",
    "listing-template",
    "import-verdicts",
    "access-export",
    "integration-landscape",
    "raci-vacancies",
    "vacancies",
    "visit-back",
}
UNFOLD = "document.querySelectorAll('details:not(.menu)').forEach(part => { part.open = true; })"
OPEN_MENU = (
    "place => document.querySelectorAll('main details.menu').forEach((menu, n) => { menu.open = n === place; })"
)


@pytest.fixture
def world(story: Story, ada: Character, ben: Character) -> World:
    """Everything that there can be."""
    return World(story, ada, ben)


def new_pages(client: WalledClient, paths: list[str], known: set[str]) -> Iterator[str]:
    """The pages of a visitor that show something in a place where none before did; every named one at least once."""
    for path, html in opened(client, paths):
        shape = shape_of(html) | {name_of(path)}
        if not shape <= known:
            known |= shape
            yield path


def name_of(path: str) -> str:
    """The name of an address in the URL conf."""
    return resolve(path.partition("?")[0]).view_name


def findings(page: Page) -> Iterator[str]:
    """What is wrong with the page that is open."""
    for width, theme in LOOKS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
        page.evaluate(UNFOLD)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            yield f"at {width} px is {wide} px wide"
        yield from (f"at {width} px, {theme}: {one}" for one in page.evaluate(FINDINGS, ["html", RULES]))
    for place in range(page.locator("main details.menu").count()):
        page.evaluate(OPEN_MENU, place)
        yield from (f"with a menu open: {one}" for one in page.evaluate(FINDINGS, ["main details.menu[open]", RULES]))


def refused(page: Page) -> bool:
    """Send the page's form for something new as it is, empty; False where it has none."""
    button = page.query_selector("main form .button.primary")
    if not page.url.partition("?")[0].endswith("/new/") or button is None:
        return False
    button.click()
    page.wait_for_load_state()
    return True


def walk(seen: Visit, paths: list[str]) -> Iterator[str]:
    """Open every address; what is found, and what the browser complained of."""
    seen.page.add_init_script(AXE_SCRIPT)
    for path in paths:
        page = seen.go(path)
        page.wait_for_selector(".htmx-request", state="detached")
        yield from (f"{path} {one}" for one in findings(page))
        if refused(page):
            yield from (f"{path} when refused, {one}" for one in findings(page))
    yield from (text for text in seen.complaints if "status of 422" not in text)


@pytest.fixture
def visitors(
    ada: Character, ben: Character, cleo: Character, vic: Character, dan: Character
) -> tuple[Character, ...]:
    """Administrators of both companies, an operator, a viewer, and a stranger."""
    return ada, ben, cleo, vic, dan


def test_no_page_that_somebody_may_open_has_a_finding(
    browser: Browser, site: str, world: World, visitors: tuple[Character, ...]
) -> None:
    paths, known = readable(visitors[0].client, candidates(world.things())), set[str]()
    plan = [(who, list(new_pages(who.client, paths, known))) for who in visitors]
    for_guests = list(new_pages(WalledClient(), paths, known))
    unvisited = {name_of(path) for path in paths} - known - NO_PAGES
    assert not unvisited, (
        f"These pages are not visited: {unvisited}. Name things for them in tests/portal/ui/world.py."
    )
    wrong = [one for who, mine in plan for one in walk(visit(browser, site, who), mine)]
    wrong += walk(Visit(browser.new_context().new_page(), site), for_guests)
    assert not wrong, "\n".join(wrong)
