"""How terms pass one side of a connection, line by line, with a sample value going through; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from governance.rulebook.checks import Ground
from governance.rulebook.rules import Gap, Line, RuleSet, Value, translated

PART_WORDS = {"comment": "Comments", "attachment": "Attachments"}


@dataclass(frozen=True, slots=True)
class Pass:
    """One line as the connection's page shows it. `withheld` is a sentence when the line lets nothing through."""

    term: str
    label: str
    field: str
    #: what stands in one's own field, and what travels as the term; "" = no sample
    own: str
    shared: str
    map_size: int
    partner: bool
    withheld: str = ""
    #: what people call the field; "" when the system has not told
    name: str = ""


def leaving(
    rules: RuleSet,
    ground: Ground,
    *,
    taken: frozenset[str] | None,
    sample: Mapping[str, object],
    names: Mapping[str, str] | None = None,
) -> list[Pass]:
    """What leaves: field → term.

    `taken` are the terms that the partner's live rules take (None = no live rules), `names` the fields' labels.
    """
    found = []
    for line in rules.outgoing:
        value = sample.get(line.term)
        found.append(
            Pass(
                term=line.term,
                label=label_of(line.term, ground),
                field=line.field,
                own=text(untranslated(line, value)),
                shared=text(value),
                map_size=len(line.values),
                partner=taken is not None and line.term in taken,
                withheld=why_not(line.term, ground, granted=ground.readable),
                name=(names or {}).get(line.field, ""),
            )
        )
    for part, out in (("comment", rules.parts.comments_out), ("attachment", rules.parts.attachments_out)):
        if out:
            found.append(part_pass(part, ground, granted=ground.readable, partner=taken))
    return found


def arriving(
    rules: RuleSet,
    ground: Ground,
    *,
    sent: frozenset[str] | None,
    sample: Mapping[str, object],
    names: Mapping[str, str] | None = None,
) -> list[Pass]:
    """What arrives: term → field. `sent` are the terms that the partner's live rules send."""
    found = []
    for line in rules.incoming:
        value = sample.get(line.term)
        native = translated(line, cast(Value, tuple(value) if isinstance(value, list) else value))
        found.append(
            Pass(
                term=line.term,
                label=label_of(line.term, ground),
                field=line.field,
                own="waits: no entry in the map" if isinstance(native, Gap) else text(native),
                shared=text(value),
                map_size=len(line.values),
                partner=sent is not None and line.term in sent,
                withheld=why_not(line.term, ground, granted=ground.writable),
                name=(names or {}).get(line.field, ""),
            )
        )
    for part, taken in (("comment", rules.parts.comments_in), ("attachment", rules.parts.attachments_in)):
        if taken:
            found.append(part_pass(part, ground, granted=ground.writable, partner=sent))
    return found


def part_pass(part: str, ground: Ground, *, granted: frozenset[str], partner: frozenset[str] | None) -> Pass:
    """Comments or attachments as a line of their own."""
    return Pass(
        term=part,
        label=PART_WORDS[part],
        field="",
        own="",
        shared="",
        map_size=0,
        partner=partner is not None and part in partner,
        withheld="" if part in granted else f"Your access matrix does not share this with {ground.partner}.",
    )


def why_not(term: str, ground: Ground, *, granted: frozenset[str]) -> str:
    """Why a term does not pass, or nothing."""
    if term not in ground.words:
        return "It is no term of the agreed dictionary."
    return "" if term in granted else f"Your access matrix does not share this with {ground.partner}."


def label_of(term: str, ground: Ground) -> str:
    """What people call a term."""
    return ground.words[term].label if term in ground.words else term


def untranslated(line: Line, value: object) -> object:
    """The field value that became this term value, when the map leaves no doubt."""
    origins = [left for left, right in line.values if right == str(value)]
    if not line.values:
        return value
    return origins[0] if len(origins) == 1 else ""


def text(value: object) -> str:
    """A value as a sample, at most 60 characters."""
    if value is None or value == "":
        return ""
    words = ", ".join(str(one) for one in value) if isinstance(value, list | tuple) else str(value)
    first = words.strip().splitlines()[0] if words.strip() else ""
    return first if len(first) <= 60 else f"{first[:59]}…"
