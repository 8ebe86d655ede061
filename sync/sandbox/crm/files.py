"""Files of orders: raw bytes in, raw bytes out."""

from werkzeug.wrappers import Response

from sync.sandbox.call import Call, Routes, disposition, reply
from sync.sandbox.crm.orders import load, paged, refusal, stamp, touched, who
from sync.sandbox.store import Json

ROUTES = Routes()
LARGEST = 50 * 1024 * 1024


@ROUTES.get("/api/orders/<number>/files")
def listing(call: Call, number: str) -> Json:
    """An order's files, without their bytes."""
    load(call, number)
    return paged(call, "files", call.store.all(f"files/{number}"))


@ROUTES.post("/api/orders/<number>/files")
def upload(call: Call, number: str) -> Response:
    """One file; its name, mark and secrecy are in the address, its bytes are the body."""
    load(call, number)
    body, name = call.request.get_data(), call.request.args.get("name", "")
    if not name:
        raise refusal(422, "A file needs a name", "name")
    if len(body) > LARGEST:
        raise refusal(413, "A file has at most 50 MB")
    one = str(call.store.next_id("files"))
    made: Json = {"id": one, "name": name, "type": call.request.mimetype, "size": len(body), "at": stamp(call)}
    made |= {"by": who(call), "internal": call.arg("internal") == "yes", "ref": call.arg("ref")}
    call.store.put_blob(f"file/{one}", body)
    call.store.put(f"files/{number}", one, made)
    touched(call, number)
    return reply({"file": made}, status=201)


@ROUTES.get("/api/orders/<number>/files/<file>")
def download(call: Call, number: str, file: str) -> Response:
    """A file's bytes, never shown by a browser in our origin."""
    load(call, number)
    found = call.store.get(f"files/{number}", file)
    if found is None:
        raise refusal(404, "There is no such file")
    response = Response(call.store.blob(f"file/{file}") or b"", content_type=found["type"])
    response.headers["Content-Disposition"] = disposition("attachment", found["name"])
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
