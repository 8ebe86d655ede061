"""Every request that the connector sends, held against the description of ServiceNow's API that we have.

The vendor publishes none (each instance exports its own); this one was written from the vendor's guide.
"""

import json
import re
from functools import cache
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
import yaml
from jsonschema import Draft4Validator

from portal.core import clock
from sync.connectors.base import OAuth
from sync.connectors.servicenow.listing import Cursor
from sync.engine.types import AddComment, Attach, Fields, Move, SetFields
from tests.sync.connectors.papers import papers
from tests.sync.connectors.servicenow.instance import FILES, ID, Instance
from tests.sync.connectors.stage import content

pytestmark = pytest.mark.shared


@cache
def spec() -> dict[str, Any]:
    """The description. Skips the test where it is not there."""
    read: dict[str, Any] = yaml.safe_load(
        papers("specs", "servicenow", "own-servicenow-rest.openapi.yaml").read_text()
    )
    return read


def scenario() -> Instance:
    """Every verb once, in every variant that changes the request."""
    entry = {"sys_id": "e" * 32, "value": "x[code]<!-- concord:k -->[/code]", "element": "comments"}
    entry |= {"sys_created_on": "2026-01-05 10:00:00", "sys_created_by": "jane.roe"}
    audit = [{"sys_id": "1" * 32, "fieldname": "state", "oldvalue": "1", "newvalue": "2", "user": "jane.roe"}]
    audit[0] |= {"sys_created_on": "2026-01-05 10:00:00", "record_checkpoint": "1"}
    instance = Instance(journal=[entry, entry | {"sys_id": "f" * 32}], audit=audit)
    uploaded = {"result": {"sys_id": "a" * 32, "size_bytes": "1"}}
    instance.answers |= {
        "GET /incident": [],
        "GET /change_request": [],
        "GET /task": [],
        f"GET /task/{ID}": {"sys_class_name": "incident"},
        "GET /sys_properties": [],
        "GET /sys_script": [],
        "POST /sys_script": Instance._echo,
        f"POST {FILES}/file": lambda _: httpx.Response(201, json=uploaded),
        f"GET {FILES}/{'a' * 32}/file": lambda _: httpx.Response(200, content=b"x"),
        "POST /oauth_token.do": lambda _: httpx.Response(200, json={"access_token": "new", "expires_in": 1799}),
    }
    settings = {"close_code": "Solution provided", "close_notes": "Done.", "caller": "Jane Roe"}
    now = clock.now()
    for tables in ("incident", "incident,change_request"):
        one = instance.connector(OAuth("", "r", "client", "secret", expires_at=now), tables=tables, **settings)
        one.check()
        one.describe("incident")
        one.changes("", now=now)
        one.changes(Cursor(now, now).text(), now=now)
        one.changes(Cursor(now, now, "2026-01-05 10:00:00", ID).text(), now=now)
        fields: Fields = {"short_description": "a", "assigned_to": "Jane Roe", "u_cost": 2, "u_agreed": True}
        one.create("incident", fields, "k" * 120)
        one.find("incident", "k")
        item = one.read(ID)
        one.read(ID, since=item.revisions[0].id)
        one.apply(ID, SetFields({"assigned_to": None, "description": "**b**"}), "k")
        one.apply(ID, Move("state", "Resolved"), "k")
        one.apply(ID, AddComment("x"), "k")
        one.apply(ID, AddComment("x", public=False), "k")
        one.apply(ID, Attach("ä b.txt", "text/plain", 1), "k", content(b"x"))
        one.subscribe("https://concord.example/hook", "whisper")
        one.trial("urgency=1")
        one.matching("urgency=1^NQstate=2", [item], now=now)
        with one.attachment(ID, "a" * 32) as pieces:
            assert list(pieces)
    return instance


def operation(request: httpx.Request) -> dict[str, Any]:
    """The described operation of a request, with the parameters of its path; fixed addresses go first."""
    for template, path in sorted(spec()["paths"].items(), key=lambda one: one[0].count("{")):
        pattern = re.sub(r"\{[^}]+\}", "[^/]+", template)
        if re.fullmatch(pattern, request.url.path) and request.method.lower() in path:
            found: dict[str, Any] = path[request.method.lower()]
            parameters = [*found.get("parameters", []), *path.get("parameters", [])]
            return found | {"parameters": [resolved(one) for one in parameters]}
    raise AssertionError(f"{request.method} {request.url.path} is not described.")


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """A parameter or body, also by reference."""
    if "$ref" not in node:
        return node
    _, _, kind, name = node["$ref"].split("/")
    found: dict[str, Any] = spec()["components"][kind][name]
    return found


def problems(request: httpx.Request) -> list[str]:
    """What the description does not allow: unknown and missing parameters, a body that does not fit."""
    found = operation(request)
    queried = {one["name"]: one for one in found["parameters"] if one["in"] == "query"}
    told = [f"unknown parameter {name}" for name in set(request.url.params) - set(queried)]
    told += [
        f"missing {name}" for name, one in queried.items() if one.get("required") and name not in request.url.params
    ]
    body = resolved(found.get("requestBody", {})).get("content", {})
    if "application/json" in body:
        told += fits(json.loads(request.content), body["application/json"]["schema"])
    if "application/x-www-form-urlencoded" in body:
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        told += fits(form, body["application/x-www-form-urlencoded"]["schema"])
    return told


def fits(value: object, schema: dict[str, Any]) -> list[str]:
    """Where a value does not fit a schema."""
    root = {**schema, "components": spec()["components"]}
    return [error.message for error in Draft4Validator(root).iter_errors(value)]


def test_every_request_is_one_that_is_described() -> None:
    asked = scenario().asked
    found = {f"{one.method} {one.url}": problems(one) for one in asked}
    assert {name: said for name, said in found.items() if said} == {}
    assert len({operation(one)["operationId"] for one in asked}) == 7


def test_every_request_says_what_it_accepts_and_sends() -> None:
    for request in scenario().asked:
        if request.method == "GET" and request.url.path.endswith("/file"):
            continue
        assert request.headers["accept"] == "application/json"
        assert request.method == "GET" or request.headers["content-type"]
