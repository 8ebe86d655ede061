"""Endpoints for the list of revisions in the order of commits, by which programs keep up."""

from datetime import UTC, datetime

from sync.sandbox.azuredevops import render
from sync.sandbox.azuredevops.items import BATCH, WIT, flag
from sync.sandbox.azuredevops.place import home_of, parted
from sync.sandbox.azuredevops.refusals import moment, refuse, version
from sync.sandbox.call import Call, Routes
from sync.sandbox.store import Doc, Json

ROUTES = Routes()


@ROUTES.get(f"{WIT}/reporting/workitemrevisions")
def report(call: Call) -> Json:
    """GET the list of revisions in the order of commits."""
    version(call)
    wanted = [one for one in call.arg("fields").split(",") if one]
    body: Json = {"fields": wanted or None, "includeDeleted": flag(call, "includeDeleted")}
    body |= {"includeIdentityRef": flag(call, "includeIdentityRef")}
    return reported(call, body | {"includeLatestOnly": flag(call, "includeLatestOnly")})


@ROUTES.post(f"{WIT}/reporting/workitemrevisions")
def report_by_filter(call: Call) -> Json:
    """POST a filter for the list of revisions."""
    version(call)
    return reported(call, call.json())


def reported(call: Call, body: Json) -> Json:
    """One batch; its token is a place in the order of commits, good for later polls too."""
    after, size, epoch = _after(call), _state(call, "page", BATCH), _state(call, "epoch", 1)
    name = home_of(call)["name"] if parted(call.request.path)[0] else None
    found = [one for one in call.store.all("commits") if one["watermark"] > after]
    page = found[:size]
    values = [_told(call, doc, body) for doc in (_wanted(call, commit, name, body) for commit in page) if doc]
    mark = page[-1]["watermark"] if page else max(after, 0)
    token = f"{mark};{page[-1]['item'] if page else 0};{epoch}"
    link = f"{render.base(call)}/_apis/wit/reporting/workItemRevisions?continuationToken={token}&api-version=7.1"
    return {"values": values, "nextLink": link, "continuationToken": token, "isLastBatch": len(found) <= size}


def _wanted(call: Call, commit: Doc, name: str | None, body: Json) -> Doc | None:
    """The revision of a commit, None where it is filtered out."""
    doc, now = call.store.get(f"revisions/{commit['item']}", commit["rev"]), call.store.get("items", commit["item"])
    if doc is None or now is None or name not in (None, doc["project"]):
        return None
    hidden = now["deleted"] and not body.get("includeDeleted")
    old = body.get("includeLatestOnly") and now["rev"] != doc["rev"]
    other = body.get("types") and doc["fields"]["System.WorkItemType"] not in body["types"]
    return None if hidden or old or other else doc


def _told(call: Call, doc: Doc, body: Json) -> Json:
    told = render.fields(call, doc, body.get("fields"), every=True, plain=not body.get("includeIdentityRef"))
    return {"id": doc["id"], "rev": doc["rev"], "fields": told}


def _state(call: Call, name: str, usual: int) -> int:
    """How the list is switched (switches.py)."""
    return int((call.store.get("practice", "reporting") or {}).get(name, usual))


def _after(call: Call) -> int:
    """The last commit that is not wanted. Raises Refusal for a token that is none of ours or too old."""
    token, start = call.arg("continuationToken"), call.arg("startDateTime")
    if token:
        mark, epoch = token.partition(";")[0], token.rpartition(";")[2]
        if not mark.isdigit() or epoch != str(_state(call, "epoch", 1)):
            raise refuse(
                400,
                "ReportingWorkItemRevisionsContinuationTokenException",
                f"VS403350: The token {token} is not valid.",
            )
        return int(mark)
    if not start:
        return 0
    try:
        at = datetime.fromisoformat(start)
    except ValueError:
        raise refuse(400, "VssPropertyValidationException", f"The value {start} is not a date.") from None
    known = at if at.tzinfo else at.replace(tzinfo=UTC)
    earlier = [one["watermark"] for one in call.store.all("commits") if moment(one["at"]) < known]
    return max(earlier, default=0)
