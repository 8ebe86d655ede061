"""Sign-in to a declared interface: basic, bearer, a key in a header, OAuth 2 with client credentials or refresh."""

import json
import re
from collections.abc import Callable
from datetime import timedelta

import httpx

from portal.core import clock
from portal.core.errors import BadInput, Misconfigured, Unauthorized, Unavailable
from sync.connectors.base import Basic, Credential, OAuth
from sync.connectors.rest.declared import Section
from sync.connectors.rest.values import text
from sync.connectors.wire import Authorize, authorization, reason

HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,60}")
#: headers that say other things than who asks
TAKEN = frozenset({"host", "content-type", "content-length", "cookie", "transfer-encoding", "connection", "accept"})


def authorizing(section: Section) -> Authorize:
    """How a credential is written: scheme = basic (the default), bearer, or the name of a header."""
    scheme = section.words.get("scheme", "basic")
    if scheme.lower() not in ("basic", "bearer") and (not HEADER.fullmatch(scheme) or scheme.lower() in TAKEN):
        raise Misconfigured(f"Sign in: “{scheme}” is neither basic nor bearer nor the name of a header for a key.")

    def written(credential: Credential) -> dict[str, str]:
        if isinstance(credential, Basic) and scheme.lower() == "bearer":
            return {"Authorization": f"Bearer {credential.secret}"}
        if isinstance(credential, Basic) and scheme.lower() != "basic":
            return {scheme: credential.secret}
        return authorization(credential)

    return written


def renewal(http: httpx.Client, base_url: str, section: Section) -> Callable[[OAuth], OAuth] | None:
    """How an access token is renewed at `token_url`; None where none is declared."""
    place = section.words.get("token_url", "")
    if not place:
        return None
    address = base_url.rstrip("/") + place if place.startswith("/") else place

    def renew(stale: OAuth) -> OAuth:
        if stale.refresh:
            asked = {"grant_type": "refresh_token", "refresh_token": stale.refresh}
        elif stale.client_id and stale.client_secret:
            asked = {"grant_type": "client_credentials"}
            if scope := section.words.get("scope"):
                asked["scope"] = scope
        else:
            raise Unauthorized("The access token has ended. Enter a new one on the system's page.")
        asked |= {"client_id": stale.client_id, "client_secret": stale.client_secret}
        return _tokens(_asked(http, address, asked), stale)

    return renew


def _asked(http: httpx.Client, address: str, asked: dict[str, str]) -> dict[str, object]:
    try:
        answer = http.post(address, data=asked, headers={"Accept": "application/json"})
    except httpx.HTTPError as error:
        raise Unavailable(f"The sign-in address does not answer: {reason(error)}.") from error
    except BadInput as error:
        raise Unavailable(str(error), sent=False) from error
    if answer.status_code in (400, 401, 403):
        raise Unauthorized(
            f"The sign-in was refused with status {answer.status_code}. Enter a new credential on the system's page."
        )
    try:
        said = json.loads(answer.content)
    except ValueError:
        said = {}
    if answer.status_code >= 300 or not isinstance(said, dict) or not text(said.get("access_token")):
        raise Unavailable(f"The sign-in failed with status {answer.status_code}.")
    return said


def _tokens(said: dict[str, object], stale: OAuth) -> OAuth:
    life = said.get("expires_in")
    return OAuth(
        access=text(said.get("access_token")),
        refresh=text(said.get("refresh_token")) or stale.refresh,
        client_id=stale.client_id,
        client_secret=stale.client_secret,
        expires_at=clock.now() + timedelta(seconds=life) if isinstance(life, int) else None,
    )
