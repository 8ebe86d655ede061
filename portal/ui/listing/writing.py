"""Writing a table as CSV or XLSX into a file that the answer then streams: any length in little memory."""

import csv
import io
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import IO, Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from portal.ui.listing.declare import Value
from portal.ui.listing.sheets import FORMULA

#: kept in memory up to here, then on disk
SPOOLED = 2_000_000
#: longest text of a cell in Excel
CELL = 32_767
KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def guarded(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe before = + - @, tab and return (OWASP)."""
    return f"'{text}" if text.startswith(FORMULA) else text


def written(
    kind: str, header: Sequence[str], rows: Iterable[Sequence[Value]], *, zone: ZoneInfo
) -> tuple[IO[bytes], int]:
    """A file of `kind` (csv or xlsx) at its beginning, and how many rows it holds. Times are in `zone`."""
    file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=SPOOLED)  # noqa: SIM115 - closed by the answer
    count = as_csv(file, header, rows, zone) if kind == "csv" else as_xlsx(file, header, rows, zone)
    file.seek(0)
    return file, count


def as_csv(file: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[Value]], zone: ZoneInfo) -> int:
    """UTF-8 with its mark, commas, every text guarded. Returns the number of rows."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=False)
    writer = csv.writer(text)
    writer.writerow([guarded(one) for one in header])
    count = 0
    for row in rows:
        writer.writerow([in_csv(value, zone) for value in row])
        count += 1
    text.flush()
    text.detach()
    return count


def in_csv(value: Value, zone: ZoneInfo) -> str | int | float:
    """A value in a CSV cell: numbers bare, times as 2026-11-21T11:05:00+01:00, yes and no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return value
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(timespec="seconds")
    return guarded(text_of(value))


def as_xlsx(file: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[Value]], zone: ZoneInfo) -> int:
    """One sheet, written row by row, with real numbers, dates and yes/no; texts can never be formulas."""
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet("Concord")
    sheet.freeze_panes = "A2"
    top = [WriteOnlyCell(sheet, value=one) for one in header]
    for cell in top:
        cell.font = Font(bold=True)
    sheet.append(top)
    count = 0
    for row in rows:
        sheet.append([in_xlsx(sheet, value, zone) for value in row])
        count += 1
    book.save(file)
    return count


def in_xlsx(sheet: Any, value: Value, zone: ZoneInfo) -> Any:
    """A value in a workbook's cell. Workbooks know no time zones, so times are those of the reader."""
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        return value.astimezone(zone).replace(tzinfo=None, microsecond=0)
    if isinstance(value, date):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("", text_of(value))[:CELL]
    if not text.startswith("="):
        return text or None
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    return cell


def text_of(value: Value) -> str:
    """A value as text: lists joined, nothing as nothing."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(str(part) for part in value)
    return str(value)
