"""Serves a practice system on 127.0.0.1 over HTTP/1.1 with keep-alive, and stops cleanly on SIGTERM."""

import logging
import signal
import socket
import threading
from collections.abc import Callable
from types import FrameType
from wsgiref.types import WSGIEnvironment

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from sync.sandbox.app import Practice
from sync.sandbox.faults import CUT, CUT_HALF, CUT_NOTHING

log = logging.getLogger("practice")
HOST = "127.0.0.1"


class PortTaken(Exception):
    """Another program listens on the port; the message is a sentence for a person."""


class Conversation(WSGIRequestHandler):
    """Keeps connections open (werkzeug's own closes each), and ends them early where a fault says so."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 75

    def run_wsgi(self) -> None:
        """Answer one request whole: status, headers and body leave in one write."""
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        environ = self.make_environ()
        status, headers, body = self._answer(environ)
        if environ.get(CUT) == CUT_NOTHING:
            self.close_connection = True
            return
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        if code == "413":
            self.send_header("Connection", "close")
        self.end_headers()
        if environ.get(CUT) == CUT_HALF:
            body = body[: len(body) // 2]
            self.close_connection = True
        self.wfile.write(b"" if environ["REQUEST_METHOD"] == "HEAD" else body)

    def _answer(self, environ: WSGIEnvironment) -> tuple[str, list[tuple[str, str]], bytes]:
        """Run the application on this very `environ` (it writes CUT there); the body is whole."""
        told: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], _exc: object = None) -> Callable[[bytes], None]:
            told.append((status, headers))
            return lambda _data: None

        body = b"".join(self.server.app(environ, start))
        status, headers = told[-1]
        return status, headers, body

    def send_response(self, code: int, message: str | None = None) -> None:
        """The status line; Date and Server are the practice system's own."""
        self.log_request(code)
        self.send_response_only(code, message)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """One line a request."""
        log.info("%s %s %s", self.command, self.path.partition("?")[0], code)


def listen(practice: Practice, port: int) -> BaseWSGIServer:
    """Bind 127.0.0.1:`port` (0 = any free one). Raises PortTaken with a sentence."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((HOST, port))
    except OSError as error:
        sock.close()
        raise PortTaken(
            f"{practice.name} cannot listen on {HOST}:{port}, another program does: stop it or give --port."
        ) from error
    sock.listen(128)
    with sock:
        server = make_server(HOST, port, practice, threaded=True, request_handler=Conversation, fd=sock.fileno())
    practice.address = f"http://{HOST}:{server.server_address[1]}"
    return server


def serve(practice: Practice, port: int) -> None:
    """Serve until SIGTERM or Ctrl-C. Raises PortTaken."""
    server = listen(practice, port)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        server.serve_forever(poll_interval=0.2)
    finally:
        server.server_close()
        practice.close()
