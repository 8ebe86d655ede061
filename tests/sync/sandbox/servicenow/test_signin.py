"""Ways in: password, OAuth by each grant, the consent page."""

import re
from urllib.parse import parse_qs, urlsplit

import httpx

from sync.connectors.base import OAuth, Visit
from sync.connectors.servicenow.auth import admitted, consent
from sync.sandbox.servicenow.seed import CLIENT_ID, SYNC_USER
from tests.sync.sandbox.servicenow.site import TABLE, TOKEN, Site

APP = {"client_id": CLIENT_ID, "client_secret": TOKEN}


def asked(site: Site, **form: str) -> httpx.Response:
    return site.nobody.post("/oauth_token.do", data=APP | form)


def opened(site: Site, access: str) -> int:
    return site.nobody.get(f"{TABLE}/incident", headers={"Authorization": f"Bearer {access}"}).status_code


def test_a_password_becomes_tokens_and_a_refresh_token_another(site: Site) -> None:
    first = asked(site, grant_type="password", username=SYNC_USER, password=TOKEN).json()
    assert (first["token_type"], first["expires_in"]) == ("Bearer", 1799)
    assert opened(site, first["access_token"]) == 200
    second = asked(site, grant_type="refresh_token", refresh_token=first["refresh_token"]).json()
    assert second["refresh_token"] == first["refresh_token"]
    assert opened(site, second["access_token"]) == 200


def test_a_client_alone_gets_no_refresh_token(site: Site) -> None:
    told = asked(site, grant_type="client_credentials").json()
    assert "refresh_token" not in told
    assert opened(site, told["access_token"]) == 200


def test_a_token_ends(site: Site) -> None:
    access = asked(site, grant_type="client_credentials").json()["access_token"]
    site.switch("clock", skew=1800)
    assert opened(site, access) == 401


def test_wrong_ones_are_refused(site: Site) -> None:
    for form in (
        {"grant_type": "password", "username": SYNC_USER, "password": "wrong"},
        {"grant_type": "refresh_token", "refresh_token": "wrong"},
        {"grant_type": "client_credentials", "client_secret": "wrong"},
        {"grant_type": "authorization_code", "code": "wrong"},
        {"grant_type": "nonsense"},
    ):
        assert asked(site, **form).status_code == 401
    assert httpx.get(f"{site.address}{TABLE}/incident", auth=(SYNC_USER, "wrong")).status_code == 401


def test_a_visit_to_the_consent_page_brings_tokens_once(site: Site) -> None:
    visit = Visit(site.address, {}, "https://concord.example/back", "v" * 43)
    assert site.nobody.get(consent(visit, client_id=CLIENT_ID, state="s-1")).status_code == 400
    site.practice.welcome("https://concord.example/back")
    page = site.nobody.get(consent(visit, client_id=CLIENT_ID, state="s-1"))
    back = re.search(r'href="(https://concord\.example/back[^"]+)"', page.text)
    assert back
    told = parse_qs(urlsplit(back[1].replace("&amp;", "&")).query)
    assert told["state"] == ["s-1"]
    with httpx.Client() as http:
        tokens = admitted(http, visit, OAuth("", "", CLIENT_ID, TOKEN), code=told["code"][0])
    assert opened(site, tokens.access) == 200
    again = asked(site, grant_type="authorization_code", code=told["code"][0], code_verifier="v" * 43)
    assert again.status_code == 401
    assert site.nobody.get("/oauth_auth.do", params={"client_id": "wrong"}).status_code == 400
