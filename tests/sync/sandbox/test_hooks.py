"""The courier that delivers webhooks in the background."""

import threading
import time

import httpx

from sync.sandbox.hooks import IDLE, Courier, Delivery
from tests.sync.sandbox.serving import Receiver, until


def delivery(url: str, told: list[int | None] | None = None) -> Delivery:
    """A delivery that remembers the statuses of its attempts."""
    seen = told if told is not None else []
    return Delivery(id="d1", url=url, body=b"{}", headers={"X-Id": "d1"}, told=lambda _d, _n, s: seen.append(s))


def test_a_delivery_arrives_with_its_headers(receiver: Receiver) -> None:
    courier = Courier()
    courier.send(delivery(receiver.url))
    until(lambda: len(receiver.got) == 1)
    assert receiver.got[0].headers["X-Id"] == "d1"
    courier.close()


def test_patience_decides_about_further_attempts(receiver: Receiver) -> None:
    receiver.answers = [(503, {"Retry-After": "0"}), (409, {})]
    told: list[int | None] = []
    courier = Courier(lambda attempt, _answer: 0.01 if attempt < 5 else None)
    courier.send(delivery(receiver.url, told))
    until(lambda: told == [503, 409, 200])
    until(courier.idle)
    courier.close()


def test_a_connection_that_the_receiver_may_have_closed_meanwhile_is_not_used_again(receiver: Receiver) -> None:
    """What breaks on it would be lost: a vendor that got no answer does not send again."""
    courier = Courier()
    for wait in (0.0, 0.1, IDLE + 0.2):
        time.sleep(wait)
        courier.send(delivery(receiver.url))
        until(courier.idle)
    first, soon, late = (one.sender for one in receiver.got)
    assert first == soon != late
    courier.close()


def test_nobody_at_the_address_is_told_as_no_status() -> None:
    told: list[int | None] = []
    courier = Courier()
    courier.send(delivery("http://127.0.0.1:9/", told))
    until(lambda: told == [None])
    courier.close()


def test_a_slow_receiver_does_not_hold_up_the_sender() -> None:
    blocked = threading.Event()

    class Slow(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            blocked.wait(5)
            return httpx.Response(200)

    courier = Courier(client=httpx.Client(transport=Slow()))
    courier.send(delivery("http://receiver.example/"))
    assert not courier.idle()
    blocked.set()
    until(courier.idle)
    courier.close()
