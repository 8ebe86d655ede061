"""The server under the practice systems."""

import httpx

from tests.sync.sandbox.zendesk.desk import Desk


def test_one_connection_serves_many_requests(desk: Desk) -> None:
    with httpx.Client(base_url=desk.address) as one:
        streams = {id(one.get("/_practice/health").extensions["network_stream"]) for _ in range(5)}
    assert len(streams) == 1


def test_head_has_the_headers_without_the_body(desk: Desk) -> None:
    answer = desk.api.head("/api/v2/tickets")
    assert answer.status_code == 200
    assert answer.content == b""


def test_a_body_beyond_the_limit_is_413(desk: Desk) -> None:
    answer = desk.api.post("/api/v2/uploads?filename=a", content=b"x" * (65 * 1024 * 1024))
    assert answer.status_code == 413


def test_a_chunked_body_is_read_whole(desk: Desk) -> None:
    def parts() -> list[bytes]:
        return [b"one ", b"two"]

    answer = desk.api.post("/api/v2/uploads?filename=a.txt", content=iter(parts()))
    assert answer.json()["upload"]["attachment"]["size"] == 7
