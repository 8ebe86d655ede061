"""The pages in a real browser: light, led by keys, and with calm live parts."""

import pytest
from django.urls import reverse
from playwright.sync_api import Browser

from sync.triage.models import Parked
from tests.characters import Character
from tests.portal.ui.browser import visit
from tests.portal.ui.world import lived
from tests.story import Story
from tests.sync.flow.tracks import Track

pytestmark = pytest.mark.browser


@pytest.fixture
def laid(site: str, story: Story) -> Track:
    """A case with everything that its page can show."""
    return lived(story)


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
