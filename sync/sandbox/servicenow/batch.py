"""The Batch API: several requests in one; each stands for itself, the whole is no transaction."""

import base64
import binascii
from collections.abc import Callable, Iterable
from typing import Any, cast

from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from sync.sandbox.call import Call, Routes
from sync.sandbox.servicenow.rules import refused
from sync.sandbox.store import Json

ROUTES = Routes()
App = Callable[[dict[str, Any], Any], Iterable[bytes]]


@ROUTES.post("/api/now/batch")
def batch(call: Call) -> Callable[[], Json]:
    """POST requests with bodies in base64; each is answered with its status, headers and body."""
    body = call.json()
    asked = body.get("rest_requests")
    if not isinstance(asked, list) or "batch_request_id" not in body:
        raise refused("Invalid batch request", "batch_request_id and rest_requests are mandatory", status=400)

    def answered() -> Json:
        """Outside this request's own transaction, so that a refused one undoes nothing of the others."""
        return {
            "batch_request_id": str(body["batch_request_id"]),
            "serviced_requests": [_answered(call, one) for one in asked],
            "unserviced_requests": [],
        }

    return answered


def _answered(call: Call, one: Json) -> Json:
    """One of the requests, under the account of the whole."""
    try:
        content = base64.b64decode(str(one.get("body", "")))
    except binascii.Error:
        content = b""
    headers = {
        str(row["name"]): str(row["value"]) for row in one.get("headers", []) if row["name"] != "Content-Length"
    }
    headers["Authorization"] = call.request.headers.get("Authorization", "")
    builder = EnvironBuilder(
        path=str(one["url"]),
        method=str(one.get("method", "GET")),
        headers=Headers(headers),
        data=content,
        base_url=call.request.host_url,
    )
    app_iter, status, told = run_wsgi_app(cast(App, call.practice), builder.get_environ())
    return {
        "id": str(one["id"]),
        "status_code": int(status.split()[0]),
        "status_text": status.partition(" ")[2],
        "headers": [{"name": name, "value": value} for name, value in told],
        "body": base64.b64encode(b"".join(app_iter)).decode(),
        "execution_time": 1,
    }
