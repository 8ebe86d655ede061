"""The rulebook editor's sheet: rules as rows that a form posts, with nothing typed ever lost; no database."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from governance.rulebook.expressions import wrong_source
from governance.rulebook.rules import RuleSet, dumped, parsed
from portal.core.errors import BadInput

#: what each kind of row is made of, besides its value map
LINE = ("term", "field", "unmapped", "default", "too_long", "max_length", "when", "expr")
ONLY = ("only_field", "only_test", "only_value")
GROUPS: dict[str, tuple[str, ...]] = {
    "outgoing": LINE,
    "incoming": (*LINE, *ONLY),
    "scope": ("field", "test", "value"),
    "fixed": ("field", "value"),
}
PARTS = ("comments_out", "attachments_out", "comments_in", "attachments_in")
SWITCHES = ("offer", "accept", "reopen")
NAME = re.compile(r"(outgoing|incoming|scope|fixed)-(\d{1,3})-([a-z_]+)(?:-(\d{1,3}))?")
START_ONLY = {"field": "", "test": "is", "value": ""}
START = {"unmapped": "pass", "too_long": "cut", "when": "always", "test": "is", "only_test": "is"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row as typed: its cells by name, and the pairs of its value map."""

    n: int
    cells: Mapping[str, str]
    pairs: tuple[tuple[str, str], ...] = ()
    wrong: str = ""
    #: what last went through the line, as a term; "" = nothing yet
    sample: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that the editor shows, as typed."""

    groups: Mapping[str, tuple[Row, ...]]
    switches: Mapping[str, bool] = field(default_factory=dict)
    closed_field: str = "status"
    closed: str = ""
    header: str = RuleSet().header
    where: str = ""
    #: a query in the tracker's own language
    filter: str = ""

    @property
    def outgoing(self) -> tuple[Row, ...]:
        """field → term."""
        return self.groups["outgoing"]

    @property
    def incoming(self) -> tuple[Row, ...]:
        """term → field."""
        return self.groups["incoming"]

    @property
    def scope(self) -> tuple[Row, ...]:
        """Conditions."""
        return self.groups["scope"]

    @property
    def fixed(self) -> tuple[Row, ...]:
        """Fixed values of new items."""
        return self.groups["fixed"]


@dataclass(frozen=True, slots=True)
class Known:
    """Values to propose: a field's options by field key, a term's allowed values by term."""

    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    allowed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def sheet_of(rules: RuleSet) -> Sheet:
    """Stored rules as a sheet."""
    body = dumped(rules)
    groups: dict[str, tuple[Row, ...]] = {}
    for name, cells in GROUPS.items():
        rows = [as_row(row) for row in cast(Iterable[object], body[name])]
        groups[name] = tuple(
            Row(n, {cell: worded(row.get(cell)) for cell in cells}, pairs_of(row.get("values")))
            for n, row in enumerate(rows)
        )
    switches = {name: getattr(rules.parts, name) for name in PARTS}
    switches |= {name: getattr(rules, name) for name in SWITCHES}
    closed = "\n".join(rules.closed)
    return Sheet(groups, switches, rules.closed_field, closed, rules.header, rules.where, rules.filter)


def as_row(row: object) -> Mapping[str, object]:
    """A stored line, condition or (field, value) pair by the names of its cells."""
    if isinstance(row, Mapping):
        found = cast(Mapping[str, object], row)
        only = cast(Mapping[str, object], found.get("only") or START_ONLY)
        return {**found, **{f"only_{name}": value for name, value in only.items()}}
    left, right = cast(tuple[object, object], row)
    return {"field": left, "value": right}


def pairs_of(values: object) -> tuple[tuple[str, str], ...]:
    """A stored value map."""
    return tuple((str(left), str(right)) for left, right in cast(Iterable[tuple[object, object]], values or ()))


def posted(data: Mapping[str, str]) -> Sheet:
    """A posted form as a sheet; rows keep their order, whatever numbers they have."""
    cells: dict[tuple[str, int], dict[str, str]] = {}
    pairs: dict[tuple[str, int], dict[int, list[str]]] = {}
    for name, value in data.items():
        match = NAME.fullmatch(name)
        if match is None:
            continue
        group, number, cell, place = match[1], int(match[2]), match[3], match[4]
        if place is None:
            cells.setdefault((group, number), {})[cell] = value
        elif cell in {"from", "to"}:
            pair = pairs.setdefault((group, number), {}).setdefault(int(place), ["", ""])
            pair[cell == "to"] = value
    groups = {
        name: tuple(
            Row(
                n,
                {cell: typed.get(cell, START.get(cell, "")).strip() for cell in GROUPS[name]},
                tuple((left.strip(), right.strip()) for _, (left, right) in sorted(pairs.get(key, {}).items())),
            )
            for n, (key, typed) in enumerate(sorted((k, t) for k, t in cells.items() if k[0] == name))
        )
        for name in GROUPS
    }
    switches = {name: name in data for name in (*PARTS, *SWITCHES)}
    return Sheet(
        groups,
        switches,
        data.get("closed_field", "").strip() or "status",
        data.get("closed", ""),
        data.get("header", ""),
        data.get("where", "").strip(),
        data.get("filter", "").strip(),
    )


def acted(sheet: Sheet, act: str, known: Known) -> Sheet:
    """The sheet after one of its buttons: add-<group>, remove-<group>-<n>, pair-<group>-<n>, fill-<group>-<n>."""
    verb, _, rest = act.partition("-")
    group, _, number = rest.partition("-")
    if group not in GROUPS:
        return sheet
    rows = list(sheet.groups[group])
    if verb == "add":
        rows.append(Row(len(rows), {cell: START.get(cell, "") for cell in GROUPS[group]}))
    elif number.isdigit() and int(number) < len(rows):
        place = int(number)
        if verb == "remove":
            del rows[place]
        elif verb == "pair":
            rows[place] = replace(rows[place], pairs=(*rows[place].pairs, ("", "")))
        elif verb == "fill":
            rows[place] = filled(rows[place], group, known)
    return replace(sheet, groups={**sheet.groups, group: tuple(replace(row, n=n) for n, row in enumerate(rows))})


def filled(row: Row, group: str, known: Known) -> Row:
    """A row whose map names every known value; those with the same word on the other side are paired."""
    options = known.options.get(row.cells["field"], ())
    allowed = known.allowed.get(row.cells["term"], ())
    lefts, rights = (options, allowed) if group == "outgoing" else (allowed, options)
    have = {left for left, _ in row.pairs if left}
    twins = {right.casefold(): right for right in rights}
    new = [(left, twins.get(left.casefold(), "")) for left in lefts if left not in have]
    return replace(row, pairs=(*(pair for pair in row.pairs if any(pair)), *new))


def rules_of(sheet: Sheet) -> RuleSet:
    """The sheet as rules. Raises BadInput whose fields are named <group>-<n>; wholly empty rows are left out."""
    wrong: dict[str, str] = {}
    body: dict[str, object] = {
        "parts": {name: sheet.switches.get(name, False) for name in PARTS},
        "offer": sheet.switches.get("offer", False),
        "accept": sheet.switches.get("accept", False),
        "reopen": sheet.switches.get("reopen", False),
        "where": sheet.where,
        "filter": sheet.filter,
        "closed_field": sheet.closed_field,
        "closed": [line.strip() for line in sheet.closed.splitlines() if line.strip()],
        "header": sheet.header,
        "scope": [dict(row.cells) for row in sheet.scope if row.cells["field"]],
        "fixed": [(row.cells["field"], row.cells["value"]) for row in sheet.fixed if row.cells["field"]],
    }
    for group in ("outgoing", "incoming"):
        seen: set[str] = set()
        lines = []
        for row in sheet.groups[group]:
            if not row.cells["term"] and not row.cells["field"]:
                continue
            sentence = wrong_row(row, seen)
            if sentence:
                wrong[f"{group}-{row.n}"] = sentence
            seen.add(row.cells["term"])
            lines.append(line_of(row))
        body[group] = lines
    if wrong:
        raise BadInput("The rulebook was not saved. Your entries are all still here.", fields=wrong)
    return parsed(body)


def wrong_row(row: Row, seen: set[str]) -> str:
    """What is wrong with a line, or nothing."""
    term, length = row.cells["term"], row.cells["max_length"]
    if not term or not row.cells["field"]:
        return "Choose both a field and a term, or remove the line."
    if term in seen:
        return f"{term} has a line already. Keep one."
    if length and not (length.isdigit() and 0 < int(length) <= 1_000_000):
        return "The length is a number of characters, 1 to 1,000,000."
    expression = row.cells["expr"] and wrong_source(row.cells["expr"])
    if expression:
        return f"The expression cannot be used. {expression}"
    return wrong_pairs(row)


def wrong_pairs(row: Row) -> str:
    """What is wrong with a value map, or nothing."""
    lefts = [left for left, _ in row.pairs if left]
    twice = next((left for left in lefts if lefts.count(left) > 1), "")
    if twice:
        return f"The value map names '{twice}' twice."
    if any(right and not left for left, right in row.pairs):
        return "An entry of the value map says what comes out, but not what goes in."
    return ""


def line_of(row: Row) -> dict[str, object]:
    """A row as a stored line; entries of the map without an outcome are left out."""
    length = row.cells["max_length"]
    return {
        **{cell: row.cells[cell] for cell in LINE if cell != "max_length"},
        "only": {name.removeprefix("only_"): row.cells.get(name, "") for name in ONLY},
        "max_length": int(length) if length.isdigit() else None,
        "values": [(left, right) for left, right in row.pairs if left and right],
    }


def marked(sheet: Sheet, wrong: Mapping[str, str]) -> Sheet:
    """The sheet with sentences at the rows that `wrong` names: <group>-<n>, or <direction>_<term>."""
    groups = {
        name: tuple(
            replace(
                row,
                wrong=wrong.get(f"{name}-{row.n}", "") or wrong.get(f"{name}_{row.cells.get('term', '')}", ""),
            )
            for row in rows
        )
        for name, rows in sheet.groups.items()
    }
    return replace(sheet, groups=groups)


def worded(value: object) -> str:
    """A stored cell as a form shows it."""
    return "" if value is None else str(value)
