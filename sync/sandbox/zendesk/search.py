"""Search over tickets and users: a small part of the query language, on an index that may lag."""

import re
from collections.abc import Callable
from datetime import datetime

from sync.sandbox.call import Call, Refusal, Routes
from sync.sandbox.store import Doc, Json
from sync.sandbox.zendesk import describe, tickets, users
from sync.sandbox.zendesk.customfields import values_of
from sync.sandbox.zendesk.options import options
from sync.sandbox.zendesk.shapes import Listing, cursor_page, paged

ROUTES = Routes()
#: results that one query can reach
MAX_RESULTS = 1000
TERM = re.compile(r'(-?)(?:([a-z_0-9]+)(:|>=|<=|>|<))?("[^"]*"|\S+)', re.IGNORECASE)
RANK = ("new", "open", "pending", "hold", "solved", "closed", "deleted")

Test = Callable[[Doc], bool]


@ROUTES.get("/api/v2/search")
def search(call: Call) -> Json:
    """`query=` -> results with their `result_type`; at most 1000 are reachable (422 beyond)."""
    listing = _found(call, call.arg("query"))
    page, size = call.arg("page") or "1", call.arg("per_page") or "100"
    if page.isdigit() and size.isdigit() and (int(page) - 1) * min(int(size), 100) >= MAX_RESULTS:
        sentence = f"Invalid search: Requested response size was greater than Search Response Limits ({MAX_RESULTS})"
        raise Refusal(422, {"error": "invalid", "description": sentence})
    return {**paged(call, listing), "facets": None}


@ROUTES.get("/api/v2/search/count")
def count(call: Call) -> Json:
    """How many a query finds."""
    return {"count": len(_found(call, call.arg("query")).rows)}


@ROUTES.get("/api/v2/search/export")
def export(call: Call) -> Json:
    """All results of one type by cursor: `filter[type]=ticket`."""
    kind = call.arg("filter[type]")
    if kind not in {"ticket", "user", "group", "organization"}:
        detail = "filter[type] is required and must be ticket, user, organization or group"
        raise Refusal(400, {"errors": [{"code": "InvalidParameter", "title": "Invalid parameter", "detail": detail}]})
    body = cursor_page(call, _found(call, f"type:{kind} {call.arg('query')}", largest=1000))
    return {**body, "facets": None}


def _found(call: Call, query: str, *, largest: int = 100) -> Listing:
    """The results of a query, newest first as the real one sorts by relevance and time."""
    tests: list[Test] = []
    either: dict[str, list[Test]] = {}
    kind = ""
    for minus, name, sign, quoted in TERM.findall(query):
        value = quoted.strip('"')
        if name == "type" and sign == ":":
            kind = value.lower()
            continue
        test = _term(call, name.lower(), sign, value)
        if name and sign == ":" and not minus:
            # the same keyword twice means either
            either.setdefault(name.lower(), []).append(test)
        else:
            tests.append(_not(test) if minus else test)
    tests += [_any(some) for some in either.values()]
    edge = call.practice.now().timestamp() - options(call.store).search_lag
    rows = [doc for doc in _candidates(call, kind) if _indexed(doc, edge) and all(test(doc) for test in tests)]
    return Listing("results", _ordered(rows), lambda doc: _present(call, doc), largest=largest)


def _ordered(rows: list[Doc]) -> list[tuple[tuple[str, int], Doc]]:
    keyed = [((str(doc["created_at"]), int(doc["id"])), doc) for doc in rows]
    return sorted(keyed, key=lambda row: row[0])


def _candidates(call: Call, kind: str) -> list[Doc]:
    found: list[Doc] = []
    if kind in {"", "ticket"}:
        found += [{**t, "result_type": "ticket"} for t in tickets.live(call)]
    if kind in {"", "user"}:
        found += [{**u, "result_type": "user"} for u in call.store.all("users")]
    for noun in ("group", "organization"):
        if kind in {"", noun}:
            found += [{**doc, "result_type": noun} for doc in call.store.all(f"{noun}s")]
    return found


def _indexed(doc: Doc, edge: float) -> bool:
    """Whether the lagging index knows this state: an edited ticket is found again once it caught up."""
    stamp = doc.get("generated_timestamp") or datetime.fromisoformat(doc["updated_at"]).timestamp()
    return float(stamp) <= edge


def _term(call: Call, name: str, sign: str, value: str) -> Test:
    if not name:
        return lambda doc: value.lower() in _words(doc)
    if name.startswith("custom_field_") or name.startswith("fieldvalue"):
        key = name.rpartition("_")[2]
        return lambda doc: _custom(doc, key, value)
    if name in {"requester", "assignee", "submitter"}:
        person = users.by_email(call, value)
        wanted = person["id"] if person else value
        return lambda doc: (
            str(doc.get(f"{name}_id")) == str(wanted) or (value == "none" and not doc.get(f"{name}_id"))
        )
    if name == "group":
        return lambda doc: str(doc.get("group_id") or "none") in _groups(call, value)
    if name == "tags":
        return lambda doc: value in doc.get("tags", ())
    aliases = {"created": "created_at", "updated": "updated_at", "ticket_type": "type"}
    field = aliases.get(name, name)
    return lambda doc: _compared(doc.get(field), sign, value)


def _groups(call: Call, value: str) -> set[str]:
    """The ids that a group's name or id means; none = no group."""
    named = (str(g["id"]) for g in call.store.all("groups") if str(g["name"]).lower() == value.lower())
    return {value, *named}


def _custom(doc: Doc, key: str, value: str) -> bool:
    if doc["result_type"] != "ticket" or not key.isdigit():
        return False
    found = values_of(doc).get(int(key))
    return value in found if isinstance(found, list) else str(found) == value


def _compared(found: object, sign: str, value: str) -> bool:
    """Equality for `:`, order for the rest; statuses in the order of their life, times as text."""
    if found is None:
        return value.lower() == "none" and sign == ":"
    left, right = str(found).lower(), value.lower()
    if left in RANK and right in RANK:
        left, right = str(RANK.index(left)), str(RANK.index(right))
    if sign == ":":
        return left.startswith(right) if len(left) == 20 and left.endswith("z") else left == right
    return {">": left > right, "<": left < right, ">=": left >= right, "<=": left <= right}[sign]


def _words(doc: Doc) -> str:
    parts = ("subject", "description", "name", "email", "external_id", "id")
    return " ".join(str(doc.get(part) or "") for part in parts).lower()


def _any(tests: list[Test]) -> Test:
    return lambda doc: any(test(doc) for test in tests)


def _not(test: Test) -> Test:
    return lambda doc: not test(doc)


def _present(call: Call, doc: Doc) -> Json:
    kind = doc["result_type"]
    if kind == "ticket":
        return tickets.present(call, doc, generated=False)
    if kind == "user":
        return users.present(call, doc)
    return describe.present(call, f"{kind}s", doc)
