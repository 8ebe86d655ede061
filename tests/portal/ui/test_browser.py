"""The pages in a real browser: no accessibility finding, no complaint of the policy, keys, and calm live parts."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Browser
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from sync.triage.models import Parked
from tests.characters import Character
from tests.portal.ui.browser import chromium, visit
from tests.story import Story
from tests.sync.flow.tracks import Track, stream, track

pytestmark = pytest.mark.browser
#: widths of a projector, a laptop, and a phone
WIDTHS = (1280, 900, 390)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for this file."""
    with chromium() as started:
        yield started


PLAIN = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


@pytest.fixture
def site(live_server: LiveServer, settings: Settings) -> str:
    """The address of the site, with the static files of the tree, whatever was collected before."""
    settings.STORAGES = {**settings.STORAGES, "staticfiles": PLAIN}
    return str(live_server.url)


@pytest.fixture
def laid(site: str, story: Story) -> Track:
    """A case with everything that its page can show."""
    stream(story.desk)
    made = track(story)
    made.agree("title", "Checkout fails")
    made.agree("status", "in progress")
    made.change("priority", "urgent", old="normal", ago=60)
    made.write(made.envelope("a", {"title": "Checkout fails", "priority": "P1"}, ago=58))
    made.envelope("b", {"status": "solved"}, ago=30)
    made.change("comment", "Flight risk.", private=True, disposition="filtered", ago=20)
    made.withhold("labels", "Your access matrix gives the partner no read on it.")
    made.hold(story.board)
    made.park()
    track(story, number=2, dirty=True).park()
    return made


def addresses(made: Track) -> list[str]:
    """Every page of the portal's and the sync floor's own."""
    case = reverse("case", args=[made.case.uid])
    return [
        "/", "/cases/", "/cases/?q=nothing", case, f"{case}?tab=history", f"{case}?tab=access", "/triage/",
        "/account/", "/search/?q=cas", "/cases/00000000-0000-0000-0000-000000000000/",
    ]  # fmt: skip


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_no_page_has_an_accessibility_finding_or_breaks_the_policy(
    browser: Browser, site: str, ada: Character, laid: Track, dark: bool
) -> None:
    seen = visit(browser, site, ada, dark=dark)
    for address in addresses(laid):
        page = seen.go(address)
        results = Axe().run(page)
        assert results.violations_count == 0, f"{address}: {results.generate_report()}"
    assert [text for text in seen.complaints if "404" not in text] == []


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_is_wider_than_its_window(
    browser: Browser, site: str, ada: Character, laid: Track, width: int
) -> None:
    seen = visit(browser, site, ada, width=width)
    for address in addresses(laid):
        page = seen.go(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_a_page_is_light_and_takes_at_most_ten_requests(
    browser: Browser, site: str, ada: Character, laid: Track
) -> None:
    seen = visit(browser, site, ada)
    sizes: list[int] = []
    seen.page.on("response", lambda answer: sizes.append(len(answer.body())))
    seen.page.goto(site + reverse("case", args=[laid.case.uid]), wait_until="networkidle")
    assert len(sizes) <= 10
    assert sum(sizes) < 300_000


def test_the_palette_opens_by_key_finds_a_case_and_goes_there(
    browser: Browser, site: str, ada: Character, laid: Track
) -> None:
    page = visit(browser, site, ada).page
    page.keyboard.press("/")
    page.keyboard.type("B-1")
    page.wait_for_selector("#palette .hit:has-text('B-1')")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site}{reverse('case', args=[laid.case.uid])}")


def test_keys_walk_a_list_open_a_row_and_skip_in_triage(
    browser: Browser, site: str, ada: Character, laid: Track
) -> None:
    page = visit(browser, site, ada).go("/triage/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("s")
    page.keyboard.type("Agreed with the customer")
    page.keyboard.press("Enter")
    page.wait_for_selector(".note:has-text('Skipped')")
    assert Parked.objects.filter(state="skipped").count() == 1
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url(f"{site}/cases/")


def test_the_keys_are_listed_on_question_mark(browser: Browser, site: str, ada: Character) -> None:
    page = visit(browser, site, ada).page
    page.keyboard.press("?")
    assert page.is_visible("#keys")
    page.keyboard.press("Escape")
    assert not page.is_visible("#keys")


def test_a_chosen_theme_stays_on_the_next_page(browser: Browser, site: str, ada: Character) -> None:
    seen = visit(browser, site, ada)
    seen.page.click("summary.who")
    seen.page.click("[data-set-theme=dark]")
    page = seen.go("/cases/")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


def test_a_live_part_brings_news_by_itself_but_waits_while_it_is_read(
    browser: Browser, site: str, ada: Character, laid: Track
) -> None:
    page = visit(browser, site, ada).go(reverse("case", args=[laid.case.uid]))
    laid.change("priority", "low", old="urgent", actor="Newcomer", ago=1)
    page.wait_for_selector(".event:has-text('Newcomer')", timeout=12_000)
    page.hover(".timeline")
    laid.change("priority", "high", old="low", actor="Latecomer", ago=1)
    page.wait_for_selector("button.held:visible", timeout=12_000)
    assert page.locator(".event:has-text('Latecomer')").count() == 0
    page.click("button.held:visible")
    page.wait_for_selector(".event:has-text('Latecomer')")
