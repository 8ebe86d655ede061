"""The vendor's description of the Support API: every exchange of a client is held against it."""

import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx
import yaml
from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator, oas30_format_checker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from tests.sync.connectors.papers import papers

#: the YAML holds a bare "=" and date-like words, which are plain text there
ODD = {"tag:yaml.org,2002:value", "tag:yaml.org,2002:timestamp"}
URI = "urn:zendesk"


class Loader(yaml.SafeLoader):
    """YAML without guesses at dates."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if tag not in ODD]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@cache
def description() -> dict[str, Any]:
    """The description, read once."""
    text = papers("specs", "zendesk", "zendesk-support.openapi.yaml").read_text()
    loaded = yaml.load(text, Loader)  # noqa: S506 - a SafeLoader
    return dict(loaded)


@cache
def registry() -> Registry[Any]:
    """Where its references lead."""
    resource: Resource[Any] = Resource.from_contents(description(), default_specification=DRAFT4)
    made: Registry[Any] = Registry().with_resource(URI, resource)
    return made


@dataclass(slots=True)
class Held:
    """What was held against the description: operations with their statuses; `outside` it has no such path."""

    operations: set[tuple[str, str, int]] = field(default_factory=set)
    outside: set[tuple[str, str]] = field(default_factory=set)

    def check(self, response: httpx.Response) -> None:
        """Hold one exchange against the description (an httpx response hook)."""
        response.read()
        request = response.request
        request.read()
        path, operation = operation_of(request.method, request.url.path.removesuffix(".json"))
        if operation is None:
            self.outside.add((request.method, path))
            return
        self.operations.add((request.method, path, response.status_code))
        told = operation["responses"].get(str(response.status_code))
        if response.status_code < 400:
            assert told is not None, f"{request.method} {path} does not answer {response.status_code}"
            _parameters(request, path, operation)
            _body(request, operation)
        content = (told or {}).get("content", {}).get("application/json")
        # it calls an empty answer a string, where recorded ones are {}
        if content and content["schema"].get("type") != "string":
            validate(response.json(), content["schema"], f"{request.method} {path} {response.status_code}")


def operation_of(method: str, path: str) -> tuple[str, dict[str, Any] | None]:
    """The description's path and operation for a request; fixed paths before those with variables."""
    paths = description()["paths"]
    for known in sorted(paths, key=lambda one: one.count("{")):
        pattern = re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(known.removesuffix(".json")))
        if re.fullmatch(pattern, path.rstrip("/")) and method.lower() in paths[known]:
            return known, paths[known][method.lower()]
    return path, None


def without_nulls(value: Any) -> Any:
    """A value without its null members: the description leaves `nullable` out nearly everywhere,
    while recorded answers show nulls in all those places."""
    if isinstance(value, dict):
        return {key: without_nulls(one) for key, one in value.items() if one is not None}
    if isinstance(value, list):
        return [without_nulls(one) for one in value]
    return value


def validate(value: Any, schema: dict[str, Any], where: str, *, write: bool = False) -> None:
    """Assert that a value fits a schema of the description."""
    kind = OAS30WriteValidator if write else OAS30ReadValidator
    pinned = json.loads(json.dumps(schema).replace('"#/', f'"{URI}#/'))
    validator = kind(pinned, registry=registry(), format_checker=oas30_format_checker)
    problems = [
        f"{'/'.join(map(str, e.path))}: {e.message[:300]}" for e in validator.iter_errors(without_nulls(value))
    ]
    assert not problems, f"{where}: {problems[:4]}"


def _parameters(request: httpx.Request, path: str, operation: dict[str, Any]) -> None:
    """Required query parameters are given. Unknown ones are not judged: paging has many spellings there."""
    shared = description()["paths"][path].get("parameters", [])
    known = description()["components"]["parameters"]
    for told in [*shared, *operation.get("parameters", [])]:
        one = known[told["$ref"].rpartition("/")[2]] if "$ref" in told else told
        if one.get("required") and one["in"] == "query":
            assert one["name"] in request.url.params, f"{path} needs {one['name']}"


def _body(request: httpx.Request, operation: dict[str, Any]) -> None:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content and request.headers.get("Content-Type", "").startswith("application/json"):
        sent = json.loads(request.content)
        for one in [sent.get("ticket"), *(sent.get("tickets") or [])]:
            # the description gives these the shape of field definitions; recorded requests send id and value
            if isinstance(one, dict):
                one.pop("custom_fields", None)
        validate(sent, content["schema"], f"body of {request.url.path}", write=True)
