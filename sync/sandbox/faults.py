"""Faults that tests and the demo switch on: wrong, lost and slow answers, a system that is down."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from werkzeug.wrappers import Response

from sync.sandbox.hooks import Delivery

#: how the practice server must end a connection instead of answering whole (read by `server.Conversation`)
CUT = "practice.cut"
CUT_NOTHING = "nothing"
CUT_HALF = "half"

HTML = "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"


@dataclass(frozen=True, slots=True)
class Fault:
    """One planned fault. `match` is "METHOD /path/prefix", "METHOD", "/path/prefix" or "" (all).

    `status` answers so without doing anything; `html` makes that answer a web page (alone: 200); `half` sends
    the real answer cut in the middle; `drop` closes the connection "before" the work or "after" it;
    `delay` waits seconds first; `times` is how many requests it meets; `retry_after` is in seconds.
    """

    status: int | None = None
    times: int = 1
    retry_after: int | None = None
    html: bool = False
    half: bool = False
    drop: str = ""
    delay: float = 0.0
    match: str = ""

    def meets(self, method: str, path: str) -> bool:
        """Whether a request is one that this fault is planned for."""
        verb, _, prefix = ("", "", self.match) if self.match.startswith("/") else self.match.partition(" ")
        return verb.upper() in {"", method} and path.startswith(prefix)


@dataclass(frozen=True, slots=True)
class HookFault:
    """How webhooks go wrong until changed: lost, sent in copies, seconds late, the last one first."""

    lose: bool = False
    copies: int = 1
    delay: float = 0.0
    reverse: bool = False


class Faults:
    """The faults in force; thread-safe; forgotten when the process ends."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.planned: list[Fault] = []
        self.hooks = HookFault()
        #: "" = up, "closed" = every API connection is closed without an answer, "503" = maintenance
        self.down = ""

    def plan(self, spec: dict[str, Any]) -> Fault:
        """Add a fault from its JSON. Raises ValueError with a sentence for an unknown key or value."""
        known = {f.name for f in fields(Fault)}
        unknown = sorted(set(spec) - known)
        if unknown:
            raise ValueError(f"Unknown keys: {', '.join(unknown)}. Known: {', '.join(sorted(known))}.")
        fault = Fault(**spec)
        if fault.drop not in {"", "before", "after"}:
            raise ValueError('"drop" is "before" or "after".')
        with self.lock:
            self.planned.append(fault)
        return fault

    def clear(self) -> None:
        """Back to normal: no planned faults, up."""
        with self.lock:
            self.planned = []
            self.hooks = HookFault()
            self.down = ""

    def hooks_of(self, deliveries: Sequence[Delivery]) -> list[tuple[Delivery, float]]:
        """What really leaves of one request's deliveries: each with the seconds to wait. None while down."""
        fault = self.hooks
        if fault.lose or self.down:
            return []
        ordered = list(reversed(deliveries)) if fault.reverse else list(deliveries)
        apart = 0.1 if fault.reverse else 0.0
        return [
            (delivery, fault.delay + place * apart)
            for place, delivery in enumerate(ordered)
            for _ in range(fault.copies)
        ]

    def take(self, method: str, path: str) -> Fault | None:
        """The first planned fault that meets this request, counted down; None = behave normally."""
        with self.lock:
            for place, fault in enumerate(self.planned):
                if fault.meets(method, path):
                    left = fault.times - 1
                    self.planned[place : place + 1] = [replace(fault, times=left)] if left > 0 else []
                    return fault
        return None


def instead(fault: Fault) -> Response | None:
    """Wait as planned, then the answer that replaces the work; None = do the work."""
    if fault.delay:
        time.sleep(fault.delay)
    if fault.status is None and not fault.html:
        return None
    status = fault.status or 200
    text = Response(status=status).status
    body = HTML.format(text) if fault.html else f'{{"error":"{text}","description":"Practice fault"}}'
    answer = Response(body, status=status, content_type="text/html" if fault.html else "application/json")
    if fault.retry_after is not None:
        answer.headers["Retry-After"] = str(fault.retry_after)
    return answer
