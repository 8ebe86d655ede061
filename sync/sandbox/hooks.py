"""Delivers webhooks from background threads, so that no request waits; retries as the vendor does."""

import heapq
import itertools
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx

#: seconds a receiver has; seconds between looks for work when closing
TIMEOUT = 10.0
WORKERS = 4
#: seconds an idle connection is used again: less than any receiver keeps it, for nobody repeats what breaks on it
IDLE = 1.0
#: deliveries that may wait; older vendors drop what is more, and so do we
BACKLOG = 10_000


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook request, ready signed. `id` is the tracker's own delivery id, the same over retries."""

    id: str
    url: str
    body: bytes
    headers: Mapping[str, str]
    method: str = "POST"
    #: told after every attempt: (delivery, number from 1, HTTP status or None when nobody answered)
    told: Callable[["Delivery", int, int | None], None] | None = field(default=None, compare=False)


#: (attempt from 1, the receiver's answer or None) -> seconds to wait before the next attempt, None = give up
Patience = Callable[[int, httpx.Response | None], float | None]


def never(_attempt: int, _answer: httpx.Response | None) -> float | None:
    """The vendor that does not retry."""
    return None


class Courier:
    """Sends deliveries on daemon threads in the order of their due times; `patience` decides on retries."""

    def __init__(self, patience: Patience = never, client: httpx.Client | None = None) -> None:
        self.patience = patience
        #: made with the first delivery: reading the system's certificates takes a while
        self._client = client
        self.waiting: list[tuple[float, int, int, Delivery]] = []
        self.numbers = itertools.count()
        self.ready = threading.Condition()
        self.open = True
        self.busy = 0
        for _ in range(WORKERS):
            threading.Thread(target=self._work, daemon=True, name="webhooks").start()

    def send(self, delivery: Delivery, *, attempt: int = 1, wait: float = 0.0) -> None:
        """Queue a delivery and return at once."""
        with self.ready:
            if self.open and len(self.waiting) < BACKLOG:
                due = time.monotonic() + wait
                heapq.heappush(self.waiting, (due, next(self.numbers), attempt, delivery))
                self.ready.notify()

    def idle(self) -> bool:
        """Whether everything queued was sent or given up."""
        with self.ready:
            return not self.waiting and not self.busy

    def close(self) -> None:
        """Stop sending; what waits is forgotten."""
        with self.ready:
            self.open = False
            self.waiting = []
            self.ready.notify_all()

    def _next(self) -> tuple[int, Delivery] | None:
        """Wait for the next due delivery; None when closed."""
        with self.ready:
            while self.open:
                pause = self.waiting[0][0] - time.monotonic() if self.waiting else None
                if pause is not None and pause <= 0:
                    _, _, attempt, delivery = heapq.heappop(self.waiting)
                    self.busy += 1
                    return attempt, delivery
                self.ready.wait(pause)
        return None

    def _work(self) -> None:
        while (job := self._next()) is not None:
            attempt, delivery = job
            try:
                self._attempt(delivery, attempt)
            finally:
                with self.ready:
                    self.busy -= 1

    def _made(self) -> httpx.Client:
        with self.ready:
            if self._client is None:
                limits = httpx.Limits(keepalive_expiry=IDLE)
                self._client = httpx.Client(timeout=TIMEOUT, limits=limits, follow_redirects=False, trust_env=False)
            return self._client

    def _attempt(self, delivery: Delivery, attempt: int) -> None:
        answer: httpx.Response | None = None
        try:
            answer = self._made().request(
                delivery.method, delivery.url, content=delivery.body, headers=dict(delivery.headers)
            )
        except (httpx.HTTPError, httpx.InvalidURL):
            answer = None
        if delivery.told is not None and self.open:
            delivery.told(delivery, attempt, answer.status_code if answer is not None else None)
        if answer is not None and answer.is_success:
            return
        wait = self.patience(attempt, answer)
        if wait is not None:
            self.send(delivery, attempt=attempt + 1, wait=wait)
