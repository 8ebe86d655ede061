"""Dry run: the chain up to the plan on one real item; shows what would be written, writes nothing."""

from dataclasses import dataclass, replace

from governance.rulebook.rules import Gap, RuleSet, limited, refusal, scope_of
from portal.core import clock
from portal.core.errors import BadInput
from sync.connectors.base import Connector
from sync.engine.agreement import Link, SideName
from sync.engine.incoming import incoming_line, wanted
from sync.engine.merge import equal
from sync.engine.outgoing import NOT_GRANTED, drafted
from sync.engine.types import Fields, Value
from sync.flow.filtering import NOT_FOUND, searcher

NOT_YET = "The tracker's search does not know the item's last change yet. Try again in a few minutes."


@dataclass(frozen=True, slots=True)
class DryWrite:
    """One field that would be written on the other side (or on ours, for a rehearsal of incoming rules)."""

    term: str
    field: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a dry run found. Field names and values of the partner's side are never in it."""

    source: str
    offered: bool
    sends: tuple[tuple[str, Value], ...]
    writes: tuple[DryWrite, ...]
    withheld: tuple[tuple[str, str], ...]
    gaps: tuple[str, ...]


def with_rules(link: Link, side: SideName, rules: RuleSet) -> Link:
    """A link as if one side's draft were live."""
    lengths = {name: term.max_length for name, term in link.terms.items()}
    end = replace(link.end(side), rules=limited(rules, lengths))
    return replace(link, a=end) if side == "a" else replace(link, b=end)


def dry_run(link: Link, side: SideName, tracker: Connector, record: str, arriving: Fields) -> DryRun:
    """Run one side's rules over a real item of its own.

    1. read the item; 2. what would leave it, in terms, and what would stay with the reason; 3. what the terms in
    `arriving` (the partner's newest envelope) would write into it, beside what stands there.
    """
    if not record.strip():
        raise BadInput(
            "Name an item of your own system to try the rules on.", fields={"record": "Give an id or key."}
        )
    item = tracker.read(record.strip())
    draft = drafted(link, side, item.fields)
    writes, gaps = arrivals(link, side, item.fields, arriving)
    rules = link.end(side).rules
    offered = scope_of(rules, item.fields)
    if isinstance(offered, Gap):
        gaps.append(offered.sentence)
    elif offered and rules.filter:
        told = searcher(tracker).matching(rules.filter, (item,), now=clock.now())
        offered = item.record in told.found
        if not offered:
            gaps.append(NOT_YET if told.unsure else NOT_FOUND)
    return DryRun(
        source=item.label,
        offered=offered is True,
        sends=tuple(sorted(draft.values.items())),
        writes=writes,
        withheld=tuple((term, reason or NOT_GRANTED) for term, reason in sorted(draft.withheld.items())),
        gaps=(*(gap.sentence for gap in draft.gaps), *gaps),
    )


def arrivals(link: Link, side: SideName, fields: Fields, arriving: Fields) -> tuple[tuple[DryWrite, ...], list[str]]:
    """What arriving terms would change in an item with these fields, and what has no translation."""
    other: SideName = "b" if side == "a" else "a"
    writes, gaps = [], []
    for term, value in sorted(arriving.items()):
        line = incoming_line(link, other, term)
        if line is None:
            continue
        what = wanted(line, value)
        if isinstance(what, Gap):
            gaps.append(what.sentence)
        elif refusal(link.end(side).rules, line, fields, what.value):
            continue
        elif line.when == "always" and not equal(fields.get(line.field), what.value):
            writes.append(DryWrite(term, line.field, fields.get(line.field), what.value))
    return tuple(writes), gaps
