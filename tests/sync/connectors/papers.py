"""The API papers beside the project: recorded traffic and official descriptions, read in place."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[3]


def papers(*parts: str) -> Path:
    """A file or folder under shared/apis. Skips the test, with the reason, where it is not there."""
    shared = Path(os.environ.get("CONCORD_SHARED") or ROOT.parent / "shared")
    path = shared.joinpath("apis", *parts)
    if not path.exists():
        pytest.skip(f"NOT TESTED: no API papers at {'/'.join(parts)}. Set CONCORD_SHARED to their folder.")
    return path


@dataclass(frozen=True, slots=True)
class Exchange:
    """One recorded request with its answer."""

    method: str
    url: httpx.URL
    sent: str
    status: int
    headers: dict[str, str]
    body: str


def cassette(path: Path) -> list[Exchange]:
    """The exchanges of a betamax recording, in order."""
    data = json.loads(path.read_text())
    return [_exchange(one["request"], one["response"]) for one in data["http_interactions"]]


def _exchange(request: dict[str, Any], response: dict[str, Any]) -> Exchange:
    told = {name.lower(): ", ".join(values) for name, values in response["headers"].items()}
    for name in ("content-length", "content-encoding", "transfer-encoding"):
        told.pop(name, None)
    return Exchange(
        method=request["method"],
        url=httpx.URL(request["uri"]),
        sent=request["body"].get("string") or "",
        status=response["status"]["code"],
        headers=told,
        body=response["body"].get("string") or "",
    )


def replay(exchanges: list[Exchange]) -> tuple[httpx.MockTransport, list[httpx.Request]]:
    """A transport that answers each request with the next recording of its method and path."""
    left, asked = list(exchanges), []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        for one in left:
            if (one.method, plain(one.url.path)) == (request.method, plain(request.url.path)):
                left.remove(one)
                return httpx.Response(one.status, headers=one.headers, content=one.body.encode())
        return httpx.Response(404, json={"error": "RecordNotFound", "description": "Not recorded"})

    return httpx.MockTransport(answer), asked


def plain(path: str) -> str:
    """A path without the optional suffix."""
    return path.removesuffix(".json").rstrip("/")


def recordings(folder: str, pattern: str = "*.json") -> Iterator[Path]:
    """The recordings of one folder."""
    yield from sorted(papers("recorded", *folder.split("/")).glob(pattern))
