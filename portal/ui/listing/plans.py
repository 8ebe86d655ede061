"""A grid as a spreadsheet: what a file would change in its cells, with a verdict for every row."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from portal.core.errors import BadInput
from portal.ui.listing.sheets import Line, Sheet

#: two keys that name a cell
Cell = tuple[str, str]
R = TypeVar("R")
#: changes that one verdict names
NAMED = 4


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one row of the file: "same", "changed" or "refused", with a sentence."""

    n: int
    label: str
    state: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would change: cell → text, and a verdict for each row."""

    cells: Mapping[Cell, str]
    verdicts: tuple[Verdict, ...]

    @property
    def refused(self) -> int:
        """Rows that are not taken."""
        return sum(one.state == "refused" for one in self.verdicts)

    @property
    def changing(self) -> int:
        """Rows that change something."""
        return sum(one.state == "changed" for one in self.verdicts)


@dataclass(frozen=True, slots=True)
class Headings:
    """Where a file says what: `row` are the columns that name a row, best first, `cells` place → holder."""

    row: tuple[int, ...]
    cells: Mapping[int, str]


def headings(
    sheet: Sheet, named: Sequence[str], holders: Mapping[str, str], *, also: Collection[str] = ()
) -> Headings:
    """What a file's headings mean: `named` name a row, `holders` is heading → holder; `also` are known and not read.

    Raises BadInput for a heading that is nobody's, and for a file in which no column names a row.
    """
    places = {heading: place for place, heading in enumerate(sheet.header)}
    strange = [one for one in sheet.header if one and one not in {*named, *also, *holders}]
    if strange:
        raise BadInput(
            f"The matrix has no holder {strange[0]}. Add the holder first, or correct the heading.", code="no-holder"
        )
    found = tuple(places[heading] for heading in named if heading in places)
    if not found:
        raise BadInput(f"The file needs a column {' or '.join(named)}.", code="no-heading")
    cells = {places[heading]: holder for heading, holder in holders.items() if heading in places}
    return Headings(found, cells)


def planned(
    sheet: Sheet,
    where: Headings,
    rows: Mapping[str, R],
    judge: Callable[[Line, R], tuple[Verdict, Mapping[Cell, str]]],
    *,
    unknown: str,
) -> Plan:
    """A plan out of a file's rows. `rows` is name in small letters → row; `unknown` says why a name is none.

    A row that the file names twice, that is unreadable or unknown is refused; the others are judged one by one.
    """
    cells: dict[Cell, str] = {}
    verdicts = []
    met: list[R] = []
    for line in sheet.rows:
        row = next((rows[name] for place in where.row if (name := text_at(line, place).lower()) in rows), None)
        if line.fault or row is None or row in met:
            why = line.fault or (unknown if row is None else "The file names it twice.")
            verdicts.append(Verdict(line.n, text_at(line, where.row[-1]), "refused", why))
            continue
        met.append(row)
        verdict, changed = judge(line, row)
        cells |= changed
        verdicts.append(verdict)
    return Plan(cells, tuple(verdicts))


def judged(n: int, label: str, changed: Mapping[Cell, str], told: Sequence[str]) -> Verdict:
    """The verdict on a row that can be taken; `told` says each change: "Asha Rao: R → RA"."""
    if not changed:
        return Verdict(n, label, "same", "Nothing changes.")
    more = f" and {len(told) - NAMED} more" if len(told) > NAMED else ""
    return Verdict(n, label, "changed", "; ".join(told[:NAMED]) + more)


def text_at(line: Line, place: int) -> str:
    """A cell of a row that may be shorter than the headings."""
    return line.cells[place].strip() if place < len(line.cells) else ""
