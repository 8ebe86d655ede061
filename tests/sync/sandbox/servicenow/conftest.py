"""The practice ServiceNow for its tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync.sandbox.servicenow.site import Site, standing


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A fresh practice ServiceNow."""
    with standing(tmp_path) as made:
        yield made
