"""One list in the forms that programs read: CSV, JSON, JSON lines and XLSX. Pure.

A text cell that a spreadsheet would take for a formula (it begins with = + - @ or a control
character) is written with an apostrophe before it, in CSV and XLSX. Source: OWASP, "CSV Injection".
Numbers stay numbers.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from syncer.views.lists import Listing

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The last four are the full-width forms, which some spreadsheets take for the same."""

LONGEST_CELL = 32_767
"""Characters a cell of an XLSX file may hold (Excel specifications and limits)."""

CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What steers a terminal or turns its text round: C0 but tab and newline, DEL, C1, and the marks of
Unicode for the direction of writing."""


def harmless(text: str) -> str:
    """Return a text without what could steer a terminal: a page, a file or a mail may have it."""
    return CONTROLS.sub("", text)


def json_text(value: Any, indent: int | None = None) -> str:
    """Return JSON in which what could steer a terminal stands as an escape: the value is whole."""
    text = json.dumps(
        value,
        ensure_ascii=False,
        indent=indent,
        default=_plain,
    )
    return CONTROLS.sub(_escaped, text)


def _escaped(control: re.Match[str]) -> str:
    code = ord(control[0])
    return f"\\u{code:04x}"


def _plain(value: object) -> str:
    """Return a value as text: days and moments as ISO 8601, moments in UTC."""
    if isinstance(value, dt.datetime):
        moment = value.astimezone(dt.UTC)
        return moment.isoformat(timespec="seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)


def _ordered(listing: Listing) -> list[dict[str, Any]]:
    """Return the rows as objects, keys in the order of the columns."""
    names = [column.name for column in listing.columns]
    ordered = []
    for row in listing.rows:
        cells = {name: row[name] for name in names}
        ordered.append(cells)

    return ordered


def to_json(listing: Listing) -> str:
    """Return one array of objects."""
    return json_text(_ordered(listing), indent=2) + "\n"


def to_jsonl(listing: Listing) -> str:
    """Return one object a line."""
    lines = []
    for row in _ordered(listing):
        lines.append(json_text(row) + "\n")
    return "".join(lines)


def to_csv(listing: Listing) -> str:
    """Return RFC 4180 with a header; lists joined by "; ", nothing where there is no value."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    header = [column.name for column in listing.columns]
    writer.writerow(header)

    for row in _ordered(listing):
        cells = [_csv_cell(value) for value in row.values()]
        writer.writerow(cells)

    return text.getvalue()


def _csv_cell(value: Any) -> str | int | float:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    return defanged(harmless(plain_text(value)))


def plain_text(value: Any) -> str:
    """Return a value as text: lists joined by "; ", nothing where there is no value."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "; ".join(plain_text(part) for part in value)
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    return _plain(value)


def defanged(text: str) -> str:
    """Return the text, with an apostrophe before it where a spreadsheet would calculate it."""
    if text.startswith(FORMULA_STARTS):
        return f"'{text}"
    return text


def to_xlsx(listing: Listing) -> bytes:
    """Return a workbook of one sheet: a bold header that stays in view, filters, days as days."""
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet()
    _fill(book, sheet, listing)
    _arrange(sheet, len(listing.rows), len(listing.columns))
    book.close()
    return file.getvalue()


def _arrange(sheet: Any, rows: int, columns: int) -> None:
    """Keep the header in view, put a filter on each column, and make each as wide as it needs."""
    last_column = max(columns - 1, 0)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, rows, last_column)
    sheet.autofit(400)


def _fill(book: Any, sheet: Any, listing: Listing) -> None:
    """Write each column: its name, and its values under it."""
    bold = book.add_format({"bold": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for across, column in enumerate(listing.columns):
        sheet.write_string(0, across, column.name, bold)
        for down, row in enumerate(listing.rows, start=1):
            _write_cell(sheet, (down, across), row[column.name], day)


def _write_cell(sheet: Any, place: tuple[int, int], value: Any, day: Any) -> None:
    """Write a value as what it is: `day` is the format of a day, `place` a row and a column."""
    if isinstance(value, bool):
        sheet.write_boolean(*place, value)
    elif isinstance(value, int | float):
        sheet.write_number(*place, value)
    elif _is_day(value):
        sheet.write_datetime(*place, value, day)
    else:
        text = defanged(plain_text(value))
        sheet.write_string(*place, text[:LONGEST_CELL])


def _is_day(value: Any) -> bool:
    return isinstance(value, dt.date) and not isinstance(value, dt.datetime)


TEXTS: Mapping[str, Callable[[Listing], str]] = {
    "csv": to_csv,
    "json": to_json,
    "jsonl": to_jsonl,
}
"""What makes a list a text, by the name of the form."""


def as_bytes(listing: Listing, form: str) -> bytes:
    """Return a list as the bytes of a file in one of the forms of programs: csv, json, jsonl,
    xlsx."""
    if form == "xlsx":
        return to_xlsx(listing)
    text = TEXTS[form](listing)
    return text.encode()
