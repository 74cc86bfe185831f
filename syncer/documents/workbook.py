"""ODS, XLSX and XLS → the cells of the sheets that are shown, as text, by calamine.

A hidden sheet is a draft or a helper: nobody who opens the file finds there what a line says. A
hidden row or column is read: a filter that was on when the file was saved hides rows that count.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from syncer.errors import NotASpreadsheet

Numbered = Iterator[tuple[int, list[str]]]


def shown(data: bytes) -> Iterator[tuple[str, Numbered]]:
    """Yield the name of each sheet that is shown, and its rows with their numbers from 1. Raises
    NotASpreadsheet."""
    try:
        yield from _sheets(data)
    except PasswordError as error:
        raise NotASpreadsheet("locked with a password") from error
    except (CalamineError, OSError, ValueError) as error:
        raise NotASpreadsheet(f"not a workbook that can be read ({error})") from error


def _is_shown(about: SheetMetadata) -> bool:
    """Return whether a sheet is one of cells, and not hidden."""
    of_cells = about.typ == SheetTypeEnum.WorkSheet
    return of_cells and about.visible == SheetVisibleEnum.Visible


def _sheets(data: bytes) -> Iterator[tuple[str, Numbered]]:
    """Yield what is shown of a workbook. Raises what calamine raises."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    for about in book.sheets_metadata:
        if _is_shown(about):
            found = book.get_sheet_by_name(about.name)
            yield about.name, _numbered(found)


def as_text(value: object) -> str:
    """Return a cell's value as text: 2015-03-25, 09:30:00, 1234, 1234.5, TRUE."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return _decimal(value)
    if isinstance(value, dt.datetime):
        return _moment(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)


def _moment(value: dt.datetime) -> str:
    if value.time() == dt.time():
        return value.date().isoformat()
    return value.isoformat(sep=" ")


def _decimal(value: float) -> str:
    """Return the number without ".0", and without the exponent that Python prints for the very
    small."""
    if value.is_integer():
        return f"{value:.0f}"

    shortest = repr(value)
    if "e" not in shortest:
        return shortest

    digits = f"{value:.12f}"
    return digits.rstrip("0")


def _numbered(found: CalamineSheet) -> Numbered:
    """Yield the rows from row 1, as calamine gives them; and from column A, which it does not where
    the first columns are empty."""
    blank = _blank_columns(found)
    for number, row in enumerate(found.iter_rows(), 1):
        cells = [as_text(value) for value in row]
        yield number, blank + cells


def _blank_columns(found: CalamineSheet) -> list[str]:
    """Return the empty cells before the first column that is filled."""
    first_column = found.start[1] if found.start else 0
    return [""] * first_column
