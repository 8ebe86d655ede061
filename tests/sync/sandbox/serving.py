"""A practice system served over real HTTP on a free port, in a thread of the test."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from sync.sandbox.app import Practice
from sync.sandbox.server import listen


@contextmanager
def served(practice: Practice) -> Iterator[str]:
    """Serve until the block ends. Yields the address, for example http://127.0.0.1:40123."""
    server = listen(practice, 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield practice.address
    finally:
        server.shutdown()
        server.server_close()
        practice.close()


def until(true: Callable[[], bool], *, seconds: float = 8.0) -> None:
    """Wait for something to become true; fails the test when it does not."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return
        time.sleep(0.02)
    raise AssertionError("It did not become true in time.")


@dataclass(frozen=True, slots=True)
class Got:
    """One request that a receiver got."""

    method: str
    path: str
    headers: httpx.Headers
    body: bytes
    #: the sender's end of the connection: two requests over one connection have the same
    sender: int = 0


@dataclass(slots=True)
class Receiver:
    """Somebody's webhook address: keeps what it gets, answers as told (status, headers), 200 by default."""

    url: str = ""
    got: list[Got] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on a free port."""
    receiver = Receiver()

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, headers = receiver.answers.pop(0) if receiver.answers else (200, {})
            headers_got, sender = httpx.Headers(list(self.headers.items())), int(self.client_address[1])
            receiver.got.append(Got(self.command, self.path, headers_got, body, sender))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
