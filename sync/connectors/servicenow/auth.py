"""ServiceNow's sign-in by OAuth 2: consent in the browser, refresh token, the client's own credentials."""

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import timedelta

import httpx

from portal.core import clock
from portal.core.errors import BadInput, Unauthorized, Unavailable
from sync.connectors.answers import record
from sync.connectors.base import OAuth, Visit
from sync.connectors.servicenow.answers import text
from sync.connectors.servicenow.errors import explain
from sync.connectors.wire import reason

PATH = "/oauth_token.do"
CONSENT = "/oauth_auth.do"
#: seconds; what an instance gives when it does not say
LIFE = 1_800


def consent(visit: Visit, *, client_id: str, state: str) -> str:
    """The address of the instance's consent page for this visit."""
    digest = hashlib.sha256(visit.verifier.encode("ascii")).digest()
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": visit.redirect_uri,
        "state": state,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii"),
        "code_challenge_method": "S256",
    }
    return str(httpx.URL(visit.base_url.rstrip("/") + CONSENT, params=query))


def admitted(http: httpx.Client, visit: Visit, app: OAuth, *, code: str) -> OAuth:
    """The tokens that the visit brought; `app` names the client. Raises Unauthorized, Unavailable."""
    asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": visit.redirect_uri}
    return _ask(http, visit.base_url, app, asked | {"code_verifier": visit.verifier})


def renewal(http: httpx.Client, base_url: str) -> Callable[[OAuth], OAuth]:
    """How an access token is renewed. The refresh token stays the same until the instance gives another."""

    def renew(stale: OAuth) -> OAuth:
        if stale.refresh:
            return _ask(http, base_url, stale, {"grant_type": "refresh_token", "refresh_token": stale.refresh})
        if not (stale.client_id and stale.client_secret):
            raise Unauthorized("ServiceNow's access token has ended. Sign in again on the system's page.")
        return _ask(http, base_url, stale, {"grant_type": "client_credentials"})

    return renew


def _ask(http: httpx.Client, base_url: str, stale: OAuth, asked: dict[str, str]) -> OAuth:
    form = {**asked, "client_id": stale.client_id, "client_secret": stale.client_secret}
    try:
        answer = http.post(base_url.rstrip("/") + PATH, data=form, headers={"Accept": "application/json"})
    except BadInput as error:
        raise Unavailable(str(error), sent=False) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unavailable(f"ServiceNow's sign-in does not answer: {reason(error)}.", sent=False) from error
    try:
        said = record(json.loads(answer.content))
    except ValueError:
        said = {}
    if answer.status_code in (400, 401, 403):
        told = explain(said).sentence or f"status {answer.status_code}"
        raise Unauthorized(
            f"ServiceNow refused the sign-in: {told}. Sign in again on the system's page.",
            status=answer.status_code,
        )
    access, life = text(said.get("access_token")), text(said.get("expires_in"))
    if answer.status_code != 200 or not access:
        raise Unavailable(
            f"ServiceNow's sign-in failed with status {answer.status_code}.", status=answer.status_code, sent=False
        )
    return OAuth(
        access=access,
        refresh=text(said.get("refresh_token")) or stale.refresh,
        client_id=stale.client_id,
        client_secret=stale.client_secret,
        expires_at=clock.now() + timedelta(seconds=int(life) if life.isdigit() else LIFE),
    )
