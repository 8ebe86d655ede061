"""One wire for all trackers: errors as our tree, renewal, downloads, limits."""

from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime

import httpx
import pytest

from portal.core import clock
from portal.core.errors import (
    Conflict,
    Missing,
    RateLimited,
    Rejected,
    TrackerFault,
    Unauthorized,
    Unavailable,
)
from portal.core.http import Egress, GuardedTransport
from sync.connectors.base import Basic, Credential, OAuth
from sync.connectors.wire import Explained, Wire, retry_at
from tests.sync.connectors.zendesk.desk import Drawer

HOME = "https://tracker.example/ctx"


def explain(body: object) -> Explained:
    return Explained(str(body["said"]), "colour") if isinstance(body, dict) else Explained()


def wire(answer: httpx.BaseTransport, credential: Credential | None = None, **more: str) -> Wire:
    vault = Drawer(credential or Basic("u", "p"))
    client = httpx.Client(transport=answer, follow_redirects=False)
    fresh = OAuth("fresh", "r2")
    return Wire("Tracker", HOME, client, vault, explain, exchange=lambda _: fresh)


def always(response: httpx.Response) -> httpx.MockTransport:
    return httpx.MockTransport(lambda _: response)


@pytest.mark.parametrize(
    "status, headers, kind",
    [
        (302, {"Location": "/login"}, Unavailable),
        (400, {}, Rejected),
        (401, {}, Unauthorized),
        (403, {}, Rejected),
        (404, {}, Missing),
        (408, {}, Unavailable),
        (409, {}, Conflict),
        (410, {}, Missing),
        (412, {}, Conflict),
        (413, {}, Rejected),
        (422, {}, Rejected),
        (429, {}, RateLimited),
        (500, {}, Unavailable),
        (503, {}, Unavailable),
        (503, {"Retry-After": "5"}, RateLimited),
    ],
)
def test_a_status_means_one_fault(status: int, headers: dict[str, str], kind: type[TrackerFault]) -> None:
    answer = httpx.Response(status, headers=headers, json={"said": "No good."})
    with pytest.raises(kind) as caught:
        wire(always(answer)).json("GET", "/x")
    assert type(caught.value) is kind
    assert caught.value.status == status
    assert caught.value.sentence.endswith(".")
    assert ".." not in caught.value.sentence


def test_the_trackers_sentence_and_field_come_through() -> None:
    with pytest.raises(Rejected, match="No such colour") as caught:
        wire(always(httpx.Response(422, json={"said": "No such colour."}))).json("PUT", "/x", body={})
    assert caught.value.field == "colour"


@pytest.mark.parametrize("body", [b"<html><body>Sign in</body></html>", b'{"half": ', b"\xff"])
def test_what_is_no_json_is_no_answer(body: bytes) -> None:
    with pytest.raises(Unavailable) as caught:
        wire(always(httpx.Response(200, content=body))).json("POST", "/x", body={})
    assert caught.value.sent


def test_a_flood_is_cut_off() -> None:
    def flood() -> Iterator[bytes]:
        while True:
            yield b"x" * 1_000_000

    with pytest.raises(Unavailable, match="32 MB"):
        wire(always(httpx.Response(200, content=flood()))).json("GET", "/x")


@pytest.mark.parametrize(
    "error, sent",
    [
        (httpx.ConnectError("refused"), False),
        (httpx.ConnectTimeout("slow"), False),
        (httpx.ReadTimeout("slow"), True),
        (httpx.RemoteProtocolError("gone"), True),
        (httpx.WriteError("gone"), True),
    ],
)
def test_a_broken_connection_says_whether_the_write_may_stand(error: httpx.HTTPError, sent: bool) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    with pytest.raises(Unavailable) as caught:
        wire(httpx.MockTransport(fail)).json("POST", "/x", body={})
    assert caught.value.sent is sent


def test_half_a_surrogate_pair_does_not_stop_a_write() -> None:
    asked: list[bytes] = []

    def keep(request: httpx.Request) -> httpx.Response:
        asked.append(request.content)
        return httpx.Response(204)

    wire(httpx.MockTransport(keep)).json("POST", "/x", body={"a": "b\ud83dc 😀"})
    assert asked[0].decode() == '{"a": "b?c 😀"}'


