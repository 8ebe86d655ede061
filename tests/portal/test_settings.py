"""Settings that cannot work together stop the process with a sentence."""

import os
import subprocess
import sys

from portal.embedded.place import ROOT


def started(**chosen: str) -> subprocess.CompletedProcess[str]:
    """A process of the product with these variables."""
    words = [sys.executable, "-c", "import portal.celery"]
    return subprocess.run(
        words, check=False, cwd=ROOT, env={**os.environ, **chosen}, capture_output=True, text=True, timeout=60
    )


def test_a_lease_that_a_request_could_outlive_does_not_start() -> None:
    ended = started(CONCORD_LEASE_SECONDS="80", CONCORD_REQUEST_SECONDS="20", CONCORD_LATE_SECONDS="60")
    assert ended.returncode != 0
    assert "Give more than CONCORD_REQUEST_SECONDS + CONCORD_LATE_SECONDS = 80." in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_short_lease_over_a_shorter_request_starts() -> None:
    ended = started(CONCORD_LEASE_SECONDS="5", CONCORD_REQUEST_SECONDS="3", CONCORD_LATE_SECONDS="1")
    assert ended.returncode == 0, ended.stderr
