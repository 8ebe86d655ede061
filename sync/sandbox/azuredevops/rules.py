"""What a field takes: a given value as it is stored, or the service's refusal."""

import math
from datetime import UTC, datetime
from typing import Any

from sync.sandbox.azuredevops import process
from sync.sandbox.azuredevops.refusals import refuse, rule, stamp
from sync.sandbox.azuredevops.seed import person, project
from sync.sandbox.store import Store

#: paths of fields that are kept by their project
TREES = {"System.AreaPath": "area", "System.IterationPath": "iteration"}


def reference(name: str) -> str:
    """A field's reference name. Raises Refusal for a field that there is not."""
    found = process.LOOKUP.get(name.casefold())
    if found is None:
        text = f"TF51535: Cannot find field {name}."
        raise refuse(400, "WorkItemTrackingFieldDefinitionNotFoundException", text)
    return found


def stored(store: Store, home: str, ref: str, given: Any, *, bypass: bool = False) -> Any:
    """A value as it is kept, None for empty. Raises Refusal."""
    field = process.FIELDS[ref]
    if field.given and not bypass:
        raise rule(ref, field.name, "ReadOnly")
    if given is None or given == "":
        return None
    if field.identity:
        return _person(store, ref, field.name, given)
    if ref in TREES:
        return _path(store, home, ref, str(given))
    if ref == "System.Tags":
        return tags(str(given))
    checked = {"integer": _number, "double": _number, "boolean": _yes, "dateTime": _time}.get(field.type, _text)
    value = checked(ref, field.name, given)
    if field.options and str(value) not in field.options:
        raise rule(ref, field.name, "HasValues, LimitedToValues, AllowsOldValue, InvalidListValue")
    return value


def _person(store: Store, ref: str, name: str, given: Any) -> str:
    said = str(given.get("uniqueName") or given.get("id") or "") if isinstance(given, dict) else str(given)
    found = person(store, said)
    if found is None:
        text = f"The identity value '{said}' for field '{name}' is an unknown identity."
        error = {"fieldReferenceName": ref, "fieldStatusFlags": "invalidIdentityField", "errorMessage": text}
        raise refuse(400, "RuleValidationException", text, RuleValidationErrors=[error])
    return str(found["id"])


def _path(store: Store, home: str, ref: str, given: str) -> str:
    found = project(store, home)
    paths = found[TREES[ref]] if found else []
    known = next((one for one in paths if one.casefold() == given.strip("\\").casefold()), None)
    if known is None:
        text = f"TF401347: Invalid tree name given for work item -1, field '{ref}'."
        raise refuse(400, "WorkItemInvalidTreeNameException", text)
    return str(known)


def tags(given: str) -> str | None:
    """Tags as one text: sorted, each once in any case. Raises Refusal for too long or too many."""
    found: dict[str, str] = {}
    for one in (part.strip() for part in given.split(";")):
        if one:
            found.setdefault(one.casefold(), one)
    if any(len(one) > process.MAX_TAG for one in found) or len(found) > process.MAX_TAGS:
        raise refuse(400, "TagInvalidNameException", "TF401407: The tag name is invalid or there are too many tags.")
    return "; ".join(found[key] for key in sorted(found)) or None


def _number(ref: str, name: str, given: Any) -> int | float:
    try:
        value = float(given)
        if not math.isfinite(value) or isinstance(given, bool):
            raise ValueError
    except (TypeError, ValueError):
        raise rule(ref, name, "InvalidType") from None
    return int(value) if value.is_integer() else value


def _yes(ref: str, name: str, given: Any) -> bool:
    said = str(given).casefold()
    if said not in ("true", "false", "1", "0"):
        raise rule(ref, name, "InvalidType")
    return said in ("true", "1")


def _time(ref: str, name: str, given: Any) -> str:
    try:
        at = datetime.fromisoformat(str(given))
    except ValueError:
        raise rule(ref, name, "InvalidDate") from None
    return stamp(at if at.tzinfo else at.replace(tzinfo=UTC))


def _text(ref: str, name: str, given: Any) -> str:
    said, long = str(given), process.FIELDS[ref].type in ("html", "plainText", "history")
    if len(said) > (process.MAX_TEXT if long else process.MAX_LINE):
        raise rule(ref, name, "InvalidTooLong")
    return said if long else " ".join(said.split())
