"""The practice systems' web pages: one shell, calm style, forms without JavaScript, guarded posts."""

import hashlib
import hmac
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from markupsafe import Markup
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from sync.sandbox.call import Call, Refusal, Routes

ROUTES = Routes()
COOKIE = "practice_session"
PERSON = "practice_person"
CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
STYLE = Path(__file__).with_name("style.css")

SHELL = Markup("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} - {product}</title>
<link rel="stylesheet" href="/_practice/style.css">
</head>
<body class="{theme}">
<header class="bar"><a class="brand" href="/">{product}</a><span class="company">{company}</span>
<span class="note">A practice system: it speaks the real API, nothing here is real</span></header>
<main>
{body}
</main>
</body>
</html>
""")


def page(call: Call, *, title: str, company: str, body: Markup, theme: str, status: int = 200) -> Response:
    """A whole HTML page. `body` must be built with Markup("...").format(...), which escapes its values."""
    text = SHELL.format(title=title, product=call.practice.name, company=company, theme=theme, body=body)
    response = Response(text, status=status, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = CSP
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    if COOKIE not in call.request.cookies:
        response.set_cookie(COOKIE, _session(call), httponly=True, samesite="Strict")
    return response


def guard_field(call: Call) -> Markup:
    """The hidden field that every form needs; `check_form` looks for it."""
    return Markup('<input type="hidden" name="guard" value="{}">').format(_guard(call, _session(call)))


def check_form(call: Call) -> None:
    """Refuse (403) a post that does not come from one of our own pages, by origin and by token."""
    origin = call.request.headers.get("Origin", "")
    foreign = bool(origin) and urlsplit(origin).netloc != call.request.host
    expected = _guard(call, call.request.cookies.get(COOKIE, ""))
    given = call.request.form.get("guard", "")
    if foreign or COOKIE not in call.request.cookies or not hmac.compare_digest(given.encode(), expected.encode()):
        raise Refusal(403, "This form is out of date: open the page again and repeat what you did.")


def options(rows: list[tuple[str, str]], chosen: str) -> Markup:
    """<option> elements of (value, label) rows, one of them chosen."""
    return Markup("").join(
        Markup('<option value="{}"{}>{}</option>').format(
            value, Markup(" selected") if value == chosen else "", label
        )
        for value, label in rows
    )


def person(call: Call, default: str) -> str:
    """Who was last chosen to act on this browser, else `default`."""
    return call.request.form.get("as") or call.request.cookies.get(PERSON) or default


def see_other(call: Call, path: str) -> Response:
    """After a post: go to `path`, and remember who acted."""
    response = redirect(path, code=303)
    if "as" in call.request.form:
        response.set_cookie(PERSON, call.request.form["as"], httponly=True, samesite="Strict")
    return response


@ROUTES.get("/_practice/style.css")
def stylesheet(_call: Call) -> Response:
    """The one style sheet."""
    return Response(
        STYLE.read_text(), content_type="text/css; charset=utf-8", headers={"Cache-Control": "max-age=300"}
    )


def _session(call: Call) -> str:
    """This browser's session word; made on its first page and the same for the whole request."""
    known = call.request.cookies.get(COOKIE)
    if known:
        return known
    return str(call.request.environ.setdefault(COOKIE, secrets.token_urlsafe(16)))


def _guard(call: Call, session: str) -> str:
    """The token of a session, keyed with a secret that lives in the store."""
    secret = call.store.get("practice", "guard")
    if secret is None:
        call.store.put("practice", "guard", {"secret": secrets.token_hex(32)})
        return _guard(call, session)
    return hmac.new(str(secret["secret"]).encode(), session.encode(), hashlib.sha256).hexdigest()
