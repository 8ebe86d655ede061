"""Jira's official description: finds the operation of a request, says what is wrong with it or its answer."""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import httpx
from jsonschema import Draft4Validator

from tests.sync.connectors.papers import papers

API = "/rest/api/3/"
#: on the description's word the issue's own share only; the site takes it for a comment list too (jira.md 7)
EVERYWHERE = {"expand"}


@cache
def spec() -> dict[str, Any]:
    """The description, put right where recorded answers contradict it. Skips the test where it is not there."""
    path = papers("specs", "jira", "jira-cloud-platform-v3.openapi.json")
    read: dict[str, Any] = _nullable(json.loads(path.read_text()))
    schemas = read["components"]["schemas"]
    for side in ("from", "fromString", "to", "toString"):
        schemas["ChangeDetails"]["properties"][side] = {"type": ["string", "null"]}
    schemas["ServerInformation"]["additionalProperties"] = True
    schemas["ProjectIssueCreateMetadata"]["additionalProperties"] = True
    return read


def _nullable(node: Any) -> Any:
    if isinstance(node, list):
        return [_nullable(one) for one in node]
    if not isinstance(node, dict):
        return node
    made = {name: _nullable(value) for name, value in node.items()}
    if made.pop("nullable", False) is True and "type" in made:
        made["type"] = [made["type"], "null"]
    # the description says "format": "uri" and the like of values that its own examples leave empty
    if isinstance(made.get("format"), str):
        made.pop("format")
    return made


def operation(method: str, path: str) -> dict[str, Any]:
    """The described operation; fixed addresses go before those with variables."""
    for template, verbs in sorted(spec()["paths"].items(), key=lambda one: one[0].count("{")):
        pattern = re.sub(r"\{[^}]+\}", "[^/]+", template)
        if re.fullmatch(pattern, path) and method.lower() in verbs:
            found: dict[str, Any] = verbs[method.lower()]
            return found | {"template": template}
    raise AssertionError(f"{method} {path} is not described.")


def problems_of_request(request: httpx.Request) -> list[str]:
    """What the description does not allow: unknown parameters, a body that does not fit."""
    found = operation(request.method, request.url.path)
    named = {one.get("name") for one in found.get("parameters", []) if one.get("in") == "query"}
    problems = [f"unknown parameter {name}" for name in set(request.url.params) - named - EVERYWHERE]
    required = {one["name"] for one in found.get("parameters", []) if one.get("required") and one["in"] == "query"}
    problems += [f"missing parameter {name}" for name in required - set(request.url.params)]
    wanted = found.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    if wanted and request.headers.get("content-type") == "application/json":
        problems += problems_of(json.loads(request.content), wanted)
    return problems


def problems_of_answer(method: str, path: str, status: int, body: Any) -> list[str]:
    """What of an answer the description does not have."""
    answers: Mapping[str, Any] = operation(method, path)["responses"]
    if str(status) not in answers:
        return [f"status {status} is not described"]
    schema = answers[str(status)].get("content", {}).get("application/json", {}).get("schema")
    return problems_of(body, schema) if schema else []


def problems_of(value: Any, schema: Mapping[str, Any]) -> list[str]:
    """Where a value does not fit a schema of the description."""
    root = {**schema, "components": spec()["components"]}
    errors = Draft4Validator(root).iter_errors(value)
    return [f"{'/'.join(str(step) for step in error.absolute_path)}: {error.message[:300]}" for error in errors]
