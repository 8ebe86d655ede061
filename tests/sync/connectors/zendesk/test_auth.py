"""Sign-in: headers, PKCE, exchange, rotation, client credentials, and the answer that is nobody."""

import base64
import json
from datetime import timedelta

import httpx
import pytest

from portal.core import clock
from portal.core.errors import Missing, Unauthorized, Unavailable
from sync.connectors.base import Basic, OAuth
from sync.connectors.zendesk.auth import Client, authorize_url, challenge, client_credentials, exchange_code
from tests.sync.connectors.zendesk.account import USERS, Desk
from tests.sync.connectors.zendesk.desk import BASE, Drawer, connector

CLIENT = Client(BASE, "concord", "s3cret")
ANSWER = {"access_token": "new", "refresh_token": "r2", "token_type": "bearer", "expires_in": 1800}


def decoded(header: str) -> str:
    return base64.b64decode(header.removeprefix("Basic ")).decode()


@pytest.mark.parametrize(
    "credential, user",
    [
        (Basic("ada@example.org", "t"), "ada@example.org/token:t"),
        (Basic("ada@example.org/token", "t"), "ada@example.org/token:t"),
        (Basic("ada@example.org", "p", token=False), "ada@example.org:p"),
    ],
)
def test_a_token_is_told_by_the_user_name(credential: Basic, user: str) -> None:
    desk = Desk()
    zendesk = connector(desk.transport(), credential=credential)
    desk.answers["GET /api/v2/tickets"] = {"tickets": []}
    zendesk.find("ticket", "k")
    assert decoded(desk.asked[0].headers["Authorization"]) == user


def test_the_challenge_is_that_of_rfc_7636() -> None:
    assert challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_the_browser_is_sent_with_state_and_challenge() -> None:
    url = httpx.URL(authorize_url(CLIENT, redirect_uri="https://us/back", state="st", verifier="v" * 43))
    assert url.path == "/oauth/authorizations/new"
    assert url.params["state"] == "st"
    assert url.params["code_challenge"] == challenge("v" * 43)
    assert "s3cret" not in str(url)


def test_a_code_becomes_tokens() -> None:
    asked: list[dict[str, object]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content))
        return httpx.Response(200, json=ANSWER)

    http = httpx.Client(transport=httpx.MockTransport(answer))
    got = exchange_code(http, CLIENT, code="c", redirect_uri="https://us/back", verifier="v")
    assert (got.access, got.refresh, got.client_id, got.client_secret) == ("new", "r2", "concord", "s3cret")
    assert got.expires_at is not None
    assert timedelta(minutes=29) < got.expires_at - clock.now() <= timedelta(minutes=30)
    assert asked[0]["code_verifier"] == "v"
    assert "new" not in repr(got)


@pytest.mark.parametrize(
    "answer, error",
    [
        (httpx.Response(400, json={"error": "invalid_grant", "error_description": "expired"}), Unauthorized),
        (httpx.Response(401, json={"error": "invalid_client"}), Unauthorized),
        (httpx.Response(500, text="<html>"), Unavailable),
        (httpx.Response(200, text="<html>"), Unavailable),
    ],
)
def test_a_refused_sign_in_is_told_from_a_failed_one(answer: httpx.Response, error: type[Exception]) -> None:
    http = httpx.Client(transport=httpx.MockTransport(lambda _: answer))
    with pytest.raises(error):
        client_credentials(http, CLIENT)


def bearer(desk: Desk, access: str) -> None:
    """Only this access token is good."""

    def me(request: httpx.Request) -> httpx.Response:
        if request.headers["Authorization"] != f"Bearer {access}":
            return httpx.Response(401, json={"error": "invalid_token", "error_description": "expired"})
        return httpx.Response(200, json={"user": USERS[2]})

    desk.answers["GET /api/v2/users/me"] = me
    desk.answers["GET /api/v2/tickets"] = {"tickets": []}
    desk.answers["POST /oauth/tokens"] = ANSWER


def test_a_dead_token_is_renewed_once_and_both_new_ones_are_kept() -> None:
    desk = Desk()
    bearer(desk, "new")
    zendesk = connector(desk.transport(), credential=OAuth("old", "r1", "concord", "s3cret"))
    assert zendesk.check().account.name == "Sync Bot"
    assert zendesk.check().account.name == "Sync Bot"
    vault = zendesk.account.vault
    assert isinstance(vault, Drawer)
    assert vault.exchanged == 1
    assert isinstance(vault.kept, OAuth)
    assert (vault.kept.access, vault.kept.refresh) == ("new", "r2")


def test_a_token_near_its_end_is_renewed_before_it_is_sent() -> None:
    desk = Desk()
    bearer(desk, "new")
    soon = clock.now() + timedelta(seconds=5)
    zendesk = connector(desk.transport(), credential=OAuth("old", "r1", "concord", "s3cret", soon))
    zendesk.check()
    assert desk.calls()[0] == "POST /oauth/tokens"


def test_without_a_refresh_token_the_client_signs_in_itself() -> None:
    desk = Desk()
    bearer(desk, "new")
    connector(desk.transport(), credential=OAuth("old", "", "concord", "s3cret")).check()
    sent = json.loads(next(one for one in desk.asked if one.url.path == "/oauth/tokens").content)
    assert sent["grant_type"] == "client_credentials"


def test_a_token_that_cannot_be_renewed_stops_the_system() -> None:
    desk = Desk()
    bearer(desk, "new")
    with pytest.raises(Unauthorized, match="Sign in again"):
        connector(desk.transport(), credential=OAuth("old")).check()


def test_nobody_with_status_200_is_refused() -> None:
    desk = Desk()
    nobody = {"id": None, "name": "Anonymous user", "role": "end-user"}
    desk.answers["GET /api/v2/users/me"] = {"user": nobody}
    with pytest.raises(Unauthorized):
        connector(desk.transport()).check()


def test_an_end_user_is_a_problem_and_an_agent_a_note() -> None:
    desk = Desk()
    desk.answers["GET /api/v2/tickets"] = {"tickets": []}
    desk.answers["GET /api/v2/users/me"] = {"user": USERS[0]}
    assert connector(desk.transport()).check().problems
    desk.answers["GET /api/v2/users/me"] = {"user": USERS[1]}
    found = connector(desk.transport()).check()
    assert not found.problems
    assert any("administrators" in note for note in found.notes)


def test_a_missing_scope_is_a_problem() -> None:
    desk = Desk()
    desk.answers["GET /api/v2/users/me"] = {"user": USERS[2]}
    desk.answers["GET /api/v2/tickets"] = lambda _: httpx.Response(403, json={"error": "Forbidden"})
    (problem,) = connector(desk.transport()).check().problems
    assert "tickets" in problem


def test_a_wrong_subdomain_says_so() -> None:
    desk = Desk()
    desk.answers["GET /api/v2/users/me"] = lambda _: httpx.Response(404, html="<html>No help desk</html>")
    with pytest.raises(Missing, match="subdomain"):
        connector(desk.transport()).check()
