"""The landscape in a real browser: it zooms by key and button, and scrolls in its own box."""

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page

from tests.characters import Character
from tests.portal.ui.browser import visit
from tests.story import Story

pytestmark = pytest.mark.browser
WIDTH = "document.querySelector('#landscape-box svg').getBoundingClientRect().width"


@pytest.fixture
def landscape(browser: Browser, site: str, ada: Character, story: Story) -> Page:
    """The page."""
    return visit(browser, site, ada).go(reverse("landscape"))


def test_the_picture_zooms_by_key_and_by_button_and_fits_again(landscape: Page) -> None:
    before = landscape.evaluate(WIDTH)
    landscape.focus("#landscape-box")
    landscape.keyboard.press("+")
    assert landscape.evaluate(WIDTH) > before * 1.2
    landscape.click("[data-zoom=in]")
    assert landscape.evaluate(WIDTH) > before * 1.5
    landscape.focus("#landscape-box")
    landscape.keyboard.press("0")
    box = landscape.evaluate("document.querySelector('#landscape-box').clientWidth")
    assert landscape.evaluate(WIDTH) <= box


def test_a_drag_moves_the_zoomed_picture_and_opens_nothing(landscape: Page) -> None:
    landscape.set_viewport_size({"width": 390, "height": 844})
    address = landscape.url
    landscape.locator("#landscape-box").scroll_into_view_if_needed()
    landscape.locator("#landscape-box .map-part rect").first.hover()
    landscape.mouse.down()
    landscape.mouse.move(20, 400, steps=5)
    landscape.mouse.up()
    assert landscape.evaluate("document.querySelector('#landscape-box').scrollLeft") > 0
    assert landscape.url == address


def test_on_a_phone_the_tables_stand_first_and_the_page_does_not_grow_wider(landscape: Page) -> None:
    landscape.set_viewport_size({"width": 390, "height": 844})
    tops = (
        "[...document.querySelectorAll('#connections-title, #picture-title')].map(e => e.getBoundingClientRect().y)"
    )
    picture, table = landscape.evaluate(tops)
    assert table < picture
    assert landscape.evaluate("document.documentElement.scrollWidth") <= 390
