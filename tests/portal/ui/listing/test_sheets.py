"""Reading a table out of a file: good ones in every dialect, bad ones with a sentence that says what to do."""

import io
import zipfile
from collections.abc import Callable
from datetime import datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import BadInput
from portal.ui.listing.sheets import BYTES, read

ROWS = [["Name", "Job"], ["Zoë", "Lead"], ["Bo", ""]]


def workbook(fill: Callable[[openpyxl.worksheet.worksheet.Worksheet], None]) -> bytes:
    """An Excel file whose sheet `fill` writes."""
    book, file = openpyxl.Workbook(), io.BytesIO()
    fill(book.active)
    book.save(file)
    return file.getvalue()


def cells(data: bytes) -> list[tuple[str, ...]]:
    """Headings and rows."""
    sheet = read(data, "people")
    return [sheet.header, *(line.cells for line in sheet.rows)]


def refusal(data: bytes) -> BadInput:
    """Why a file is refused."""
    with pytest.raises(BadInput) as caught:
        read(data, "people")
    return caught.value


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_dialect_of_a_spreadsheet_program_reads_the_same(mark: str, encoding: str, end: str) -> None:
    text = end.join(mark.join(row) for row in ROWS) + end
    assert cells(text.encode(encoding)) == [("Name", "Job"), ("Zoë", "Lead"), ("Bo", "")]


def test_an_excel_file_reads_the_same_with_numbers_days_and_yes_as_text() -> None:
    def fill(sheet: openpyxl.worksheet.worksheet.Worksheet) -> None:
        sheet.append(["Name", "Length", "Since", "On"])
        sheet.append(["Zoë", 40.0, datetime(2026, 11, 21), True])  # noqa: DTZ001 - workbooks know no zones

    assert cells(workbook(fill)) == [("Name", "Length", "Since", "On"), ("Zoë", "40", "2026-11-21", "yes")]


def test_a_line_break_and_a_comma_inside_quotes_belong_to_the_cell() -> None:
    assert cells(b'Name,Job\n"Rao, Asha","a\nb"\n')[1] == ("Rao, Asha", "a\nb")


def test_an_apostrophe_that_guarded_a_formula_is_taken_away_again() -> None:
    assert cells(b"Name\n'=1+1\n'plain\n")[1:] == [("=1+1",), ("'plain",)]


def test_a_file_that_is_not_utf8_says_which_line_and_how_to_save_it() -> None:
    fault = refusal("Name\nBo\nZoë\n".encode("cp1252"))
    assert fault.code == "file-encoding"
    assert fault.sentence.startswith("Line 3 holds bytes that are not UTF-8")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file-empty"),
        (b" \n\n", "file-empty"),
        (b"Name,Job\n", "file-empty"),
        (b"x" * (BYTES + 1), "file-too-large"),
        (b'Name\n"open', "file-quotes"),
        (b"\x00\x01\x02binary", "file-kind"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "file-kind"),
        (b"PK\x03\x04broken", "file-damaged"),
        (",".join("abcdefghijklmnopqrstuvwxyz" * 4).encode() + b"\nx\n", "too-many-columns"),
    ],
)
def test_a_bad_file_is_refused_with_its_code(data: bytes, code: str) -> None:
    assert refusal(data).code == code


def test_merged_cells_are_named() -> None:
    def fill(sheet: openpyxl.worksheet.worksheet.Worksheet) -> None:
        sheet.append(["Name", "Job"])
        sheet.append(["Bo", "Lead"])
        sheet.merge_cells("A2:A4")

    fault = refusal(workbook(fill))
    assert (fault.code, "A2:A4" in fault.sentence) == ("merged-cells", True)


def archive(**members: bytes) -> bytes:
    """A zip file that calls itself a workbook."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in {"xl/workbook.xml": b"<workbook/>", **members}.items():
            made.writestr(name.replace("__", "/"), data)
    return file.getvalue()


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    assert refusal(archive(xl__big=b"0" * 101_000_000)).code == "file-too-large"


def test_a_workbook_that_declares_entities_is_refused() -> None:
    evil = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>'
    assert refusal(archive(**{"xl__worksheets__sheet1.xml": evil})).code == "file-kind"


def test_a_row_with_more_cells_than_headings_keeps_its_fault() -> None:
    sheet = read(b"Name,Job\nRao, Asha, Lead\nBo,Lead\n", "people")
    assert [bool(line.fault) for line in sheet.rows] == [True, False]
    assert "3 cells under 2 headings" in sheet.rows[0].fault


@given(st.binary(max_size=400))
def test_any_bytes_are_a_table_or_a_sentence(data: bytes) -> None:
    try:
        assert read(data, "any").header
    except BadInput as fault:
        assert fault.sentence.endswith((".", "it.", "twice."))


@given(st.text(max_size=400))
def test_any_text_is_a_table_or_a_sentence(text: str) -> None:
    try:
        assert read(text.encode("utf-8", "ignore"), "any").rows
    except BadInput as fault:
        assert fault.code.startswith(("file-", "too-"))
