"""Reading a table out of a CSV or XLSX file that somebody uploaded: limits first, and clear sentences."""

import csv
import io
import re
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as time_of_day

import openpyxl

from portal.core.errors import BadInput

#: the file, the same unpacked, columns, characters in a cell, and seconds to read it all
BYTES, UNPACKED, COLUMNS, CELL, SECONDS = 5_000_000, 100_000_000, 100, 10_000, 20
MOST_ROWS = 50_000
SAVE_AS = "In Excel: File, Save as, “CSV UTF-8 (comma delimited)”, or keep it as .xlsx."
MERGED = re.compile(rb'<mergeCell [^>]*ref="([A-Z0-9:]{2,20})"')
#: what may begin a formula in a spreadsheet; an export puts an apostrophe before it
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Line:
    """One row below the headings; `n` is its number in the file, `fault` what is wrong with it as a row."""

    n: int
    cells: tuple[str, ...]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The headings and the rows of a file."""

    header: tuple[str, ...]
    rows: tuple[Line, ...]


def read(data: bytes, name: str) -> Sheet:
    """The table of a file, by what is in it, not by what it is called. Raises BadInput with what to do."""
    if len(data) > BYTES:
        raise BadInput(f"The file is larger than {BYTES // 1_000_000} MB. Split it.", code="file-too-large")
    if not data.strip():
        raise BadInput("The file is empty.", code="file-empty")
    if data[:4] == b"PK\x03\x04":
        return shaped(xlsx_rows(data))
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise BadInput(
            f"This is an old or a password-protected Excel file. Open it and save it as .xlsx. {SAVE_AS}",
            code="file-kind",
        )
    return shaped(csv_rows(decoded(data)))


def decoded(data: bytes) -> str:
    """The text of a CSV file: UTF-8, or UTF-16 with its mark as Excel writes it."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        raise BadInput(
            f"Line {line} holds bytes that are not UTF-8, so letters such as ä or é would be wrong. {SAVE_AS}",
            code="file-encoding",
        ) from fault
    if "\x00" in text:
        raise BadInput(f"This is neither a CSV nor an Excel file. {SAVE_AS}", code="file-kind")
    return text


def delimiter(text: str) -> str:
    """What separates the cells: of comma, semicolon and tab the one most common in the first line."""
    first = re.sub(r'"[^"]*"', "", text.lstrip("\r\n").split("\n", 1)[0])
    if first.lower().startswith("sep=") and len(first.strip()) == 5:
        return first[4]
    return max(",;\t", key=lambda mark: (first.count(mark), mark == ","))


def csv_rows(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """(line number, cells) of a CSV text."""
    mark = delimiter(text)
    before = csv.field_size_limit(CELL * 10)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        for cells in reader:
            if len(cells) == 1 and cells[0].lower().startswith("sep=") and reader.line_num == 1:
                continue
            yield reader.line_num, tuple(unguarded(cell.strip()) for cell in cells)
    except csv.Error as fault:
        raise BadInput(
            f"Around line {reader.line_num} a quotation mark is not closed, or stands in the middle of a cell. "
            "Write a quotation mark inside a cell twice.",
            code="file-quotes",
        ) from fault
    finally:
        csv.field_size_limit(before)


def unguarded(cell: str) -> str:
    """A cell without the apostrophe that an export put before what could be a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA else cell


def xlsx_rows(data: bytes) -> Iterator[tuple[int, tuple[str, ...]]]:
    """(row number, cells) of the first sheet of an Excel file: values as they were last computed, no formulas."""
    check_archive(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        for n, row in enumerate(sheet.iter_rows(values_only=True, max_col=COLUMNS + 1), 1):
            yield n, tuple(text_of(value) for value in row)
    except BadInput:
        raise
    except Exception as fault:  # openpyxl raises a dozen kinds for a damaged file
        raise BadInput(
            "This Excel file is damaged. Open it in Excel and save it anew.", code="file-damaged"
        ) from fault


def check_archive(data: bytes) -> None:
    """Refuse, before anything is unpacked, an archive that is no workbook, is a bomb, or has merged cells."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
        if "xl/workbook.xml" not in archive.namelist():
            raise BadInput(f"This is neither a CSV nor an Excel file. {SAVE_AS}", code="file-kind")
        if len(members) > 2000 or sum(one.file_size for one in members) > UNPACKED:
            raise BadInput("Unpacked, this Excel file is too large. Split it.", code="file-too-large")
        for one in members:
            if not one.filename.endswith((".xml", ".rels")):
                continue
            text = archive.read(one)
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                raise BadInput("This Excel file was not written by a spreadsheet program.", code="file-kind")
            found = MERGED.search(text) if one.filename.startswith("xl/worksheets/") else None
            if found:
                raise BadInput(
                    f"The cells {found[1].decode()} are merged, so it is not clear which row they belong to. "
                    "In Excel: select all, then Unmerge cells.",
                    code="merged-cells",
                )
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError, ValueError) as fault:
        raise BadInput(
            "This Excel file is damaged. Open it in Excel and save it anew.", code="file-damaged"
        ) from fault


def text_of(value: object) -> str:
    """A cell of a workbook as text: whole numbers without a point, days as 2026-11-21, yes and no."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        midnight = value.time() == time_of_day()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    return unguarded(str(value).strip())


def shaped(rows: Iterator[tuple[int, tuple[str, ...]]]) -> Sheet:
    """Headings and rows out of numbered cells.

    1. the first row that is not empty holds the headings; 2. empty rows are skipped; 3. a row with more cells than
    headings, or with a cell that is too long, is kept with its fault; 4. time and rows are limited.
    """
    header: tuple[str, ...] | None = None
    kept: list[Line] = []
    until = time.monotonic() + SECONDS
    for n, cells in rows:
        if not any(cells):
            continue
        if header is None:
            header = bare(cells)
            if len(header) > COLUMNS:
                raise BadInput(f"The file has more than {COLUMNS} columns.", code="too-many-columns")
            continue
        if len(kept) >= MOST_ROWS:
            raise BadInput(f"The file has more than {MOST_ROWS:,} rows. Split it.", code="too-many-rows")
        if time.monotonic() > until:
            raise BadInput(f"The file took longer than {SECONDS} seconds to read. Split it.", code="too-slow")
        kept.append(Line(n, cells[: len(header)], wrong_row(bare(cells), header)))
    if header is None:
        raise BadInput("The file is empty.", code="file-empty")
    if not kept:
        raise BadInput("The file has headings and no rows.", code="file-empty")
    return Sheet(tuple(heading.strip() for heading in header), tuple(kept))


def bare(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Cells without the empty ones at the end."""
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    return cells[:end]


def wrong_row(cells: tuple[str, ...], header: tuple[str, ...]) -> str:
    """What is wrong with a row as a row, or nothing."""
    if len(cells) > len(header):
        return f"The row has {len(cells)} cells under {len(header)} headings. A cell with a comma needs quotes."
    if any(len(cell) > CELL for cell in cells):
        return f"A cell is longer than {CELL:,} characters."
    return ""
