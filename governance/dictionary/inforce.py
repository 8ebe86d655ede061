"""Which words a live connection obeys when the dictionary moves on; pure.

What a new version adds or widens, and whose value wins, counts at once. What it takes away does not break rules that
are live: they keep the term as it was when they went live, until their company puts new rules live.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol


class Word(Protocol):
    """What is compared of a term, stored or read."""

    @property
    def name(self) -> str:
        """What rules call it."""
        ...

    @property
    def type(self) -> str:
        """What it holds."""
        ...

    @property
    def path(self) -> bool:
        """Whether every step is delivered in order."""
        ...

    @property
    def max_length(self) -> int | None:
        """Characters, none = any length."""
        ...

    @property
    def allowed(self) -> Sequence[str]:
        """Keys of its value list."""
        ...


@dataclass(frozen=True, slots=True)
class AgreedTerm:
    """One agreed term as the engine obeys it. `source_of_truth` is the company whose value wins a conflict."""

    name: str
    label: str
    type: str
    path: bool
    max_length: int | None
    allowed: tuple[str, ...]
    source_of_truth: int | None
    classification: str = ""
    samples: tuple[str, ...] = ()
    allowed_labels: tuple[str, ...] = ()

    @property
    def rich(self) -> bool:
        """Whether values are Markdown."""
        return self.type == "rich"

    @property
    def sample(self) -> str:
        """The first sample, or nothing."""
        return self.samples[0] if self.samples else ""


@dataclass(frozen=True, slots=True)
class Pin:
    """What one side's live rules keep: the number of the dictionary they went live under, the terms they name."""

    no: int
    terms: frozenset[str]


def losses(old: Word, new: Word | None) -> tuple[str, ...]:
    """What a new version takes away from a term, each as words that follow its name; nothing = rules still hold."""
    if new is None:
        return ("is no longer there",)
    found = []
    if old.type != new.type:
        found.append("holds something else")
    if old.path != new.path:
        found.append("is delivered step by step" if new.path else "is no longer delivered step by step")
    if new.max_length and (not old.max_length or new.max_length < old.max_length):
        before = f"instead of {old.max_length:,}" if old.max_length else "instead of any length"
        found.append(f"takes {new.max_length:,} characters {before}")
    gone = [key for key in old.allowed if key not in new.allowed] if new.allowed else []
    if gone:
        found.append(f"loses {', '.join(gone[:5])}" + (f" and {len(gone) - 5} more" if len(gone) > 5 else ""))
    return tuple(found)


def in_force(
    newest: int, versions: Mapping[int, Sequence[AgreedTerm]], pins: Iterable[Pin]
) -> tuple[AgreedTerm, ...]:
    """The terms that a connection obeys, out of the terms of each dictionary by number.

    1. every term of the newest; 2. of those that live rules name, the one they went live under where the newest takes
    something away; the oldest where both sides keep one; whose value wins is the newest's.
    """
    now = {term.name: term for term in versions.get(newest, ())}
    for pin in sorted(pins, key=lambda one: -one.no):
        for old in versions.get(pin.no, ()) if pin.no < newest else ():
            new = now.get(old.name)
            if old.name in pin.terms and losses(old, new):
                now[old.name] = old if new is None else replace(old, source_of_truth=new.source_of_truth)
    return tuple(now.values())
