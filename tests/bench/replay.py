"""The bare loop: the same requests again, one after the other, to practice systems in the same state."""

import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from portal.embedded.checks import free_port
from portal.embedded.crew import PRACTICE, answers
from portal.embedded.place import ROOT, Place
from portal.embedded.processes import Household, Program, quiet_environment
from tests.bench.rig import unlimited
from tests.bench.trace import Call


@dataclass(frozen=True, slots=True)
class Bare:
    """How long the bare loop took in seconds, and how many answers had another status than the chain's."""

    seconds: float
    cpu: float
    other: int


@contextmanager
def copies(place: Place, folder: Path, ports: Mapping[int, str]) -> Iterator[dict[int, int]]:
    """Fresh practice systems on a snapshot; yields old port → new port. Their webhooks go nowhere."""
    household, moved = Household(), {port: free_port() for port in ports}
    try:
        with httpx.Client(trust_env=False) as http:
            for port, kind in ports.items():
                url = f"http://127.0.0.1:{moved[port]}"
                household.start(program(place, kind, folder, moved[port]))
                http.post(f"{url}/_practice/hooks", json={"lose": True}).raise_for_status()
                if kind == "zendesk":
                    unlimited(url, http)
        yield moved
    finally:
        household.stop()


def program(place: Place, kind: str, folder: Path, port: int) -> Program:
    """One practice system on a snapshot."""
    token = place.secrets.read()[f"{kind}-token"]
    argv = (sys.executable, "-m", "sync.sandbox", kind, "--port", str(port), "--data", str(folder / kind))
    env = {**quiet_environment(), "PRACTICE_TOKEN": token}
    ready = answers(f"http://127.0.0.1:{port}/")
    return Program(name=kind, argv=argv, env=env, log=folder / "log", folder=ROOT, stop_time=5, ready=ready)


def replay(calls: Sequence[Call], moved: Mapping[int, int]) -> Bare:
    """Send the calls again over one plain client with kept connections."""
    sent = [(c.method, f"http://127.0.0.1:{moved[c.port]}{c.path}", unstamped(c.body), c.headers) for c in calls]
    other = 0
    with httpx.Client(trust_env=False, timeout=20) as http:
        began, worked = time.perf_counter(), time.process_time()
        for call, (method, url, body, headers) in zip(calls, sent, strict=True):
            other += http.request(method, url, content=body, headers=headers).status_code != call.status
        return Bare(time.perf_counter() - began, time.process_time() - worked, other)


def unstamped(body: bytes) -> bytes:
    """Without Zendesk's compare-and-set stamp: in the copy the ticket was last written at another moment."""
    if b"updated_stamp" not in body:
        return body
    told = json.loads(body)
    for name in ("safe_update", "updated_stamp"):
        told["ticket"].pop(name, None)
    return json.dumps(told).encode()


def kinds(known: Mapping[str, str]) -> dict[int, str]:
    """Port → kind of the running practice systems."""
    return {int(known[f"{kind.upper()}_URL"].rpartition(":")[2]): kind for kind in PRACTICE}
