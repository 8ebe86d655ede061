"""The vendor's description of the API (Swagger 2): every exchange of the connector is held against it."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import httpx
from jsonschema import Draft4Validator

from tests.sync.connectors.papers import papers

FILES = ("workItemTracking", "core", "serviceHooks")
#: addresses of the location service, which no description has
OUTSIDE = frozenset({"connectionData"})
PATCH = "application/json-patch+json"
#: described as one object, while the vendor's own examples have a list
OPERATIONS = {"type": "array", "items": {"$ref": "#/definitions/JsonPatchOperation"}}


@cache
def specs() -> tuple[dict[str, Any], ...]:
    """The descriptions; read as the vendor means them. Skips without them."""
    read = (json.loads(papers("specs", "azure-devops", f"{name}-7.1.swagger.json").read_text()) for name in FILES)
    found = tuple(_nullable(one) for one in read)
    # described as strings, while the vendor's own examples have revisions
    found[0]["definitions"]["StreamedBatch"]["properties"]["values"] = {"type": "array", "items": {"type": "object"}}
    return found


def _nullable(node: Any) -> Any:
    """A description without formats; Swagger 2 cannot say that a property may be null, and answers have many."""
    if isinstance(node, list):
        return [_nullable(one) for one in node]
    if not isinstance(node, dict):
        return node
    made = {name: _nullable(value) for name, value in node.items() if name != "format" or isinstance(value, dict)}
    if made.get("type") == "object" and not set(made) & {"properties", "additionalProperties", "allOf"}:
        # the vendor's way to say "any value"
        made.pop("type")
    return made


def operations(method: str, path: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """The described operations of a request, with their documents: the same address may have several."""
    for document in specs():
        for template, verbs in {**document["paths"], **document.get("x-ms-paths", {})}.items():
            if method.lower() in verbs and _fits(template.partition("?")[0], path):
                yield verbs[method.lower()], document


def _fits(template: str, path: str) -> bool:
    """Whether a path is one of a template; a team may be left out of it."""
    for one in (template, template.replace("/{team}", "")):
        pattern = re.escape(one).replace(r"\$", "$")
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", pattern).replace("$[^/]+", r"\$[^/]+")
        if re.fullmatch(pattern, path, re.IGNORECASE):
            return True
    return False


def resolved(said: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """A parameter, followed to its definition."""
    return document["parameters"][said["$ref"].rpartition("/")[2]] if "$ref" in said else said


def _parameters(request: httpx.Request, found: dict[str, Any], document: dict[str, Any]) -> list[str]:
    """Parameters of the query that are unknown or missing."""
    listed = [
        one for one in (resolved(each, document) for each in found.get("parameters", [])) if one["in"] == "query"
    ]
    named, needed = {one["name"] for one in listed}, {one["name"] for one in listed if one.get("required")}
    problems = [f"unknown parameter {name}" for name in set(request.url.params) - named]
    return problems + [f"missing parameter {name}" for name in needed - set(request.url.params)]


def problems_of(exchange: httpx.Response) -> list[str]:
    """What of a request and its good answer the description does not have."""
    request = exchange.request
    if request.url.path.rpartition("/")[2] in OUTSIDE:
        return []
    fitting = [(_parameters(request, *one), *one) for one in operations(request.method, request.url.path)]
    if not fitting:
        return [f"{request.method} {request.url.path} is not described"]
    problems, found, document = min(fitting, key=lambda one: len(one[0]))
    parameters = [resolved(one, document) for one in found.get("parameters", [])]
    wanted = next((one.get("schema") for one in parameters if one["in"] == "body"), None)
    if wanted and wanted.get("$ref", "").endswith("JsonPatchDocument"):
        wanted = OPERATIONS
    kind = request.headers.get("content-type", "").partition(";")[0]
    if wanted and kind in ("application/json", PATCH):
        problems += _against(json.loads(request.content), wanted, document)
    if kind == PATCH and PATCH not in found.get("consumes", document.get("consumes", [])):
        problems.append("no JSON Patch is taken here")
    schema = found["responses"].get("200", {}).get("schema")
    if exchange.is_success and exchange.headers.get("content-type", "").startswith("application/json") and schema:
        body = exchange.json()
        wrapped = schema.get("type") == "array" and isinstance(body, dict)
        problems += _against(body["value"] if wrapped else body, schema, document)
    return problems


def _against(value: Any, schema: dict[str, Any], document: dict[str, Any]) -> list[str]:
    root = {**schema, "definitions": document["definitions"]}
    errors = Draft4Validator(root).iter_errors(_filled(value))
    return [f"{'/'.join(str(step) for step in one.absolute_path)}: {one.message[:200]}" for one in errors]


def _filled(value: Any) -> Any:
    """A value without nulls, which the description cannot allow."""
    if isinstance(value, dict):
        return {name: _filled(one) for name, one in value.items() if one is not None}
    return [_filled(one) for one in value] if isinstance(value, list) else value
