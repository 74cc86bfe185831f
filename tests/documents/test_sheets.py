from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from syncer.documents import sheets
from syncer.documents.reader import DocumentReader
from syncer.documents.sheets import rows
from syncer.errors import DocumentTooSlow, NotASpreadsheet

HEADER = "Council,Date,Amount"


def csv_rows(text: str | bytes) -> list[list[str]]:
    (found,) = rows(text if isinstance(text, bytes) else text.encode())
    return found.rows


def xlsx(*cells: tuple[str, object]) -> bytes:
    """A workbook with these cells ("B2", value) on one sheet."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"default_date_format": "dd/mm/yyyy"})
    page = book.add_worksheet("Allocations")
    for place, value in cells:
        page.write(place, value)
    book.close()
    return file.getvalue()


ODS = "application/vnd.oasis.opendocument.spreadsheet"
NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text", "manifest")
)


def ods(table_rows: str) -> bytes:
    """An ODS file whose one sheet has these rows, as they stand in its XML."""
    entry = f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS}"/>'
    body = f'<office:body><office:spreadsheet><table:table table:name="S">{table_rows}</table:table></office:spreadsheet></office:body>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", ODS)
        archive.writestr(
            "META-INF/manifest.xml", f"<manifest:manifest {NAMES}>{entry}</manifest:manifest>"
        )
        archive.writestr(
            "content.xml", f"<office:document-content {NAMES}>{body}</office:document-content>"
        )
    return file.getvalue()


def ods_cell(text: str, times: int = 1) -> str:
    repeated = f'table:number-columns-repeated="{times}"'
    return f'<table:table-cell office:value-type="string" {repeated}><text:p>{text}</text:p></table:table-cell>'


# -- CSV -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_csv_is_read_in_whatever_encoding_it_was_saved(encoding: str) -> None:
    assert csv_rows("Council,£\r\nSt Helens – north,5\r\n".encode(encoding)) == [
        ["Council", "£"],
        ["St Helens – north", "5"],
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_from_how_the_rows_agree(delimiter: str) -> None:
    text = "\n".join(
        delimiter.join(row)
        for row in [["Council", "Note", "£"], ["Leeds", '"a, b; c|d"', "5"], ["Kent", "x y", "1"]]
    )
    assert csv_rows(text) == [
        ["Council", "Note", "£"],
        ["Leeds", "a, b; c|d", "5"],
        ["Kent", "x y", "1"],
    ]


def test_a_line_end_in_a_header_is_a_space() -> None:
    assert csv_rows('Council,"Transaction\nNumber"\nLeeds,1')[0] == [
        "Council",
        "Transaction Number",
    ]


def test_blank_rows_and_empty_columns_at_the_end_are_dropped_and_rows_keep_their_numbers() -> None:
    (found,) = rows(
        f"{HEADER},,,\n\nLeeds,1,2,,,\n{',,,,,' * 1}\n".encode()
        + b",,,,,\n" * 30_000
        + b"Kent,,3,,,\n",
        "spend.csv",
    )
    assert found.rows == [["Council", "Date", "Amount"], ["Leeds", "1", "2"], ["Kent", "", "3"]]
    assert found.numbers == [1, 3, 30005]
    assert found.name == "spend.csv"


def test_a_title_over_the_header_does_not_hide_the_columns() -> None:
    assert csv_rows(f"Payments in 2015\n\n{HEADER}\nLeeds,1,2\n")[1] == [
        "Council",
        "Date",
        "Amount",
    ]


def test_a_quotation_mark_that_is_never_closed_does_not_swallow_the_rows_after_it() -> None:
    with pytest.raises(NotASpreadsheet, match="row 2 is not closed"):
        csv_rows(f'{HEADER}\n"Leeds,1,2\n' + "Kent,1,2\n" * 200)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" \n ",
        b"%PDF-1.7,x\n1,2",
        b"<!DOCTYPE html><p>a,b\n<p>c,d",
        b'{"error": "x", "y": 1}',
        b"\x89PNG\r\n,\n",
        b"Report not found",
        b"a,b\0\n1,2\n",
        bytes(range(256)) * 20,
        b"one column\nonly\n",
        b"PK\x03\x04 cut short",
        b"\xd0\xcf\x11\xe0" + bytes(600),
        xlsx(("A1", "x"))[:-400],
        b'"' + b"x" * 200_000,
    ],
)
def test_what_is_no_spreadsheet_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(NotASpreadsheet):
        rows(data, "spend.csv", "text/csv")


def test_a_file_of_another_kind_in_an_archive_is_no_spreadsheet() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    with pytest.raises(NotASpreadsheet, match="not a workbook"):
        rows(file.getvalue(), "letter.docx")


CELLS = st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=8
)


TABLES = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=2, max_size=6)
)


@settings(max_examples=60, deadline=None)
@given(TABLES)
def test_every_cell_comes_back_where_it_was(table: list[list[str]]) -> None:
    header = ["The", "head"] + [""] * (len(table[0]) - 2)
    quoted = (
        ",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in [header, *table]
    )
    assert csv_rows("\r\n".join(quoted))[1:] == table


# -- workbooks -------------------------------------------------------------------------------------


def test_a_workbook_is_read_as_text_with_plain_numbers_and_iso_dates() -> None:
    day = dt.datetime(2015, 3, 25)
    (found,) = rows(
        xlsx(("A1", " Leeds\nCity "), ("B1", day), ("C1", 5020030), ("D1", 0.5), ("E1", True))
    )
    assert found.name == "Allocations"
    assert found.rows == [["Leeds City", "2015-03-25", "5020030", "0.5", "TRUE"]]


def test_a_formula_is_read_as_its_last_calculated_value() -> None:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    book.add_worksheet().write_formula("A1", '=WEBSERVICE("http://example.org")', None, 42)
    book.close()
    assert rows(file.getvalue())[0].rows == [["42"]]


def test_rows_keep_the_numbers_a_spreadsheet_program_shows() -> None:
    (found,) = rows(xlsx(("C5", "Leeds"), ("D5", 1), ("C9", "Kent")))
    assert found.numbers == [5, 9]
    assert found.rows == [["", "", "Leeds", "1"], ["", "", "Kent", ""]]


def test_the_million_empty_rows_at_the_end_of_an_ods_are_not_laid_out() -> None:
    empty = '<table:table-cell table:number-columns-repeated="16384"/>'
    tail = f'<table:table-row table:number-rows-repeated="1048575">{empty}</table:table-row>'
    (found,) = rows(ods(f"<table:table-row>{ods_cell('x', 3)}{empty}</table:table-row>{tail}"))
    assert found.rows == [["x", "x", "x"]]


@pytest.mark.parametrize(
    "bomb",
    [
        ods(
            f'<table:table-row table:number-rows-repeated="1048576">{ods_cell("x", 16384)}</table:table-row>'
        ),
        ods(
            f'<table:table-row table:number-rows-repeated="30000">{ods_cell("x", 1000)}</table:table-row>'
        ),
        xlsx(("A1", "x"), ("XFD1048576", "x")),
    ],
    ids=["17 thousand million cells", "30 million cells", "two cells far apart"],
)
def test_a_small_file_that_claims_a_huge_table_is_refused(bomb: bytes) -> None:
    with DocumentReader() as reader, pytest.raises((NotASpreadsheet, DocumentTooSlow)):
        reader.call(rows, bomb, "bomb")


def test_an_archive_that_unpacks_to_too_much_is_not_opened() -> None:
    file = io.BytesIO()
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("content.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(sheets.MAX_UNPACKED_BYTES // 10_000_000 + 1):
            part.write(bytes(10_000_000))
    with pytest.raises(NotASpreadsheet, match="when unpacked"):
        rows(file.getvalue())


# -- real files ------------------------------------------------------------------------------------


def test_every_real_payments_file_is_read_to_its_last_row(shared: Path) -> None:
    files = sorted((shared / "replay/world/govuk/assets").glob("*.csv"))
    for file in files:
        (found,) = rows(file.read_bytes(), file.name)
        header = [cell.lower() for cell in found.rows[0]]
        assert {"supplier", "amount", "date"} <= set(header), file.name
        assert 8 <= len(header) <= 10
        assert len(found.rows) > 700
        assert "\N{REPLACEMENT CHARACTER}" not in str(found.rows)


def test_the_official_statistics_are_read_with_every_council(shared: Path) -> None:
    for file in sorted((shared / "ofsted").glob("*.ods")):
        as_at = next(found for found in rows(file.read_bytes()) if "31_March" in found.name)
        councils = as_at.rows[3:]
        assert len({tuple(row[1:3]) for row in councils}) == len(councils) == 153
        dates = as_at.rows[2].index("Inspection date")
        assert all(
            dt.date.fromisoformat(row[dates])
            for row in councils
            if row[dates] != "Not yet inspected"
        )


def test_a_csv_of_a_million_rows_is_read_within_the_budget() -> None:
    data = b"Council,Date,Amount\n" + b"Leeds,2024-03-05,1250000\n" * 1_000_000
    with DocumentReader() as reader:
        (found,) = reader.call(rows, data)
    assert len(found.rows) == 1_000_001


def test_only_the_sheets_that_are_shown_are_read(shared: Path) -> None:
    data = (shared / "findings/small/13-hidden-sheet/hidden.xlsx").read_bytes()
    (found,) = rows(data)
    assert found.name == "Allocations"
    assert [row[0] for row in found.rows[2:]] == ["Leeds", "Bradford", "York"]
