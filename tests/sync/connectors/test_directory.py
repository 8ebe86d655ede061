"""docs/connectors.md says what the connectors declare."""

from portal.embedded.place import ROOT
from sync.connectors.directory import page
from sync.flow.webhooks import NoVault


def test_the_page_of_trackers_is_up_to_date() -> None:
    assert (ROOT / "docs" / "connectors.md").read_text() == page(NoVault()), "run `make connectors`"
