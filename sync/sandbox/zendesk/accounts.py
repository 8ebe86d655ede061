"""Who calls the practice Zendesk: API tokens, OAuth tokens, scopes, roles, and the rate limits they share."""

import hmac
import math
import threading
import time
from collections.abc import Mapping

from werkzeug.wrappers import Request

from sync.sandbox.call import Call, Refusal
from sync.sandbox.store import Doc, Store
from sync.sandbox.zendesk.options import options
from sync.sandbox.zendesk.shapes import forbidden

#: what the real /users/me says to nobody, with status 200
ANONYMOUS = {
    "id": None,
    "name": "Anonymous user",
    "email": "invalid@example.com",
    "role": "end-user",
    "active": False,
    "verified": False,
    "time_zone": "UTC",
    "iana_time_zone": "Etc/UTC",
    "locale": "en-US",
}
ME = "/api/v2/users/me"
INVALID_TOKEN = {
    "error": "invalid_token",
    "error_description": ("The access token provided is expired, revoked, malformed or invalid for other reasons."),
}


def authenticate(store: Store, request: Request, now: float) -> Doc | None:
    """The user behind a request, with `scopes` when an OAuth token spoke; None = no or a wrong API token.

    Raises 401 for a wrong OAuth token, which the real one also tells apart from a wrong API token.
    """
    given = request.authorization
    if given is None:
        return None
    if given.type == "bearer":
        token = store.get("oauth_tokens", given.token or "")
        if token is None or token["expires_at"] <= now:
            raise Refusal(401, INVALID_TOKEN, {"WWW-Authenticate": 'Bearer error="invalid_token"'})
        user = store.get("users", token["user_id"])
        return None if user is None else {**user, "scopes": token["scope"].split()}
    if given.type != "basic" or not (given.username or "").endswith("/token"):
        return None
    return _by_api_token(store, (given.username or "").removesuffix("/token"), given.password or "")


def _by_api_token(store: Store, email: str, secret: str) -> Doc | None:
    """An API token belongs to the account: it speaks for any active user whose address is given."""
    fits = [
        doc for doc in store.all("api_tokens") if hmac.compare_digest(str(doc["token"]).encode(), secret.encode())
    ]
    known = store.get("emails", email.lower())
    user = store.get("users", known["id"]) if known else None
    return user if fits and user is not None and user["active"] and not user["suspended"] else None


def admit(call: Call) -> None:
    """Refuse nobody (401) everywhere but at /users/me, end users (403) and missing scopes (403)."""
    path = call.request.path.removesuffix(".json").rstrip("/")
    if call.actor is None:
        if path == ME:
            return
        raise Refusal(401, {"error": "Couldn't authenticate you"})
    if call.actor["role"] == "end-user" and path != ME:
        raise forbidden()
    scopes = call.actor.get("scopes")
    if scopes is None:
        return
    verb = "read" if call.request.method in {"GET", "HEAD"} else "write"
    resource = path.removeprefix("/api/v2/").partition("/")[0]
    if verb not in scopes and f"{resource}:{verb}" not in scopes:
        sentence = f"You are missing the following required scopes: {verb}"
        raise Refusal(403, {"error": "Forbidden", "description": sentence})


class Meter:
    """Requests of the running minute, for the whole account and for the incremental exports."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.minute = 0
        self.counts: dict[str, int] = {}

    def count(self, name: str, limit: int) -> tuple[int, int]:
        """Count one request. Returns (how many are left, seconds to the next minute); -1 left = refused."""
        at = time.time()
        with self.lock:
            if int(at // 60) != self.minute:
                self.minute, self.counts = int(at // 60), {}
            used = self.counts.get(name, 0)
            if used < limit:
                self.counts[name] = used + 1
            return (limit - used - 1), math.ceil(60 - at % 60)


def limit(call: Call, meter: Meter) -> None:
    """Count the call and set the limit's headers. Raises 429 with Retry-After when the minute is used up."""
    chosen = options(call.store)
    if chosen.rate_limit:
        left, wait = meter.count("account", chosen.rate_limit)
        call.headers.update(_headers(chosen.rate_limit, max(left, 0), wait))
        if left < 0:
            raise _over(wait, call.headers)
    if chosen.incremental_limit and call.request.path.startswith("/api/v2/incremental/"):
        left, wait = meter.count("incremental", chosen.incremental_limit)
        if left < 0:
            raise _over(wait, call.headers)


def _headers(whole: int, left: int, wait: int) -> dict[str, str]:
    return {
        "X-Rate-Limit": str(whole),
        "X-Rate-Limit-Remaining": str(left),
        "ratelimit-limit": str(whole),
        "ratelimit-remaining": str(left),
        "ratelimit-reset": str(wait),
    }


def _over(wait: int, headers: Mapping[str, str]) -> Refusal:
    sentence = "Number of allowed API requests per minute exceeded"
    body = {"error": "APIRateLimitExceeded", "description": sentence}
    return Refusal(429, body, {**headers, "Retry-After": str(wait)})
