"""OAuth 2 of the practice Zendesk: consent page, codes with PKCE, rotating tokens, client credentials."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from markupsafe import Markup
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from sync.sandbox.call import Call, Refusal, Routes, reply
from sync.sandbox.pages import check_form, guard_field, options, page, person
from sync.sandbox.store import Doc, Json
from sync.sandbox.zendesk.options import options as settings
from sync.sandbox.zendesk.shapes import new_id

ROUTES = Routes()
#: seconds: life of a code, allowed lives of access and refresh tokens, default life of the latter
CODE_LIFE = 120
ACCESS_RANGE = (300, 172_800)
REFRESH_RANGE = (604_800, 7_776_000)
REFRESH_LIFE = 2_592_000
ASKED = ("client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method")

CONSENT = Markup("""<h1>{client} asks for access</h1>
<p class="meta">It wants to act for you in this help desk with these scopes: <b>{scope}</b>.</p>
<form method="post" class="card">{hidden}
<label for="as">You are</label><select id="as" name="as">{people}</select>
<button name="answer" value="allow">Allow</button> <button name="answer" value="deny">Deny</button></form>""")


@ROUTES.get("/oauth/authorizations/new")
def consent(call: Call) -> Response:
    """The page on which an agent allows a client; a wrong client or address is told here."""
    client = _asking(call, call.request.args)
    fields = {name: call.arg(name) for name in ASKED}
    hidden = Markup("").join(
        Markup('<input type="hidden" name="{}" value="{}">').format(name, value) for name, value in fields.items()
    )
    agents = [u for u in call.store.all("users") if u["role"] in {"agent", "admin"}]
    people = options([(str(u["id"]), f"{u['name']} ({u['role']})") for u in agents], person(call, ""))
    body = CONSENT.format(
        client=client["name"],
        scope=call.arg("scope") or "read",
        hidden=guard_field(call) + hidden,
        people=people,
    )
    response = page(call, title="Allow access", company="Mercuri Inc.", body=body, theme="zendesk")
    # the browser follows the form's answer to the client's own address, which form-action would forbid
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'self'; frame-ancestors 'none'"
    return response


@ROUTES.post("/oauth/authorizations/new")
def answer_consent(call: Call) -> Response:
    """Allow or deny: back to the client with a code that lives 120 seconds, or with access_denied."""
    check_form(call)
    form = call.request.form
    _asking(call, form)
    told: dict[str, str] = {"state": form["state"]} if form.get("state") else {}
    user = call.store.get("users", form.get("as", ""))
    if form.get("answer") != "allow" or user is None:
        refused = {"error": "access_denied", "error_description": "The end-user denied the request.", **told}
        return redirect(_back(form["redirect_uri"], refused), code=302)
    code = secrets.token_urlsafe(32)
    kept: Json = {name: form.get(name, "") for name in ASKED}
    kept.update(id=code, user_id=user["id"], until=call.practice.now().timestamp() + CODE_LIFE)
    call.store.put("oauth_codes", code, kept)
    return redirect(_back(form["redirect_uri"], {"code": code, **told}), code=302)


@ROUTES.post("/oauth/tokens")
def tokens(call: Call) -> Response:
    """authorization_code, refresh_token or client_credentials -> a token; JSON or form body."""
    given = call.json() if call.request.mimetype == "application/json" else dict(call.request.form)
    grant = GRANTS.get(str(given.get("grant_type", "")))
    if grant is None:
        raise _refused("unsupported_grant_type", "The authorization grant type is not supported.")
    return reply(grant(call, given, _client(call, given)))


def _by_code(call: Call, given: Mapping[str, object], client: Doc) -> Json:
    """One use of a code by the client that asked for it, with the verifier where there was a challenge."""
    kept = call.store.get("oauth_codes", given.get("code", ""))
    if kept is None or kept["client_id"] != client["identifier"] or kept["redirect_uri"] != given.get("redirect_uri"):
        raise _invalid_grant()
    if kept["until"] < call.practice.now().timestamp() or not _proven(kept, str(given.get("code_verifier") or "")):
        raise _invalid_grant()
    call.store.delete("oauth_codes", kept["id"])
    return _issue(call, given, client, user_id=kept["user_id"], scope=kept["scope"] or "read", refreshable=True)


def _by_refresh(call: Call, given: Mapping[str, object], client: Doc) -> Json:
    """Rotation: the refresh token and its access token die, new ones come."""
    kept = call.store.get("oauth_refresh", given.get("refresh_token", ""))
    now = call.practice.now().timestamp()
    if kept is None or kept["client_id"] != client["identifier"] or kept["expires_at"] < now:
        raise _invalid_grant()
    call.store.delete("oauth_refresh", kept["id"])
    call.store.delete("oauth_tokens", kept["access"])
    return _issue(call, given, client, user_id=kept["user_id"], scope=kept["scope"], refreshable=True)


def _by_client(call: Call, given: Mapping[str, object], client: Doc) -> Json:
    """A token for the client's own user, without a refresh token."""
    if client["kind"] != "confidential":
        raise _refused("unauthorized_client", "The client is not authorized to use this grant type.")
    scope = str(given.get("scope") or "read")
    return _issue(call, given, client, user_id=client["user_id"], scope=scope, refreshable=False)


