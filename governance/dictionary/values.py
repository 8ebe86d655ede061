"""Value lists: stable keys that rules map and envelopes carry, each with the label that people read; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: between key and label in a form or file
SIGN = " = "


@dataclass(frozen=True, slots=True)
class ValueList:
    """Keys in their natural order; `labels` is as long, or empty where each key is its own label."""

    keys: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """(key, label) in order."""
        return tuple(zip(self.keys, self.labels or self.keys, strict=True))

    @property
    def lines(self) -> tuple[str, ...]:
        """Each value as a form or file has it: the key alone, or key = label."""
        return tuple(key if key == label else f"{key}{SIGN}{label}" for key, label in self.pairs)


def value_list(keys: Sequence[str], labels: Sequence[str] = ()) -> ValueList:
    """A list out of what is stored; labels that say no more than the keys are none."""
    same = not labels or list(labels) == list(keys)
    return ValueList(tuple(keys), () if same else tuple(labels))


def read(lines: Iterable[str]) -> ValueList:
    """A list as somebody typed it, a value each; blank ones are skipped."""
    parts = [line.strip().partition(SIGN) for line in lines if line.strip()]
    keys = [key.strip() for key, _, _ in parts]
    return value_list(keys, [label.strip() or key.strip() for key, _, label in parts])


def wrong(values: ValueList, *, longest: int = 80) -> str:
    """Why a list cannot be taken, as a sentence; "" when it can."""
    if len(set(values.keys)) != len(values.keys) or any(not 1 <= len(key) <= longest for key in values.keys):
        return f"Enter each value once, up to {longest} characters."
    if any(not 1 <= len(label) <= longest for label in values.labels):
        return f"Keep each label under {longest} characters."
    if len({label.casefold() for label in values.labels}) != len(values.labels):
        return "Two values have the same label. People could not tell them apart."
    return ""
