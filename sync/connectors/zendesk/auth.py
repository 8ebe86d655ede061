"""Zendesk's sign-in: the headers of a credential, and OAuth 2 with PKCE, rotation and client credentials."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import httpx

from portal.core import clock
from portal.core.errors import BadInput, Unauthorized, Unavailable
from sync.connectors.base import Basic, Credential, OAuth, Visit
from sync.connectors.wire import authorization
from sync.connectors.zendesk.errors import explain
from sync.connectors.zendesk.shapes import row, text

SCOPE = "read write"
#: seconds; Zendesk's longest, so that a system that stands still for weeks can still sign in
REFRESH_LIFE = 7_776_000
ACCESS_LIFE = 7_200


@dataclass(frozen=True, slots=True)
class Client:
    """The OAuth client as the company made it in its Zendesk admin centre."""

    base_url: str
    client_id: str
    client_secret: str = ""


def headers(credential: Credential) -> dict[str, str]:
    """The Authorization header; an API token is told from a password by "/token" after the e-mail address."""
    if isinstance(credential, Basic) and credential.token and not credential.user.endswith("/token"):
        credential = Basic(f"{credential.user}/token", credential.secret)
    return authorization(credential)


def challenge(verifier: str) -> str:
    """The S256 code challenge of a PKCE verifier (RFC 7636)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def authorize_url(client: Client, *, redirect_uri: str, state: str, verifier: str) -> str:
    """Where to send a person's browser. Keep `state` and `verifier` for the way back."""
    query = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": redirect_uri,
        "scope": SCOPE,
        "state": state,
        "code_challenge": challenge(verifier),
        "code_challenge_method": "S256",
    }
    return str(httpx.URL(client.base_url.rstrip("/") + "/oauth/authorizations/new", params=query))


def exchange_code(http: httpx.Client, client: Client, *, code: str, redirect_uri: str, verifier: str) -> OAuth:
    """The tokens for a code, which lives 120 seconds. Raises Unauthorized, Unavailable."""
    asked: dict[str, str | int] = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
        "scope": SCOPE,
        "refresh_token_expires_in": REFRESH_LIFE,
    }
    return _ask(http, client, asked)


def client_credentials(http: httpx.Client, client: Client) -> OAuth:
    """A token for the client itself, without a person; there is no refresh token, one asks again."""
    return _ask(http, client, {"grant_type": "client_credentials", "scope": SCOPE})


def consent(visit: Visit, *, client_id: str, state: str) -> str:
    """The address of Zendesk's consent page for this visit."""
    client = Client(visit.base_url, client_id)
    return authorize_url(client, redirect_uri=visit.redirect_uri, state=state, verifier=visit.verifier)


def admitted(http: httpx.Client, visit: Visit, app: OAuth, *, code: str) -> OAuth:
    """The tokens that the visit brought; `app` names the client. Raises Unauthorized, Unavailable."""
    client = Client(visit.base_url, app.client_id, app.client_secret)
    return exchange_code(http, client, code=code, redirect_uri=visit.redirect_uri, verifier=visit.verifier)


def renewal(http: httpx.Client, base_url: str) -> Callable[[OAuth], OAuth]:
    """How an access token is renewed. The old pair dies with the answer: store the new one before use."""

    def renew(stale: OAuth) -> OAuth:
        client = Client(base_url, stale.client_id, stale.client_secret)
        if not stale.refresh:
            if not (stale.client_id and stale.client_secret):
                raise Unauthorized("Zendesk's access token has ended. Sign in again on the system's page.")
            return client_credentials(http, client)
        asked: dict[str, str | int] = {"grant_type": "refresh_token", "refresh_token": stale.refresh}
        asked["refresh_token_expires_in"] = REFRESH_LIFE
        return _ask(http, client, asked)

    return renew


def _ask(http: httpx.Client, client: Client, asked: Mapping[str, str | int]) -> OAuth:
    body: dict[str, str | int] = {**asked, "client_id": client.client_id, "expires_in": ACCESS_LIFE}
    if client.client_secret:
        body["client_secret"] = client.client_secret
    try:
        answer = http.post(client.base_url.rstrip("/") + "/oauth/tokens", json=body)
    except httpx.HTTPError as error:
        raise Unavailable("Zendesk did not answer the sign-in.") from error
    except BadInput as error:
        raise Unavailable(str(error), sent=False) from error
    try:
        said = json.loads(answer.content)
    except ValueError:
        said = {}
    if answer.status_code in (400, 401, 403):
        told = explain(said).sentence or f"status {answer.status_code}"
        raise Unauthorized(f"Zendesk refused the sign-in: {told}. Sign in again on the system's page.")
    access = text(row(said).get("access_token"))
    if answer.status_code >= 300 or not access:
        raise Unavailable(f"Zendesk's sign-in failed with status {answer.status_code}.", sent=True)
    return _tokens(row(said), client)


def _tokens(said: Mapping[str, object], client: Client) -> OAuth:
    life = said.get("expires_in")
    return OAuth(
        access=text(said.get("access_token")),
        refresh=text(said.get("refresh_token")),
        client_id=client.client_id,
        client_secret=client.client_secret,
        expires_at=clock.now() + timedelta(seconds=life) if isinstance(life, int) else None,
    )
