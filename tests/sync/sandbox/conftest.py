"""Practice systems for the tests of the sandbox."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.sandbox.store import Store
from sync.sandbox.zendesk.tracker import make
from tests.sync.sandbox.serving import Receiver, receiving, served
from tests.sync.sandbox.zendesk.desk import TOKEN, Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A fresh practice Zendesk on a free port, seen by its sync account."""
    practice = make(Store(tmp_path / "zendesk.sqlite3"), TOKEN)
    with served(practice) as address:
        yield Desk.at(address, practice)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A webhook address."""
    with receiving() as made:
        yield made
