"""The practice Azure DevOps for its tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync.sandbox.azuredevops.site import Site, standing


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A fresh practice Azure DevOps."""
    with standing(tmp_path) as made:
        yield made
