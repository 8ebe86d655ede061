"""Endpoints that tell what the site is: server, accounts, fields, statuses, priorities, permissions."""

from typing import Any

from werkzeug.wrappers import Response

from sync.sandbox.call import Call, Refusal, Routes, reply
from sync.sandbox.jira import catalog, render
from sync.sandbox.jira.issues import window
from sync.sandbox.jira.render import View, stored
from sync.sandbox.jira.values import refuse
from sync.sandbox.store import Doc, Json

ROUTES = Routes()


@ROUTES.get("/rest/api/3/serverInfo")
def server_info(call: Call) -> Json:
    """Kind and version; no login needed."""
    view = View.of(call)
    return {
        "baseUrl": view.base,
        "displayUrl": view.base,
        "version": catalog.VERSION,
        "versionNumbers": [1001, 0, 0],
        "deploymentType": "Cloud",
        "buildNumber": catalog.BUILD,
        "buildDate": "2025-07-24T13:05:26.000+0200",
        "serverTime": view.time(stored(call.practice.now())),
        "scmInfo": "0139ea21e0f8b5dafbd2e1eb33923e0c468b7f69",
        "serverTitle": call.practice.name,
        "defaultLocale": {"locale": "en_US"},
        "serverTimeZone": "Etc/UTC",
    }


@ROUTES.get("/rest/api/3/myself")
def myself(call: Call) -> Json:
    """The caller."""
    key = str(call.actor["accountId"]) if call.actor else None
    found = render.user(View.of(call), key)
    return {**(found or {}), "locale": "en_US", "expand": "groups,applicationRoles"}


@ROUTES.get("/rest/api/3/mypermissions")
def my_permissions(call: Call) -> Json:
    """What the caller may; Cloud wants the list of permissions."""
    wanted = [one.strip() for one in call.arg("permissions").split(",") if one.strip()]
    if not wanted:
        raise refuse(None, "The 'permissions' query parameter is required.")
    unknown = [one for one in wanted if one not in catalog.PERMISSIONS]
    if unknown:
        raise refuse(None, f"Unrecognized permission keys: {', '.join(unknown)}")
    return {"permissions": {key: _permission(key) | {"havePermission": True} for key in wanted}}


@ROUTES.get("/rest/api/3/permissions")
def permissions(_call: Call) -> Json:
    """All permissions there are."""
    return {"permissions": {key: _permission(key) for key in catalog.PERMISSIONS}}


def _permission(key: str) -> Json:
    number, name, kind = catalog.PERMISSIONS[key]
    return {"id": number, "key": key, "name": name, "type": kind, "description": name}


@ROUTES.get("/rest/api/3/field")
def fields(_call: Call) -> Response:
    """All fields."""
    return reply(
        [
            {
                "id": field.id,
                "key": field.id,
                "name": field.name,
                "custom": bool(field.custom),
                "orderable": field.create or field.edit,
                "navigable": field.id not in catalog.NOT_NAVIGABLE,
                "searchable": bool(field.clauses),
                "clauseNames": list(field.clauses),
                "schema": field.schema,
            }
            for field in catalog.FIELDS.values()
        ]
    )


@ROUTES.get("/rest/api/3/priority")
def priorities(call: Call) -> Response:
    """All priorities, highest first."""
    return reply([render.priority(View.of(call), key) for key in catalog.PRIORITIES])


@ROUTES.get("/rest/api/3/priority/<number>")
def priority(call: Call, number: str) -> Any:
    """One priority."""
    return _one(render.priority(View.of(call), number if number in catalog.PRIORITIES else None), "priority")


@ROUTES.get("/rest/api/3/status")
def statuses(call: Call) -> Response:
    """All statuses."""
    return reply([render.status(View.of(call), key) for key in catalog.STATUSES])


@ROUTES.get("/rest/api/3/status/<number>")
def status(call: Call, number: str) -> Any:
    """One status, by id or name."""
    key = number if number in catalog.STATUSES else catalog.named(catalog.STATUSES, number)
    return _one(render.status(View.of(call), key) if key else None, "status")


@ROUTES.get("/rest/api/3/statuscategory")
def categories(call: Call) -> Response:
    """All categories of statuses."""
    view = View.of(call)
    rows = catalog.CATEGORIES.values()
    return reply([{"self": view.link(f"statuscategory/{one['id']}"), **one} for one in rows])


@ROUTES.get("/rest/api/3/resolution")
def resolutions(call: Call) -> Response:
    """All resolutions."""
    return reply([render.resolution(View.of(call), key) for key in catalog.RESOLUTIONS])


@ROUTES.get("/rest/api/3/resolution/<number>")
def resolution(call: Call, number: str) -> Any:
    """One resolution."""
    found = number if number in catalog.RESOLUTIONS else None
    return _one(render.resolution(View.of(call), found), "resolution")


@ROUTES.get("/rest/api/3/issuetype")
def issue_types(call: Call) -> Response:
    """All kinds of issue."""
    return reply([render.issue_type(View.of(call), key) for key in catalog.TYPES])


@ROUTES.get("/rest/api/3/issueLinkType")
def link_types(call: Call) -> Json:
    """All kinds of link."""
    view = View.of(call)
    return {
        "issueLinkTypes": [
            {
                "id": key,
                "name": name,
                "inward": inward,
                "outward": outward,
                "self": view.link(f"issueLinkType/{key}"),
            }
            for key, (name, inward, outward) in catalog.LINK_TYPES.items()
        ]
    }


def _one(found: Json | None, noun: str) -> Json:
    if found is None:
        raise refuse(None, f"The {noun} does not exist.", status=404)
    return found


@ROUTES.get("/rest/api/3/user")
def user(call: Call) -> Json:
    """One account by id."""
    found = render.user(View.of(call), call.arg("accountId"))
    if found is None:
        raise refuse(None, "Specified user does not exist or you do not have required permissions", status=404)
    return found


@ROUTES.get("/rest/api/3/user/search")
def search_users(call: Call) -> Response:
    """Accounts by name or e-mail."""
    query = call.arg("query")
    if not query and not call.arg("accountId"):
        raise refuse(None, "The query or accountId parameter must be specified.")
    return reply(_people(call, query, call.store.all("people")))


@ROUTES.get("/rest/api/3/user/assignable/search", "/rest/api/3/user/assignable/multiProjectSearch")
def assignable(call: Call) -> Response:
    """Accounts that issues of a project can be assigned to: those with a role."""
    if not call.arg("project") and not call.arg("issueKey") and not call.arg("projectKeys"):
        raise refuse(None, "You must specify a project or an issue key.")
    return reply(_people(call, call.arg("query"), [one for one in call.store.all("people") if one["roles"]]))


def _people(call: Call, query: str, people: list[Doc]) -> list[Json | None]:
    """A page of people whose name or address has words that begin like the query's."""
    wanted, (start, size) = query.casefold(), window(call, 1000)
    found = [
        one
        for one in people
        if not wanted
        or wanted in one["displayName"].casefold()
        or one["emailAddress"].casefold().startswith(wanted)
        or call.arg("accountId") == one["accountId"]
    ]
    return [render.user(View.of(call), one["accountId"]) for one in found[start : start + size]]


@ROUTES.get("/rest/auth/1/session")
def session(call: Call) -> Json:
    """What old clients ask to see whether they are signed in."""
    if call.actor is None:
        raise Refusal(401, {"errorMessages": ["You are not authenticated."], "errors": {}})
    return {"name": call.actor["displayName"], "self": View.of(call).link("myself")}
