"""Files: uploaded for a token, hung on a comment by it, downloaded through a redirect to a signed address."""

import hashlib
import hmac
import mimetypes
import secrets
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import quote

from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from sync.sandbox.call import Call, Refusal, Routes, disposition, reply
from sync.sandbox.store import Doc, Json
from sync.sandbox.zendesk.accounts import authenticate
from sync.sandbox.zendesk.options import options
from sync.sandbox.zendesk.shapes import invalid, iso, new_id, not_found, url

ROUTES = Routes()
#: bytes of one file, as the real default
MAX_FILE = 50 * 1024 * 1024
TOKEN_LIFE = timedelta(days=3)
STORAGE_LIFE = timedelta(minutes=5)
#: types that a browser may show; everything else is only saved
SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "text/plain", "application/pdf"})


def present(call: Call, attachment: Doc) -> Json:
    """An attachment as the API shows it."""
    name = quote(str(attachment["file_name"]), safe="")
    address = f"{call.request.host_url}attachments/token/{attachment['token']}/?name={name}"
    return {
        "url": url(call, f"attachments/{attachment['id']}"),
        **{name: value for name, value in attachment.items() if name != "token"},
        "content_url": address,
        "mapped_content_url": address,
        "thumbnails": [],
    }


def shown_attachments(call: Call, ids: Sequence[int]) -> list[Json]:
    """The attachments with these ids, as the API shows them."""
    found = [call.store.get("attachments", one) for one in ids]
    return [present(call, attachment) for attachment in found if attachment is not None]


def keep_file(call: Call, *, name: str, media_type: str, body: bytes) -> Doc:
    """Store one file. 413 when it is too large."""
    if len(body) > MAX_FILE:
        raise Refusal(413, {"error": "AttachmentTooLarge", "description": "The file exceeds the maximum size"})
    guess = mimetypes.guess_type(name)[0] or "application/octet-stream"
    attachment: Json = {
        "id": new_id(call),
        "token": secrets.token_urlsafe(18),
        "file_name": name,
        "content_type": media_type or guess,
        "size": len(body),
        "width": None,
        "height": None,
        "inline": False,
        "deleted": False,
        "malware_access_override": False,
        "malware_scan_result": "malware_not_found",
    }
    call.store.put_blob(f"attachment/{attachment['id']}", body)
    call.store.put("attachments", attachment["id"], attachment)
    return attachment


def claim(call: Call, tokens: Sequence[object]) -> list[int]:
    """The attachment ids of upload tokens, which die by it. 422 for a token unknown, used or too old."""
    ids: list[int] = []
    for token in tokens:
        upload = call.store.get("uploads", token)
        if upload is None or upload["expires_at"] < iso(call.practice.now()):
            raise invalid("base", "Attachment: the upload token is invalid or was used before", "InvalidValue")
        ids += upload["attachments"]
        call.store.delete("uploads", token)
    return ids


@ROUTES.post("/api/v2/uploads")
def upload(call: Call) -> object:
    """The body's bytes under `filename` -> 201 with a token; `token=` adds a file to one that was given."""
    name = call.arg("filename")
    if not name:
        raise Refusal(400, {"error": "ParameterMissing", "description": "Parameter filename is required"})
    known = call.store.copy("uploads", call.arg("token")) if call.arg("token") else None
    if call.arg("token") and known is None:
        raise not_found()
    attachment = keep_file(call, name=name, media_type=call.request.mimetype, body=call.request.get_data())
    expires = iso(call.practice.now() + TOKEN_LIFE)
    made = known or {"token": secrets.token_urlsafe(18), "expires_at": expires, "attachments": []}
    made["attachments"].append(attachment["id"])
    call.store.put("uploads", made["token"], made)
    shown = present(call, attachment)
    answer = {**made, "attachments": shown_attachments(call, made["attachments"]), "attachment": shown}
    return reply({"upload": answer}, status=201, headers={"Location": shown["url"]})


@ROUTES.delete("/api/v2/uploads/<token>")
def discard(call: Call, token: str) -> None:
    """Throw an unused upload away."""
    known = call.store.get("uploads", token)
    if known is None:
        raise not_found()
    for one in known["attachments"]:
        call.store.delete("attachments", one)
        call.store.delete_blob(f"attachment/{one}")
    call.store.delete("uploads", token)


@ROUTES.get("/api/v2/attachments/<int:attachment_id>")
def show_attachment(call: Call, attachment_id: int) -> Json:
    """One attachment's facts."""
    attachment = call.store.get("attachments", attachment_id)
    if attachment is None:
        raise not_found()
    return {"attachment": present(call, attachment)}


@ROUTES.get("/attachments/token/<token>/")
def content(call: Call, token: str) -> Response:
    """Redirect to where the bytes are; with private attachments only for an account of the help desk."""
    attachment = _by_token(call, token)
    if options(call.store).private_attachments:
        now = call.practice.now().timestamp()
        if authenticate(call.store, call.request, now) is None:
            raise Refusal(403, "Forbidden")
    until = int((call.practice.now() + STORAGE_LIFE).timestamp())
    signed = _signature(call, attachment["id"], until)
    host = call.request.host_url
    if options(call.store).storage_elsewhere:
        host = host.replace("//127.0.0.1", "//localhost", 1)
    return redirect(f"{host}storage/{attachment['id']}/{until}/{signed}", code=302)


@ROUTES.get("/storage/<int:attachment_id>/<int:until>/<signed>")
def storage(call: Call, attachment_id: int, until: int, signed: str) -> Response:
    """The bytes, for a short-lived address; on a host of its own a second credential is refused (400)."""
    elsewhere = options(call.store).storage_elsewhere
    if elsewhere and "Authorization" in call.request.headers:
        raise Refusal(400, "<Error><Code>InvalidArgument</Code><Message>Two credentials</Message></Error>")
    body = call.store.blob(f"attachment/{attachment_id}")
    attachment = call.store.get("attachments", attachment_id)
    genuine = hmac.compare_digest(_signature(call, attachment_id, until).encode(), signed.encode())
    if not genuine or body is None or attachment is None or until < call.practice.now().timestamp():
        raise Refusal(403, "<Error><Code>AccessDenied</Code></Error>")
    response = Response(body, content_type=attachment["content_type"])
    kind = "inline" if attachment["content_type"] in SHOWN else "attachment"
    response.headers["Content-Disposition"] = disposition(kind, attachment["file_name"])
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _signature(call: Call, attachment_id: int, until: int) -> str:
    account = call.store.get("practice", "account") or {}
    text = f"{attachment_id}/{until}".encode()
    return hmac.new(str(account["secret"]).encode(), text, hashlib.sha256).hexdigest()


def _by_token(call: Call, token: str) -> Doc:
    for attachment in call.store.all("attachments"):
        if secrets.compare_digest(attachment["token"].encode(), token.encode()):
            return attachment
    raise not_found()
