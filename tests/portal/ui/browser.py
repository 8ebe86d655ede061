"""A real Chromium for tests of pages; they skip loudly where there is none."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.characters import Character
from tests.factories import PASSWORD

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def found() -> str:
    """The path of a Chromium, or skip the test with a loud reason."""
    named = os.environ.get("CONCORD_CHROMIUM", "")
    path = named or next((place for name in NAMES if (place := shutil.which(name))), "")
    if not path:
        pytest.skip(
            f"NO CHROMIUM: none of {', '.join(NAMES)} is installed and CONCORD_CHROMIUM names none. "
            "The pages are NOT tested in a browser."
        )
    return path


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser; Django's guard against synchronous calls is off meanwhile, because Playwright keeps a loop."""
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    path = found()
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
            yield browser
            browser.close()
    finally:
        os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")
        if before is not None:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@dataclass
class Visit:
    """A signed-in page of a browser, and everything that its console complained about."""

    page: Page
    site: str
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        """Open one address of the site."""
        self.page.goto(f"{self.site}{path}")
        return self.page

    def heard(self, message: ConsoleMessage) -> None:
        """Keep errors and warnings of the console."""
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


def visit(browser: Browser, site: str, who: Character, *, width: int = 1280, dark: bool = False) -> Visit:
    """Somebody signed in through the sign-in page."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light")
    made = Visit(context.new_page(), site)
    made.page.on("console", made.heard)
    made.go("/sign-in/")
    made.page.fill("[name=username]", who.user.email)
    made.page.fill("[name=password]", PASSWORD)
    made.page.click("main button")
    made.page.wait_for_url(f"{site}/")
    return made
