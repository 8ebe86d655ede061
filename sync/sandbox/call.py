"""One request's way through a practice system: the call, its routes, its answers and refusals."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import quote

from werkzeug.wrappers import Request, Response

from sync.sandbox.faults import Faults
from sync.sandbox.hooks import Courier, Delivery
from sync.sandbox.store import Doc, Json, Store


class Refusal(Exception):
    """An endpoint's "no": HTTP status, the tracker's own JSON body (or text, or a whole page), extra headers.

    Raising it undoes everything that the request wrote.
    """

    def __init__(self, status: int, body: object = "", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{status}")
        self.status = status
        self.body = body
        self.headers = dict(headers or {})

    def response(self) -> Response:
        """What the client gets."""
        if isinstance(self.body, Response):
            return self.body
        return reply(self.body, status=self.status, headers=self.headers)


class Host(Protocol):
    """What an endpoint may use of its practice system (app.Practice is one)."""

    name: str
    #: where it listens, "http://127.0.0.1:8101"; for addresses in webhooks, requests use their own host
    address: str
    store: Store
    faults: Faults
    courier: Courier
    skew: float

    def now(self) -> datetime:
        """The tracker's clock, UTC."""
        ...

    def unreadable(self, why: str) -> Refusal:
        """The tracker's refusal of a body that is no JSON object."""
        ...


@dataclass(slots=True)
class Call:
    """One request on its way through: who asks, what for, and what must happen after it is committed."""

    request: Request
    practice: Host
    #: the account that asks, as the tracker's `authenticate` gave it; None = nobody
    actor: Doc | None = None
    #: webhook deliveries to send once the transaction is committed
    deliveries: list[Delivery] = field(default_factory=list)
    #: headers to add to the answer, for example warnings
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def store(self) -> Store:
        """The practice system's memory."""
        return self.practice.store

    def arg(self, name: str, default: str = "") -> str:
        """A query parameter, stripped."""
        return self.request.args.get(name, default).strip()

    def json(self) -> Json:
        """The body as a JSON object ({} when empty). Raises the tracker's own refusal for anything else."""
        raw = self.request.get_data()
        if not raw:
            return {}
        try:
            body = json.loads(raw)
        except ValueError as error:
            raise self.practice.unreadable(str(error)) from error
        if not isinstance(body, dict):
            raise self.practice.unreadable("The body must be a JSON object.")
        return body


#: an endpoint: gets the call and the path's variables by name; returns JSON (200), None (204), a Response, or
#: a function to run after the commit (for slow work outside the transaction) that returns one of these
Endpoint = Callable[..., Any]


class Routes:
    """Collects endpoints, one per noun file: `@routes.get("/api/v2/tickets/<int:id>")`; no request state."""

    def __init__(self) -> None:
        self.rules: list[tuple[str, str, Endpoint]] = []

    def add(self, method: str, *paths: str) -> Callable[[Endpoint], Endpoint]:
        """Register the decorated function for a method and one or more paths."""

        def keep(endpoint: Endpoint) -> Endpoint:
            self.rules += [(method, path, endpoint) for path in paths]
            return endpoint

        return keep

    def get(self, *paths: str) -> Callable[[Endpoint], Endpoint]:
        """Register for GET."""
        return self.add("GET", *paths)

    def post(self, *paths: str) -> Callable[[Endpoint], Endpoint]:
        """Register for POST."""
        return self.add("POST", *paths)

    def put(self, *paths: str) -> Callable[[Endpoint], Endpoint]:
        """Register for PUT."""
        return self.add("PUT", *paths)

    def delete(self, *paths: str) -> Callable[[Endpoint], Endpoint]:
        """Register for DELETE."""
        return self.add("DELETE", *paths)


def disposition(kind: str, name: str) -> str:
    """Content-Disposition with a file's name: a header is latin-1, so the name is percent-encoded (RFC 6266)."""
    return f"{kind}; filename*=UTF-8''{quote(name, safe='')}"


def reply(body: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """JSON for anything but text; text stays text."""
    if isinstance(body, str):
        return Response(body, status=status, headers=dict(headers or {}), content_type="text/plain; charset=utf-8")
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status=status, headers=dict(headers or {}), content_type="application/json; charset=utf-8")
