"""A browser and a site for it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from tests.portal.ui.browser import chromium

PLAIN = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for a file."""
    with chromium() as started:
        yield started


@pytest.fixture
def site(live_server: LiveServer, settings: Settings) -> str:
    """The address of the site, with the static files of the tree, whatever was collected before."""
    settings.STORAGES = {**settings.STORAGES, "staticfiles": PLAIN}
    return str(live_server.url)
