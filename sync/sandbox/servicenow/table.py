"""The Table API: one set of endpoints for every table."""

from urllib.parse import urlencode

from werkzeug.wrappers import Response

from sync.sandbox.call import Call, Routes, reply
from sync.sandbox.servicenow import catalog, deeds, render, rows, rules
from sync.sandbox.servicenow.render import View
from sync.sandbox.servicenow.seed import roles
from sync.sandbox.store import Doc, Json

ROUTES = Routes()
LIMIT = 10_000
#: tables that somebody without the role "itil" may read
OPEN = ("sys_user", "sys_user_group", "sys_choice", "sys_db_object", "sys_dictionary")
#: parameters whose page links are built from
PAGED = ("sysparm_query", "sysparm_fields", "sysparm_display_value", "sysparm_exclude_reference_link")


def known(call: Call, table: str, *, write: bool = False) -> None:
    """Raise Refusal for a table that there is not, or that the caller may not use."""
    if table not in catalog.TABLES:
        raise rules.refused(f"Invalid table {table}", "", status=400)
    held = roles(call.store, str(call.actor["sys_id"])) if call.actor else ()
    if "itil" not in held and (write or table not in OPEN):
        raise rules.refused("User Not Authorized", "Failed API level ACL Validation")
    if write and table not in catalog.WORK and not (table == "sys_script" and "admin" in held):
        raise rules.refused("Operation Failed", "ACL Exception Insert Failed due to security constraints")


def number(call: Call, name: str, default: int) -> int:
    """A number out of the parameters; what is none counts as left out."""
    text = call.arg(name)
    return int(text) if text.isdigit() else default


def wanted(call: Call) -> list[str]:
    """The fields that are asked for, [] for all."""
    return [one.strip() for one in call.arg("sysparm_fields").split(",") if one.strip()]


def asked(call: Call) -> str:
    """The encoded query, with the two scripts in it that name who asks."""
    query, actor = call.request.args.get("sysparm_query", ""), call.actor or {}
    query = query.replace("javascript:gs.getUserName()", str(actor.get("user_name", "")))
    return query.replace("javascript:gs.getUserID()", str(actor.get("sys_id", "")))


@ROUTES.get("/api/now/table/<table>")
def list_records(call: Call, table: str) -> Response:
    """GET a page of records with X-Total-Count and Link."""
    known(call, table)
    view = View.of(call)
    found = rows.find(call.store, table, asked(call), view.zone)
    start, size = number(call, "sysparm_offset", 0), number(call, "sysparm_limit", LIMIT)
    page = [render.record(view, table, doc, wanted(call)) for doc in found[start : start + size]]
    answer = reply({"result": page})
    if call.arg("sysparm_no_count").lower() != "true":
        answer.headers["X-Total-Count"] = str(len(found))
    if call.arg("sysparm_suppress_pagination_header").lower() != "true":
        links = _links(call, start, size, len(found))
        if links:
            answer.headers["Link"] = links
    return answer


def _links(call: Call, start: int, size: int, total: int) -> str:
    """The Link header. The first page's `prev` leads to a negative offset, as on the real instance."""
    if not size:
        return ""
    places = {"first": 0}
    if start:
        places["prev"] = start - size
    if start + size < total:
        places["next"] = start + size
    places["last"] = max(0, (total - 1) // size * size)
    kept = {name: call.request.args[name] for name in PAGED if name in call.request.args}
    address = call.request.base_url

    def link(name: str, offset: int) -> str:
        query = urlencode({**kept, "sysparm_limit": size, "sysparm_offset": offset})
        return f'<{address}?{query}>;rel="{name}"'

    return ",".join(link(name, offset) for name, offset in places.items())


@ROUTES.get("/api/now/table/<table>/<key>")
def get_record(call: Call, table: str, key: str) -> Json:
    """GET one record."""
    known(call, table)
    return {"result": render.record(View.of(call), table, deeds.load(call, table, key), wanted(call))}


@ROUTES.post("/api/now/table/<table>")
def create_record(call: Call, table: str) -> Response:
    """POST a new record."""
    known(call, table, write=True)
    doc = deeds.insert(call, table, call.json())
    answer = _told(call, table, doc, status=201)
    answer.headers["Location"] = f"{call.request.host_url}api/now/table/{table}/{doc['sys_id']}"
    return answer


@ROUTES.put("/api/now/table/<table>/<key>")
@ROUTES.add("PATCH", "/api/now/table/<table>/<key>")
def change_record(call: Call, table: str, key: str) -> Response:
    """PUT or PATCH: both change what is given and nothing else."""
    known(call, table, write=True)
    return _told(call, table, deeds.update(call, table, deeds.load(call, table, key), call.json()))


@ROUTES.delete("/api/now/table/<table>/<key>")
def delete_record(call: Call, table: str, key: str) -> None:
    """DELETE one record."""
    known(call, table, write=True)
    deeds.remove(call, table, deeds.load(call, table, key))


def _told(call: Call, table: str, doc: Doc, *, status: int = 200) -> Response:
    """The record as it is now, or nothing where the client asked for nothing."""
    if call.request.headers.get("X-no-response-body", "").lower() == "true":
        return Response(status=204 if status == 200 else status)
    return reply({"result": render.record(View.of(call), table, doc, wanted(call))}, status=status)
