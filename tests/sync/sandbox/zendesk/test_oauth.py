"""OAuth 2: codes, PKCE, rotation, client credentials, scopes, the consent page."""

import base64
import hashlib
import re
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.sync.sandbox.zendesk.desk import TLS, TOKEN, Desk

BACK = "https://portal.example/oauth/callback"
OURS = {"client_id": "concord", "client_secret": f"{TOKEN}-secret"}
VERIFIER = "v" * 50
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


@pytest.fixture
def app(desk: Desk) -> dict[str, str]:
    """A confidential client made by the admin: client_id and client_secret."""
    made = desk.api.post(
        "/api/v2/oauth/clients",
        json={"client": {"name": "Portal", "identifier": "portal", "redirect_uri": [BACK]}},
    )
    assert made.status_code == 201
    return {"client_id": "portal", "client_secret": made.json()["client"]["secret"]}


def ask(desk: Desk, **more: str) -> dict[str, str]:
    """The parameters of a consent request."""
    return {"response_type": "code", "client_id": "portal", "redirect_uri": BACK, "scope": "read write", **more}


def consent(desk: Desk, answer: str = "allow", **more: str) -> dict[str, list[str]]:
    """Go through the consent page as the sync account; returns the callback's parameters."""
    browser = httpx.Client(base_url=desk.address, verify=TLS)
    page = browser.get("/oauth/authorizations/new", params=ask(desk, **more))
    assert page.status_code == 200
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text))
    form = {**fields, "as": str(desk.cast("sync")), "answer": answer}
    back = browser.post("/oauth/authorizations/new", data=form)
    assert back.status_code == 302
    assert back.headers["Location"].startswith(BACK)
    return parse_qs(urlsplit(back.headers["Location"]).query)


def exchange(desk: Desk, app: dict[str, str], **given: str) -> httpx.Response:
    """POST /oauth/tokens."""
    return desk.nobody.post("/oauth/tokens", json={**app, **given})


def by_code(desk: Desk, app: dict[str, str], code: str, **more: str) -> httpx.Response:
    """Exchange a code."""
    return exchange(desk, app, grant_type="authorization_code", code=code, redirect_uri=BACK, **more)


def me(desk: Desk, access: str) -> httpx.Response:
    """Who the token speaks for."""
    return desk.nobody.get("/api/v2/users/me", headers={"Authorization": f"Bearer {access}"})


def test_a_code_becomes_a_token_once(desk: Desk, app: dict[str, str]) -> None:
    told = consent(desk, state="s1")
    assert told["state"] == ["s1"]
    answer = by_code(desk, app, told["code"][0])
    body = answer.json()
    assert (body["token_type"], body["scope"], body["expires_in"]) == ("bearer", "read write", 1800)
    assert me(desk, body["access_token"]).json()["user"]["email"] == "concord@mercuri.example"
    assert by_code(desk, app, told["code"][0]).json()["error"] == "invalid_grant"


def test_a_code_lives_120_seconds(desk: Desk, app: dict[str, str]) -> None:
    code = consent(desk)["code"][0]
    desk.practice.skew = 121
    assert by_code(desk, app, code).status_code == 400


def test_a_code_with_a_challenge_needs_its_verifier(desk: Desk, app: dict[str, str]) -> None:
    asked = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    assert by_code(desk, app, consent(desk, **asked)["code"][0], code_verifier="x" * 50).status_code == 400
    assert by_code(desk, app, consent(desk, **asked)["code"][0], code_verifier=VERIFIER).status_code == 200


def test_a_public_client_must_use_a_challenge(desk: Desk) -> None:
    client = {"name": "App", "identifier": "portal", "redirect_uri": BACK, "kind": "public"}
    assert desk.api.post("/api/v2/oauth/clients", json={"client": client}).status_code == 201
    assert desk.nobody.get("/oauth/authorizations/new", params=ask(desk)).status_code == 400
    code = consent(desk, code_challenge=CHALLENGE, code_challenge_method="S256")["code"][0]
    assert by_code(desk, {"client_id": "portal"}, code, code_verifier=VERIFIER).status_code == 200


def test_a_refusal_on_the_page_goes_back_as_access_denied(desk: Desk, app: dict[str, str]) -> None:
    assert consent(desk, answer="deny")["error"] == ["access_denied"]


def test_a_foreign_callback_is_never_redirected_to(desk: Desk, app: dict[str, str]) -> None:
    asked = {**ask(desk), "redirect_uri": "https://evil.example/"}
    answer = desk.nobody.get("/oauth/authorizations/new", params=asked)
    assert (answer.status_code, "Location" in answer.headers) == (400, False)


def test_a_consent_without_its_own_page_is_refused(desk: Desk, app: dict[str, str]) -> None:
    form = {**ask(desk), "as": str(desk.cast("sync")), "answer": "allow"}
    assert desk.nobody.post("/oauth/authorizations/new", data=form).status_code == 403


def test_a_refresh_rotates_both_tokens(desk: Desk, app: dict[str, str]) -> None:
    old = by_code(desk, app, consent(desk)["code"][0]).json()
    new = exchange(desk, app, grant_type="refresh_token", refresh_token=old["refresh_token"]).json()
    assert me(desk, new["access_token"]).status_code == 200
    assert me(desk, old["access_token"]).status_code == 401
    again = exchange(desk, app, grant_type="refresh_token", refresh_token=old["refresh_token"])
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_an_expired_token_is_401_invalid_token(desk: Desk, app: dict[str, str]) -> None:
    token = by_code(desk, app, consent(desk)["code"][0], expires_in="300").json()
    desk.practice.skew = 301
    answer = me(desk, token["access_token"])
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


def test_lives_outside_the_allowed_range_are_refused(desk: Desk) -> None:
    assert exchange(desk, OURS, grant_type="client_credentials", expires_in="10").status_code == 400


def test_client_credentials_give_no_refresh_token(desk: Desk) -> None:
    body = exchange(desk, OURS, grant_type="client_credentials", scope="read write").json()
    assert "refresh_token" not in body
    assert me(desk, body["access_token"]).json()["user"]["email"] == "concord@mercuri.example"


def test_a_token_does_only_what_its_scopes_allow(desk: Desk) -> None:
    body = exchange(desk, OURS, grant_type="client_credentials", scope="tickets:read").json()
    bearer = {"Authorization": f"Bearer {body['access_token']}"}
    assert desk.nobody.get("/api/v2/tickets", headers=bearer).status_code == 200
    assert desk.nobody.get("/api/v2/webhooks", headers=bearer).status_code == 403
    new = {"ticket": {"comment": {"body": "x"}}}
    assert desk.nobody.post("/api/v2/tickets", json=new, headers=bearer).status_code == 403


@pytest.mark.parametrize("grant", ["password", "implicit", ""])
def test_grants_that_are_gone_are_refused(desk: Desk, grant: str) -> None:
    assert exchange(desk, OURS, grant_type=grant).json()["error"] == "unsupported_grant_type"


def test_a_wrong_client_secret_is_401(desk: Desk) -> None:
    wrong = {**OURS, "client_secret": "wrong"}
    assert exchange(desk, wrong, grant_type="client_credentials").status_code == 401
