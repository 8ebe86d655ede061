"""The rules of one side as frozen values: pure, read by the editor, the dry run and the engine alike."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Literal, cast

from portal.core.errors import BadInput

Scalar = str | int | float | bool | None
Value = Scalar | tuple[Scalar, ...]

Unmapped = Literal["pass", "park", "default"]
TooLong = Literal["cut", "park"]
When = Literal["always", "create"]
Test = Literal["is", "is not", "contains", "any"]


@dataclass(frozen=True, slots=True)
class Line:
    """One term bound to one field, in one direction.

    `values` are (from, to) pairs: outgoing (field value, term value), incoming (term value, field value). What
    has no pair is passed on, parked or replaced by `default`. `when` = "create": incoming, only in a new item.
    """

    term: str
    field: str
    values: tuple[tuple[str, str], ...] = ()
    unmapped: Unmapped = "pass"
    default: str = ""
    too_long: TooLong = "cut"
    max_length: int | None = None
    unit: Literal["chars", "bytes", "utf16"] = "chars"
    when: When = "always"


@dataclass(frozen=True, slots=True)
class Condition:
    """One test on a field of one's own item; all conditions of a scope must hold."""

    field: str
    test: Test
    value: str = ""


@dataclass(frozen=True, slots=True)
class Parts:
    """Whether comments and attachments leave and whether they are taken in; private ones never leave."""

    comments_out: bool = True
    comments_in: bool = True
    attachments_out: bool = True
    attachments_in: bool = True


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One side's rules on one connection.

    `offer` with `scope`: which of my items go out anew. `accept`: whether arriving items are created here, with
    `fixed` field values. `closed`: values of `closed_field` in which arriving parts are refused ("no news on
    closed tickets"). `header` stands above an arriving comment; {author} and {company} are filled in.
    """

    outgoing: tuple[Line, ...] = ()
    incoming: tuple[Line, ...] = ()
    parts: Parts = field(default_factory=Parts)
    offer: bool = False
    scope: tuple[Condition, ...] = ()
    accept: bool = False
    fixed: tuple[tuple[str, str], ...] = ()
    closed_field: str = "status"
    closed: tuple[str, ...] = ()
    header: str = "**{author}** ({company}) wrote:"

    def out(self, term: str) -> Line | None:
        """The outgoing line of a term."""
        return next((line for line in self.outgoing if line.term == term), None)

    def into(self, term: str) -> Line | None:
        """The incoming line of a term."""
        return next((line for line in self.incoming if line.term == term), None)


@dataclass(frozen=True, slots=True)
class Gap:
    """A value that a line cannot bring over; the sentence says what to do."""

    term: str
    field: str
    value: str
    sentence: str


def is_in_scope(rules: RuleSet, values: Mapping[str, Value]) -> bool:
    """Whether an item with these field values is offered to the partner."""
    return rules.offer and all(holds(condition, values.get(condition.field)) for condition in rules.scope)


def holds(condition: Condition, value: Value) -> bool:
    """Whether one condition holds for one value; texts are compared without regard to case."""
    have = {str(v).casefold() for v in (value if isinstance(value, tuple) else (value,)) if v is not None}
    want = {w.strip().casefold() for w in condition.value.split(",") if w.strip()}
    if condition.test == "any":
        return bool(have)
    if condition.test == "is":
        return bool(have & want)
    if condition.test == "is not":
        return not have & want
    return any(w in h for w in want for h in have)


def translated(line: Line, value: Value) -> Value | Gap:
    """`value` through the line's value map. A list goes value by value. Empty stays empty."""
    if value is None or value == "":
        return None
    if value == () or not line.values:
        return value
    pairs = dict(line.values)
    if isinstance(value, tuple):
        mapped = [translated(line, item) for item in value]
        gap = next((m for m in mapped if isinstance(m, Gap)), None)
        return gap or tuple(sorted({cast(Scalar, m) for m in mapped if m is not None}, key=str))
    if str(value) in pairs:
        return pairs[str(value)] or None
    if line.unmapped != "park":
        return value if line.unmapped == "pass" else line.default or None
    return Gap(
        line.term,
        line.field,
        str(value)[:80],
        f"The value '{str(value)[:80]}' of {line.field} has no entry in the value map of {line.term}. "
        "Add it to the rulebook; the change waits in order until then.",
    )


def dumped(rules: RuleSet) -> dict[str, object]:
    """The rules as JSON, for storage."""
    return cast(dict[str, object], asdict(rules))


def parsed(body: Mapping[str, object]) -> RuleSet:
    """Rules out of stored or posted JSON. Raises BadInput naming the line that is wrong."""
    try:
        rules = RuleSet(
            outgoing=tuple(_line(row) for row in _rows(body, "outgoing")),
            incoming=tuple(_line(row) for row in _rows(body, "incoming")),
            parts=Parts(**{k: bool(v) for k, v in cast(Mapping[str, object], body.get("parts") or {}).items()}),
            offer=bool(body.get("offer", False)),
            scope=tuple(_condition(row) for row in _rows(body, "scope")),
            accept=bool(body.get("accept", False)),
            fixed=tuple((str(k), str(v)) for k, v in cast(list[tuple[object, object]], body.get("fixed") or [])),
            closed_field=str(body.get("closed_field") or "status"),
            closed=tuple(str(v) for v in cast(list[object], body.get("closed") or [])),
            header=str(body.get("header", RuleSet().header)),
        )
    except (TypeError, ValueError, AttributeError) as error:
        raise BadInput(f"These rules cannot be read: {error}.", code="rules-unreadable") from error
    check(rules)
    return rules


def check(rules: RuleSet) -> None:
    """Raises BadInput when two lines of one direction bind the same term, or a choice is unknown."""
    for name, lines in (("outgoing", rules.outgoing), ("incoming", rules.incoming)):
        seen: set[str] = set()
        for line in lines:
            if not line.term or not line.field:
                raise BadInput(f"An {name} line names no term or no field. Choose both, or remove the line.")
            if line.term in seen:
                raise BadInput(f"The {name} rules bind {line.term} twice. Keep one line.", code="term-twice")
            if len({pair[0] for pair in line.values}) != len(line.values):
                raise BadInput(f"The value map of {line.term} ({name}) names one value twice.", code="value-twice")
            seen.add(line.term)
    known = {"is", "is not", "contains", "any"}
    if any(condition.test not in known for condition in rules.scope):
        raise BadInput("A condition has an unknown test. Choose is, is not, contains or any.")
    try:
        rules.header.format(author="", company="")
    except (KeyError, ValueError, IndexError) as error:
        raise BadInput("The comment header may hold only {author} and {company} in braces.") from error


def _rows(body: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    return cast(list[Mapping[str, object]], body.get(name) or [])


def _line(row: Mapping[str, object]) -> Line:
    known = {f.name for f in fields(Line)}
    extra = set(row) - known
    if extra:
        raise ValueError(f"unknown entries {', '.join(sorted(extra))}")
    values = cast(list[tuple[object, object]], row.get("values") or [])
    rest = {key: row[key] for key in known & set(row) if key != "values"}
    line = Line(values=tuple((str(a), str(b)) for a, b in values), **rest)  # type: ignore[arg-type]
    if line.unmapped not in {"pass", "park", "default"} or line.when not in {"always", "create"}:
        raise ValueError(f"unknown choice in the line of {line.term}")
    if line.too_long not in {"cut", "park"} or line.unit not in {"chars", "bytes", "utf16"}:
        raise ValueError(f"unknown length rule in the line of {line.term}")
    return line


def _condition(row: Mapping[str, object]) -> Condition:
    return Condition(str(row["field"]), cast(Test, str(row["test"])), str(row.get("value") or ""))