def test_a_context_path_is_kept() -> None:
    assert wire(always(httpx.Response(200))).url("/api/x") == "https://tracker.example/ctx/api/x"


def renewing(request: httpx.Request) -> httpx.Response:
    good = request.headers["Authorization"] == "Bearer fresh"
    return httpx.Response(200, json={"ok": 1}) if good else httpx.Response(401, json={"said": "expired"})


def test_a_refused_token_is_renewed_and_the_request_sent_again() -> None:
    one = wire(httpx.MockTransport(renewing), OAuth("old", "r1"))
    assert one.json("POST", "/x", body={"a": 1}) == {"ok": 1}


def test_an_upload_is_not_sent_twice_but_the_token_is_renewed() -> None:
    one = wire(httpx.MockTransport(renewing), OAuth("old", "r1"))
    with pytest.raises(Unavailable) as caught:
        one.send("POST", "/x", content=iter([b"a"]))
    assert not caught.value.sent
    assert one.send("POST", "/x", content=iter([b"a"])).status_code == 200


def test_a_token_near_its_end_is_renewed_first() -> None:
    one = wire(httpx.MockTransport(renewing), OAuth("old", "r1", expires_at=clock.now() + timedelta(seconds=9)))
    assert one.send("POST", "/x", content=iter([b"a"])).status_code == 200


def test_a_download_follows_redirects_without_the_credential() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if request.url.path == "/ctx/file":
            return httpx.Response(302, headers={"Location": "/elsewhere"})
        return httpx.Response(200, content=b"data")

    with wire(httpx.MockTransport(answer)).download("/file") as pieces:
        assert b"".join(pieces) == b"data"
    assert [str(one.url) for one in asked] == [f"{HOME}/file", "https://tracker.example/elsewhere"]
    assert ["authorization" in one.headers for one in asked] == [True, False]


def test_a_download_from_elsewhere_gets_no_credential() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert "authorization" not in request.headers
        return httpx.Response(200, content=b"data")

    with wire(httpx.MockTransport(answer)).download("https://tracker.example.evil.example/f") as pieces:
        assert list(pieces) == [b"data"]


def test_a_download_into_the_house_is_refused() -> None:
    def inside(_: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers={"Location": "http://127.0.0.1:5432/"})

    class Redirecting(httpx.BaseTransport):
        """Guarded, as in production, except for the tracker itself."""

        guarded = GuardedTransport(Egress())

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            return inside(request) if "tracker" in request.url.host else self.guarded.handle_request(request)

    with pytest.raises(Rejected), wire(Redirecting()).download("/file"):
        pass


def test_a_download_that_breaks_off_is_the_sources_fault() -> None:
    def broken() -> Iterator[bytes]:
        yield b"a"
        raise httpx.ReadError("gone")

    one = wire(always(httpx.Response(200, content=broken())))
    with pytest.raises(Unavailable) as caught, one.download("/file") as pieces:
        b"".join(pieces)
    assert not caught.value.sent


def test_a_download_renews_a_token_once() -> None:
    with wire(httpx.MockTransport(renewing), OAuth("old", "r1")).download("/file") as pieces:
        assert b"".join(pieces)
    never = always(httpx.Response(401, json={"said": "no"}))
    with pytest.raises(Unauthorized), wire(never, OAuth("old", "r1")).download("/file"):
        pass


def test_a_download_in_a_circle_ends() -> None:
    circle = always(httpx.Response(302, headers={"Location": "/file"}))
    with pytest.raises(Unavailable, match="redirected"), wire(circle).download("/file"):
        pass


@pytest.mark.parametrize(
    "headers, seconds",
    [
        ({"retry-after": "30"}, 30),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "-5"}, 0),
        ({"retry-after": "86400"}, 3600),
        ({"retry-after": "nan"}, 60),
        ({"retry-after": "soon"}, 60),
        ({"ratelimit-reset": "12"}, 12),
        ({}, 60),
    ],
)
def test_when_to_come_back(headers: dict[str, str], seconds: float) -> None:
    wait = (retry_at(headers) - clock.now()).total_seconds()
    assert seconds - 2 < wait <= seconds


def test_when_to_come_back_as_a_date() -> None:
    at = clock.now() + timedelta(seconds=90)
    assert abs(retry_at({"retry-after": format_datetime(at, usegmt=True)}) - at) < timedelta(seconds=2)
