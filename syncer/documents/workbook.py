"""The child process of sheets.py: an ODS, XLSX or XLS workbook on stdin, its sheets as JSON on
stdout.

Run as `python -m syncer.documents.workbook MEGABYTES SECONDS`. A file that needs more memory or
time than that ends the process; one that is no workbook is an answer like any other: {"error": …}.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import resource
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from syncer.documents.sheets import sheet
from syncer.errors import NotASpreadsheet


def read(data: bytes) -> dict[str, Any]:
    """{"sheets": [{"name", "rows", "numbers"}]}, or {"error": what is wrong}."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return {
            "sheets": [
                asdict(sheet(name, _numbered(book.get_sheet_by_name(name))))
                for name in book.sheet_names
            ]
        }
    except PasswordError:
        return {"error": "locked with a password"}
    except (CalamineError, NotASpreadsheet, OSError, ValueError) as error:
        return {"error": f"not a workbook that can be read ({error})"}


def as_text(value: object) -> str:
    """A cell's value: 2015-03-25, 09:30:00, 1234, 1234.5, TRUE."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else _decimal(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)


def _decimal(value: float) -> str:
    """Without the exponent that Python prints for the very small."""
    return f"{value:.12f}".rstrip("0") if "e" in repr(value) else repr(value)


def _numbered(found: CalamineSheet) -> Iterator[tuple[int, list[str]]]:
    """From row 1, as calamine gives them; and from column A, which it does not where the first
    columns are empty."""
    blank = [""] * (found.start[1] if found.start else 0)
    for number, row in enumerate(found.iter_rows(), 1):
        yield number, blank + [as_text(value) for value in row]


def main(megabytes: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1024 * 1024,) * 2)
    resource.setrlimit(
        resource.RLIMIT_CPU, (seconds, seconds + 5)
    )  # should our parent have died, no one else would end us
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    json.dump(read(sys.stdin.buffer.read()), sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
