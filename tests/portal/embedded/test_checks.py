"""Each thing that can be wrong with the machine is told in one sentence with its remedy."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.core.errors import Misconfigured
from portal.embedded.checks import HOST, check_disk, check_port, check_writable, free_port, hold, port_number


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_port_in_use_is_told_with_its_remedy(taken: int) -> None:
    with pytest.raises(Misconfigured, match=rf"Port {taken} \(the site\) is in use .* make demo PORT=8001"):
        check_port(taken, what="the site", remedy="Take another: make demo PORT=8001.")


def test_a_free_port_is_fine() -> None:
    check_port(free_port(), what="the site", remedy="")


@pytest.mark.parametrize("text", ["", "abc", "0", "65536", "-1", "80.5"])
def test_what_is_no_port_number_is_refused(text: str) -> None:
    with pytest.raises(Misconfigured, match=r"PORT is .* from 1 to 65535"):
        port_number(text, name="PORT")


def test_too_little_disk_is_told(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"Only \d+ MB are free .* Free at least"):
        check_disk(tmp_path, least=2**60)


def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Misconfigured, match="cannot be written"):
        check_writable(tmp_path / "file" / "var")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_of_another_account_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(Misconfigured, match="cannot be written"):
        check_writable(tmp_path / "var")


def test_one_process_holds_a_lock_at_a_time(tmp_path: Path) -> None:
    first = hold(tmp_path / "lock")
    assert first is not None
    assert hold(tmp_path / "lock") is None
    first.close()
    again = hold(tmp_path / "lock")
    assert again is not None
    again.close()
