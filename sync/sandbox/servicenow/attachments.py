"""The Attachment API: upload raw or as a form, list, describe, download, delete."""

import json

from werkzeug.wrappers import Response

from sync.sandbox.call import Call, Routes, disposition, reply
from sync.sandbox.servicenow import catalog, deeds, render, rows, rules
from sync.sandbox.servicenow.render import View
from sync.sandbox.servicenow.table import known, number
from sync.sandbox.store import Doc, Json

ROUTES = Routes()
#: com.glide.attachment.max_size: as much as this server reads at once
MAX_BYTES = 60 * 1024 * 1024
REFUSED = (".exe", ".bat")


def _owner(call: Call, table: str, key: str) -> Doc:
    known(call, "sys_attachment")
    if table not in catalog.WORK:
        raise rules.refused("Invalid table", f"Invalid table {table}", status=400)
    return deeds.load(call, table, key)


def _kept(call: Call, owner: Doc, name: str, media_type: str, content: bytes) -> Response:
    if not name:
        raise rules.refused("Invalid file_name", "file_name is missing", status=400)
    if len(content) > MAX_BYTES:
        raise rules.refused("Attachment size", "The file exceeds the maximum size", status=413)
    if name.lower().endswith(REFUSED):
        raise rules.refused("Invalid file type", f"Attachment {name} has a file type that is not allowed")
    row = deeds.attach(call, owner, name, media_type, content)
    answer = reply({"result": _described(call, row)}, status=201)
    answer.headers["Location"] = row["download_link"]
    return answer


def _described(call: Call, row: Doc) -> Json:
    plain = View(call.store, call.request.host_url.rstrip("/"), render.zone_of(call.actor))
    return render.record(plain, "sys_attachment", row)


@ROUTES.post("/api/now/attachment/file")
def upload(call: Call) -> Response:
    """POST the bytes as the body; the type is the request's own."""
    media_type = call.request.headers.get("Content-Type", "")
    if not media_type:
        raise rules.refused("Unsupported media type", "Content-Type is missing", status=415)
    owner = _owner(call, call.arg("table_name"), call.arg("table_sys_id"))
    return _kept(call, owner, call.request.args.get("file_name", ""), media_type, call.request.get_data())


@ROUTES.post("/api/now/attachment/upload")
def upload_form(call: Call) -> Response:
    """POST a form whose last part is the file."""
    form = call.request.form
    owner = _owner(call, form.get("table_name", ""), form.get("table_sys_id", ""))
    file = next(iter(call.request.files.values()), None)
    if file is None:
        raise rules.refused("No file", "The form has no file", status=400)
    media_type = file.mimetype or "application/octet-stream"
    return _kept(call, owner, file.filename or "", media_type, file.read())


@ROUTES.get("/api/now/attachment")
def listed(call: Call) -> Response:
    """GET descriptions of files."""
    known(call, "sys_attachment")
    found = rows.find(
        call.store, "sys_attachment", call.request.args.get("sysparm_query", ""), render.zone_of(call.actor)
    )
    start, size = number(call, "sysparm_offset", 0), number(call, "sysparm_limit", 1000)
    answer = reply({"result": [_described(call, row) for row in found[start : start + size]]})
    answer.headers["X-Total-Count"] = str(len(found))
    return answer


@ROUTES.get("/api/now/attachment/<key>")
def describe(call: Call, key: str) -> Json:
    """GET one file's description."""
    known(call, "sys_attachment")
    return {"result": _described(call, deeds.load(call, "sys_attachment", key))}


@ROUTES.delete("/api/now/attachment/<key>")
def delete(call: Call, key: str) -> None:
    """DELETE a file."""
    known(call, "sys_attachment")
    deeds.detach(call, deeds.load(call, "sys_attachment", key))


@ROUTES.get("/api/now/attachment/<key>/file")
def download(call: Call, key: str) -> Response:
    """GET the bytes."""
    known(call, "sys_attachment")
    row = deeds.load(call, "sys_attachment", key)
    answer = sent(call, row)
    answer.headers["X-Attachment-Metadata"] = json.dumps(_described(call, row))
    return answer


def sent(call: Call, row: Doc) -> Response:
    """A file's bytes, never shown by a browser in our origin."""
    answer = Response(call.store.blob(f"file/{row['sys_id']}") or b"", content_type=row["content_type"])
    answer.headers["Content-Disposition"] = disposition("attachment", row["file_name"])
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
