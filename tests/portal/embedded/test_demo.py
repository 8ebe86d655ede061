"""`make demo` as a person meets it: one screen, kept over a restart, nothing left running after Ctrl-C."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from portal.embedded.checks import HOST, free_port
from portal.embedded.place import ROOT

pytestmark = pytest.mark.worker
LAST_LINE, PATIENCE = "Ctrl-C stops", 150


@dataclass
class Run:
    """The demo in a folder and on ports of its own."""

    var: Path
    ports: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    def command(self, *words: str) -> list[str]:
        """The command line."""
        return [sys.executable, "-m", "portal.embedded.demo", "--var", str(self.var), *words]

    def environment(self) -> dict[str, str]:
        """The person's environment."""
        return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **self.ports}

    def start(self) -> None:
        """Start it and wait for its screen."""
        output = self.var.parent / "output"
        with output.open("wb") as file:
            self.process = subprocess.Popen(
                self.command(),
                cwd=ROOT,
                env=self.environment(),
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
        end = time.monotonic() + PATIENCE
        while LAST_LINE not in output.read_text():
            assert self.process.poll() is None, output.read_text()
            assert time.monotonic() < end, output.read_text()
            time.sleep(0.2)

    def stop(self) -> int:
        """Press Ctrl-C and wait; the exit code."""
        assert self.process
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)

    def call(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Another call of the command in the same folder."""
        return subprocess.run(
            self.command(*words),
            cwd=ROOT,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )

    def demo_env(self) -> dict[str, str]:
        """What var/demo.env says."""
        lines = (self.var / "demo.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A running demo."""
    ports = {name: str(free_port()) for name in ("PORT", "ZENDESK_PORT", "JIRA_PORT")}
    made = Run(tmp_path_factory.mktemp("demo") / "var", ports)
    made.start()
    yield made
    if made.process and made.process.poll() is None:
        made.stop()


def answers(port: str) -> bool:
    """Whether somebody listens."""
    with socket.socket() as probe:
        return probe.connect_ex((HOST, int(port))) == 0


def test_the_story_can_run(run: Run) -> None:
    with urllib.request.urlopen(run.demo_env()["SITE_URL"] + "/readyz", timeout=10) as answer:  # noqa: S310
        assert answer.status == 200


def test_demo_env_is_private_and_names_the_systems(run: Run) -> None:
    assert (run.var / "demo.env").stat().st_mode & 0o777 == 0o600
    assert run.demo_env()["JIRA_URL"].endswith(run.ports["JIRA_PORT"])


def test_a_second_demo_in_the_same_folder_is_refused(run: Run) -> None:
    second = run.call()
    assert second.returncode == 1
    assert "already runs in this folder" in second.stderr


def test_a_practice_system_stops_and_comes_back_on_request(run: Run) -> None:
    assert run.call("--stop", "jira").returncode == 0
    assert not answers(run.ports["JIRA_PORT"])
    assert run.call("--start", "jira").returncode == 0
    assert answers(run.ports["JIRA_PORT"])


def test_ctrl_c_ends_everything_and_a_second_start_keeps_everything(run: Run) -> None:
    before = run.demo_env()
    assert run.stop() == 0
    assert not [name for name, port in run.ports.items() if answers(port)]
    run.start()
    assert run.demo_env() == before


def test_reset_forgets_everything(run: Run) -> None:
    run.stop()
    assert run.call("--reset").returncode == 0
    assert not (run.var / "postgres").exists()
    assert not (run.var / "secrets").exists()


def test_a_port_in_use_is_one_sentence(run: Run) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind((HOST, int(run.ports["PORT"])))
        other.listen()
        refused = run.call()
    assert refused.returncode == 1
    assert f"Port {run.ports['PORT']} (the site) is in use by another program." in refused.stderr
    assert "make demo PORT=" in refused.stderr
