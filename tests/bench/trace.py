"""What passed over the wire in a run, one JSON line each: requests to trackers, webhooks received, marks."""

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

#: variables that tell the worker and the site where to write
TRACE, ARRIVALS = "BENCH_TRACE", "BENCH_ARRIVALS"
#: headers that a replay needs to be the same request; the rest is the client's own
KEPT = ("accept", "authorization", "content-type", "idempotency-key", "x-atlassian-token")


@dataclass(frozen=True, slots=True)
class Call:
    """One request to a tracker on `port`. `at` and `took` are seconds, `path` has the query in it."""

    at: float
    method: str
    port: int
    path: str
    body: bytes = b""
    status: int = 0
    took: float = 0.0
    headers: Mapping[str, str] = field(default_factory=dict)

    def line(self) -> str:
        """As one line of JSON."""
        body = base64.b64encode(self.body).decode()
        told = [self.at, self.method, self.port, self.path, body, self.status, self.took, dict(self.headers)]
        return json.dumps(told)

    @classmethod
    def of(cls, line: str) -> "Call":
        """From its line."""
        at, method, port, path, body, status, took, headers = json.loads(line)
        return cls(at, method, port, path, base64.b64decode(body), status, took, headers)

    @property
    def writes(self) -> bool:
        """Whether it changes the tracker (Jira's list of comments by id is asked for by POST)."""
        return self.method != "GET" and not self.path.partition("?")[0].endswith(("/comment/list", "/search/jql"))


@dataclass(slots=True)
class Trace:
    """A file that one process writes and the bench reads on from where it stopped."""

    path: Path
    offset: int = 0

    def write(self, line: str) -> None:
        """Add one line, whole."""
        with self.path.open("a") as file:
            file.write(line + "\n")

    def news(self) -> list[str]:
        """The lines since the last look."""
        if not self.path.exists():
            return []
        with self.path.open() as file:
            file.seek(self.offset)
            text = file.read()
        whole = text[: text.rfind("\n") + 1]
        self.offset += len(whole.encode())
        return whole.splitlines()


class Recorder(httpx.BaseTransport):
    """Sends through `inner` and writes each request down. The chain's bodies are bytes, so reading one is safe."""

    def __init__(self, inner: httpx.BaseTransport, trace: Trace) -> None:
        self.inner, self.trace = inner, trace

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One request, timed until its answer begins."""
        at = time.time()
        response = self.inner.handle_request(request)
        headers = {name: request.headers[name] for name in KEPT if name in request.headers}
        call = Call(
            at,
            request.method,
            request.url.port or 0,
            request.url.raw_path.decode("ascii"),
            request.read(),
            response.status_code,
            time.time() - at,
            headers,
        )
        self.trace.write(call.line())
        return response

    def close(self) -> None:
        """Close the pooled connections."""
        self.inner.close()
