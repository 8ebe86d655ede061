"""Encoded queries: `a=1^b=2^ORb=3^NQc=4^ORDERBYd` read, and run over documents."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sync.sandbox.store import Doc

CONDITION = re.compile(
    r"([a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*)"
    r"(ISNOTEMPTY|ISEMPTY|STARTSWITH|ENDSWITH|NOT LIKE|NOTLIKE|NOT IN|BETWEEN|LIKE|IN|>=|<=|!=|=|>|<)(.*)",
    re.DOTALL,
)
DATE = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?")
NUMBER = re.compile(r"-?\d{1,15}(\.\d+)?")
SCRIPT = re.compile(r"javascript:\s*gs\.dateGenerate\('(\d{4}-\d\d-\d\d)',\s*'(\d\d:\d\d:\d\d)'\)")
HIDDEN_CARET = "\x00"
#: (document, column path) -> stored value, None where there is no such column
Get = Callable[[Doc, str], str | None]
#: how values are ordered: numbers before texts
Rank = tuple[int, float, str]


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison; `value` is as written."""

    path: str
    operator: str
    value: str


@dataclass(slots=True)
class Query:
    """Big-or of and-groups, each a list of or-lists; and the order."""

    groups: list[list[list[Condition]]] = field(default_factory=lambda: [[]])
    order: list[tuple[str, bool]] = field(default_factory=list)

    def equal(self, path: str) -> str:
        """The value that the only group demands of a column by "=", "" for none: an index for long tables."""
        if len(self.groups) != 1:
            return ""
        alone = [one[0] for one in self.groups[0] if len(one) == 1]
        return next((one.value for one in alone if one.path == path and one.operator == "="), "")


def parse(text: str) -> Query:
    """Read an encoded query. What cannot be read is dropped without a word, as the real instance does."""
    query = Query()
    for given in text.replace("^^", HIDDEN_CARET).split("^"):
        part = given.replace(HIDDEN_CARET, "^")
        if part.startswith("ORDERBYDESC"):
            query.order.append((part.removeprefix("ORDERBYDESC"), True))
        elif part.startswith("ORDERBY"):
            query.order.append((part.removeprefix("ORDERBY"), False))
        elif part.startswith("NQ"):
            query.groups.append([])
            _add(query, part[2:], alternative=False)
        elif part.startswith("OR"):
            _add(query, part[2:], alternative=True)
        else:
            _add(query, part, alternative=False)
    return query


def _add(query: Query, part: str, *, alternative: bool) -> None:
    found = CONDITION.fullmatch(part)
    if found is None:
        return
    condition, group = Condition(*found.groups()), query.groups[-1]
    if alternative and group:
        group[-1].append(condition)
    else:
        group.append([condition])


def run(query: Query, docs: Sequence[Doc], get: Get, known: Callable[[str], bool], zone: ZoneInfo) -> list[Doc]:
    """The documents that match, in order. Conditions on columns that there are not are dropped."""
    groups = [
        [kept for one in group if (kept := [condition for condition in one if known(condition.path)])]
        for group in query.groups
    ]

    def matches(doc: Doc) -> bool:
        return any(
            all(any(holds(one, get(doc, one.path) or "", zone) for one in either) for either in group)
            for group in groups
        )

    found = [doc for doc in docs if matches(doc)]
    for path, down in reversed(query.order):
        if known(path):
            found.sort(key=lambda doc: rank(get(doc, path) or ""), reverse=down)
    return found


def rank(value: str) -> Rank:
    """Numbers by size, the rest as text (an id is text, also where it looks like a number)."""
    return (0, float(value), "") if NUMBER.fullmatch(value) else (1, 0.0, value.casefold())


def _between(stored: str, value: str, zone: ZoneInfo) -> bool:
    low, _, high = value.partition("@")
    return rank(literal(low, zone)) <= rank(stored) <= rank(literal(high, zone))


#: comparisons of texts: (stored, wanted), both without case
TEXTS: dict[str, Callable[[str, str], bool]] = {
    "ISEMPTY": lambda stored, _: not stored,
    "ISNOTEMPTY": lambda stored, _: bool(stored),
    "IN": lambda stored, wanted: stored in wanted.split(","),
    "NOT IN": lambda stored, wanted: stored not in wanted.split(","),
    "LIKE": lambda stored, wanted: wanted in stored,
    "NOT LIKE": lambda stored, wanted: wanted not in stored,
    "NOTLIKE": lambda stored, wanted: wanted not in stored,
    "STARTSWITH": lambda stored, wanted: stored.startswith(wanted),
    "ENDSWITH": lambda stored, wanted: stored.endswith(wanted),
}
ORDERED: dict[str, Callable[[Rank, Rank], bool]] = {
    ">": lambda one, two: one > two,
    ">=": lambda one, two: one >= two,
    "<": lambda one, two: one < two,
    "<=": lambda one, two: one <= two,
}


def holds(one: Condition, value: str, zone: ZoneInfo) -> bool:
    """Whether a stored value meets a condition; texts are compared without regard to case."""
    if one.operator in TEXTS:
        return TEXTS[one.operator](value.casefold(), one.value.casefold())
    if one.operator == "BETWEEN":
        return _between(value, one.value, zone)
    wanted = literal(one.value, zone)
    if one.operator in ORDERED:
        return bool(value) and ORDERED[one.operator](rank(value), rank(wanted))
    return (value.casefold() == wanted.casefold()) == (one.operator == "=")


def literal(text: str, zone: ZoneInfo) -> str:
    """A date of a query as it is stored: written in the zone of who asks, kept in UTC."""
    script = SCRIPT.fullmatch(text.strip())
    if script is not None:
        text = f"{script.group(1)} {script.group(2)}"
    if not DATE.fullmatch(text):
        return text
    try:
        at = datetime.fromisoformat(text).replace(tzinfo=zone)
    except ValueError:
        return text
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
