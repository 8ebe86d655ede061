"""Every request that the connector sends, held against Zendesk's own API description."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from jsonschema import Draft202012Validator

from portal.core import clock
from sync.engine.types import AddComment, Attach, Fields, Move, SetFields
from tests.sync.connectors.papers import papers
from tests.sync.connectors.stage import content
from tests.sync.connectors.zendesk.account import TICKET, USERS, Desk, audit, said
from tests.sync.connectors.zendesk.desk import connector

pytestmark = pytest.mark.shared
API = "/api/v2"
#: in Zendesk's guides, but left out of its description
GUIDES = {"metadata", "requester"}
#: paging and side-loading are described once for all lists and not with each
EVERYWHERE = {"page[size]", "page[after]", "include", "sort", "per_page"}


class Loader(yaml.SafeLoader):
    """Leaves dates and "=" alone, which the description has as plain text."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, seen) for tag, seen in found if tag.rpartition(":")[2] not in ("value", "timestamp")]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@cache
def description(path: Path) -> dict[str, Any]:
    """The description with `nullable` as JSON Schema says it, and two slips of it put right."""
    spec: dict[str, Any] = nullable(yaml.load(path.read_text(), Loader))  # noqa: S506 - a SafeLoader
    writable = spec["components"]["schemas"]["TicketUpdateInput"]["properties"]
    for name in ("assignee_id", "group_id", "priority", "type"):
        writable[name] = {"anyOf": [writable[name], {"type": "null"}]}
    # it points to the fields of custom objects there, other than its own examples
    writable["custom_fields"]["items"] = {"required": ["id", "value"], "properties": {"id": {"type": "integer"}}}
    return spec


def nullable(node: Any) -> Any:
    """OpenAPI 3.0's `nullable` as a type of its own."""
    if isinstance(node, list):
        return [nullable(one) for one in node]
    if not isinstance(node, dict):
        return node
    made = {name: nullable(value) for name, value in node.items()}
    if made.pop("nullable", False) is True and "type" in made:
        made["type"] = [made["type"], "null"]
    return made


def scenario() -> Desk:
    """Every verb once, in every variant that changes the request."""
    desk = Desk()
    told = audit(900, "10:06:00", said("<p>x</p>", attachments=[{"id": 5}]), concord="k")
    desk.answers |= {
        f"GET {API}/users/me": {"user": USERS[2]},
        f"GET {API}/tickets": {"tickets": [TICKET]},
        f"GET {API}/incremental/tickets/cursor": {"tickets": [], "after_cursor": "x", "end_of_stream": True},
        f"POST {API}/uploads": {"upload": {"token": "t", "attachment": {"id": 5, "size": 1}}},
        f"PUT {API}/tickets/35436": {"ticket": TICKET, "audit": told},
        f"GET {API}/attachments/5": {"attachment": {"id": 5, "content_url": "https://acme.zendesk.com/f"}},
        "GET /f": lambda _: httpx.Response(200, content=b"x"),
    }
    zendesk = connector(desk.transport(), form="5", brand="6")
    zendesk.check()
    zendesk.describe("ticket")
    zendesk.changes(zendesk.changes("", now=clock.now()).cursor, now=clock.now())
    given: Fields = {"subject": "a", "description": "b", "requester": "Jim <jim@example.org>", "tags": ("x",)}
    zendesk.create("ticket", given, "k")
    zendesk.create("ticket", {"subject": "a", "requester": "Jane Roe", "field_360002": ("Oslo",)}, "k")
    zendesk.find("ticket", "k")
    zendesk.read("35436")
    fields: Fields = {"assignee": "ada@example.org", "group": "Network", "type": "task", "field_360001": "Scanner"}
    zendesk.apply("35436", SetFields(fields), "k")
    zendesk.apply("35436", SetFields({"assignee": None, "priority": None, "tags": ("a",)}), "k")
    for status in ("In analysis", "Solved", "Closed"):
        zendesk.apply("35436", Move("status", status), "k")
    zendesk.apply("35436", AddComment("x", public=False), "k")
    zendesk.apply("35436", Attach("a.txt", "text/plain", 1), "k", content(b"x"))
    with zendesk.attachment("35436", "5") as pieces:
        assert list(pieces)
    return desk


def operation(spec: dict[str, Any], request: httpx.Request) -> dict[str, Any]:
    """The described operation of a request, with the parameters of its path."""
    # fixed addresses first: users/autocomplete is no user's id
    for template, path in sorted(spec["paths"].items(), key=lambda one: "{" in one[0]):
        pattern = re.sub(r"\{[^}]+\}", "[^/]+", template)
        if re.fullmatch(pattern, request.url.path) and request.method.lower() in path:
            found: dict[str, Any] = path[request.method.lower()]
            shared = path.get("parameters", [])
            return found | {"parameters": [*found.get("parameters", []), *shared]}
    raise AssertionError(f"{request.method} {request.url.path} is not described.")


def known_keys(spec: dict[str, Any], schema: dict[str, Any]) -> Iterator[str]:
    """Every property that a schema names, through references and allOf."""
    if "$ref" in schema:
        yield from known_keys(spec, spec["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    for part in schema.get("allOf", []):
        yield from known_keys(spec, part)
    yield from schema.get("properties", {})


def test_every_request_is_one_that_zendesk_describes() -> None:
    spec = description(papers("specs", "zendesk", "zendesk-support.openapi.yaml"))
    seen = set()
    for request in scenario().asked:
        if not request.url.path.startswith(API):
            continue
        found = operation(spec, request)
        refs = (one.get("$ref", "").rpartition("/")[2] for one in found["parameters"])
        named = {one.get("name") for one in found["parameters"]}
        named |= {spec["components"]["parameters"][ref]["name"] for ref in refs if ref}
        # the description has uploads without their query, which the guide tells
        free = EVERYWHERE | ({"filename", "token"} if request.url.path.endswith("/uploads") else set())
        assert set(request.url.params) <= named | free, request.url
        seen.add((request.method, request.url.path))
    assert len(seen) >= 12


def test_every_ticket_written_fits_the_schema_and_has_no_unknown_key() -> None:
    spec = description(papers("specs", "zendesk", "zendesk-support.openapi.yaml"))
    written = 0
    for request in scenario().asked:
        name = {"POST": "TicketCreate", "PUT": "TicketUpdate"}.get(request.method)
        if name is None or "/tickets" not in request.url.path:
            continue
        body = json.loads(request.content)
        root = {"$ref": f"#/components/schemas/{name}Request", "components": spec["components"]}
        errors = [error.message for error in Draft202012Validator(root).iter_errors(body)]
        assert errors == []
        known = set(known_keys(spec, {"$ref": f"#/components/schemas/{name}Input"}))
        assert set(body["ticket"]) <= known | GUIDES
        assert set(body["ticket"].get("comment", {})) <= set(
            known_keys(spec, {"$ref": "#/components/schemas/TicketCommentObject"})
        )
        written += 1
    assert written > 8
