"""Starting a tracker that others wrote: an installed package on a free port of this machine, with data of its own."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

#: set by .ci/real, which installs the packages
SWITCH = "CONCORD_REAL"
#: seconds until a tracker must answer
START = 120.0


@dataclass(frozen=True, slots=True)
class Real:
    """A running tracker: `facts` are the tokens and numbers that its seed told."""

    url: str
    facts: Mapping[str, str]
    folder: Path


def wanted(name: str, program: str) -> None:
    """Skip, loudly, where real trackers are not asked for or the package is not there."""
    if not os.environ.get(SWITCH):
        pytest.skip(f"REAL TRACKER NOT TRIED: {name}. `make test-real` installs and starts it.")
    if not Path(program).exists() and shutil.which(program) is None:
        pytest.skip(f"REAL TRACKER NOT TRIED: {name} is not installed here ({program} is missing).")


def told(path: Path) -> dict[str, str]:
    """KEY=VALUE lines of a file."""
    return dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)


def run(folder: Path, *argv: str, env: Mapping[str, str], cwd: str = "/") -> None:
    """One step of setting up; fails with what it wrote."""
    done = subprocess.run(
        argv, env={**os.environ, **env}, cwd=cwd, capture_output=True, text=True, timeout=300, check=False
    )
    (folder / "setup.log").open("a").write(done.stdout + done.stderr)
    assert done.returncode == 0, f"{' '.join(argv)}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"


@contextmanager
def running(folder: Path, *argv: str, env: Mapping[str, str], cwd: str, ready: Callable[[], bool]) -> Iterator[None]:
    """The server as a process until the block ends."""
    with (folder / "server.log").open("ab") as log:
        server = subprocess.Popen(
            argv, env={**os.environ, **env}, cwd=cwd, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
    try:
        end = time.monotonic() + START
        while not ready():
            assert server.poll() is None, (folder / "server.log").read_text(errors="replace")[-2000:]
            assert time.monotonic() < end, "The tracker does not answer."
            time.sleep(0.2)
        yield
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def answers(url: str, headers: Mapping[str, str]) -> Callable[[], bool]:
    """Whether an address answers well by now."""

    def asked() -> bool:
        try:
            return httpx.get(url, headers=dict(headers), timeout=20, trust_env=False).is_success
        except httpx.TransportError:
            return False

    return asked
