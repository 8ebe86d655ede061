"""Checks and translates field values that a client sends, with Jira's own words for what is wrong."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

from portal.core.text import adf, wiki
from sync.sandbox.call import Refusal
from sync.sandbox.jira import catalog
from sync.sandbox.jira.seed import person, project
from sync.sandbox.store import Json, Store

OFF_SCREEN = "Field '{}' cannot be set. It is not on the appropriate screen, or unknown."
TOO_LONG = "The entered text is too long. It exceeds the allowed limit of 32,767 characters."
NO_DOCUMENT = "Operation value must be an Atlassian Document (see the Atlassian Document Format)"


class Wrong(Exception):
    """A value that Jira refuses; the message is Jira's."""


def refuse(errors: dict[str, str] | None = None, *messages: str, status: int = 400) -> Refusal:
    """Jira's error collection."""
    return Refusal(status, {"errorMessages": list(messages), "errors": errors or {}})


BAD_PAYLOAD = "Invalid request payload. Refer to the REST API documentation and try again."


def part(body: Json, name: str) -> Json:
    """A part of a body that must be an object, {} when it is missing. Raises Refusal."""
    found = body.get(name)
    if found is not None and not isinstance(found, dict):
        raise refuse(None, BAD_PAYLOAD)
    return found or {}


def listed(body: Json, name: str) -> list[Any]:
    """A part of a body that must be a list, [] when it is missing. Raises Refusal."""
    found = body.get(name)
    if found is not None and not isinstance(found, list):
        raise refuse(None, BAD_PAYLOAD)
    return found or []


def objects(body: Json, name: str) -> list[Json]:
    """A part of a body that must be a list of objects. Raises Refusal."""
    found = listed(body, name)
    if not all(isinstance(one, dict) for one in found):
        raise refuse(None, BAD_PAYLOAD)
    return found


def rich(value: Any, version: int) -> Json | None:
    """A rich text as a document: given as a document in v3, as wiki text in v2. Raises Wrong."""
    if value is None or value == "":
        return None
    if version == 2:
        if not isinstance(value, str):
            raise Wrong("Operation value must be a string")
        if len(value) > catalog.MAX_TEXT:
            raise Wrong(TOO_LONG)
        return dict(adf.from_markdown(wiki.to_markdown(value)))
    if not isinstance(value, dict) or value.get("type") != "doc" or value.get("version") != 1:
        raise Wrong(NO_DOCUMENT)
    _sound(value)
    if len(json.dumps(value, ensure_ascii=False)) > 4 * catalog.MAX_TEXT or _letters(value) > catalog.MAX_TEXT:
        raise Wrong(TOO_LONG)
    return value


def _letters(node: Any) -> int:
    return len(node.get("text", "")) + sum(_letters(child) for child in node.get("content", []))


def _sound(node: Any) -> None:
    """Refuse what Jira's editor refuses: nodes without a type, empty text."""
    if not isinstance(node, dict) or not isinstance(node.get("type"), str):
        raise Wrong("INVALID_INPUT")
    text, content = node.get("text", ""), node.get("content", [])
    if not isinstance(text, str) or not isinstance(content, list) or (node["type"] == "text" and not text):
        raise Wrong("INVALID_INPUT")
    for child in content:
        _sound(child)


def summary(value: Any) -> str:
    """The summary."""
    if not isinstance(value, str):
        raise Wrong("Operation value must be a string" if value else "You must specify a summary of the issue.")
    if not value.strip():
        raise Wrong("You must specify a summary of the issue.")
    if "\n" in value or "\r" in value:
        raise Wrong("The summary is invalid because it contains newline characters.")
    if len(value) >= 255:
        raise Wrong("Summary must be less than 255 characters.")
    return value.strip()


