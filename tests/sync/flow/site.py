"""The web part of the product served over real HTTP in threads that log in as the web does."""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.db import connections
from werkzeug.serving import WSGIRequestHandler, make_server

from portal.access import rls
from portal.embedded.checks import free_port
from tests.logins import logged_in


class Quiet(WSGIRequestHandler):
    """No line a request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Quiet."""


@contextmanager
def threads(role: str, count: int = 3) -> Iterator[ThreadPoolExecutor]:
    """Threads whose connections are logged in as `role`; closed with the block, so that the database can go."""
    with ExitStack() as stack:

        def log_in() -> None:
            connections["default"] = own = stack.enter_context(logged_in(role))
            own.inc_thread_sharing()

        with ThreadPoolExecutor(count, initializer=log_in) as pool:
            yield pool


class AsWeb:
    """Django behind the web's own login, whatever the test's main thread is."""

    def __init__(self) -> None:
        self.django = get_wsgi_application()

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """One request over a connection of its own."""
        with logged_in(rls.WEB) as own:
            connections["default"] = own
            answer = self.django(environ, start)
            return [b"".join(answer)]


@contextmanager
def serving() -> Iterator[str]:
    """Serve until the block ends. Yields the address, for example http://127.0.0.1:40123."""
    port = free_port()
    server = make_server("127.0.0.1", port, AsWeb(), threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.shutdown()
        server.server_close()
