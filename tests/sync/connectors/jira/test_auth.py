"""Sign-in: Basic with a token, OAuth by the gateway with rotating refresh tokens."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from portal.core import clock
from portal.core.errors import Misconfigured, Unauthorized, Unavailable
from sync.connectors.base import Account, OAuth
from sync.connectors.jira.auth import authorize_url, exchange, exchange_code, sites
from sync.connectors.jira.connector import JiraConnector
from tests.sync.connectors.jira.site import ME, Site
from tests.sync.connectors.zendesk.desk import Drawer

STALE = OAuth("old", "refresh-1", "client", "secret")


def client(answer: Callable[[httpx.Request], httpx.Response]) -> httpx.Client:
    return httpx.Client(transport=httpx.MockTransport(answer))


def test_a_token_goes_as_basic() -> None:
    site = Site()
    site.connector().read("10042")
    expected = base64.b64encode(b"bot@example.org:t0ken").decode()
    assert {one.headers["Authorization"] for one in site.asked} == {f"Basic {expected}"}


def test_a_renewal_keeps_the_new_refresh_token() -> None:
    body = {"access_token": "a", "refresh_token": "refresh-2", "expires_in": 3600}
    fresh = exchange(client(lambda _: httpx.Response(200, json=body)), {})(STALE)
    assert (fresh.access, fresh.refresh, fresh.client_id) == ("a", "refresh-2", "client")
    assert fresh.expires_at is not None
    assert timedelta(minutes=59) < fresh.expires_at - clock.now() <= timedelta(hours=1)


def test_a_refused_renewal_stops_the_system() -> None:
    for status in (400, 401, 403):
        answer = httpx.Response(status, json={"error": "invalid_grant"})
        with pytest.raises(Unauthorized):
            exchange(client(lambda _, answer=answer: answer), {})(STALE)  # type: ignore[misc]


def test_a_broken_renewal_is_tried_again() -> None:
    def fails(_: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow")

    answers: tuple[Callable[[httpx.Request], httpx.Response], ...] = (
        fails,
        lambda _: httpx.Response(502),
        lambda _: httpx.Response(200, text="<html>"),
        lambda _: httpx.Response(200, json={}),
    )
    for answer in answers:
        with pytest.raises(Unavailable):
            exchange(client(answer), {})(STALE)


def test_an_expired_token_is_renewed_once_and_used() -> None:
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(f"{request.method} {request.url}")
        if request.url.path == "/oauth/token":
            return httpx.Response(200, json={"access_token": "new", "refresh_token": "refresh-2"})
        if request.headers["Authorization"] != "Bearer new":
            return httpx.Response(401, json={"code": 401, "message": "Unauthorized"})
        return httpx.Response(200, json=ME)

    vault = Drawer(STALE)
    jira = JiraConnector(
        Account("https://acme.atlassian.net", vault, {"project": "INF", "cloud_id": "c-1"}), client(answer)
    )
    assert jira.home.me()["accountId"] == "bot-1"
    assert vault.exchanged == 1
    gateway = "GET https://api.atlassian.com/ex/jira/c-1/rest/api/3/myself"
    assert seen == [gateway, "POST https://auth.atlassian.com/oauth/token", gateway]


def test_the_sites_of_a_token_are_listed() -> None:
    rows = [{"id": "c-1", "url": "https://acme.atlassian.net", "name": "acme", "scopes": ["read:jira-work"]}]
    (one,) = sites(client(lambda _: httpx.Response(200, json=rows)), "a")
    assert (one.id, one.url, one.scopes) == ("c-1", "https://acme.atlassian.net", ("read:jira-work",))


def test_a_system_without_a_project_is_misconfigured() -> None:
    with pytest.raises(Misconfigured):
        Site().connector(project="")


def test_a_token_without_a_refresh_token_ends() -> None:
    with pytest.raises(Unauthorized):
        exchange(client(lambda _: httpx.Response(500)), {})(OAuth("old"))


def test_a_code_becomes_tokens() -> None:
    asked: list[dict[str, str]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content))
        return httpx.Response(200, json={"access_token": "a", "refresh_token": "r", "expires_in": 60})

    app = OAuth("", client_id="client", client_secret="secret")
    found = exchange_code(client(answer), app, code="c", redirect_uri="https://concord.example/back")
    assert (found.access, found.refresh, found.client_id) == ("a", "r", "client")
    assert asked[0]["grant_type"] == "authorization_code"
    url = httpx.URL(authorize_url("client", redirect_uri="https://concord.example/back", state="s-1"))
    assert (url.host, url.params["state"]) == ("auth.atlassian.com", "s-1")
    assert "offline_access" in url.params["scope"]
