"""What a rehearsal is played with: at each place the link in force, and the same with the candidate.

Rules have one place, their side of their connection. A matrix or a dictionary has one for every side that the company
has on a running connection of the integration; there the candidate's grants or terms replace those in force.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from governance.register.models import Side
from governance.rehearsals.candidates import Word, grants_in, words_in, words_of
from governance.rulebook.models import Evidence, Rehearsal
from governance.rulebook.rules import limited, parsed
from governance.rulebook.selectors import live_rules
from portal.access import rls
from sync.engine.agreement import Link, SideName, TermInfo
from sync.engine.rehearsal import Bounds
from sync.flow.agreements import links, running
from sync.flow.dry import with_rules

What = Rehearsal.What


@dataclass(frozen=True, slots=True)
class Stage:
    """One place: the link in force, the candidate, the own end, and what both dictionaries say of values."""

    live: Link
    candidate: Link
    side: SideName
    before: Mapping[str, Bounds] = field(default_factory=dict)
    after: Mapping[str, Bounds] = field(default_factory=dict)

    @property
    def place(self) -> int:
        """Its number in the order of places; it stays the same while connections come and go."""
        return self.live.id * 2 + (self.side == "b")


def stages_of(row: Rehearsal) -> list[Stage]:
    """Every place of a rehearsal that runs, in order; the transaction sees all companies of its connections."""
    candidate = Evidence.objects.values_list("rules", flat=True).get(pk=row.pk)
    if row.what == What.RULES:
        rules = parsed(candidate)
        return [Stage(link, with_rules(link, side, rules), side) for link, side in placed(row)]
    if row.what == What.MATRIX:
        own = grants_in(candidate, row.company_id)
        return [Stage(link, with_grants(link, row.company_id, own), side) for link, side in placed(row)]
    before, after = words_of(row.integration_id), words_in(candidate)
    return [Stage(link, with_words(link, after), side, bounds(before), bounds(after)) for link, side in placed(row)]


def companies_of(row: Rehearsal) -> set[int]:
    """Whose rules and grants make the links; facts are read as the own company alone."""
    rls.enter([row.company_id], role=rls.WORKER)
    return {company for side in sides_of(row) for company in side.connection.companies}


def sides_of(row: Rehearsal) -> list[Side]:
    """The company's sides that are rehearsed, in order."""
    rows = Side.objects.filter(connection__integration=row.integration_id, company_id=row.company_id)
    if row.connection_id is not None:
        rows = rows.filter(connection=row.connection_id, side=row.side)
    return list(rows.select_related("connection").order_by("connection", "side"))


def placed(row: Rehearsal) -> Iterator[tuple[Link, SideName]]:
    """The link in force of each of them, where there is one. What stays in the company no matrix speaks of."""
    for side in sides_of(row):
        inside = len(side.connection.companies) == 1
        if row.what != What.MATRIX or not inside:
            for link in links(running(side.connection_id)):
                yield link, "a" if side.side == "a" else "b"


def with_grants(link: Link, company: int, own: Mapping[tuple[int, int, str], str]) -> Link:
    """A link as if one company's candidate matrix were in force."""
    others = {place: level for place, level in link.grants.items() if place[0] != company}
    return replace(link, grants={**others, **own})


def with_words(link: Link, words: Mapping[str, Word]) -> Link:
    """A link as if a candidate dictionary were in force: its terms, and both sides' rules within its lengths."""
    lengths = {name: word.max_length for name, word in words.items()}
    raw = {row.side: row.rules for row in live_rules(link.id)}
    terms = {name: TermInfo(name, word.path, word.rich, word.owner, word.max_length) for name, word in words.items()}
    a, b = (replace(end, rules=limited(raw[end.side], lengths)) for end in (link.a, link.b))
    return replace(link, a=a, b=b, terms=terms)


def bounds(words: Mapping[str, Word]) -> dict[str, Bounds]:
    """What a dictionary says of values, as the engine compares it."""
    return {name: Bounds(frozenset(word.allowed), word.max_length, word.mandatory) for name, word in words.items()}
