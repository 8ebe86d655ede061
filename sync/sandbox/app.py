"""The frame of every practice system; each tracker brings its own endpoints, accounts and limits."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from portal.core import clock
from sync.sandbox import controls, pages
from sync.sandbox.call import Call, Endpoint, Refusal, Routes, reply
from sync.sandbox.faults import CUT, CUT_HALF, CUT_NOTHING, Faults, instead
from sync.sandbox.hooks import Courier, Patience, never
from sync.sandbox.store import Doc, Store

log = logging.getLogger("practice")
#: bytes of a request that are read; more is a 413 (trackers take files up to 50 MB)
MAX_BODY = 64 * 1024 * 1024
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Practice:
    """One practice tracker as a WSGI application. A tracker subclasses it and says:

    `name`, `api_prefixes`, `routes()`, `authenticate(request)`, `admit(call)` (limits), `not_found(call)`,
    `unreadable(why)`, `normal_path(path)`, `stamp(call, response)` (its headers). Everything else is common.
    Controls (JSON only, controls.py): POST|DELETE|GET /_practice/faults, POST /_practice/down
    {"down": true, "how": "closed"}, POST /_practice/hooks, POST /_practice/clock {"skew": seconds},
    GET /_practice/health.
    """

    name = "Practice tracker"
    api_prefixes: tuple[str, ...] = ("/api/",)

    def __init__(self, store: Store, *, patience: Patience = never) -> None:
        self.store = store
        self.faults = Faults()
        self.courier = Courier(patience)
        self.address = ""
        #: seconds by which this tracker's clock is ahead of the true time
        self.skew = 0.0
        rules = [Rule(path, methods=[method], endpoint=fn) for method, path, fn in self._rules()]
        self.map = Map(rules, strict_slashes=False, merge_slashes=False)

    def routes(self) -> Sequence[Routes]:
        """The tracker's endpoints and pages."""
        return ()

    def authenticate(self, request: Request) -> Doc | None:
        """The account behind an API request, None = anonymous; raise Refusal for a bad credential."""
        return None

    def admit(self, call: Call) -> None:
        """Raise Refusal where a limit or a right of the tracker forbids the API call."""

    def not_found(self, call: Call) -> Response:
        """The tracker's answer for an address that it does not have."""
        return reply({"error": "not found"}, status=404)

    def unreadable(self, why: str) -> Refusal:
        """The tracker's refusal of a body that is no JSON object."""
        return Refusal(400, {"error": why})

    def normal_path(self, path: str) -> str:
        """The path that is matched with the routes (for example without an optional suffix)."""
        return path

    def stamp(self, call: Call, response: Response) -> None:
        """Add the tracker's own headers to an API answer."""

    def now(self) -> datetime:
        """This tracker's clock, UTC."""
        return clock.now() + timedelta(seconds=self.skew)

    def close(self) -> None:
        """Stop the background threads and close the file."""
        self.courier.close()
        self.store.close()

    def welcome(self, address: str) -> None:
        """Let the seeded OAuth client send people back to this address, where a tracker plays that."""

    def is_api(self, path: str) -> bool:
        """Whether faults, accounts and limits apply to this path (pages of people are free of them)."""
        return path.startswith(self.api_prefixes)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """WSGI: answer one request; a fault may ask the server to cut the connection (environ[CUT])."""
        request = Request(environ)
        request.max_content_length = MAX_BODY
        request.max_form_memory_size = MAX_BODY
        try:
            request.get_data(cache=True)
            response = self._answer(Call(request, self))
        except RequestEntityTooLarge:
            response = reply({"error": "Request entity too large"}, status=413)
        except Exception:  # the program goes on serving; what happened is in its log
            log.exception("%s %s failed", request.method, request.path)
            response = reply({"error": "InternalError", "description": "Internal server error"}, status=500)
        response.headers["Date"] = format_datetime(self.now(), usegmt=True)
        return response(environ, start_response)

    def _answer(self, call: Call) -> Response:
        """1. controls; 2. down; 3. planned fault; 4. the work; 5. a fault that loses the answer."""
        path, environ = call.request.path, call.request.environ
        if not self.is_api(path):
            return self._work(call)
        if self.faults.down:
            environ[CUT] = CUT_NOTHING if self.faults.down == "closed" else ""
            return reply({"error": "Service unavailable"}, status=503)
        fault = self.faults.take(call.request.method, path)
        if fault is not None:
            answer = instead(fault)
            if fault.drop == "before":
                environ[CUT] = CUT_NOTHING
            if answer is not None or fault.drop == "before":
                return answer or Response()
        response = self._work(call)
        if fault is not None and (fault.drop or fault.half):
            environ[CUT] = CUT_HALF if fault.half else CUT_NOTHING
        return response

    def _work(self, call: Call) -> Response:
        """Account, limits, route, endpoint; then its deliveries, once the transaction is committed."""
        api = self.is_api(call.request.path)
        try:
            if api:
                call.actor = self.authenticate(call.request)
                self.admit(call)
            response = self._route(call)
        except Refusal as refusal:
            response = refusal.response()
        else:
            for delivery, wait in self.faults.hooks_of(call.deliveries):
                self.courier.send(delivery, wait=wait)
        response.headers.update(call.headers)
        if api:
            self.stamp(call, response)
        return response

    def _route(self, call: Call) -> Response:
        adapter = self.map.bind("", default_method=call.request.method)
        path = self.normal_path(call.request.path)
        try:
            endpoint, values = adapter.match(path, method=call.request.method)
        except (NotFound, MethodNotAllowed):
            return self.not_found(call)
        except HTTPException as error:
            return Response.force_type(error.get_response(call.request.environ))
        if call.request.method in WRITES:
            with self.store.transaction():
                result = endpoint(call, **values)
        else:
            result = endpoint(call, **values)
        if callable(result) and not isinstance(result, Response):
            result = result()
        if isinstance(result, Response):
            return result
        return Response(status=204) if result is None else reply(result)

    def _rules(self) -> list[tuple[str, str, Endpoint]]:
        return [rule for routes in (controls.ROUTES, pages.ROUTES, *self.routes()) for rule in routes.rules]
