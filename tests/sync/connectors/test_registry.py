"""The registry: every tracker leads to a connector, and none is imported before it is asked for."""

import subprocess
import sys

import httpx
import pytest

from portal.core.errors import BadInput
from sync.connectors import registry
from sync.connectors.base import Account, Basic
from tests.sync.connectors.zendesk.desk import Drawer


def account(**settings: str) -> Account:
    return Account("https://acme.example", Drawer(Basic("a@example.org", "t")), settings)


@pytest.mark.parametrize("kind", [one.kind for one in registry.TRACKERS])
def test_every_tracker_makes_its_connector(kind: str) -> None:
    settings = registry.tracker(kind).settings
    needed = {one.key: one.example or "INF" for one in settings if one.required or one.long}
    with httpx.Client() as client:
        made = registry.connector(kind, account(**needed), client)
    assert made.capabilities.history


def test_an_unknown_tracker_is_bad_input_that_names_the_known_ones() -> None:
    with pytest.raises(BadInput, match="zendesk"):
        registry.tracker("abacus")


def test_zendesk_offers_oauth_first_as_its_tokens_end() -> None:
    assert registry.tracker("zendesk").credentials[0] is registry.CredentialKind.OAUTH


def test_connectors_are_imported_when_first_asked_for() -> None:
    code = "import sys, sync.connectors.registry; print([m for m in sys.modules if 'connectors.zendesk' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