def labels(value: Any) -> list[str]:
    """A list of labels, without repeats."""
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value or []):
        raise Wrong("data was not an array" if not isinstance(value, list) else "string expected at index 0")
    for one in value:
        if any(letter.isspace() for letter in one):
            raise Wrong(f"The label '{one}' contains spaces which is invalid.")
        if not one or len(one) > 255:
            raise Wrong(f"The label '{one[:30]}' is not valid: labels have 1 to 255 characters.")
    return list(dict.fromkeys(value))


def of_table(value: Any, table: dict[str, Any], wrong: str, *, by: str = "name") -> str | None:
    """The id of {"id": …} or {"name": …} (options: {"value": …}). Raises Wrong."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise Wrong(f"Could not find valid 'id' or '{by}' in the object.")
    if "id" in value and str(value["id"]) in table:
        return str(value["id"])
    found = catalog.named(table, str(value.get(by, ""))) if by in value else ""
    if not found:
        raise Wrong(wrong)
    return found


def account(value: Any, store: Store) -> str | None:
    """An account id of {"accountId": …}; -1 = automatic, which here is nobody. Raises Wrong."""
    if value is None:
        return None
    given = (value.get("accountId") or value.get("id")) if isinstance(value, dict) else None
    if value == {"accountId": None} or given == "-1":
        return None
    if given is None:
        raise Wrong("expected Object containing an 'accountId' property")
    if person(store, str(given)) is None:
        raise Wrong(f"User '{given}' does not exist.")
    return str(given)


def day(value: Any) -> str | None:
    """A date."""
    if value is None or value == "":
        return None
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError as error:
        raise Wrong(f"Error parsing date string: {value}") from error


def components(value: Any) -> list[str]:
    """Component ids."""
    if not isinstance(value, list):
        raise Wrong("data was not an array")
    found = [of_table(one, catalog.COMPONENTS, f"Component name '{one}' is not valid") for one in value]
    return list(dict.fromkeys(one for one in found if one))


def short_text(value: Any) -> str | None:
    """A single-line custom field."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise Wrong("Operation value must be a string")
    if len(value) > 255:
        raise Wrong("The entered text is too long. It exceeds the allowed limit of 255 characters.")
    return value


def reader(name: str, store: Store, version: int) -> Callable[[Any], Any] | None:
    """What checks and translates values of a field, None for one that cannot be written."""
    return {
        "summary": summary,
        "description": lambda v: rich(v, version),
        "labels": lambda v: labels([] if v is None else v),
        "priority": lambda v: of_table(v, catalog.PRIORITIES, "The priority selected is invalid."),
        "resolution": lambda v: of_table(v, catalog.RESOLUTIONS, "The resolution selected is invalid."),
        "issuetype": lambda v: of_table(v, catalog.TYPES, "The issue type selected is invalid."),
        "assignee": lambda v: account(v, store),
        "reporter": lambda v: account(v, store),
        "components": lambda v: components([] if v is None else v),
        "duedate": day,
        "customfield_10050": short_text,
        "customfield_10051": lambda v: of_table(
            v,
            catalog.PRODUCTS,
            f"Option value '{v.get('value') if isinstance(v, dict) else v}' is not valid",
            by="value",
        ),
    }.get(name)


def read_fields(given: Json, allowed: set[str], store: Store, version: int) -> Json:
    """Stored values of the fields given. Raises Refusal with one sentence for each wrong field."""
    values: Json = {}
    errors: dict[str, str] = {}
    for name, value in given.items():
        read = reader(name, store, version)
        if name not in allowed or read is None:
            errors[name] = OFF_SCREEN.format(name)
            continue
        try:
            values[name] = read(value)
        except Wrong as wrong:
            errors[name] = str(wrong)
    if errors:
        raise refuse(errors)
    return values


def project_of(value: Any, store: Store) -> Json:
    """The project of a create. Raises Refusal."""
    given = value.get("key") or value.get("id") if isinstance(value, dict) else None
    found = project(store, str(given)) if given else None
    if found is None:
        raise refuse({"project": "valid project is required"})
    return dict(found)
