"""A door in front of a real tracker that can play the faults which practice systems play by themselves."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from sync.sandbox.faults import Fault, Faults, instead

#: headers of one connection only, and what the client library has undone already
HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding", "host"}


class Door(BaseHTTPRequestHandler):
    """Passes requests on, unless a fault is planned for them."""

    protocol_version = "HTTP/1.1"
    faults: Faults
    upstream: httpx.Client

    def _serve(self) -> None:
        body = self._body()
        if body is None:
            self.close_connection = True
        elif self.path.startswith("/_practice/faults"):
            self._plan(body)
        else:
            self._pass(body, self.faults.take(self.command, self.path))

    # the names of http.server
    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815

    def _body(self) -> bytes | None:
        """The whole body; None when its sender broke off."""
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            return self._chunks()
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        return body if len(body) == length else None

    def _chunks(self) -> bytes | None:
        pieces: list[bytes] = []
        while line := self.rfile.readline().strip():
            piece = self.rfile.read(int(line, 16))
            self.rfile.readline()
            if not int(line, 16):
                return b"".join(pieces)
            pieces.append(piece)
        return None

    def _plan(self, body: bytes) -> None:
        if self.command == "DELETE":
            self.faults.clear()
        else:
            self.faults.plan(json.loads(body))
        self._answer(200, {}, b"{}")

    def _pass(self, body: bytes, fault: Fault | None) -> None:
        if fault is not None and fault.drop == "before":
            self.close_connection = True
            return
        replaced = instead(fault) if fault is not None else None
        if replaced is not None:
            self._answer(replaced.status_code, dict(replaced.headers), replaced.get_data())
            return
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
        answer = self.upstream.request(self.command, self.path, content=body, headers=headers)
        if fault is not None and fault.drop == "after":
            self.close_connection = True
            return
        self._answer(answer.status_code, dict(answer.headers), answer.content, half=bool(fault and fault.half))

    def _answer(self, status: int, headers: dict[str, str], body: bytes, *, half: bool = False) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if half else body)
        if half:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@contextmanager
def faulty(url: str) -> Iterator[str]:
    """Serve `url` under another address until the block ends; `/_practice/faults` plans and forgets faults."""
    upstream = httpx.Client(base_url=url, timeout=90, trust_env=False, follow_redirects=False)
    door = type("Door", (Door,), {"faults": Faults(), "upstream": upstream})
    server = ThreadingHTTPServer(("127.0.0.1", 0), door)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        upstream.close()
