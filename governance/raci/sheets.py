"""The RACI as a spreadsheet: written out whole, and read back as a plan with a verdict for every row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO
from zoneinfo import ZoneInfo

from governance.raci.rules import Frozen, Holder, Row, ordered, second_as
from portal.core.errors import BadInput
from portal.ui.listing.sheets import Line, Sheet
from portal.ui.listing.writing import written

#: headings before the holders
ACTIVITY, KEY, WHOSE = "Activity", "Key", "Whose"
EACH, ALL = "each company's own", "one for all"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one row of the file: "same", "changed" or "refused", with a sentence."""

    n: int
    label: str
    state: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would change: (activity, holder) → letters, and a verdict for each row."""

    cells: Mapping[tuple[str, str], str]
    verdicts: tuple[Verdict, ...]

    @property
    def refused(self) -> int:
        """Rows that are not taken."""
        return sum(one.state == "refused" for one in self.verdicts)


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
    known, places = headings(frozen), {heading: place for place, heading in enumerate(sheet.header)}
    strange = [one for one in sheet.header if one and one not in {ACTIVITY, KEY, WHOSE, *known}]
    if strange:
        raise BadInput(
            f"No holder of the matrix is called {strange[0]}. Add the holder first, or correct the heading.",
            code="no-holder",
        )
    if ACTIVITY not in places and KEY not in places:
        raise BadInput(f"The file needs a column {KEY} or {ACTIVITY}.", code="no-heading")
    columns = {places[heading]: key for heading, key in known.items() if heading in places}
    rows = {row.key: row for row in frozen.rows} | {row.label.lower(): row for row in frozen.rows}
    cells: dict[tuple[str, str], str] = {}
    verdicts, met = [], set[str]()
    for line in sheet.rows:
        row = row_of(line, places, rows)
        verdict, changed = judged(line, row, columns, frozen, again=row is not None and row.key in met)
        met |= {row.key} if row else set()
        cells |= changed
        verdicts.append(verdict)
    return Plan(cells, tuple(verdicts))


def row_of(line: Line, places: Mapping[str, int], rows: Mapping[str, Row]) -> Row | None:
    """The activity that a row of the file names."""
    for heading in (KEY, ACTIVITY):
        place = places.get(heading)
        text = line.cells[place] if place is not None and place < len(line.cells) else ""
        if text.lower() in rows:
            return rows[text.lower()]
    return None


def judged(
    line: Line, row: Row | None, columns: Mapping[int, str], frozen: Frozen, *, again: bool
) -> tuple[Verdict, dict[tuple[str, str], str]]:
    """One row's verdict, and the cells that it changes."""
    label = row.label if row else (line.cells[0] if line.cells else "")
    if line.fault or row is None or again:
        why = line.fault or ("The file names it twice." if again else "No activity is called so. Add it first.")
        return Verdict(line.n, label, "refused", why), {}
    try:
        wanted = {(row.key, key): ordered(text_at(line.cells, place)) for place, key in columns.items()}
    except ValueError as fault:
        return Verdict(line.n, label, "refused", str(fault)), {}
    seconds = second_as([row], frozen.holders, {**frozen.cells, **wanted})
    if seconds:
        return Verdict(line.n, label, "refused", seconds[0].sentence), {}
    changed = {cell: letters for cell, letters in wanted.items() if frozen.cells.get(cell, "") != letters}
    if not changed:
        return Verdict(line.n, label, "same", "Nothing changes."), {}
    return Verdict(line.n, label, "changed", told(changed, frozen)), changed


def text_at(cells: Sequence[str], place: int) -> str:
    """A cell of a row that may be shorter than the headings."""
    return cells[place] if place < len(cells) else ""


def told(changed: Mapping[tuple[str, str], str], frozen: Frozen) -> str:
    """What changes, by holder: "Asha Rao: R → RA"."""
    names: dict[str, Holder] = {one.key: one for one in frozen.holders}
    parts = [
        f"{names[key].name}: {frozen.cells.get((row, key), '') or 'nothing'} → {letters or 'nothing'}"
        for (row, key), letters in changed.items()
    ]
    more = f" and {len(parts) - 4} more" if len(parts) > 4 else ""
    return "; ".join(parts[:4]) + more
