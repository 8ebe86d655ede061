"""OAuth 2.0 (3LO) of the practice site: rotating refresh tokens, the sites of a token."""

import secrets
from datetime import datetime, timedelta

from werkzeug.wrappers import Response

from sync.sandbox.call import Call, Refusal, Routes, reply
from sync.sandbox.jira.render import stored
from sync.sandbox.jira.seed import CLOUD_ID, SYNC_EMAIL, account_id, digest
from sync.sandbox.store import Doc, Json, Store

ROUTES = Routes()
SCOPES = ["read:jira-work", "write:jira-work", "read:jira-user", "offline_access"]
LIFE = timedelta(hours=1)


def grant(store: Store, owner: str, now: datetime) -> Json:
    """A new pair of tokens for a person; only digests are kept."""
    access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    expires = stored(now + LIFE)
    store.put("access", digest(access), {"accountId": owner, "expires": expires})
    store.put("refresh", digest(refresh), {"accountId": owner})
    return {
        "access_token": access,
        "refresh_token": refresh,
        "expires_in": int(LIFE.total_seconds()),
        "token_type": "Bearer",
        "scope": " ".join(SCOPES),
    }


def holder(store: Store, access: str, now: datetime) -> Doc | None:
    """The person of an access token that is still good."""
    found = store.get("access", digest(access))
    if found is None or datetime.fromisoformat(found["expires"]) <= now:
        return None
    return store.get("people", found["accountId"])


@ROUTES.post("/_practice/grant")
def consent(call: Call) -> Json:
    """Stands for the consent page: a first pair of tokens for the sync account."""
    if call.request.mimetype != "application/json":
        raise Refusal(415, {"error": "Send application/json."})
    return grant(call.store, account_id(SYNC_EMAIL), call.practice.now())


@ROUTES.post("/oauth/token")
def token(call: Call) -> Response:
    """Renew: the old refresh token is worthless from now on."""
    body = call.json()
    if body.get("grant_type") != "refresh_token":
        raise Refusal(400, {"error": "unsupported_grant_type", "error_description": "Only refresh_token here."})
    key = digest(str(body.get("refresh_token", "")))
    found = call.store.get("refresh", key)
    if found is None:
        text = "Unknown or invalid refresh token."
        raise Refusal(403, {"error": "invalid_grant", "error_description": text})
    call.store.delete("refresh", key)
    return reply(grant(call.store, found["accountId"], call.practice.now()))


@ROUTES.get("/oauth/token/accessible-resources")
def resources(call: Call) -> Response:
    """The sites that the token opens: this one."""
    scheme, _, access = call.request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or holder(call.store, access, call.practice.now()) is None:
        raise Refusal(401, {"code": 401, "message": "Unauthorized"})
    url = call.request.host_url.rstrip("/")
    return reply([{"id": CLOUD_ID, "url": url, "name": "infinity", "scopes": SCOPES, "avatarUrl": f"{url}/avatar"}])
