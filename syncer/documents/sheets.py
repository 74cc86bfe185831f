"""Spreadsheet bytes → rows of text, whatever the format: CSV in its many dialects here, ODS, XLSX
and XLS in workbook.py.

To be called through `DocumentReader`: a few kilobytes can claim billions of cells, which calamine
would try to lay out.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from syncer.documents import workbook
from syncer.errors import NotASpreadsheet

MAX_BYTES = 100 * 1024 * 1024
MAX_UNPACKED_BYTES = 400 * 1024 * 1024
MAX_CELLS = 5_000_000
MOST_LINES_IN_A_CELL = 50
DELIMITERS = ",;\t|"
SAMPLE_CHARACTERS, SAMPLE_ROWS = 50_000, 50
"""How much of a CSV shows its delimiter."""

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
SOMETHING_ELSE = re.compile(
    rb"\s*(?:%PDF|<\?xml|<!doctype|<html|<head|\{|\[\s*[\[{]|\x89PNG|\xff\xd8\xff)", re.I
)
CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Sheet:
    """One sheet: its rows, all equally long, without those that are blank and without columns blank
    to the end. `numbers` has for each row its number in the file as a spreadsheet program shows it
    (from 1). Cells are text in one line: dates as 2015-03-25, whole numbers without ".0", a formula
    as its last calculated value, nothing as ""."""

    name: str
    rows: list[list[str]]
    numbers: list[int]


def rows(data: bytes, name: str = "", content_type: str = "") -> list[Sheet]:
    """Return every sheet of a workbook, or the one sheet of a CSV under the given name. The bytes
    decide what it is; name and type are only used to say what was expected. A hidden sheet is left
    out: what a reader does not find is no evidence. Raises NotASpreadsheet."""
    what = name or content_type or "the file"
    if len(data) > MAX_BYTES:
        raise NotASpreadsheet(f"{what}: {len(data):,} bytes, more than {MAX_BYTES:,}")
    if data.startswith((ZIP, OLE)):
        return _workbook(data, what)
    return [_csv(data, name, what)]


def sheet(name: str, numbered: Iterable[tuple[int, list[str]]]) -> Sheet:
    """Return a sheet made of its (number, row) pairs. Raises NotASpreadsheet for more than
    5,000,000 cells."""
    rows: list[list[str]] = []
    numbers: list[int] = []
    width = 0

    for number, row in _not_blank(numbered):
        rows.append(row)
        numbers.append(number)
        width = max(width, len(row))
        if width * len(rows) > MAX_CELLS:
            raise NotASpreadsheet(f"{name}: more than {MAX_CELLS:,} cells")

    _fill_up(rows, width)
    return Sheet(name, rows, numbers)


def _not_blank(numbered: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that have text, each cell in one line."""
    once: dict[str, str] = {}
    for number, row in numbered:
        flat = _flat(row, once)
        if flat:
            yield number, flat


def _fill_up(rows: Iterable[list[str]], width: int) -> None:
    """Lengthen every row to so many cells."""
    for row in rows:
        missing = width - len(row)
        row.extend([""] * missing)


def _flat(row: list[str], once: dict[str, str]) -> list[str]:
    """Return the row's cells, each in one line, without the empty ones at its end. `once` holds
    each text once: in a large file most cells repeat another."""
    flat = []
    for cell in row:
        text = " ".join(cell.split())
        flat.append(once.setdefault(text, text))
    while flat and not flat[-1]:
        flat.pop()
    return flat


# -- CSV -------------------------------------------------------------------------------------------


def _csv(data: bytes, name: str, what: str) -> Sheet:
    found = _sheet_of_text(_text(data, what), name, what)
    if not _is_table(found):
        raise NotASpreadsheet(f"{what}: text without rows and columns")
    return found


def _sheet_of_text(text: str, name: str, what: str) -> Sheet:
    """Return the cells of a CSV. Raises NotASpreadsheet for one that cannot be told apart."""
    parsed = _parsed(text, _delimiter(text))
    try:
        return sheet(name, _numbered(parsed, what))
    except csv.Error as error:
        raise NotASpreadsheet(f"{what}: {error}") from error


def _is_table(found: Sheet) -> bool:
    """Return whether there are rows and columns: two of each at least."""
    if len(found.rows) < 2:
        return False
    return len(found.rows[0]) >= 2


def _numbered(parsed: Iterable[list[str]], what: str) -> Iterator[tuple[int, list[str]]]:
    """Pass the rows on with their numbers from 1. Raises NotASpreadsheet at a quotation mark that
    is never closed."""
    for number, row in enumerate(parsed, 1):
        if any(cell.count("\n") > MOST_LINES_IN_A_CELL for cell in row):
            raise NotASpreadsheet(
                f"{what}: a quotation mark in row {number} is not closed,"
                " so the rows after it cannot be told apart"
            )
        yield number, row


def _text(data: bytes, what: str) -> str:
    if not data.strip():
        raise NotASpreadsheet(f"{what} is empty")
    if SOMETHING_ELSE.match(data):
        raise NotASpreadsheet(f"{what} is something else: it begins {data[:20]!r}")

    text = _decoded(data)
    if _is_binary(text):
        raise NotASpreadsheet(f"{what}: not text")
    return text


def _is_binary(text: str) -> bool:
    """Return whether more than one character of a thousand is a control character, or any is
    NUL."""
    control_characters = len(CONTROL.findall(text))
    return "\0" in text or control_characters > len(text) / 1000


def _decoded(data: bytes) -> str:
    """Return the text: UTF-16 where its mark says so, else UTF-8, else what Excel saves on an
    English Windows."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _delimiter(text: str) -> str:
    """Return the delimiter by which the most of the first rows have one and the same number of
    cells, and then the one with more."""
    beginning = text[:SAMPLE_CHARACTERS]
    return max(DELIMITERS, key=lambda delimiter: _agreement(beginning, delimiter))


def _agreement(text: str, delimiter: str) -> tuple[int, int]:
    """Return how many of the first rows have one and the same number of cells, and that number."""
    widths = _widths(text, delimiter)
    if not widths:
        return 0, 0

    ((width, times),) = widths.most_common(1)
    return times, width


def _widths(text: str, delimiter: str) -> Counter[int]:
    """Return how many of the first rows have so many cells, rows of one cell left out."""
    first_rows = islice(_parsed(text, delimiter), SAMPLE_ROWS)
    return Counter(len(row) for row in first_rows if len(row) > 1)


def _parsed(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


# -- workbooks -------------------------------------------------------------------------------------


def _workbook(data: bytes, what: str) -> list[Sheet]:
    if data.startswith(ZIP):
        _check_archive(data, what)
    try:
        return [sheet(name, numbered) for name, numbered in workbook.shown(data)]
    except NotASpreadsheet as error:
        raise NotASpreadsheet(f"{what}: {error}") from error


def _check_archive(data: bytes, what: str) -> None:
    """Raise NotASpreadsheet for an archive that is damaged, or too large when unpacked."""
    unpacked = _unpacked_bytes(data, what)
    if unpacked > MAX_UNPACKED_BYTES:
        raise NotASpreadsheet(
            f"{what}: {unpacked:,} bytes when unpacked, more than {MAX_UNPACKED_BYTES:,}"
        )


def _unpacked_bytes(data: bytes, what: str) -> int:
    """Return how large an archive says that its parts are. Raises NotASpreadsheet."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise NotASpreadsheet(f"{what}: a damaged archive, or one cut short ({error})") from error
    return sum(part.file_size for part in parts)
