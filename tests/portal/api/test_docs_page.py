"""The API's own pages in a real browser, under the site's strict policy and from this site alone."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Request
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from tests.portal.ui.browser import chromium

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for this file."""
    with chromium() as started:
        yield started


def test_the_documents_pages_work_under_the_strict_policy(
    browser: Browser, live_server: LiveServer, settings: Settings
) -> None:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    said: list[str] = []
    hosts: set[str | None] = set()

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            said.append(message.text)

    def asked(request: Request) -> None:
        hosts.add(urlsplit(request.url).hostname)

    page = browser.new_page()
    page.on("console", note)
    page.on("request", asked)
    page.goto(f"{live_server.url}/api/docs/")
    page.wait_for_selector(".opblock", timeout=20_000)
    # of a long list only what one looks at is drawn
    seen: set[str] = set()
    for _ in range(200):
        seen.update(page.locator(".opblock-tag").all_inner_texts())
        if len(seen) >= 25:
            break
        page.mouse.wheel(0, 500)
        page.wait_for_timeout(50)
    assert len(seen) >= 25
    page.locator(".opblock-summary-control").first.click()
    page.wait_for_selector(".opblock-body")
    assert hosts == {urlsplit(live_server.url).hostname}
    assert said == []
    page.close()
