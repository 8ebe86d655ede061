"""The practice Jira's memory: killed hard in the midst of work, it has all that it answered for."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx

from sync.sandbox.jira.seed import SYNC_EMAIL
from tests.sync.connectors.papers import ROOT
from tests.sync.sandbox.jira.site import TOKEN


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(port: int, data: Path) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-m",
        "sync.sandbox",
        "jira",
        "--port",
        str(port),
        "--data",
        str(data),
        "--token",
        TOKEN,
    ]
    process = subprocess.Popen(command, cwd=ROOT)
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with suppress(httpx.HTTPError):
            if httpx.get(f"http://127.0.0.1:{port}/_practice/health").status_code == 200:
                return process
        time.sleep(0.1)
    process.kill()
    raise AssertionError("The practice Jira did not start.")


def test_what_was_answered_survives_kill_9(tmp_path: Path) -> None:
    port = free_port()
    process = start(port, tmp_path)
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}/rest/api/3", auth=(SYNC_EMAIL, TOKEN))
    fields = {"project": {"key": "INF"}, "issuetype": {"name": "Task"}, "summary": "Kept", "labels": ["a"]}
    try:
        key = client.post("/issue", json={"fields": fields}).json()["key"]
        client.post(f"/issue/{key}/transitions", json={"transition": {"id": "11"}}).raise_for_status()
        file, check = {"file": ("a.bin", bytes(range(256)) * 100)}, {"X-Atlassian-Token": "no-check"}
        number = client.post(f"/issue/{key}/attachments", files=file, headers=check).json()[0]["id"]
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    process = start(port, tmp_path)
    try:
        issue = client.get(f"/issue/{key}?expand=changelog").json()
        assert issue["fields"]["status"]["name"] == "In Progress"
        assert issue["changelog"]["total"] == 2
        data = client.get(f"/attachment/content/{number}", params={"redirect": "false"}).content
        assert data == bytes(range(256)) * 100
        assert client.post("/issue", json={"fields": fields}).json()["key"] == "INF-2"
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
