"""The small languages of a declaration: JSON paths, address templates and body templates."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import quote

import jsonpath

PLACE = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
#: a path that a value can be written to: names only
NAMES = re.compile(r"\.([A-Za-z_][\w-]*)|\['([^']+)'\]")
METHODS = ("POST", "PUT", "PATCH")


class Unclear(ValueError):
    """A piece of a declaration that cannot be taken; its text says why, as the end of a sentence."""


@dataclass(frozen=True, slots=True)
class Path:
    """A JSON path (RFC 9535) without filters: a filter may take a pattern, and a pattern may take for ever."""

    text: str
    compiled: jsonpath.JSONPath | jsonpath.CompoundJSONPath = field(repr=False, compare=False)

    @classmethod
    def parse(cls, text: str) -> "Path":
        """Raises Unclear for what is no path, or has a filter."""
        if not text.startswith("$") or "?" in text:
            raise Unclear(f"“{text}” is no JSON path such as $.order.number (filters are not taken)")
        try:
            return cls(text, jsonpath.compile(text))
        except jsonpath.JSONPathError as error:
            raise Unclear(f"“{text}” is no JSON path such as $.order.number") from error

    def all(self, document: object) -> list[object]:
        """Everything the path leads to; one list it leads to is taken apart."""
        found = self._found(document)
        if len(found) == 1 and isinstance(found[0], list):
            return list(found[0])
        return found

    def first(self, document: object) -> object:
        """What the path leads to first, None for nothing; several (a `[*]`) come as a list."""
        found = self._found(document)
        if "*" in self.text:
            return found
        return found[0] if found else None

    def names(self) -> tuple[str, ...]:
        """The names on the way. Raises Unclear for a path that a value cannot be written to."""
        found = list(NAMES.finditer(self.text))
        if "$" + "".join(one.group(0) for one in found) != self.text:
            raise Unclear(f"“{self.text}” has more than names, so nothing can be written to it")
        return tuple(one.group(1) or one.group(2) for one in found)

    def put(self, target: dict[str, object], value: object) -> None:
        """Write a value into a JSON object, making the objects on the way."""
        *way, last = self.names()
        for name in way:
            target = cast(dict[str, object], target.setdefault(name, {}))
        target[last] = value

    def _found(self, document: object) -> list[object]:
        if self.text == "$":
            return [document]
        if not isinstance(document, dict | list):
            return []
        return list(self.compiled.findall(document))


@dataclass(frozen=True, slots=True)
class Address:
    """A method and an address under the system's own, with places like {id}."""

    method: str
    template: str

    @classmethod
    def parse(cls, text: str, known: frozenset[str], *, writes: bool = False) -> "Address":
        """From "/orders/{id}" or "PATCH /orders/{id}". Raises Unclear."""
        method, _, template = text.rpartition(" ")
        method = method.strip().upper() or ("POST" if writes else "GET")
        if not template.startswith("/") or template.startswith("//"):
            raise Unclear(f"“{template}” does not begin with one slash, as in /orders/{{id}}")
        if writes != (method in METHODS) or (not writes and method != "GET"):
            raise Unclear(f"“{method}” is not taken here; use {' or '.join(METHODS) if writes else 'GET'}")
        strange = sorted({one.group(1) for one in PLACE.finditer(template)} - known)
        if strange:
            raise Unclear(f"{{{strange[0]}}} is not known here; known are {listed(known)}")
        return cls(method, template)

    def has(self, name: str) -> bool:
        """Whether the address has a place of this name."""
        return f"{{{name}}}" in self.template

    def of(self, **values: str) -> str:
        """The address with its places filled, each percent-encoded."""
        return PLACE.sub(lambda one: quote(values.get(one.group(1), ""), safe=""), self.template)


@dataclass(frozen=True, slots=True)
class Body:
    """A JSON body with places: "{name}" alone takes the value with its type, within a text it takes its words."""

    template: object

    @classmethod
    def parse(cls, text: str, known: frozenset[str]) -> "Body":
        """From JSON text. Raises Unclear."""
        try:
            template = json.loads(text)
        except ValueError as error:
            raise Unclear(f"it is no JSON ({error})") from error
        if not isinstance(template, dict):
            raise Unclear("it is no JSON object")
        strange = sorted(set(PLACE.findall(text)) - known)
        if strange:
            raise Unclear(f"{{{strange[0]}}} is not known here; known are {listed(known)}")
        return cls(template)

    def of(self, values: Mapping[str, object]) -> dict[str, object]:
        """The body. What has no value now is left out, so that an update sends what changed only."""
        return cast(dict[str, object], _filled(self.template, values) or {})


class Nothing:
    """What a place without a value becomes."""


def _filled(template: object, values: Mapping[str, object]) -> object:
    match template:
        case dict():
            filled = {str(name): _filled(one, values) for name, one in template.items()}
            kept = {name: one for name, one in filled.items() if one is not Nothing}
            return kept if kept or not template else Nothing
        case list():
            return [one for one in (_filled(each, values) for each in template) if one is not Nothing]
        case str():
            return _text(template, values)
        case _:
            return template


def _text(template: str, values: Mapping[str, object]) -> object:
    whole = PLACE.fullmatch(template)
    if whole:
        return values.get(whole.group(1), Nothing)
    if any(name not in values for name in PLACE.findall(template)):
        return Nothing
    return PLACE.sub(lambda one: str(values[one.group(1)]), template)


def listed(names: frozenset[str]) -> str:
    """Names as a sentence has them."""
    return ", ".join(f"{{{one}}}" for one in sorted(names)) or "none"
