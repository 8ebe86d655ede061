"""The refusals of Azure DevOps in its own words, and times as it writes them."""

import re
from datetime import UTC, datetime
from typing import Any

from sync.sandbox.call import Call, Refusal

VERSION = re.compile(r"(?P<number>\d+\.\d+)(?P<preview>-preview(\.\d+)?)?")
NEWEST = 7.2
TRACKING = "Microsoft.TeamFoundation.WorkItemTracking.Server"
NAMESPACES = {
    "ProjectDoesNotExistWithNameException": "Microsoft.TeamFoundation.Core.WebApi",
    "VssVersionNotSpecifiedException": "Microsoft.VisualStudio.Services.Common",
    "VssVersionOutOfRangeException": "Microsoft.VisualStudio.Services.Common",
    "VssInvalidPreviewVersionException": "Microsoft.VisualStudio.Services.Common",
}


def refuse(status: int, key: str, message: str, **custom: Any) -> Refusal:
    """An error body: `key` is the exception's name by which programs tell errors apart."""
    return Refusal(status, error(key, message, **custom))


def error(key: str, message: str, **custom: Any) -> dict[str, Any]:
    """The JSON of an error."""
    place = NAMESPACES.get(key, TRACKING)
    said: dict[str, Any] = {
        "$id": "1",
        "innerException": None,
        "message": message,
        "typeName": f"{place}.{key}, {place}",
        "typeKey": key,
        "errorCode": 0,
        "eventId": 3200,
    }
    return {**said, "customProperties": custom} if custom else said


def rule(field: str, name: str, code: str) -> Refusal:
    """A rule of the type refused a value."""
    text = f"TF401320: Rule Error for field {name}. Error code: {code}."
    told = {"fieldReferenceName": field, "fieldStatusFlags": code, "errorMessage": text, "ruleValidationErrors": None}
    return refuse(400, "RuleValidationException", text, RuleValidationErrors=[told])


def gone(number: object) -> Refusal:
    """No such work item, or one in the recycle bin."""
    text = f"TF401232: Work item {number} does not exist, or you do not have permissions to read it."
    return refuse(404, "WorkItemUnauthorizedAccessException", text)


def version(call: Call, *, preview: bool = False) -> None:
    """Refuse a request that names no api-version, one that there is not, or no preview where one is."""
    given = call.arg("api-version") or _accepted(call.request.headers.get("Accept", ""))
    if not given:
        text = (
            f'No api-version was supplied for the "{call.request.method}" request. The version must be supplied '
            'either as part of the Accept header (e.g. "application/json; api-version=1.0") or as a query '
            'parameter (e.g. "?api-version=1.0").'
        )
        raise refuse(400, "VssVersionNotSpecifiedException", text)
    found = VERSION.fullmatch(given)
    if not found or float(found["number"]) > NEWEST:
        text = f"The requested REST API version of {given} is out of range for this server."
        raise refuse(400, "VssVersionOutOfRangeException", text)
    if preview and not found["preview"]:
        text = (
            f'The requested version "{given}" of the resource is under preview. The -preview flag must be '
            f'supplied in the api-version for such requests. For example: "{given}-preview"'
        )
        raise refuse(400, "VssInvalidPreviewVersionException", text)


def _accepted(header: str) -> str:
    found = re.search(r"api-version=([^;,\s]+)", header)
    return found.group(1) if found else ""


def stamp(at: datetime) -> str:
    """A time as the service writes it: UTC, at most three decimals, no zeros at its end."""
    at = at.astimezone(UTC)
    text = at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}"
    return text.rstrip("0").rstrip(".") + "Z"


def moment(text: str) -> datetime:
    """A stored time."""
    return datetime.fromisoformat(text)
