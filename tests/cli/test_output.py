"""Rows as a table, CSV, JSON, JSON lines and XLSX."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from syncer.cli import output
from syncer.digest.attached import safe_cell
from syncer.views import cells, forms, workbook
from syncer.views.listing import Column, Listing, link_column, worded
from syncer.views.lists import pounds_column

DAY = dt.date(2024, 7, 8)
LISTING = Listing(
    (
        Column("council"),
        worded("grade"),
        Column("amount", right=True),
        Column("day"),
        Column("joint"),
        Column("codes", hidden=True),
    ),
    [
        {
            "council": "Leeds",
            "grade": "requires_improvement",
            "amount": -250,
            "day": DAY,
            "joint": True,
            "codes": ["E08000035", "383"],
        },
        {
            "council": '=HYPERLINK("http://evil.example")',
            "grade": None,
            "amount": None,
            "day": None,
            "joint": False,
            "codes": [],
        },
    ],
    closing="Total: 2 lines",
)


def one(value: Any) -> Listing:
    return Listing((Column("value"),), [{"value": value}])


def read_csv(listing: Listing) -> list[list[str]]:
    return list(csv.reader(io.StringIO(forms.to_csv(listing))))


def read_xlsx(listing: Listing) -> list[list[Any]]:
    return (
        CalamineWorkbook.from_filelike(io.BytesIO(workbook.to_xlsx(listing)))
        .get_sheet_by_index(0)
        .to_python()
    )


def test_csv_has_every_column_and_defangs_formulas() -> None:
    assert read_csv(LISTING) == [
        ["council", "grade", "amount", "day", "joint", "codes"],
        ["Leeds", "requires_improvement", "-250", "2024-07-08", "true", "E08000035; 383"],
        ['\'=HYPERLINK("http://evil.example")', "", "", "", "false", ""],
    ]


@given(st.sampled_from(cells.FORMULA_STARTS), st.text())
def test_no_text_in_a_csv_begins_as_a_formula(start: str, rest: str) -> None:
    assert cells.defanged(start + rest).startswith("'" + start)


@given(st.integers())
def test_numbers_stay_numbers(number: int) -> None:
    assert read_csv(one(number))[1] == [str(number)]


def test_xlsx_keeps_numbers_days_and_truth_and_defangs_formulas() -> None:
    assert read_xlsx(LISTING)[1] == [
        "Leeds",
        "requires_improvement",
        -250.0,
        DAY,
        True,
        "E08000035; 383",
    ]
    assert read_xlsx(LISTING)[2][0] == '\'=HYPERLINK("http://evil.example")'


@given(st.sampled_from(cells.FORMULA_STARTS), st.text("ab\n|=+", max_size=5))
def test_what_is_a_formula_in_a_list_is_one_in_the_table_beside_a_message(
    start: str, rest: str
) -> None:
    shown = safe_cell(start + rest)
    assert not shown or not shown.startswith(cells.FORMULA_STARTS)
    assert shown == cells.defanged(shown.removeprefix("'"))


def test_a_workbook_has_pounds_moments_and_links_as_such() -> None:
    moment = dt.datetime(2024, 7, 1, 9, 40, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    columns = (pounds_column("amount"), Column("noticed_at"), link_column("url"), link_column("b"))
    row = {
        "amount": -1_793_333,
        "noticed_at": moment,
        "url": "https://example.org/leeds",
        "b": "javascript:x",
    }
    listing = Listing(columns, [row], name="awards")
    amount, noticed, _, odd = read_xlsx(listing)[1]
    assert (amount, noticed, odd) == (-1_793_333, dt.datetime(2024, 7, 1, 8, 40), "javascript:x")
    with zipfile.ZipFile(io.BytesIO(workbook.to_xlsx(listing))) as parts:
        links = parts.read("xl/worksheets/_rels/sheet1.xml.rels").decode()
        styles = parts.read("xl/styles.xml").decode()
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert re.findall(r'Target="(.*?)"', links) == ["https://example.org/leeds"]
    assert "£#,##0;-£#,##0" in styles and "UTC" in styles
    assert 'state="frozen"' in sheet


def test_a_workbook_says_what_it_is_when_it_was_read_and_under_which_licence() -> None:
    read = {"Ofsted inspection reports": dt.datetime(2024, 9, 1, 8, 40, tzinfo=dt.UTC)}
    listing = replace(LISTING, name="ratings", read=read)
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook.to_xlsx(listing)))
    assert book.sheet_names == ["ratings", "about"]
    about = {str(row[0]): row[1] for row in book.get_sheet_by_name("about").to_python()}
    assert about["last read: Ofsted inspection reports"] == dt.datetime(2024, 9, 1, 8, 40)
    assert "Open Government Licence v3.0" in str(about["attribution"])
    assert str(about["licence"]).startswith("https://www.nationalarchives.gov.uk/")
    assert (about["list"], about["rows"]) == ("ratings", 2.0)


def test_links_beyond_what_a_sheet_may_have_are_texts() -> None:
    many = [{"url": f"https://example.org/{n}"} for n in range(workbook.MOST_LINKS + 2)]
    listing = Listing((link_column("url"),), many)
    assert read_xlsx(listing)[-1] == [f"https://example.org/{workbook.MOST_LINKS + 1}"]


def test_csv_for_excel_begins_with_a_byte_order_mark_and_is_the_same_otherwise() -> None:
    plain, marked = forms.as_bytes(LISTING, "csv"), forms.as_bytes(LISTING, "csv-bom")
    assert marked == b"\xef\xbb\xbf" + plain


def test_a_text_too_long_for_a_spreadsheet_is_cut_not_lost() -> None:
    assert len(read_xlsx(one("a" * 40_000))[1][0]) == workbook.LONGEST_CELL


def test_json_is_one_array_and_jsonl_one_object_a_line_with_the_same_rows() -> None:
    rows = json.loads(forms.to_json(LISTING))
    assert rows == [json.loads(line) for line in forms.to_jsonl(LISTING).splitlines()]
    assert rows[0] == {
        "council": "Leeds",
        "grade": "requires_improvement",
        "amount": -250,
        "day": "2024-07-08",
        "joint": True,
        "codes": ["E08000035", "383"],
    }
    assert rows[1]["grade"] is None


def test_a_moment_is_printed_in_utc() -> None:
    summer = dt.datetime(2024, 7, 1, 9, 40, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    assert json.loads(forms.to_json(one(summer))) == [{"value": "2024-07-01T08:40:00+00:00"}]


def test_a_piped_table_is_aligned_plain_text_with_its_closing_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    output.emit(LISTING, "table")
    lines = capsys.readouterr().out.splitlines()
    assert (
        lines[0].split() == ["council", "grade", "amount", "day", "joint"]
        and lines[-1] == "Total: 2 lines"
    )
    assert (
        "requires improvement" in lines[1]
        and "\x1b" not in "".join(lines)
        and "codes" not in lines[0]
    )


def test_a_long_row_is_not_cut_off_when_piped(capsys: pytest.CaptureFixture[str]) -> None:
    output.emit(one("w" * 500), "table")
    assert "w" * 500 in capsys.readouterr().out.splitlines()


def test_text_from_a_page_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    output.emit(one("a\x1b[2J\nb [red]c[/red]\x07"), "table")
    assert capsys.readouterr().out.splitlines()[1] == "a[2J b [red]c[/red]"


HOSTILE = "a\x1b]0;title\x07b\x1b[2Jc\x9bd\u202ee\x7ff\x1b[8mg"


@pytest.mark.parametrize("form", ["table", "csv", "json", "jsonl"])
def test_no_format_prints_what_steers_a_terminal(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    listing = Listing((Column("council"),), [{"council": HOSTILE}])
    output.emit(listing, form)
    output.say(HOSTILE)
    output.print_problem("Unreachable", HOSTILE, HOSTILE, HOSTILE)
    output.print_json({"quote": HOSTILE})
    printed = "".join(capsys.readouterr())
    assert not set(printed) & set("\x1b\x07\x9b\u202e\x7f")


def test_json_keeps_what_steers_a_terminal_as_escapes() -> None:
    listing = Listing((Column("council"),), [{"council": HOSTILE}])
    assert json.loads(forms.to_json(listing)) == [{"council": HOSTILE}]


def test_that_there_is_nothing_to_show_is_not_data(capsys: pytest.CaptureFixture[str]) -> None:
    output.emit(Listing((Column("a"),), [], empty="No change was noticed."), "table")
    assert capsys.readouterr() == ("", "No change was noticed.\n")


@pytest.mark.parametrize("form", output.FORMATS)
def test_every_format_goes_into_a_file(
    form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output.emit(LISTING, form, tmp_path / "out")
    assert b"Leeds" in (tmp_path / "out").read_bytes() or form == "xlsx"
    assert capsys.readouterr().out == ""


def test_a_file_that_cannot_be_written_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(click.UsageError, match="cannot be written"):
        output.emit(LISTING, "csv", tmp_path / "no" / "such" / "folder.csv")


@pytest.mark.parametrize(
    ("form", "as_json", "out", "used"),
    [
        (None, False, None, "table"),
        (None, True, None, "json"),
        ("csv", True, None, "csv"),
        (None, False, Path("a.XLSX"), "xlsx"),
        (None, False, Path("a.txt"), "table"),
        ("jsonl", False, Path("a.csv"), "jsonl"),
        (None, True, Path("a.csv"), "json"),
    ],
)
def test_the_format_is_the_one_asked_for_else_follows_from_json_and_the_file(
    form: str, as_json: bool, out: Path, used: str
) -> None:
    assert output.form_of(form, as_json, out) == used


@given(
    st.lists(
        st.lists(st.text("ab ", min_size=1, max_size=30), min_size=1, max_size=3),
        min_size=1,
        max_size=6,
    ),
    st.integers(10, 120),
)
def test_a_table_is_folded_to_the_terminal_or_not_at_all(
    columns: list[list[str]], width: int
) -> None:
    found, full = output.widths_within(columns, width), [max(map(len, texts)) for texts in columns]
    assert all(one <= whole for one, whole in zip(found, full, strict=True))
    assert found == full or sum(found) + output.GAP * (len(found) - 1) <= width


NARROW = [chr(code) for code in range(0x2200) if output.NARROW.fullmatch(chr(code))]
CELLS = st.text(st.sampled_from(NARROW) | st.sampled_from("ab 19-.[]/\\£"), max_size=12)
SIDES = st.tuples(st.booleans(), st.booleans(), st.booleans())


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=6), SIDES, CELLS)
def test_a_piped_table_is_aligned_as_a_drawn_one(
    rows: list[tuple[str, str, str]], right: tuple[bool, bool, bool], closing: str
) -> None:
    columns = tuple(Column(name, right=side) for name, side in zip("abc", right, strict=True))
    named = [dict(zip("abc", row, strict=True)) for row in rows]
    listing = Listing(columns, named, closing)
    drawn = io.StringIO()
    output._draw(listing, drawn, width=output.UNLIMITED)
    as_drawn = [line.rstrip() for line in drawn.getvalue().splitlines()]
    assert output._table_text(listing).splitlines() == as_drawn
