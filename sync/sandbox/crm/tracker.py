"""The practice CRM put together: orders with comments, files and history; three ways to sign in."""

import hmac
import secrets
from collections.abc import Sequence
from datetime import timedelta

from werkzeug.wrappers import Request, Response

from sync.sandbox.app import Practice
from sync.sandbox.call import Call, Refusal, Routes, reply
from sync.sandbox.crm import files, orders, pages
from sync.sandbox.crm.orders import digest, refusal
from sync.sandbox.store import Doc, Json, Store

ROUTES = Routes()
API = "/api/"
LIFE = timedelta(hours=1)
CLIENT_ID = "concord"
#: id, user name, name
PEOPLE = (("u1", "sync", "Concord"), ("u2", "carla", "Carla Reyes"))


class Crm(Practice):
    """A CRM on its own little host. Users sign in with name and password, a key in X-Api-Key, or OAuth 2."""

    name = "Practice CRM"
    api_prefixes = (API, "/oauth/")

    def routes(self) -> Sequence[Routes]:
        """All nouns."""
        return (ROUTES, orders.ROUTES, files.ROUTES, pages.ROUTES)

    def authenticate(self, request: Request) -> Doc | None:
        """The user behind an API request."""
        if not request.path.startswith(API):
            return None
        user = self._signed_in(request)
        if user is None:
            raise refusal(401, "Sign in with a name and password, an API key or an access token.")
        return user

    def not_found(self, call: Call) -> Response:
        """The API's 404."""
        return reply({"error": {"message": "Not found"}}, status=404)

    def unreadable(self, why: str) -> Refusal:
        """400 for a body that is no JSON object."""
        return refusal(400, why)

    def _signed_in(self, request: Request) -> Doc | None:
        token = str((self.store.get("practice", "token") or {}).get("value", ""))
        people = {one["login"]: one for one in self.store.all("people")}
        given = request.authorization
        if given is not None and given.type == "basic" and hmac.compare_digest(given.password or "", token):
            return people.get(given.username or "")
        if given is not None and given.type == "bearer":
            found = self.store.get("access", digest(given.token or ""))
            return people["sync"] if found is not None and found["until"] > self.now().timestamp() else None
        key = request.headers.get("X-Api-Key", "")
        return people["sync"] if key and hmac.compare_digest(key, token) else None


@ROUTES.get("/api/me")
def me(call: Call) -> Json:
    """Who asks."""
    return {"user": orders.who(call)}


@ROUTES.post("/oauth/token")
def token(call: Call) -> Response:
    """OAuth 2 client credentials: a token for an hour, no refresh token."""
    form = call.request.form
    known = str((call.store.get("practice", "token") or {}).get("value", ""))
    if form.get("grant_type") != "client_credentials":
        raise Refusal(400, {"error": "unsupported_grant_type"})
    if form.get("client_id") != CLIENT_ID or not hmac.compare_digest(form.get("client_secret", ""), known):
        raise Refusal(401, {"error": "invalid_client"})
    access = secrets.token_urlsafe(32)
    until = (call.practice.now() + LIFE).timestamp()
    call.store.put("access", digest(access), {"until": until})
    return reply({"access_token": access, "token_type": "Bearer", "expires_in": int(LIFE.total_seconds())})


def make(store: Store, token: str) -> Crm:
    """The practice CRM over a store; `token` is password, API key and client secret of its sync account."""
    with store.transaction():
        store.put("practice", "token", {"value": token})
        for key, login, name in PEOPLE:
            if store.get("people", key) is None:
                store.put("people", key, {"id": key, "login": login, "name": name})
    return Crm(store)
