"""Jira Cloud sign-in by OAuth 2.0 (3LO): the gateway's address, the sites of a token, rotating renewal."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import httpx

from portal.core import clock
from portal.core.errors import BadInput, Rejected, Unauthorized, Unavailable
from sync.connectors.base import Account, OAuth, Visit
from sync.connectors.jira.answers import record, records, text, whole
from sync.connectors.wire import reason

GATEWAY = "https://api.atlassian.com"
TOKEN_URL = "https://auth.atlassian.com/oauth/token"  # noqa: S105 - an address
AUTHORIZE_URL = "https://auth.atlassian.com/authorize"
SCOPES = ("read:jira-work", "write:jira-work", "read:jira-user", "offline_access")


@dataclass(frozen=True, slots=True)
class Site:
    """A Jira site that a token may use; `id` is the cloud id of gateway addresses."""

    id: str
    url: str
    name: str
    scopes: tuple[str, ...]


def api_base(account: Account) -> str:
    """Where requests go: the gateway if the settings name a cloud id, else the site."""
    cloud = account.settings.get("cloud_id", "")
    if not cloud:
        return account.base_url
    return f"{account.settings.get('gateway', GATEWAY)}/ex/jira/{cloud}"


def sites(client: httpx.Client, access: str, *, gateway: str = GATEWAY) -> tuple[Site, ...]:
    """The sites that an access token opens. Raises Unauthorized, Unavailable."""
    headers = {"Authorization": f"Bearer {access}", "Accept": "application/json"}
    answer = _answer(lambda: client.get(f"{gateway}/oauth/token/accessible-resources", headers=headers))
    return tuple(
        Site(text(row.get("id")), text(row.get("url")), text(row.get("name")), _scopes(row.get("scopes")))
        for row in records(answer)
    )


def authorize_url(client_id: str, *, redirect_uri: str, state: str) -> str:
    """Where to send a person's browser. Keep `state` for the way back."""
    query = {
        "audience": "api.atlassian.com",
        "client_id": client_id,
        "scope": " ".join(SCOPES),
        "redirect_uri": redirect_uri,
        "state": state,
        "response_type": "code",
        "prompt": "consent",
    }
    return str(httpx.URL(AUTHORIZE_URL, params=query))


def exchange_code(
    client: httpx.Client, app: OAuth, *, code: str, redirect_uri: str, token_url: str = TOKEN_URL
) -> OAuth:
    """The tokens for a code; `app` names the client. Raises Unauthorized, Unavailable."""
    asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    return _tokens(client, token_url, app, asked)


def consent(visit: Visit, *, client_id: str, state: str) -> str:
    """The address of Atlassian's consent page for this visit; it takes no PKCE."""
    return authorize_url(client_id, redirect_uri=visit.redirect_uri, state=state)


def admitted(http: httpx.Client, visit: Visit, app: OAuth, *, code: str) -> OAuth:
    """The tokens that the visit brought; `app` names the client. Raises Unauthorized, Unavailable."""
    token_url = visit.settings.get("token_url", TOKEN_URL)
    return exchange_code(http, app, code=code, redirect_uri=visit.redirect_uri, token_url=token_url)


def exchange(client: httpx.Client, settings: Mapping[str, str]) -> Callable[[OAuth], OAuth]:
    """How to renew a token. The answer carries a new refresh token, which makes the old one worthless."""
    url = settings.get("token_url", TOKEN_URL)

    def renewed(stale: OAuth) -> OAuth:
        if not stale.refresh:
            raise Unauthorized("Jira's access token has ended. Sign in again on the system's page.")
        return _tokens(client, url, stale, {"grant_type": "refresh_token", "refresh_token": stale.refresh})

    return renewed


def _tokens(client: httpx.Client, url: str, app: OAuth, asked: Mapping[str, str]) -> OAuth:
    form = {**asked, "client_id": app.client_id, "client_secret": app.client_secret}
    answer = record(_answer(lambda: client.post(url, json=form)))
    access = text(answer.get("access_token"))
    if not access:
        raise Unavailable("Atlassian signed us in without a token. It is tried again.", sent=False)
    return OAuth(
        access=access,
        refresh=text(answer.get("refresh_token")) or app.refresh,
        client_id=app.client_id,
        client_secret=app.client_secret,
        expires_at=clock.now() + timedelta(seconds=whole(answer.get("expires_in"), 3600)),
    )


def _answer(ask: Callable[[], httpx.Response]) -> object:
    """The JSON of a sign-in request, its failures in our tree."""
    try:
        response = ask()
        if response.status_code in (400, 401, 403):
            raise Unauthorized(
                "Atlassian refused the sign-in. Sign in again on the system's page.",
                status=response.status_code,
            )
        if response.status_code != 200:
            raise Unavailable(
                f"Atlassian's sign-in failed with status {response.status_code}.",
                status=response.status_code,
                sent=False,
            )
        return response.json()
    except BadInput as error:
        raise Rejected(error.sentence) from error
    except (httpx.HTTPError, ValueError) as error:
        said = reason(error) if isinstance(error, httpx.HTTPError) else "something that is no JSON"
        raise Unavailable(f"Atlassian's sign-in does not answer: {said}.", sent=False) from error


def _scopes(value: object) -> tuple[str, ...]:
    return tuple(text(one) for one in value) if isinstance(value, list) else ()
