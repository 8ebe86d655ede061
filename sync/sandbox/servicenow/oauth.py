"""The instance's OAuth 2: a consent page, and tokens by code, password, refresh token or client credentials."""

import base64
import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode, urlsplit

from markupsafe import Markup
from werkzeug.wrappers import Response

from sync.sandbox.call import Call, Refusal, Routes
from sync.sandbox.pages import page
from sync.sandbox.servicenow.seed import CLIENT_ID, SYNC_USER, digest, stored, user
from sync.sandbox.store import Doc, Json, Store

ROUTES = Routes()
LIFE = timedelta(seconds=1799)
CODE_LIFE = timedelta(minutes=1)
ASKED = Markup("""<div class="card"><h1>Concord wants to work in this instance</h1>
<p>It will read and write what its account may.</p><p><a href="{}">Allow</a></p></div>""")


def denied() -> Refusal:
    """A wrong client, password or token."""
    return Refusal(401, {"error": "access_denied", "error_description": "access_denied"})


def granted(store: Store, owner: str, now: datetime, *, refresh: str = "", renewable: bool = True) -> Json:
    """A new access token; the refresh token stays the same as long as it lives."""
    access = secrets.token_urlsafe(48)
    store.put("access", digest(access), {"user": owner, "expires": stored(now + LIFE)})
    answer: Json = {
        "access_token": access,
        "scope": "useraccount",
        "token_type": "Bearer",
        "expires_in": int(LIFE.total_seconds()),
    }
    if renewable:
        refresh = refresh or secrets.token_urlsafe(48)
        store.put("refresh", digest(refresh), {"user": owner})
        answer["refresh_token"] = refresh
    return answer


def holder(store: Store, access: str, now: datetime) -> Doc | None:
    """The user of an access token that is still good."""
    found = store.get("access", digest(access))
    if found is None or datetime.fromisoformat(found["expires"]).replace(tzinfo=UTC) <= now:
        return None
    return user(store, found["user"])


def signed_in(store: Store, user_name: str, password: str) -> Doc | None:
    """The user of a name and password."""
    kept = store.get("passwords", user_name)
    if kept is None or not hmac.compare_digest(kept["digest"], digest(password)):
        return None
    return user(store, user_name)


@ROUTES.post("/oauth_token.do")
def token(call: Call) -> Json:
    """A form in, a token out."""
    form, store, now = call.request.form, call.store, call.practice.now()
    client = store.get("clients", form.get("client_id", ""))
    if client is None or not hmac.compare_digest(client["digest"], digest(form.get("client_secret", ""))):
        raise denied()
    match form.get("grant_type"):
        case "client_credentials":
            return granted(store, client["user"], now, renewable=False)
        case "password":
            person = signed_in(store, form.get("username", ""), form.get("password", ""))
            if person is None:
                raise denied()
            return granted(store, person["user_name"], now)
        case "authorization_code":
            return granted(store, _of_code(call), now)
        case "refresh_token":
            given = form.get("refresh_token", "")
            found = store.get("refresh", digest(given))
            if found is None:
                raise denied()
            return granted(store, found["user"], now, refresh=given)
    raise Refusal(401, {"error": "unsupported_grant_type", "error_description": "unsupported_grant_type"})


def _of_code(call: Call) -> str:
    """The user who gave the code of this request; a code is good once. Raises Refusal."""
    form, key = call.request.form, digest(call.request.form.get("code", ""))
    found = call.store.get("codes", key)
    call.store.delete("codes", key)
    proof = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=")
    if (
        found is None
        or found["client"] != form.get("client_id")
        or found["address"] != form.get("redirect_uri")
        or (found["challenge"] and found["challenge"] != proof.decode())
        or found["expires"] < stored(call.practice.now())
    ):
        raise denied()
    return str(found["user"])


@ROUTES.get("/oauth_auth.do")
def consent_page(call: Call) -> Response:
    """Asks whether the client may work here under its account; "Allow" leads back with a code."""
    client, address = call.store.get("clients", call.arg("client_id")), call.arg("redirect_uri")
    if client is None or call.arg("response_type") != "code" or address not in client["addresses"]:
        raise Refusal(400, "Invalid client, or an address that it may not use.")
    code = secrets.token_urlsafe(32)
    kept = {"client": call.arg("client_id"), "address": address, "user": client["user"]}
    kept |= {"challenge": call.arg("code_challenge"), "expires": stored(call.practice.now() + CODE_LIFE)}
    call.store.put("codes", digest(code), kept)
    joint = "&" if urlsplit(address).query else "?"
    back = f"{address}{joint}{urlencode({'code': code, 'state': call.arg('state')})}"
    return page(call, title="Allow", company="Infinity Solutions", body=ASKED.format(back), theme="servicenow")


@ROUTES.post("/_practice/grant")
def consent(call: Call) -> Json:
    """Stands for the consent page: a first pair of tokens for the sync account, and the client that may renew it."""
    if call.request.mimetype != "application/json":
        raise Refusal(415, {"error": "Send application/json."})
    return granted(call.store, SYNC_USER, call.practice.now()) | {"client_id": CLIENT_ID}
