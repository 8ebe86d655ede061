"""The endpoint for queries by WIQL."""

from sync.sandbox.azuredevops import process, render
from sync.sandbox.azuredevops.items import WIT, flag
from sync.sandbox.azuredevops.match import Asker, run
from sync.sandbox.azuredevops.place import home_of, parted
from sync.sandbox.azuredevops.refusals import refuse, stamp, version
from sync.sandbox.azuredevops.wiql import BadQuery, parse
from sync.sandbox.call import Call, Routes
from sync.sandbox.store import Json

ROUTES = Routes()
MAX_RESULTS = 20_000


@ROUTES.post(f"{WIT}/wiql")
def query(call: Call) -> Json:
    """POST a query: ids only, in its order."""
    version(call)
    name = home_of(call)["name"] if parted(call.request.path)[0] else ""
    me = str(call.actor["displayName"]) if call.actor else ""
    asker = Asker(call.store, call.practice.now(), name, me, flag(call, "timePrecision"))
    try:
        asked = parse(str(call.json().get("query", "")))
        found = run(asked, call.store.all("items"), asker)
    except BadQuery as error:
        raise refuse(
            400, "SyntaxException" if "TF51006" in str(error) else "InvalidQueryException", str(error)
        ) from error
    top = call.arg("$top")
    if top and not (top.isdigit() and 0 < int(top) <= MAX_RESULTS):
        raise refuse(400, "VssPropertyValidationException", f"The value {top} of $top is out of range.")
    if not top and len(found) > MAX_RESULTS:
        text = f"VS402337: The number of work items returned exceeds the size limit of {MAX_RESULTS}."
        raise refuse(400, "WorkItemTrackingQueryResultSizeLimitExceededException", text)
    rows = found[: int(top)] if top else found
    columns = [process.LOOKUP[one.casefold()] for one in asked.columns]
    return {
        "queryType": "flat",
        "queryResultType": "workItem",
        "asOf": stamp(call.practice.now()),
        "columns": [_column(call, one) for one in columns],
        "sortColumns": [
            {"field": _column(call, process.LOOKUP[one.casefold()]), "descending": down} for one, down in asked.order
        ],
        "workItems": [
            {"id": doc["id"], "url": f"{render.base(call)}/_apis/wit/workItems/{doc['id']}"} for doc in rows
        ],
    }


def _column(call: Call, ref: str) -> Json:
    return {
        "referenceName": ref,
        "name": process.FIELDS[ref].name,
        "url": f"{render.base(call)}/_apis/wit/fields/{ref}",
    }
