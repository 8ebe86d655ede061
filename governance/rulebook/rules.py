"""The rules of one side as frozen values: pure, read by the editor, the dry run and the engine alike."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Literal, cast

from governance.rulebook.expressions import Wrong, condition, evaluated, wrong_source
from portal.core.errors import BadInput
from portal.core.text.length import cut

Scalar = str | int | float | bool | None
Value = Scalar | tuple[Scalar, ...]

Unmapped = Literal["pass", "park", "default"]
TooLong = Literal["cut", "park"]
When = Literal["always", "create"]
Test = Literal["is", "is not", "contains", "any"]
TESTS = frozenset({"is", "is not", "contains", "any"})

#: characters of a filter in the tracker's own query
FILTER_MAX = 2000
MEND = "Mend the rulebook; the change waits in order until then."
#: what the sender is told: no field and no value of the receiver
NOT_NOW = "The other side does not take it as things stand there."
STAYS_CLOSED = "The other side has closed the matter and does not open it again."


@dataclass(frozen=True, slots=True)
class Condition:
    """One test on a field of one's own item; all conditions of a scope must hold."""

    field: str
    test: Test
    value: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One term bound to one field, in one direction.

    `expr` changes the value first (governance.rulebook.expressions). `values` are (from, to) pairs: outgoing (field
    value, term value), incoming (term value, field value). What has no pair is passed on, parked or replaced by
    `default`. `when` = "create": incoming, only in a new item. `only`: incoming, only while one's own item is so.
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
    expr: str = ""
    only: Condition | None = None


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

    `offer` with `scope`, the expression `where` and `filter`, a query in the tracker's own language that must find
    the item: which of my items go out anew; what has a twin goes on whatever they say. `accept`: whether arriving
    items are created here, with `fixed` field values. `closed`: values of `closed_field` in which arriving parts
    are refused ("no news on closed tickets"); without `reopen` nothing that arrives leads out of them ("never
    reopen"). `header` stands above an arriving comment; {author} and {company} are filled in.
    """

    outgoing: tuple[Line, ...] = ()
    incoming: tuple[Line, ...] = ()
    parts: Parts = field(default_factory=Parts)
    offer: bool = False
    scope: tuple[Condition, ...] = ()
    where: str = ""
    filter: str = ""
    accept: bool = False
    fixed: tuple[tuple[str, str], ...] = ()
    closed_field: str = "status"
    closed: tuple[str, ...] = ()
    reopen: bool = True
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


def scope_of(rules: RuleSet, values: Mapping[str, Value]) -> bool | Gap:
    """Whether an item with these field values is offered to the partner; a Gap when the expression says nothing."""
    if not rules.offer or not all(holds(one, values.get(one.field)) for one in rules.scope):
        return False
    if not rules.where:
        return True
    found = condition(rules.where, values)
    if not isinstance(found, Wrong):
        return found
    return Gap("scope", "", "", f"Whether this item is offered cannot be told. {found.sentence} {MEND}")


def holds(one: Condition, value: Value) -> bool:
    """Whether one condition holds for one value; texts are compared without regard to case."""
    have = {str(v).casefold() for v in (value if isinstance(value, tuple) else (value,)) if v is not None}
    want = {w.strip().casefold() for w in one.value.split(",") if w.strip()}
    if one.test == "any":
        return bool(have)
    if one.test == "is":
        return bool(have & want)
    if one.test == "is not":
        return not have & want
    return any(w in h for w in want for h in have)


def refusal(rules: RuleSet, line: Line, values: Mapping[str, Value], value: Value) -> str:
    """Why one's own item, as it stands, does not take `value` through an incoming line now, or nothing.

    1. "only while": the line's own condition; 2. "never reopen": out of a closed value leads only another one.
    """
    if line.only is not None and not holds(line.only, values.get(line.only.field)):
        return NOT_NOW
    stands = values.get(rules.closed_field)
    leads_out = line.field == rules.closed_field and str(value) not in rules.closed
    if not rules.reopen and leads_out and stands is not None and str(stands) in rules.closed:
        return STAYS_CLOSED
    return ""


def fitted(line: Line, value: Value) -> Value | Gap:
    """`value` through the line: expression, value map, length; what is too long is cut or a Gap, as the line says."""
    native = translated(line, value)
    if not isinstance(native, str) or not line.max_length:
        return native
    short = cut(native, limit=line.max_length, unit=line.unit)
    if not short.was_cut or line.too_long == "cut":
        return short.text
    return Gap(
        line.term,
        line.field,
        "",
        f"The text for {line.field} is longer than {line.max_length} {line.unit}. "
        "Allow cutting in the rulebook, or shorten it at the source.",
    )


def limited(rules: RuleSet, lengths: Mapping[str, int | None]) -> RuleSet:
    """Rules whose outgoing lines keep to the agreed length of their terms as well."""

    def kept(line: Line) -> Line:
        agreed = lengths.get(line.term)
        if not agreed or (line.max_length and line.unit == "chars" and line.max_length <= agreed):
            return line
        return replace(line, max_length=agreed, unit="chars")

    return replace(rules, outgoing=tuple(kept(line) for line in rules.outgoing))


def translated(line: Line, value: Value) -> Value | Gap:
    """`value` through the line's expression and value map. A map takes a list value by value. Empty stays empty."""
    if value is None or value == "":
        return None
    if line.expr and value != ():
        found = evaluated(line.expr, value)
        if isinstance(found, Wrong):
            sentence = f"The expression of {line.term} gives nothing for this value. {found.sentence} {MEND}"
            return Gap(line.term, line.field, "", sentence)
        return mapped_through(line, found)
    return mapped_through(line, value)


def mapped_through(line: Line, value: Value) -> Value | Gap:
    """`value` through the line's value map alone."""
    if value is None or value == "":
        return None
    if value == () or not line.values:
        return value
    pairs = dict(line.values)
    if isinstance(value, tuple):
        mapped = [mapped_through(line, item) for item in value]
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
            where=str(body.get("where") or "").strip(),
            filter=str(body.get("filter") or "").strip(),
            accept=bool(body.get("accept", False)),
            fixed=tuple((str(k), str(v)) for k, v in cast(list[tuple[object, object]], body.get("fixed") or [])),
            closed_field=str(body.get("closed_field") or "status"),
            closed=tuple(str(v) for v in cast(list[object], body.get("closed") or [])),
            reopen=bool(body.get("reopen", True)),
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
            check_line(name, line)
    if len(rules.filter) > FILTER_MAX:
        raise BadInput(f"The filter is longer than {FILTER_MAX:,} characters. Shorten it.", code="filter-too-long")
    if any(one.test not in TESTS for one in rules.scope):
        raise BadInput("A condition has an unknown test. Choose is, is not, contains or any.")
    wrong = rules.where and wrong_source(rules.where, kind="fields", gives=frozenset({"bool"}))
    if wrong:
        raise BadInput(f"The expression of the scope cannot be used: {wrong}", code="expression-wrong")
    try:
        rules.header.format(author="", company="")
    except (KeyError, ValueError, IndexError) as error:
        raise BadInput("The comment header may hold only {author} and {company} in braces.") from error


def check_line(name: str, line: Line) -> None:
    """Raises BadInput for an expression that cannot be used, and for an unknown test."""
    wrong = line.expr and wrong_source(line.expr)
    if wrong:
        raise BadInput(f"The expression of {line.term} ({name}) cannot be used: {wrong}", code="expression-wrong")
    if line.only is not None and line.only.test not in TESTS:
        raise BadInput(f"The line of {line.term} has an unknown test. Choose is, is not, contains or any.")


def _rows(body: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    return cast(list[Mapping[str, object]], body.get(name) or [])


def _line(row: Mapping[str, object]) -> Line:
    known = {f.name for f in fields(Line)}
    extra = set(row) - known
    if extra:
        raise ValueError(f"unknown entries {', '.join(sorted(extra))}")
    values = cast(list[tuple[object, object]], row.get("values") or [])
    only = cast(Mapping[str, object] | None, row.get("only"))
    rest = {key: row[key] for key in known & set(row) if key not in {"values", "only", "expr"}}
    line = Line(
        values=tuple((str(a), str(b)) for a, b in values),
        expr=str(row.get("expr") or "").strip(),
        only=_condition(only) if only and only.get("field") else None,
        **rest,  # type: ignore[arg-type]
    )
    if line.unmapped not in {"pass", "park", "default"} or line.when not in {"always", "create"}:
        raise ValueError(f"unknown choice in the line of {line.term}")
    if line.too_long not in {"cut", "park"} or line.unit not in {"chars", "bytes", "utf16"}:
        raise ValueError(f"unknown length rule in the line of {line.term}")
    return line


def _condition(row: Mapping[str, object]) -> Condition:
    return Condition(str(row["field"]), cast(Test, str(row["test"])), str(row.get("value") or ""))
