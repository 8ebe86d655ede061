"""Sign-in by Microsoft Entra as the practice organisation plays it: renewal, and a service principal's own secret."""

import secrets
from datetime import datetime, timedelta

from werkzeug.wrappers import Response

from sync.sandbox.azuredevops.refusals import stamp
from sync.sandbox.azuredevops.seed import SYNC_EMAIL, digest, guid
from sync.sandbox.call import Call, Refusal, Routes, reply
from sync.sandbox.store import Doc, Json, Store

ROUTES = Routes()
RESOURCE = "499b84ac-1321-427f-aa17-267ca6975798"
LIFE = timedelta(hours=1)
CLIENT = ("practice-client", "practice-secret")


def grant(store: Store, owner: str, now: datetime, *, lasting: bool = True) -> Json:
    """A new access token of a person, with a refresh token unless it is for a service; only digests are kept."""
    access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    store.put("access", digest(access), {"person": owner, "expires": stamp(now + LIFE)})
    made: Json = {"token_type": "Bearer", "expires_in": int(LIFE.total_seconds()), "access_token": access}
    if lasting:
        store.put("refresh", digest(refresh), {"person": owner})
        made["refresh_token"] = refresh
    return made


def holder(store: Store, access: str, now: datetime) -> Doc | None:
    """The person of an access token that is still good."""
    found = store.get("access", digest(access))
    if found is None or datetime.fromisoformat(found["expires"]) <= now:
        return None
    return store.get("people", found["person"])


def _refused(code: str, text: str) -> Refusal:
    return Refusal(400, {"error": code, "error_description": text})


@ROUTES.post("/_practice/grant")
def consent(call: Call) -> Json:
    """Stands for the consent page: a first pair of tokens for the sync account."""
    if call.request.mimetype != "application/json":
        raise Refusal(415, {"error": "Send application/json."})
    return grant(call.store, guid("person", SYNC_EMAIL), call.practice.now())


@ROUTES.post("/<tenant>/oauth2/v2.0/token")
def token(call: Call, tenant: str) -> Response:
    """A form: renew by a refresh token, which stays good for a while as Entra's do, or by a client's secret."""
    form = call.request.form
    if RESOURCE not in form.get("scope", ""):
        raise _refused("invalid_scope", f"AADSTS70011: The scope is not valid for tenant {tenant}.")
    if form.get("grant_type") == "client_credentials":
        if (form.get("client_id"), form.get("client_secret")) != CLIENT:
            raise Refusal(
                401, {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret."}
            )
        return reply(grant(call.store, guid("person", SYNC_EMAIL), call.practice.now(), lasting=False))
    if form.get("grant_type") != "refresh_token":
        raise _refused("unsupported_grant_type", "AADSTS70003: The grant type is not supported.")
    found = call.store.get("refresh", digest(form.get("refresh_token", "")))
    if found is None:
        raise _refused("invalid_grant", "AADSTS70008: The refresh token has expired or was revoked.")
    return reply(grant(call.store, found["person"], call.practice.now()))
