"""Evaluates WIQL over work items: text without case, paths, tags, people, dates by day or to the millisecond."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sync.sandbox.azuredevops import process
from sync.sandbox.azuredevops.render import named
from sync.sandbox.azuredevops.wiql import BadQuery, Clause, Group, Query, Word
from sync.sandbox.store import Doc, Store

Test = Callable[[Doc], bool]
TIMED = re.compile(r"\d{1,4}[-/]\d{1,2}[-/]\d{1,4}[T ]\d")
ORDERED = frozenset({"<", "<=", ">", ">="})


@dataclass(frozen=True, slots=True)
class Asker:
    """For whom and when a query is read; `precise` = times of day count."""

    store: Store
    now: datetime
    project: str = ""
    me: str = ""
    precise: bool = False


def run(query: Query, docs: Iterable[Doc], asker: Asker) -> list[Doc]:
    """The items that a query finds, in its order (by id without one). Raises BadQuery."""
    test = _test(query.where, asker) if query.where else None
    for name in query.columns:
        _field(name)
    found = [doc for doc in docs if not doc["deleted"] and (test is None or test(doc))]
    found.sort(key=lambda doc: int(doc["id"]))
    for name, descending in reversed(query.order):
        ref = _field(name)
        found.sort(key=lambda doc, ref=ref: _rank(_stored(doc, ref), ref), reverse=descending)  # type: ignore[misc]
    return found


def _rank(value: Any, ref: str) -> tuple[int, float, str]:
    if value is None:
        return (0, 0.0, "")
    if process.FIELDS[ref].type == "dateTime":
        return (1, datetime.fromisoformat(str(value)).timestamp(), "")
    return (1, float(value), "") if isinstance(value, int | float) else (1, 0.0, str(value).casefold())


def _field(name: str) -> str:
    """A field by reference name or name. Raises BadQuery."""
    found = process.LOOKUP.get(name.casefold())
    if found is None:
        raise BadQuery(
            f"TF51005: The query references a field that does not exist. The error is caused by «[{name}]»."
        )
    return found


def _stored(doc: Doc, ref: str) -> Any:
    return {"System.Id": doc["id"], "System.Rev": doc["rev"]}.get(ref, doc["fields"].get(ref))


def _test(node: Group | Clause, asker: Asker) -> Test:
    if isinstance(node, Clause):
        return _clause(node, asker)
    tests = [_test(one, asker) for one in node.nodes]
    if node.word == "not":
        return lambda doc: not tests[0](doc)
    gather = all if node.word == "and" else any
    return lambda doc: gather(test(doc) for test in tests)


def _clause(clause: Clause, asker: Asker) -> Test:
    ref, operator = _field(clause.field), clause.operator
    if operator.startswith("not "):
        rest = _clause(Clause(clause.field, operator[4:], clause.values, clause.shift), asker)
        return lambda doc: not rest(doc)
    if operator in ("is empty", "is not empty"):
        wanted = operator == "is empty"
        return lambda doc: (_stored(doc, ref) in (None, "")) is wanted
    if process.FIELDS[ref].type == "dateTime":
        return _dated(clause, ref, asker)
    values = [_given(one, ref, asker) for one in clause.values]
    if operator in ("=", "<>", "in"):
        there = operator != "<>"
        return lambda doc: (_same(_stored(doc, ref), values, ref, asker)) is there
    if operator in ORDERED:
        return lambda doc: _compare(_number(_stored(doc, ref)), operator, _number(values[0]))
    return _textual(ref, operator, str(values[0] or "").casefold(), asker)


def _textual(ref: str, operator: str, wanted: str, asker: Asker) -> Test:
    """CONTAINS of a tag is a whole tag; UNDER is a path and what is below it; EVER looks into the past."""
    if operator in ("ever", "was ever"):

        def ever(doc: Doc) -> bool:
            past = asker.store.all(f"revisions/{doc['id']}")
            return any(str(one["fields"].get(ref, "")).casefold() == wanted for one in past)

        return ever
    if operator == "under":
        return lambda doc: f"{_stored(doc, ref)}\\".casefold().startswith(f"{wanted}\\")
    if ref == "System.Tags":
        return lambda doc: wanted in [one.strip() for one in str(_stored(doc, ref) or "").casefold().split(";")]
    if operator == "contains words":
        return lambda doc: set(wanted.split()) <= set(re.findall(r"\w+", str(_stored(doc, ref) or "").casefold()))
    return lambda doc: wanted in str(_stored(doc, ref) or "").casefold()


def _given(word: Word, ref: str, asker: Asker) -> Any:
    """A value of a query; macros are resolved. Raises BadQuery."""
    if word.kind == "number":
        return float(word.value)
    macro = word.value.casefold()
    if macro == "@project" and word.kind == "word":
        if not asker.project:
            raise BadQuery("TF51012: The macro @project is not supported without a project.")
        return asker.project
    if macro == "@me" and word.kind == "word":
        return asker.me
    if word.kind == "word" and macro in ("true", "false"):
        return macro == "true"
    if word.kind == "word":
        raise BadQuery(f"TF51006: The value «{word.value}» must stand in quotation marks.")
    return word.value


def _same(value: Any, wanted: list[Any], ref: str, asker: Asker) -> bool:
    if process.FIELDS[ref].identity and value:
        known = asker.store.get("people", value) or {}
        names = {named(asker.store, value).casefold(), str(known.get("displayName", "")).casefold()}
        names |= {str(known.get("uniqueName", "")).casefold(), str(value)}
        return any(str(one).casefold() in names for one in wanted)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return any(_number(one) == value for one in wanted)
    return any(str(value if value is not None else "").casefold() == str(one).casefold() for one in wanted)


def _number(value: Any) -> float | None:
    try:
        return None if value is None else float(value)
    except ValueError:
        raise BadQuery(f"TF51011: The value «{value}» is no number.") from None


def _compare(value: float | None, operator: str, wanted: float | None) -> bool:
    if value is None or wanted is None:
        return False
    return {"<": value < wanted, "<=": value <= wanted, ">": value > wanted, ">=": value >= wanted}[operator]


def _dated(clause: Clause, ref: str, asker: Asker) -> Test:
    """A date: by the day, unless times of day count. Raises BadQuery for a time where they do not."""
    said = clause.values[0]
    if said.value.casefold() == "@today" and said.kind == "word":
        wanted = asker.now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=clause.shift)
    else:
        if TIMED.match(said.value) and not asker.precise:
            text = f"[{clause.field}] {clause.operator} '{said.value}'"
            raise BadQuery(
                "TF51306: You cannot supply a time with the date when running a query using date precision. "
                f"The error is caused by «{text}»."
            )
        try:
            wanted = datetime.fromisoformat(said.value)
        except ValueError:
            raise BadQuery(f"TF51012: The value «{said.value}» is not a date.") from None
        wanted = wanted if wanted.tzinfo else wanted.replace(tzinfo=UTC)

    def part(at: datetime) -> float:
        at = at.astimezone(UTC)
        return at.timestamp() if asker.precise else float(at.toordinal())

    def holds(doc: Doc) -> bool:
        value = _stored(doc, ref)
        if value is None:
            return clause.operator == "<>"
        here, there = part(datetime.fromisoformat(value)), part(wanted)
        if clause.operator in ORDERED:
            return _compare(here, clause.operator, there)
        return (here == there) is (clause.operator != "<>")

    return holds
