"""The practice Azure DevOps' memory: killed hard in the midst of work, it has all that it answered for."""

import signal
import subprocess
import sys
from pathlib import Path

import httpx

from portal.embedded.checks import free_port
from tests.sync.connectors.papers import ROOT
from tests.sync.sandbox.azuredevops.site import PATCH, PREVIEW, TOKEN, WIT, V, add
from tests.sync.sandbox.serving import until


def start(port: int, data: Path) -> subprocess.Popen[bytes]:
    """The program, ready to answer."""
    named = ["azuredevops", "--port", str(port), "--data", str(data), "--token", TOKEN]
    process = subprocess.Popen([sys.executable, "-m", "sync.sandbox", *named], cwd=ROOT)

    def answers() -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{port}/_practice/health").status_code == 200
        except httpx.HTTPError:
            return False

    until(answers, seconds=20)
    return process


def test_what_was_answered_survives_kill_9(tmp_path: Path) -> None:
    port = free_port()
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}", auth=("", TOKEN), params=V)
    process = start(port, tmp_path)
    try:
        made = client.post(f"{WIT}/workitems/$Bug", json=[add("System.Title", "Kept")], headers=PATCH).json()["id"]
        moved = client.patch(f"{WIT}/workitems/{made}", json=[add("System.State", "Active")], headers=PATCH)
        assert moved.json()["rev"] == 2
        client.post(f"{WIT}/workItems/{made}/comments", params=PREVIEW, json={"text": "Said"}).raise_for_status()
        octets = {"Content-Type": "application/octet-stream"}
        file = client.post(
            f"{WIT}/attachments", params={"fileName": "a"}, content=b"x" * 9_000, headers=octets
        ).json()
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    process = start(port, tmp_path)
    try:
        item = client.get(f"{WIT}/workitems/{made}").json()
        assert (item["rev"], item["fields"]["System.State"], item["fields"]["System.CommentCount"]) == (
            3,
            "Active",
            1,
        )
        assert client.get(f"{WIT}/workItems/{made}/updates").json()["count"] == 3
        assert client.get(f"{WIT}/attachments/{file['id']}").content == b"x" * 9_000
        again = client.post(f"{WIT}/workitems/$Bug", json=[add("System.Title", "Next")], headers=PATCH).json()
        assert again["id"] == made + 1
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
