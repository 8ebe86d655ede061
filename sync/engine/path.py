"""Path terms: delivered value by value in the source's order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from governance.rulebook.rules import Gap, Line, translated
from sync.engine.merge import equal
from sync.engine.types import Value


@dataclass(frozen=True, slots=True)
class Pass:
    """One value that a field passed through: its place in the item's order of events and its source time.

    `news` = somebody's change that has no end yet.
    """

    seq: int
    at: datetime | None
    value: Value
    news: bool = False


def way(passes: Sequence[Pass], line: Line, mark: int, now: Value) -> tuple[Pass, ...]:
    """The term values since `mark`, in order, ending with `now`, without standing repeats.

    1. take what lies after the mark; 2. translate, leaving out what has no translation (the last one is told
    by the draft as a gap); 3. drop repeats of the value before; 4. end with the value the item has now.
    """
    later = [p for p in sorted(passes, key=lambda p: p.seq) if p.seq > mark]
    found: list[Pass] = []
    for one in later:
        value = translated(line, one.value)
        if isinstance(value, Gap):
            continue
        if found and equal(found[-1].value, value):
            found[-1] = Pass(one.seq, found[-1].at, found[-1].value)
        else:
            found.append(Pass(one.seq, one.at, value))
    if later and not (found and equal(found[-1].value, now)):
        found.append(Pass(later[-1].seq, later[-1].at, now))
    return tuple(found)


def moved(steps: Sequence[Pass], base: Value) -> bool:
    """Whether a way leads anywhere: some value differs from the one both sides agreed on."""
    return any(not equal(step.value, base) for step in steps)


def common(one: Sequence[Pass], two: Sequence[Pass]) -> int:
    """How many values two ways have in common at their beginning; the last one of the first never counts."""
    pairs = zip(one[:-1], two, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if not equal(a.value, b.value)), min(len(one) - 1, len(two)))
