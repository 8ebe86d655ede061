"""Endpoints for files: limits, upload, description, and the download by way of a media address."""

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Any

from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from sync.sandbox.call import Call, Refusal, Routes, disposition, reply
from sync.sandbox.jira import catalog, deeds, render
from sync.sandbox.jira.render import View
from sync.sandbox.jira.values import refuse
from sync.sandbox.store import Doc, Json

ROUTES = Routes()
MAX_FILES = 60
#: how long a media address works
LIFE = timedelta(minutes=10)


@ROUTES.get("/rest/api/3/attachment/meta")
def meta(_call: Call) -> Json:
    """Whether files can be attached, and how large."""
    return {"enabled": True, "uploadLimit": catalog.UPLOAD_LIMIT}


@ROUTES.post("/rest/api/3/issue/<key>/attachments")
def upload(call: Call, key: str) -> Response:
    """POST files as multipart parts named `file`, with the header that proves it is no web page."""
    if call.request.headers.get("X-Atlassian-Token", "").lower() not in ("no-check", "nocheck"):
        raise Refusal(403, "XSRF check failed")
    doc, files = deeds.load(call, key), call.request.files.getlist("file")
    if not files:
        raise refuse(None, "No attachments were found in the request.")
    if len(files) > MAX_FILES:
        raise refuse(None, f"At most {MAX_FILES} files can be attached at once.", status=413)
    view, made = View.of(call), []
    for file in files:
        content = file.read()
        if len(content) > catalog.UPLOAD_LIMIT:
            text = f"The file {file.filename} is larger than the maximum of {catalog.UPLOAD_LIMIT} bytes."
            raise refuse(None, text, status=413)
        media_type = file.mimetype or "application/octet-stream"
        made.append(deeds.attach(call, doc, file.filename or "file", media_type, content))
    return reply([render.attachment(view, one) for one in made])


def _one(call: Call, number: str) -> Doc:
    found = call.store.get("files", number)
    if found is None:
        raise refuse(None, f"The attachment with id '{number}' does not exist", status=404)
    return found


@ROUTES.get("/rest/api/3/attachment/<number>")
def describe(call: Call, number: str) -> Json:
    """GET a file's description."""
    return render.attachment(View.of(call), _one(call, number))


@ROUTES.delete("/rest/api/3/attachment/<number>")
def delete(call: Call, number: str) -> None:
    """DELETE a file."""
    deeds.detach(call, _one(call, number))


@ROUTES.get("/rest/api/3/attachment/content/<number>")
def content(call: Call, number: str) -> Any:
    """GET a file: 303 to a media address that works for minutes; `redirect=false` sends it at once."""
    file = _one(call, number)
    if call.arg("redirect") == "false":
        return sent(call, file)
    until = str(int((call.practice.now() + LIFE).timestamp()))
    signature = _signature(call, number, until)
    host = (call.store.get("practice", "media") or {}).get("base") or call.request.host_url
    return redirect(f"{host.rstrip('/')}/media/{number}/binary?until={until}&token={signature}", code=303)


@ROUTES.get("/media/<number>/binary")
def media(call: Call, number: str) -> Response:
    """The media address: its token is all it asks for."""
    until = call.arg("until")
    if not hmac.compare_digest(_signature(call, number, until), call.arg("token")):
        raise Refusal(403, {"error": {"code": "JwtAuthoriser:TokenInvalid", "title": "JwtAuthoriser:TokenInvalid"}})
    if int(until) < call.practice.now().timestamp():
        raise Refusal(403, {"error": {"code": "JwtAuthoriser:TokenExpired", "title": "JwtAuthoriser:TokenExpired"}})
    return sent(call, _one(call, number))


def sent(call: Call, file: Doc) -> Response:
    """A file's bytes, never shown by a browser in our origin."""
    body = call.store.blob(f"attachment/{file['id']}") or b""
    response = Response(body, content_type=file["mimeType"])
    response.headers["Content-Disposition"] = disposition("attachment", file["filename"])
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _signature(call: Call, number: str, until: str) -> str:
    state: Json = dict(call.store.get("practice", "media") or {})
    if "secret" not in state:
        state["secret"] = secrets.token_hex(32)
        call.store.put("practice", "media", state)
    return hmac.new(str(state["secret"]).encode(), f"{number}:{until}".encode(), hashlib.sha256).hexdigest()
