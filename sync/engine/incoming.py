"""Incoming: how an arriving term is written here: names, values, lengths, refusals."""

from dataclasses import dataclass

from governance.rulebook.rules import Gap, Line, fitted
from sync.engine.agreement import Link, SideName
from sync.engine.types import Fields, Value

#: the sender is told no field and no value of the receiver
NO_NEWS = "The other side takes no news on this item now."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the receiver's rules make of one arriving term: a value for one field."""

    term: str
    field: str
    value: Value


def incoming_line(link: Link, side: SideName, term: str) -> Line | None:
    """The receiver's line for a term that `side` sends, if its rules and grants take it."""
    if not link.may_write(side, term):
        return None
    return link.other(side).rules.into(term)


def wanted(line: Line, value: Value) -> Wanted | Gap:
    """The field value for one arriving term value; too long texts are cut or are a gap, as the line says."""
    native = fitted(line, value)
    if isinstance(native, Gap):
        return native
    return Wanted(line.term, line.field, native)


def refuses_parts(link: Link, side: SideName, fields: Fields) -> str | None:
    """Why the receiver of parts from `side` takes none now ("no news on closed tickets"), or None."""
    rules = link.other(side).rules
    value = fields.get(rules.closed_field)
    if value is not None and str(value) in rules.closed:
        return NO_NEWS
    return None


def flows(link: Link, side: SideName, term: str) -> bool:
    """Whether a term can travel from `side` to the other: lines on both ends and grants of both companies."""
    return (
        term in link.terms
        and link.end(side).rules.out(term) is not None
        and link.may_read(side, term)
        and incoming_line(link, side, term) is not None
    )
