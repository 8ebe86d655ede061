"""The access matrix as a spreadsheet: written out whole, and read back as a plan with a verdict for every row."""

from collections.abc import Mapping
from typing import IO, Protocol
from zoneinfo import ZoneInfo

from portal.ui.listing import plans
from portal.ui.listing.plans import Cell, Plan, Verdict, text_at
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


def headings(grid: Gridded) -> dict[str, str]:
    """Heading → key of the holder; two holders of one name get a number."""
    found: dict[str, str] = {}
    for place, head in enumerate(grid.heads):
        found[head.name if head.name not in found else f"{head.name} #{place + 1}"] = head.key
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
    where = plans.headings(sheet, (KEY, TERM), headings(grid))
    rows = {one.label.lower(): one for one in grid.rows} | {one.term: one for one in grid.rows}

    def judge(line: Line, row: Lined) -> tuple[Verdict, Mapping[Cell, str]]:
        return judged(line, row, where.cells, grid)

    return plans.planned(sheet, where, rows, judge, unknown="The dictionary has no such term.")


def judged(line: Line, row: Lined, columns: Mapping[int, str], grid: Gridded) -> tuple[Verdict, Mapping[Cell, str]]:
    """One row's verdict, and the cells that it changes."""
    held = {head.key: (head, cell) for head, cell in zip(grid.heads, row.cells, strict=True)}
    changed: dict[Cell, str] = {}
    told = []
    for place, key in columns.items():
        head, cell = held[key]
        text = text_at(line, place).lower()
        if text not in {value for value, _ in cell.options} and text != cell.level:
            return Verdict(line.n, row.label, "refused", f"{head.name} cannot have {text or 'nothing'} here."), {}
        if text != cell.level:
            changed[(head.key, row.term)] = text
            told.append(f"{head.name}: {cell.level or 'default'} → {text or 'default'}")
    return plans.judged(line.n, row.label, changed, told), changed
