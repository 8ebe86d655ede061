"""Sign-in by Microsoft Entra: a token for a person (refresh token) or for a service principal (its own secret)."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta

import httpx

from portal.core import clock
from portal.core.errors import BadInput, Rejected, Unauthorized, Unavailable
from sync.connectors.azuredevops.answers import record, text, whole
from sync.connectors.azuredevops.errors import explain
from sync.connectors.base import OAuth
from sync.connectors.wire import reason

#: Azure DevOps as Entra knows it
RESOURCE = "499b84ac-1321-427f-aa17-267ca6975798"
LOGIN = "https://login.microsoftonline.com"


def token_url(settings: Mapping[str, str]) -> str:
    """Where tokens come from: the tenant's address, or the one that the settings name."""
    return settings.get("token_url") or f"{LOGIN}/{settings.get('tenant') or 'organizations'}/oauth2/v2.0/token"


def exchange(client: httpx.Client, settings: Mapping[str, str]) -> Callable[[OAuth], OAuth]:
    """How an access token is renewed: from its refresh token, else from the client's own secret."""

    def renew(stale: OAuth) -> OAuth:
        asked = {"client_id": stale.client_id}
        if stale.refresh:
            scope = f"{RESOURCE}/.default offline_access"
            asked |= {"grant_type": "refresh_token", "refresh_token": stale.refresh, "scope": scope}
        elif stale.client_id and stale.client_secret:
            asked |= {"grant_type": "client_credentials", "scope": f"{RESOURCE}/.default"}
        else:
            raise Unauthorized("The access token has ended. Sign in again on the system's page.")
        if stale.client_secret:
            asked["client_secret"] = stale.client_secret
        said = _asked(client, token_url(settings), asked)
        return OAuth(
            access=text(said.get("access_token")),
            refresh=text(said.get("refresh_token")) or stale.refresh,
            client_id=stale.client_id,
            client_secret=stale.client_secret,
            expires_at=clock.now() + timedelta(seconds=whole(said.get("expires_in"), 3600)),
        )

    return renew


def _asked(client: httpx.Client, url: str, form: Mapping[str, str]) -> Mapping[str, object]:
    """The token service's answer. Raises Unauthorized, Rejected, Unavailable."""
    try:
        answer = client.post(url, data=dict(form))
    except BadInput as error:
        raise Rejected(f"Microsoft's sign-in cannot be asked. {error}") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unavailable(f"Microsoft's sign-in does not answer: {reason(error)}.", sent=True) from error
    try:
        said = record(json.loads(answer.content))
    except ValueError:
        said = {}
    if answer.status_code in (400, 401, 403):
        told = explain(said).sentence.strip().rstrip(".") or f"status {answer.status_code}"
        raise Unauthorized(f"Microsoft refused the sign-in: {told}. Sign in again on the system's page.")
    if answer.status_code >= 300 or not text(said.get("access_token")):
        raise Unavailable(f"Microsoft's sign-in failed with status {answer.status_code}.", sent=True)
    return said