def _issue(  # the parts of one token
    call: Call, given: Mapping[str, object], client: Doc, *, user_id: int, scope: str, refreshable: bool
) -> Json:
    now = call.practice.now().timestamp()
    life = _life(given.get("expires_in"), settings(call.store).access_seconds, ACCESS_RANGE)
    access = secrets.token_hex(32)
    token = {"id": new_id(call), "user_id": user_id, "scope": scope, "client_id": client["identifier"]}
    call.store.put("oauth_tokens", access, {**token, "expires_at": now + life})
    answer: Json = {"access_token": access, "token_type": "bearer", "scope": scope, "expires_in": life}
    if refreshable:
        refresh, lasts = (
            secrets.token_hex(32),
            _life(given.get("refresh_token_expires_in"), REFRESH_LIFE, REFRESH_RANGE),
        )
        kept = {**token, "id": refresh, "access": access, "expires_at": now + lasts}
        call.store.put("oauth_refresh", refresh, kept)
        answer.update(refresh_token=refresh, refresh_token_expires_in=lasts)
    return answer


GRANTS: Mapping[str, Callable[[Call, Mapping[str, object], Doc], Json]] = {
    "authorization_code": _by_code,
    "refresh_token": _by_refresh,
    "client_credentials": _by_client,
}


def _client(call: Call, given: Mapping[str, object]) -> Doc:
    """The client, by its secret; a public one has none and must use PKCE."""
    client = call.store.get("oauth_clients", given.get("client_id", ""))
    secret = str(given.get("client_secret") or "")
    if client is None or (
        client["kind"] == "confidential" and not hmac.compare_digest(client["secret"].encode(), secret.encode())
    ):
        raise _refused("invalid_client", "Client authentication failed due to unknown client.", status=401)
    return client


def _asking(call: Call, given: Mapping[str, str]) -> Doc:
    """The client of a consent request. 400 as text for an unknown client, address or missing PKCE."""
    client = call.store.get("oauth_clients", given.get("client_id", ""))
    if client is None:
        raise Refusal(400, "Invalid Authorization Request: no such client.")
    if given.get("redirect_uri", "") not in client["redirect_uris"]:
        raise Refusal(400, "Invalid Authorization Request: the redirect_uri does not match the client's.")
    if client["kind"] == "public" and not given.get("code_challenge"):
        raise Refusal(400, "Invalid Authorization Request: public clients must use PKCE.")
    return client


def _back(address: str, told: Mapping[str, str]) -> str:
    """The client's address with what we tell it, beside a query that it may have already."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode(told)}"


def _proven(kept: Doc, verifier: str) -> bool:
    challenge = str(kept["code_challenge"])
    if not challenge:
        return True
    if kept["code_challenge_method"] == "S256":
        digest = hashlib.sha256(verifier.encode()).digest()
        return hmac.compare_digest(base64.urlsafe_b64encode(digest).rstrip(b"="), challenge.encode())
    return hmac.compare_digest(verifier.encode(), challenge.encode())


def _life(asked: object, default: int, allowed: tuple[int, int]) -> int:
    if asked is None:
        return default
    if not str(asked).isdigit() or not allowed[0] <= int(str(asked)) <= allowed[1]:
        raise _refused("invalid_request", f"The lifetime must be between {allowed[0]} and {allowed[1]} seconds.")
    return int(str(asked))


def _invalid_grant() -> Refusal:
    return _refused(
        "invalid_grant",
        "The provided access grant is invalid, expired, or revoked (e.g. invalid assertion, expired token,"
        " bad end-user password credentials, or mismatching authorization code and redirection URI).",
    )


def _refused(error: str, description: str, *, status: int = 400) -> Refusal:
    return Refusal(status, {"error": error, "error_description": description})
