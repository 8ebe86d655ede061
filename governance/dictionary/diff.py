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
    "sample": "Sample",
    "classification": "Classification",
    "source_of_truth": "Whose value wins",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a term that is not as it was, as words."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A term that was added, removed or changed; only a changed one has differences."""

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
            found.append(Changed(term.name, term.label, "added"))
            continue
        was, now = words(known, companies), words(term, companies)
        apart = tuple(Difference(COMPARED[key], was[key], now[key]) for key in COMPARED if was[key] != now[key])
        if apart:
            found.append(Changed(term.name, term.label, "changed", apart))
    return found + [Changed(term.name, term.label, "removed") for term in old if term.name not in after]


def words(term: Term, companies: Mapping[int, str]) -> dict[str, str]:
    """A term's fields as a reader sees them."""
    winner = term.source_of_truth_id
    return {
        "label": term.label,
        "type": term.get_type_display(),
        "allowed": ", ".join(term.allowed),
        "max_length": f"{term.max_length:,}" if term.max_length else "any length",
        "path": "yes" if term.path else "no",
        "unique": "yes" if term.unique else "no",
        "mandatory": "yes" if term.mandatory else "no",
        "semantics": term.semantics,
        "sample": term.sample,
        "classification": term.get_classification_display(),
        "source_of_truth": companies.get(winner, "a party") if winner else "the later change",
    }
