"""Evaluates JQL over the practice site's issues: values as names or ids, dates in a time zone."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from portal.core.text import adf
from sync.sandbox.jira import catalog
from sync.sandbox.jira.jql import BadQuery, Clause, Group, Query
from sync.sandbox.jira.seed import project
from sync.sandbox.store import Doc, Store

#: a clause's name -> the key of an issue document
NAMES = {
    "project": "project",
    "key": "key",
    "issuekey": "key",
    "issue": "key",
    "id": "id",
    "labels": "labels",
    "status": "status",
    "statuscategory": "statuscategory",
    "priority": "priority",
    "assignee": "assignee",
    "reporter": "reporter",
    "creator": "creator",
    "resolution": "resolution",
    "issuetype": "issuetype",
    "type": "issuetype",
    "component": "components",
    "updated": "updated",
    "updateddate": "updated",
    "created": "created",
    "createddate": "created",
    "resolved": "resolutiondate",
    "resolutiondate": "resolutiondate",
    "due": "duedate",
    "duedate": "duedate",
    "summary": "summary",
    "description": "description",
    "comment": "comment",
    "text": "text",
    "cf[10050]": "customfield_10050",
    "customer reference": "customfield_10050",
    "cf[10051]": "customfield_10051",
    "product": "customfield_10051",
}
TABLES: dict[str, dict[str, object]] = {
    "status": dict(catalog.STATUSES),
    "priority": dict(catalog.PRIORITIES),
    "resolution": dict(catalog.RESOLUTIONS),
    "issuetype": dict(catalog.TYPES),
    "components": dict(catalog.COMPONENTS),
    "customfield_10051": dict(catalog.PRODUCTS),
}
PEOPLE = frozenset({"assignee", "reporter", "creator"})
MOMENTS = frozenset({"updated", "created", "resolutiondate", "duedate"})
TEXTS = frozenset({"summary", "description", "comment", "text", "customfield_10050"})
EQUAL = frozenset({"=", "!=", "in", "not in", "is", "is not"})
ORDERED = frozenset({"<", "<=", ">", ">="})
ABSOLUTE = ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d")
PERIOD = re.compile(r"([+-]?)((?:\d+[wdhm]\s*)+)")
UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes"}
FORMATS = (
    "'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."
)

Test = Callable[[Doc], bool]


@dataclass(frozen=True, slots=True)
class Asker:
    """For whom and when a query is read: `me` is an account id ("" = nobody)."""

    store: Store
    zone: ZoneInfo
    now: datetime
    me: str = ""


def run(query: Query, docs: Iterable[Doc], asker: Asker) -> list[Doc]:
    """The issues that a query finds, in its order (newest first without one). Raises BadQuery."""
    test = _test(query.where, asker) if query.where else None
    found = [doc for doc in docs if test is None or test(doc)]
    found.sort(key=lambda doc: int(doc["id"]), reverse=True)
    for part in reversed(query.order):
        name = _name(part.field)
        found.sort(key=lambda doc, name=name: _rank(doc, name), reverse=part.descending)  # type: ignore[misc]
    return found


def _rank(doc: Doc, name: str) -> tuple[int, int, str]:
    """How a value sorts: empty first; keys, ids and priorities by number."""
    if name == "key":
        return (1, int(doc["key"].rpartition("-")[2]), doc["key"])
    value = doc.get(name)
    if name in ("id", "priority", "status"):
        return (1, int(value or 0), "")
    return (0, 0, "") if value in (None, []) else (1, 0, str(value))


def _name(field: str) -> str:
    if field not in NAMES:
        raise BadQuery(f"Field '{field}' does not exist or you do not have permission to view it.")
    return NAMES[field]


def _test(node: Group | Clause, asker: Asker) -> Test:
    if isinstance(node, Clause):
        return _clause(node, asker)
    tests = [_test(one, asker) for one in node.nodes]
    if node.word == "not":
        return lambda doc: not tests[0](doc)
    gather = all if node.word == "and" else any
    return lambda doc: gather(test(doc) for test in tests)


def _clause(clause: Clause, asker: Asker) -> Test:
    name = _name(clause.field)
    allowed = {"~", "!~", "is", "is not"} if name in TEXTS else EQUAL | (ORDERED if name in MOMENTS else frozenset())
    if name in ("key", "id"):
        allowed = EQUAL | ORDERED
    if clause.operator not in allowed:
        raise BadQuery(f"The operator '{clause.operator}' is not supported by the '{clause.field}' field.")
    if clause.operator.startswith("is"):
        return _empty(clause, name)
    if name in MOMENTS:
        return _moment(clause, name, asker)
    if name in TEXTS:
        return _text(clause, name, asker)
    if clause.operator in ORDERED:
        return _number(clause, asker)
    wanted = {_value(clause.field, name, value, asker) for value in clause.values}
    negative = clause.operator in ("!=", "not in")
    return lambda doc: bool(wanted & _held(doc, name)) is not negative and (not negative or bool(_held(doc, name)))


def _empty(clause: Clause, name: str) -> Test:
    if clause.values[0].lower() not in ("empty", "null"):
        raise BadQuery(f"The operator '{clause.operator}' can only be used with EMPTY or NULL.")
    return lambda doc: bool(_held(doc, name)) is (clause.operator == "is not")


def _held(doc: Doc, name: str) -> set[str]:
    """The values that an issue has for a clause's field."""
    if name == "statuscategory":
        return {catalog.STATUSES[doc["status"]][1]}
    value = doc.get(name)
    if isinstance(value, list):
        return {str(one).casefold() if name == "labels" else str(one) for one in value}
    return set() if value is None else {str(value)}


