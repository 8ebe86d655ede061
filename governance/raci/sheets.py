"""The RACI as a spreadsheet: written out whole, and read back as a plan with a verdict for every row."""

from collections.abc import Mapping
from typing import IO
from zoneinfo import ZoneInfo

from governance.raci.rules import Frozen, Row, ordered, second_as
from portal.ui.listing import plans
from portal.ui.listing.plans import Cell, Plan, Verdict, text_at
from portal.ui.listing.sheets import Line, Sheet
from portal.ui.listing.writing import written

#: headings before the holders
ACTIVITY, KEY, WHOSE = "Activity", "Key", "Whose"
EACH, ALL = "each company's own", "one for all"


def headings(frozen: Frozen) -> dict[str, str]:
    """Heading → holder key; two holders of one name get their company or their number beside it."""
    found: dict[str, str] = {}
    for holder in frozen.holders:
        names = (holder.name, f"{holder.name} ({frozen.companies.get(holder.company, 'former party')})")
        heading = next((name for name in names if name not in found), f"{holder.name} #{len(found) + 1}")
        found[heading] = holder.key
    return found


def workbook(frozen: Frozen, *, zone: ZoneInfo) -> IO[bytes]:
    """The matrix as an XLSX file at its beginning: one row an activity, one column a holder."""
    columns = headings(frozen)
    order = list(columns.values())
    rows = [
        [row.label, row.key, EACH if row.each else ALL, *(frozen.cells.get((row.key, one), "") for one in order)]
        for row in frozen.rows
    ]
    file, _ = written("xlsx", [ACTIVITY, KEY, WHOSE, *columns], rows, zone=zone)
    return file


def planned(sheet: Sheet, frozen: Frozen) -> Plan:
    """What a file would change in a matrix. Nothing is written.

    1. every heading but the first three names a holder; 2. each row names an activity by key, or else by label;
    3. every cell reads as letters; 4. no activity gets a second A. A row that fails is refused whole, with why.
    """
    where = plans.headings(sheet, (KEY, ACTIVITY), headings(frozen), also=(WHOSE,))
    rows = {row.label.lower(): row for row in frozen.rows} | {row.key: row for row in frozen.rows}

    def judge(line: Line, row: Row) -> tuple[Verdict, Mapping[Cell, str]]:
        return judged(line, row, where.cells, frozen)

    return plans.planned(sheet, where, rows, judge, unknown="No activity is called so. Add it first.")


def judged(line: Line, row: Row, columns: Mapping[int, str], frozen: Frozen) -> tuple[Verdict, Mapping[Cell, str]]:
    """One row's verdict, and the cells that it changes."""
    try:
        wanted = {(row.key, key): ordered(text_at(line, place)) for place, key in columns.items()}
    except ValueError as fault:
        return Verdict(line.n, row.label, "refused", str(fault)), {}
    seconds = second_as([row], frozen.holders, {**frozen.cells, **wanted})
    if seconds:
        return Verdict(line.n, row.label, "refused", seconds[0].sentence), {}
    changed = {cell: letters for cell, letters in wanted.items() if frozen.cells.get(cell, "") != letters}
    names = {one.key: one.name for one in frozen.holders}
    told = [
        f"{names[cell[1]]}: {frozen.cells.get(cell, '') or 'nothing'} → {letters or 'nothing'}"
        for cell, letters in changed.items()
    ]
    return plans.judged(line.n, row.label, changed, told), changed
