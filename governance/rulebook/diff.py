"""What differs between two rule sets, line by line, in words that history and pages show; pure."""

from dataclasses import dataclass

from governance.rulebook.rules import Condition, Line, RuleSet


@dataclass(frozen=True, slots=True)
class Difference:
    """Entries that differ, by the line's name; an absent side has no entry."""

    before: dict[str, object]
    after: dict[str, object]


def difference(before: RuleSet | None, after: RuleSet | None) -> Difference:
    """What `after` changes of `before`; None stands for no rules at all."""
    old, new = facts(before), facts(after)
    names = [*old, *(name for name in new if name not in old)]
    changed = [name for name in names if old.get(name) != new.get(name)]
    return Difference(
        {name: old[name] for name in changed if name in old},
        {name: new[name] for name in changed if name in new},
    )


def facts(rules: RuleSet | None) -> dict[str, object]:
    """Every line and setting as one named text."""
    if rules is None:
        return {}
    lines = {f"sends {line.term}": out_words(line) for line in rules.outgoing}
    lines |= {f"takes {line.term}": in_words(line) for line in rules.incoming}
    parts = [name.replace("_", " ") for name in PARTS if getattr(rules.parts, name)]
    return {
        **lines,
        "parts": ", ".join(parts) or "none",
        "offers its items": rules.offer,
        "conditions": [*(condition_words(one) for one in rules.scope), *([rules.where] if rules.where else [])],
        "filter": rules.filter or "none",
        "creates arriving items": rules.accept,
        "fixed values": [f"{field}: {value}" for field, value in rules.fixed],
        "no news while": f"{rules.closed_field}: {', '.join(rules.closed)}" if rules.closed else "always open",
        "opens closed items again": rules.reopen,
        "comment header": rules.header,
    }


@dataclass(frozen=True, slots=True)
class Row:
    """One line or setting that differs; "" = not there."""

    name: str
    before: str
    after: str


def rows_of(told: Difference) -> tuple[Row, ...]:
    """A difference as a table shows it."""
    names = [*told.before, *(name for name in told.after if name not in told.before)]
    return tuple(Row(name, shown(told.before.get(name)), shown(told.after.get(name))) for name in names)


def shown(value: object) -> str:
    """One side of a row."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "; ".join(str(one) for one in value) if isinstance(value, list) else str(value or "")


PARTS = ("comments_out", "comments_in", "attachments_out", "attachments_in")


def out_words(line: Line) -> str:
    """An outgoing line as a sentence fragment."""
    return f"from {line.field}{map_words(line)}"


def in_words(line: Line) -> str:
    """An incoming line as a sentence fragment."""
    new = ", only in a new item" if line.when == "create" else ""
    only = f", only while {condition_words(line.only)}" if line.only else ""
    return f"into {line.field}{new}{only}{map_words(line)}"


def map_words(line: Line) -> str:
    """The value map and the length rule."""
    pairs = ", ".join(f"{left} → {right or 'empty'}" for left, right in line.values)
    rest = {"pass": "", "park": "anything else parks", "default": f"anything else → {line.default or 'empty'}"}
    cut = f"at most {line.max_length} {line.unit}" if line.max_length else ""
    expr = f"first {line.expr}" if line.expr else ""
    words = [word for word in (expr, pairs, rest[line.unmapped], cut) if word]
    return f" ({'; '.join(words)})" if words else ""


def condition_words(condition: Condition) -> str:
    """A condition as a sentence fragment."""
    return (
        f"{condition.field} has any value"
        if condition.test == "any"
        else (f"{condition.field} {condition.test} {condition.value}")
    )
