"""The access matrix as a spreadsheet: written out whole, and read back as a plan with a verdict for every row."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Protocol
from zoneinfo import ZoneInfo

from portal.core.errors import BadInput
from portal.ui.listing.sheets import Line, Sheet
from portal.ui.listing.writing import written

#: headings before the holders
TERM, KEY = "Term", "Key"


class Held(Protocol):
    """A holder: its key and its name."""

    @property
    def key(self) -> str: ...
    @property
    def name(self) -> str: ...


class Celled(Protocol):
    """A cell: what it is and what it can be set to."""

    @property
    def level(self) -> str: ...
    @property
    def options(self) -> tuple[tuple[str, str], ...]: ...


class Lined(Protocol):
    """A row."""

    @property
    def term(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def cells(self) -> tuple[Celled, ...]: ...


class Gridded(Protocol):
    """A matrix as a page lays it out (governance.accessmatrix.pages.grid)."""

    @property
    def heads(self) -> tuple[Held, ...]: ...
    @property
    def rows(self) -> tuple[Lined, ...]: ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one row of the file: "same", "changed" or "refused", with a sentence."""

    n: int
    label: str
    state: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would change: (holder, term) → level, and a verdict for each row."""

    cells: Mapping[tuple[str, str], str]
    verdicts: tuple[Verdict, ...]

    @property
    def refused(self) -> int:
        """Rows that are not taken."""
        return sum(one.state == "refused" for one in self.verdicts)


def headings(grid: Gridded) -> dict[str, int]:
    """Heading → place of the holder; two holders of one name get a number."""
    found: dict[str, int] = {}
    for place, head in enumerate(grid.heads):
        found[head.name if head.name not in found else f"{head.name} #{place + 1}"] = place
    return found


def workbook(grid: Gridded, *, zone: ZoneInfo) -> IO[bytes]:
    """The matrix as an XLSX file at its beginning: one row a term, one column a holder; empty = by default."""
    rows = [[line.label, line.term, *(cell.level for cell in line.cells)] for line in grid.rows]
    file, _ = written("xlsx", [TERM, KEY, *headings(grid)], rows, zone=zone)
    return file


def planned(sheet: Sheet, grid: Gridded) -> Plan:
    """What a file would change in a matrix. Nothing is written.

    1. every heading but the first two names a holder; 2. each row names a term by key, or else by label; 3. every
    cell reads as a level that this holder can have. A row that fails is refused whole, with why.
    """
    known, places = headings(grid), {heading: place for place, heading in enumerate(sheet.header)}
    strange = [one for one in sheet.header if one and one not in {TERM, KEY, *known}]
    if strange:
        raise BadInput(
            f"The matrix has no holder {strange[0]}. Correct the heading, or add the job.", code="no-holder"
        )
    if TERM not in places and KEY not in places:
        raise BadInput(f"The file needs a column {KEY} or {TERM}.", code="no-heading")
    columns = {places[heading]: holder for heading, holder in known.items() if heading in places}
    rows = {one.label.lower(): one for one in grid.rows} | {one.term: one for one in grid.rows}
    cells: dict[tuple[str, str], str] = {}
    verdicts, met = [], set[str]()
    for line in sheet.rows:
        row = next(
            (found for name in (KEY, TERM) if (found := rows.get(text_at(line, places.get(name)).lower()))), None
        )
        verdict, changed = judged(line, row, columns, grid, again=row is not None and row.term in met)
        met |= {row.term} if row else set()
        cells |= changed
        verdicts.append(verdict)
    return Plan(cells, tuple(verdicts))


def judged(
    line: Line, row: Lined | None, columns: Mapping[int, int], grid: Gridded, *, again: bool
) -> tuple[Verdict, dict[tuple[str, str], str]]:
    """One row's verdict, and the cells that it changes."""
    label = row.label if row else text_at(line, 0)
    if line.fault or row is None or again:
        why = line.fault or ("The file names it twice." if again else "The dictionary has no such term.")
        return Verdict(line.n, label, "refused", why), {}
    changed: dict[tuple[str, str], str] = {}
    said = []
    for place, holder in columns.items():
        text, cell, head = text_at(line, place).lower(), row.cells[holder], grid.heads[holder]
        if text not in {value for value, _ in cell.options} and text != cell.level:
            return Verdict(line.n, label, "refused", f"{head.name} cannot have {text or 'nothing'} here."), {}
        if text != cell.level:
            changed[(head.key, row.term)] = text
            said.append(f"{head.name}: {cell.level or 'default'} → {text or 'default'}")
    if not changed:
        return Verdict(line.n, label, "same", "Nothing changes."), {}
    more = f" and {len(said) - 4} more" if len(said) > 4 else ""
    return Verdict(line.n, label, "changed", "; ".join(said[:4]) + more), changed


def text_at(line: Line, place: int | None) -> str:
    """A cell of a row that may be shorter than the headings."""
    return line.cells[place].strip() if place is not None and place < len(line.cells) else ""
