"""Memory of the whole demo: proportional set size, summed over its process tree."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from portal.core.errors import Misconfigured
from portal.embedded.place import ROOT, Place

LAST_LINE, PATIENCE = "Ctrl-C stops", 150
MIB = 1024


def family(root: int) -> set[int]:
    """A process and all that descend from it."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue
        parents[int(stat.parent.name)] = int(text.rpartition(")")[2].split()[1])
    found = {root}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def pss(pid: int) -> int:
    """KiB of one process, shared pages counted by share; 0 when it has just ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def cpu(root: int) -> float:
    """Seconds of processor time that a process and all below it have used so far."""
    ticks = 0
    for pid in family(root):
        try:
            words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(words[11]) + int(words[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def kind(pid: int) -> str:
    """What a process is, in one word."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return "ended"
    names = ("portal.embedded.demo", "gunicorn", "beat", "celery", "zendesk", "jira", "postgres", "valkey", "redis")
    return next((name for name in names if name in words), "other")


def whole(root: int) -> dict[str, float]:
    """MiB by what the processes are, "all" among them."""
    sums: dict[str, float] = {}
    for pid in family(root):
        sums[kind(pid)] = sums.get(kind(pid), 0.0) + pss(pid) / MIB
    return {**sums, "all": sum(sums.values())}


@contextmanager
def running(place: Place) -> Iterator[int]:
    """The demo as `make demo` runs it, in this folder; yields its process id."""
    output = place.var / "output"
    with output.open("wb") as file:
        command = [sys.executable, "-m", "portal.embedded.demo", "--var", str(place.var)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=file, stderr=file, start_new_session=True)
    try:
        end = time.monotonic() + PATIENCE
        while LAST_LINE not in output.read_text():
            if process.poll() is not None or time.monotonic() > end:
                raise Misconfigured(f"The demo did not start: {output.read_text()[-600:]}")
            time.sleep(0.2)
        yield process.pid
    finally:
        process.terminate()
        process.wait(60)


def facts(place: Place) -> Mapping[str, str]:
    """What var/demo.env says."""
    lines = (place.var / "demo.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


def visit(known: Mapping[str, str]) -> int:
    """Sign in and look at the pages that lead on from home; returns how many were shown."""
    with httpx.Client(base_url=known["SITE_URL"], follow_redirects=True, trust_env=False, timeout=30) as http:
        form = http.get("/sign-in/")
        token = http.cookies.get("concord_csrf") or ""
        data = {
            "username": known["SIGNIN_INTEGRATOR_EMAIL"],
            "password": known["SIGNIN_INTEGRATOR_PASSWORD"],
            "csrfmiddlewaretoken": token,
        }
        home = http.post(str(form.url), data=data, headers={"Referer": str(form.url)})
        links = {piece.partition('"')[0] for piece in home.text.split('href="/')[1:]}
        shown = [http.get("/" + link) for link in sorted(links) if not link.startswith(("static", "sign-out"))]
        return sum(page.is_success for page in shown) * home.is_success