def _value(field: str, name: str, given: str, asker: Asker) -> str:
    """A value as issues hold it. Raises BadQuery for one that does not exist."""
    missing = BadQuery(f"The value '{given}' does not exist for the field '{field}'.")
    if name in TABLES:
        found = given if given in TABLES[name] else catalog.named(TABLES[name], given)
    elif name == "project":
        one = project(asker.store, given) or _by(asker.store.all("projects"), "name", given)
        found = one["key"] if one else ""
    elif name in PEOPLE:
        found = _person(given, asker)
    elif name == "statuscategory":
        found = next((k for k, c in catalog.CATEGORIES.items() if given.casefold() in (k, c["name"].casefold())), "")
    elif name in ("key", "id"):
        return _issue(given, name, asker)
    else:
        return given.casefold()
    if not found:
        raise missing
    return found


def _by(docs: list[Doc], key: str, value: str) -> Doc | None:
    return next((one for one in docs if str(one[key]).casefold() == value.casefold()), None)


def _person(given: str, asker: Asker) -> str:
    if given.lower() == "currentuser()":
        return asker.me
    people = asker.store.all("people")
    for key in ("accountId", "displayName", "emailAddress"):
        found = _by(people, key, given)
        if found:
            return str(found["accountId"])
    return ""


def _issue(given: str, name: str, asker: Asker) -> str:
    doc = asker.store.get("issues", given) if given.isdigit() else None
    if doc is None:
        moved = asker.store.get("keys", given.upper())
        doc = asker.store.get("issues", moved["id"]) if moved else None
    if doc is None:
        raise BadQuery(f"An issue with key '{given}' does not exist for field 'key'.")
    return str(doc[name])


def _number(clause: Clause, asker: Asker) -> Test:
    """id or key compared by number (keys within one project)."""
    limit = asker.store.get("issues", _issue(clause.values[0], "id", asker))
    if limit is None:
        return lambda _doc: False
    bound, home = int(limit["id"]), limit["project"]
    return lambda doc: (
        _compare(int(doc["id"]), clause.operator, bound) and (clause.field == "id" or doc["project"] == home)
    )


def _compare(left: float, operator: str, right: float) -> bool:
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[operator]


def _text(clause: Clause, name: str, asker: Asker) -> Test:
    words = [word.strip("*") for word in clause.values[0].casefold().split()]

    def holds(doc: Doc) -> bool:
        text = _words(doc, name, asker).casefold()
        return all(word in text for word in words) is (clause.operator == "~")

    return holds


def _words(doc: Doc, name: str, asker: Asker) -> str:
    """The text that a text clause looks into."""
    said = [] if name in ("description", "comment") else [str(doc.get(name) or ""), doc["summary"]]
    if name in ("summary", "customfield_10050"):
        return str(doc.get(name) or "")
    if name != "comment" and doc["description"]:
        said.append(adf.to_markdown(doc["description"]))
    if name in ("comment", "text"):
        notes = asker.store.all(f"comments/{doc['id']}")
        said += [adf.to_markdown(one["body"]) for one in notes if not one.get("visibility")]
    return "\n".join(said)


def _moment(clause: Clause, name: str, asker: Asker) -> Test:
    """A date clause: by the minute, as Jira's index keeps it."""
    bounds = [_instant(clause.field, value, asker) for value in clause.values]

    def holds(doc: Doc) -> bool:
        if doc.get(name) is None:
            return False
        at = datetime.fromisoformat(doc[name])
        at = at.replace(tzinfo=asker.zone) if at.tzinfo is None else at
        if clause.operator in ORDERED:
            return _compare(at.timestamp(), clause.operator, bounds[0].timestamp())
        minute = at.astimezone(UTC).replace(second=0, microsecond=0)
        return (minute in bounds) is (clause.operator in ("=", "in"))

    return holds


def _instant(field: str, given: str, asker: Asker) -> datetime:
    """A date literal: absolute in the asker's zone, epoch milliseconds, a period, now() or startOfDay()."""
    text = given.strip()
    if text.isdigit():
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    if text.lower() == "now()":
        return asker.now
    if text.lower() == "startofday()":
        return asker.now.astimezone(asker.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    for form in ABSOLUTE:
        try:
            return datetime.strptime(text, form).replace(tzinfo=asker.zone).astimezone(UTC)
        except ValueError:
            continue
    period = PERIOD.fullmatch(text)
    if period is None:
        raise BadQuery(f"Date value '{given}' for field '{field}' is invalid. Valid formats include: {FORMATS}")
    parts = {UNITS[unit]: int(count) for count, unit in re.findall(r"(\d+)([wdhm])", period.group(2))}
    return asker.now + timedelta(**parts) * (-1 if period.group(1) == "-" else 1)
