"""Outgoing: what of an item may leave, as terms; what was withheld is listed by name, never by value."""

from dataclasses import dataclass, field

from governance.rulebook.rules import Gap, RuleSet, fitted
from sync.engine.agreement import Link, SideName
from sync.engine.types import Fields, Value

NOT_GRANTED = "Your access matrix gives the partner no read on it."
UNKNOWN = "It is no term of the agreed dictionary."


@dataclass(frozen=True, slots=True)
class Draft:
    """One side's view of its item in terms: what leaves, what stays, what has no translation."""

    values: dict[str, Value] = field(default_factory=dict)
    withheld: dict[str, str] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()


def expressed(rules: RuleSet, term: str, fields: Fields) -> Value | Gap | None:
    """One term's value as this side expresses it; None when no line or no such field gives one."""
    line = rules.out(term)
    if line is None or line.field not in fields:
        return None
    return fitted(line, fields[line.field])


def drafted(link: Link, side: SideName, fields: Fields) -> Draft:
    """All terms that leave `side` for an item with these field values.

    1. a line whose term is not agreed or not granted is withheld by name; 2. a field that the tracker does not
    show (any more) is left out, because missing is not empty; 3. a value without a translation is a gap and is
    left out too; 4. the rest leaves.
    """
    rules = link.end(side).rules
    draft = Draft()
    gaps: list[Gap] = []
    for line in rules.outgoing:
        if line.term not in link.terms:
            draft.withheld[line.term] = UNKNOWN
        elif not link.may_read(side, line.term):
            draft.withheld[line.term] = NOT_GRANTED
        elif line.field in fields:
            value = fitted(line, fields[line.field])
            if isinstance(value, Gap):
                gaps.append(value)
            else:
                draft.values[line.term] = value
    return Draft(draft.values, draft.withheld, tuple(gaps))
