"""Endpoints for JQL searches: token pages, counts, the withdrawn old search; the index can lag."""

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sync.sandbox.call import Call, Routes
from sync.sandbox.jira import render
from sync.sandbox.jira.deeds import actor_id
from sync.sandbox.jira.jql import BadQuery, parse
from sync.sandbox.jira.match import Asker, run
from sync.sandbox.jira.render import View
from sync.sandbox.jira.values import listed, refuse
from sync.sandbox.store import Doc, Json

ROUTES = Routes()
#: page tokens that are remembered; they do not outlive the process, as those of the real site do not last
TOKENS = 500
MAX_PAGE = 100
MAX_IDS = 5000


@dataclass(frozen=True, slots=True)
class Place:
    """What a page token stands for: the rest of a result, of one query and one caller."""

    jql: str
    caller: str
    ids: tuple[str, ...]


_places: OrderedDict[str, Place] = OrderedDict()


@ROUTES.get("/rest/api/3/search/jql")
def search_get(call: Call) -> Json:
    """GET: parameters; lists may be repeated or separated by commas."""
    args = call.request.args
    body: Json = {key: args[key] for key in ("jql", "maxResults", "nextPageToken", "expand") if key in args}
    for key in ("fields", "properties", "reconcileIssues"):
        body[key] = [one for value in args.getlist(key) for one in value.split(",") if one]
    return page(call, body)


@ROUTES.post("/rest/api/3/search/jql")
def search_post(call: Call) -> Json:
    """POST: the same as JSON; `expand` is a text, unlike in the old search."""
    body = call.json()
    if not isinstance(body.get("expand", ""), str) and body.get("expand") is not None:
        raise refuse(None, "Invalid request payload. Refer to the REST API documentation and try again.")
    return page(call, body)


def page(call: Call, body: Json) -> Json:
    """One page. No total; `isLast` and the absence of a token say the end."""
    jql, token = str(body.get("jql") or ""), body.get("nextPageToken")
    wanted = [str(one) for one in listed(body, "fields")]
    properties = [str(one) for one in listed(body, "properties")]
    if len(properties) > 5:
        raise refuse(None, "The maximum number of properties is 5.")
    ids = _rest(call, jql, str(token)) if token else tuple(doc["id"] for doc in _found(call, jql, body))
    size = _size(body.get("maxResults"), bare=not wanted or wanted == ["id"])
    share, rest = ids[:size], ids[size:]
    docs = _shown(call, _reconciled(body))
    said: Json = {
        "issues": [
            _row(call, docs[number], wanted, properties, str(body.get("expand") or ""))
            for number in share
            if number in docs
        ],
        "isLast": not rest,
    }
    if rest:
        said["nextPageToken"] = secrets.token_urlsafe(18)
        _places[said["nextPageToken"]] = Place(jql, actor_id(call), rest)
        while len(_places) > TOKENS:
            _places.popitem(last=False)
    return said


def _size(given: Any, *, bare: bool) -> int:
    try:
        size = int(given) if given not in (None, "") else 50
    except (TypeError, ValueError) as error:
        raise refuse(None, "maxResults must be a number.") from error
    if not 0 <= size <= MAX_IDS:
        raise refuse(None, f"maxResults must be between 0 and {MAX_IDS}.")
    return min(size or 50, MAX_IDS if bare else MAX_PAGE)


def _row(call: Call, doc: Doc, wanted: list[str], properties: list[str], expand: str) -> Json:
    """A found issue: ids only unless fields were asked for."""
    chosen = ",".join(wanted) or "id"
    row = render.issue(View.of(call), doc, wanted=chosen, expand=expand, properties=",".join(properties))
    if chosen == "id":
        return {"id": doc["id"]} | ({"properties": row["properties"]} if "properties" in row else {})
    return row


def _rest(call: Call, jql: str, token: str) -> tuple[str, ...]:
    place = _places.get(token)
    if place is None or place.jql != jql or place.caller != actor_id(call):
        raise refuse(None, "The provided next page token is invalid or expired.")
    return place.ids


def _shown(call: Call, fresh: frozenset[str] = frozenset()) -> dict[str, Doc]:
    """The issues as the index shows them: late by the lag that was set, except `fresh` ones."""
    docs = {doc["id"]: doc for doc in call.store.all("issues")}
    lag = timedelta(seconds=float((call.store.get("practice", "index") or {}).get("lag", 0)))
    if lag:
        edge = call.practice.now() - lag
        for number, doc in list(docs.items()):
            if datetime.fromisoformat(doc["updated"]) > edge and number not in fresh:
                before = call.store.get("index", number)
                if before is None:
                    del docs[number]
                else:
                    docs[number] = before
    return docs


def _reconciled(body: Json) -> frozenset[str]:
    """Ids of issues that must be read without lag."""
    return frozenset(str(one) for one in listed(body, "reconcileIssues"))


def _found(call: Call, jql: str, body: Json) -> list[Doc]:
    """All issues of a query. Raises Refusal with Jira's words."""
    try:
        query = parse(jql)
        if query.where is None:
            raise BadQuery(
                "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
            )
        view = View.of(call)
        asker = Asker(call.store, view.zone, call.practice.now(), actor_id(call))
        found = run(query, _shown(call, _reconciled(body)).values(), asker)
    except BadQuery as error:
        raise refuse(None, str(error)) from error
    return found if call.actor else []


@ROUTES.post("/rest/api/3/search/approximate-count")
def count(call: Call) -> Json:
    """How many, about."""
    return {"count": len(_found(call, str(call.json().get("jql") or ""), {}))}


@ROUTES.post("/rest/api/3/jql/parse")
def parsed(call: Call) -> Json:
    """Each query with its complaints, or with as much of its structure as a caller needs."""
    said: list[Json] = []
    for jql in listed(call.json(), "queries"):
        try:
            query = parse(str(jql))
            view = View.of(call)
            run(query, [], Asker(call.store, view.zone, call.practice.now(), actor_id(call)))
        except BadQuery as error:
            said.append({"query": jql, "errors": [str(error)]})
            continue
        order = (
            {"orderBy": {"fields": [{"field": {"name": one.field}} for one in query.order]}} if query.order else {}
        )
        said.append({"query": jql, "structure": {"where": {}, **order}})
    return {"queries": said}


@ROUTES.post("/rest/api/3/jql/match")
def match(call: Call) -> Json:
    """Which of these issues match these queries, read without lag."""
    body = call.json()
    ids = {str(one) for one in listed(body, "issueIds")}
    results = []
    for jql in listed(body, "jqls"):
        rows = _found(call, str(jql), {"reconcileIssues": list(ids)})
        results.append({"matchedIssues": [int(doc["id"]) for doc in rows if doc["id"] in ids], "errors": []})
    return {"matches": results}


@ROUTES.get("/rest/api/3/search")
def old_get(_call: Call) -> None:
    """The search that was withdrawn."""
    raise refuse(
        None,
        "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API.",
        status=410,
    )


@ROUTES.post("/rest/api/3/search")
def old_post(call: Call) -> None:
    """The search that was withdrawn."""
    old_get(call)
