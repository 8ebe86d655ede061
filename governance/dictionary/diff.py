"""What changed between two versions of a dictionary."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from governance.dictionary.models import Term

#: what a reader compares, with the word for it
COMPARED = {
    "label": "Label",
    "type": "Holds",
    "allowed": "Allowed values",
    "max_length": "Longest text",
    "path": "Every step in order",
    "unique": "Unique",
    "mandatory": "Mandatory",
    "semantics": "Meaning",
    "samples": "Samples",
    "classification": "Classification",
    "source_of_truth": "Whose value wins",
    "system_of_record": "System of record",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a term that is not as it was, as words."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A term that was added, removed or changed; an added one differs from nothing, a removed one tells no more."""

    name: str
    label: str
    kind: str
    differences: tuple[Difference, ...] = ()


def diff(old: Sequence[Term], new: Sequence[Term], companies: Mapping[int, str]) -> list[Changed]:
    """What the new terms change of the old ones, matched by name; `companies` names the parties by id.

    1. terms that were added or changed, in the order of the new version;
    2. terms that were removed, in the order of the old one.
    """
    before, after = {term.name: term for term in old}, {term.name for term in new}
    found = []
    for term in new:
        known = before.get(term.name)
        if known is None:
            found.append(Changed(term.name, term.label, "added", said(term, companies)))
            continue
        was, now = words(known, companies), words(term, companies)
        apart = tuple(Difference(COMPARED[key], was[key], now[key]) for key in COMPARED if was[key] != now[key])
        if apart:
            found.append(Changed(term.name, term.label, "changed", apart))
    return found + [Changed(term.name, term.label, "removed") for term in old if term.name not in after]


def said(term: Term, companies: Mapping[int, str]) -> tuple[Difference, ...]:
    """All that a new term says, as differences from nothing."""
    plain, now = words(Term(), companies), words(term, companies)
    shown = (key for key in COMPARED if key in {"type", "classification"} or now[key] != plain[key])
    return tuple(Difference(COMPARED[key], "", now[key]) for key in shown if key != "label")


def words(term: Term, companies: Mapping[int, str]) -> dict[str, str]:
    """A term's fields as a reader sees them."""
    winner = term.source_of_truth_id
    return {
        "label": term.label,
        "type": term.get_type_display(),
        "allowed": ", ".join(term.values.lines),
        "max_length": f"{term.max_length:,}" if term.max_length else "any length",
        "path": "yes" if term.path else "no",
        "unique": "yes" if term.unique else "no",
        "mandatory": "yes" if term.mandatory else "no",
        "semantics": term.semantics,
        "samples": "; ".join(term.samples),
        "classification": term.get_classification_display(),
        "source_of_truth": companies.get(winner, "a party") if winner else "the later change",
        "system_of_record": term.system_name,
    }
