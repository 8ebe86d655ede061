"""The practice systems as programs: started, killed, stopped."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.sync.sandbox.serving import until
from tests.sync.sandbox.zendesk.desk import client

SYNC = "concord@mercuri.example"


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def program(data: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m sync.sandbox zendesk`, ready to answer."""
    command = [sys.executable, "-m", "sync.sandbox", "zendesk", "--port", str(port), "--data", str(data)]
    process = subprocess.Popen(command, env={**os.environ, "PRACTICE_TOKEN": "t0k"}, stderr=subprocess.PIPE)
    try:
        until(lambda: _answers(port))
        yield process
    finally:
        process.kill()
        process.communicate()


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/_practice/health").status_code == 200
    except httpx.HTTPError:
        return False


def test_every_answered_write_survives_kill_9(tmp_path: Path) -> None:
    port = free_port()
    made: list[int] = []
    with program(tmp_path, port) as process:
        api = client(f"http://127.0.0.1:{port}", SYNC, "t0k")
        for number in range(20):
            new = {"ticket": {"subject": f"Number {number}", "comment": {"body": "x"}}}
            made.append(api.post("/api/v2/tickets", json=new).json()["ticket"]["id"])
        process.send_signal(signal.SIGKILL)
        process.wait()
    with program(tmp_path, port):
        api = client(f"http://127.0.0.1:{port}", SYNC, "t0k")
        kept = [ticket["id"] for ticket in api.get("/api/v2/tickets").json()["tickets"]]
        assert kept == made
        assert len(api.get(f"/api/v2/tickets/{made[-1]}/audits").json()["audits"]) == 1


def test_it_stops_cleanly_on_sigterm(tmp_path: Path) -> None:
    with program(tmp_path, free_port()) as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) == 0


def test_a_port_in_use_is_one_sentence_and_exit_code_1(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "sync.sandbox", "zendesk", "--port", str(port), "--data", str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert str(port) in done.stderr


def test_data_that_cannot_be_kept_is_one_sentence_and_exit_code_1(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a directory")
    command = [sys.executable, "-m", "sync.sandbox", "zendesk", "--data", str(tmp_path / "file")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
