"""Endpoints for files: an upload, whole or in chunks, and the download. An upload is on no item yet."""

import re

from werkzeug.wrappers import Response

from sync.sandbox.azuredevops import deeds, process, render
from sync.sandbox.azuredevops.items import WIT
from sync.sandbox.azuredevops.refusals import refuse, version
from sync.sandbox.call import Call, Routes, disposition, reply
from sync.sandbox.store import Doc

ROUTES = Routes()
RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


def _told(call: Call, file: Doc, status: int) -> Response:
    url = f"{render.base(call)}/_apis/wit/attachments/{file['id']}"
    return reply({"id": file["id"], "url": f"{url}?fileName={file['name']}"}, status=status)


def _check(size: int) -> None:
    if size > process.MAX_FILE:
        text = f"TF237082: The file exceeds the maximum attachment size of {process.MAX_FILE // 2**20} MB."
        raise refuse(413, "AttachmentTooLargeException", text)


@ROUTES.post(f"{WIT}/attachments")
def upload(call: Call) -> Response:
    """POST the bytes of a file, or begin an upload in chunks."""
    version(call)
    if call.request.mimetype not in ("application/octet-stream", "application/json"):
        raise refuse(
            415, "VssRequestContentTypeNotSupportedException", "Valid content types are: application/octet-stream."
        )
    data = call.request.get_data()
    _check(len(data))
    return _told(call, deeds.keep_file(call, call.arg("fileName") or "file", data), 201)


@ROUTES.put(f"{WIT}/attachments/<number>")
def chunk(call: Call, number: str) -> Response:
    """PUT the next chunk, in order."""
    version(call)
    file, found = _one(call, number), RANGE.fullmatch(call.request.headers.get("Content-Range", ""))
    data, kept = call.request.get_data(), call.store.blob(number) or b""
    if found is None or int(found[1]) != len(kept) or int(found[2]) + 1 - int(found[1]) != len(data):
        raise refuse(
            400, "AttachmentChunkException", "TF237084: The range of the chunk does not follow the one before."
        )
    _check(int(found[3]))
    call.store.put_blob(number, kept + data)
    call.store.put("files", number, {**file, "size": len(kept) + len(data)})
    return _told(call, file, 200)


def _one(call: Call, number: str) -> Doc:
    found = call.store.get("files", number)
    if found is None:
        raise refuse(404, "AttachmentNotFoundException", f"TF237086: The attachment {number} does not exist.")
    return found


@ROUTES.get(f"{WIT}/attachments/<number>")
def download(call: Call, number: str) -> Response:
    """GET the bytes."""
    version(call)
    return sent(call, _one(call, number), call.arg("fileName"))


def sent(call: Call, file: Doc, name: str = "") -> Response:
    """A file as an answer that no browser shows as a page."""
    response = Response(call.store.blob(file["id"]) or b"", content_type="application/octet-stream")
    response.headers["Content-Disposition"] = disposition("attachment", name or str(file["name"]))
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
