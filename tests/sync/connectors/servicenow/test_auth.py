"""Sign-in: Basic with a password, OAuth by refresh token or by the client itself."""

import base64
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs

import httpx
import pytest

from portal.core import clock
from portal.core.errors import Unauthorized, Unavailable
from sync.connectors.base import OAuth
from sync.connectors.servicenow.auth import renewal
from tests.sync.connectors.servicenow.instance import BASE, ID, Instance

STALE = OAuth("old", "refresh-1", "client", "secret")
FRESH = {"access_token": "new", "refresh_token": "refresh-2", "expires_in": 1799, "token_type": "Bearer"}


def renewed(stale: OAuth, answer: Callable[[httpx.Request], httpx.Response]) -> OAuth:
    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        return renewal(http, BASE)(stale)


def test_a_password_goes_as_basic() -> None:
    instance = Instance()
    instance.connector().read(ID)
    expected = base64.b64encode(b"concord:s3cret").decode()
    assert {one.headers["Authorization"] for one in instance.asked} == {f"Basic {expected}"}


def test_a_refresh_token_is_exchanged_as_a_form() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json=FRESH)

    fresh = renewed(STALE, answer)
    assert (fresh.access, fresh.refresh, fresh.client_id) == ("new", "refresh-2", "client")
    assert fresh.expires_at is not None
    assert timedelta(minutes=29) < fresh.expires_at - clock.now() <= timedelta(minutes=30)
    assert asked[0].url == f"{BASE}/oauth_token.do"
    assert parse_qs(asked[0].content.decode()) == {
        "grant_type": ["refresh_token"],
        "refresh_token": ["refresh-1"],
        "client_id": ["client"],
        "client_secret": ["secret"],
    }


def test_a_client_without_a_refresh_token_signs_in_itself() -> None:
    told = {name: value for name, value in FRESH.items() if name != "refresh_token"}

    def answer(request: httpx.Request) -> httpx.Response:
        assert b"client_credentials" in request.content
        return httpx.Response(200, json=told)

    assert renewed(OAuth("", "", "client", "secret"), answer).refresh == ""


def test_a_token_with_nothing_to_renew_it_ends() -> None:
    with pytest.raises(Unauthorized):
        renewed(OAuth("old"), lambda _: httpx.Response(500))


def test_a_refused_renewal_stops_the_system_and_a_broken_one_is_tried_again() -> None:
    body = {"error": "access_denied", "error_description": "access_denied"}
    with pytest.raises(Unauthorized, match="access_denied"):
        renewed(STALE, lambda _: httpx.Response(401, json=body))

    def silent(_: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow")

    answers: tuple[Callable[[httpx.Request], httpx.Response], ...] = (
        silent,
        lambda _: httpx.Response(502),
        lambda _: httpx.Response(200, text="<html>"),
    )
    for answer in answers:
        with pytest.raises(Unavailable):
            renewed(STALE, answer)


def test_an_expired_token_is_renewed_once_and_used() -> None:
    instance = Instance()
    connector = instance.connector(OAuth("old", "refresh-1", "client", "secret"))
    usual = instance._usual()[f"GET /incident/{ID}"]

    def answer(request: httpx.Request) -> httpx.Response:
        if request.headers["Authorization"] != "Bearer new":
            return httpx.Response(401, json={"error": {"message": "User Not Authenticated"}, "status": "failure"})
        return httpx.Response(200, json={"result": usual})

    instance.answers |= {
        f"GET /incident/{ID}": answer,
        "POST /oauth_token.do": lambda _: httpx.Response(200, json=FRESH),
    }
    assert connector.read(ID).record == ID
    assert instance.calls().count("POST /oauth_token.do") == 1
