"""Spreadsheet bytes → rows of text, whatever the format: CSV in its many dialects here, ODS, XLSX
and XLS in a child process.

The child (workbook.py) is there because a few kilobytes can claim billions of cells, which the
reader would try to lay out: its time and memory are bounded, and when it dies it is the file that
is refused, not the run that ends.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from syncer.errors import DocumentTooSlow, NotASpreadsheet

MAX_BYTES = 100 * 1024 * 1024
MAX_UNPACKED_BYTES = 400 * 1024 * 1024
MAX_CELLS = 5_000_000
SECONDS = 30.0
MEGABYTES = 1024
MOST_LINES_IN_A_CELL = 50
DELIMITERS = ",;\t|"

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
    """Every sheet of a workbook, or the one sheet of a CSV under the given name. The bytes decide
    what it is; name and type are only used to say what was expected. Raises NotASpreadsheet, and
    DocumentTooSlow for one that would take too much to read."""
    what = name or content_type or "the file"
    if len(data) > MAX_BYTES:
        raise NotASpreadsheet(f"{what}: {len(data):,} bytes, more than {MAX_BYTES:,}")
    if data.startswith((ZIP, OLE)):
        return _workbook(data, what)
    return [_csv(data, name, what)]


def sheet(name: str, numbered: Iterable[tuple[int, list[str]]]) -> Sheet:
    """A sheet from its (number, row) pairs. Raises NotASpreadsheet for more than 5,000,000
    cells."""
    kept: list[tuple[int, list[str]]] = []
    cells = 0
    for number, row in numbered:
        flat = [" ".join(cell.split()) for cell in row]
        while flat and not flat[-1]:
            flat.pop()
        if flat:
            kept.append((number, flat))
            cells += len(flat)
        if cells > MAX_CELLS:
            raise NotASpreadsheet(f"{name}: more than {MAX_CELLS:,} cells")
    width = max((len(row) for _, row in kept), default=0)
    if width * len(kept) > MAX_CELLS:
        raise NotASpreadsheet(f"{name}: more than {MAX_CELLS:,} cells")
    return Sheet(
        name, [row + [""] * (width - len(row)) for _, row in kept], [number for number, _ in kept]
    )


# -- CSV -------------------------------------------------------------------------------------------


def _csv(data: bytes, name: str, what: str) -> Sheet:
    text = _text(data, what)
    try:
        parsed = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    except csv.Error as error:
        raise NotASpreadsheet(f"{what}: {error}") from error
    for number, row in enumerate(parsed, 1):
        if any(cell.count("\n") > MOST_LINES_IN_A_CELL for cell in row):
            raise NotASpreadsheet(
                f"{what}: a quotation mark in row {number} is not closed, so the rows after it cannot be told apart"
            )
    found = sheet(name, enumerate(parsed, 1))
    if len(found.rows) < 2 or len(found.rows[0]) < 2:
        raise NotASpreadsheet(f"{what}: text without rows and columns")
    return found


def _text(data: bytes, what: str) -> str:
    if not data.strip():
        raise NotASpreadsheet(f"{what} is empty")
    if SOMETHING_ELSE.match(data):
        raise NotASpreadsheet(f"{what} is something else: it begins {data[:20]!r}")
    text = _decoded(data)
    if "\0" in text or len(CONTROL.findall(text)) > len(text) / 1000:
        raise NotASpreadsheet(f"{what}: not text")
    return text


def _decoded(data: bytes) -> str:
    """UTF-16 where its mark says so, else UTF-8, else what Excel saves on an English Windows."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _delimiter(text: str) -> str:
    """The delimiter by which the most of the first rows have one and the same number of cells, and
    then the one with more."""

    def agreement(delimiter: str) -> tuple[int, int]:
        sample = csv.reader(io.StringIO(text[:50_000], newline=""), delimiter=delimiter)
        widths = Counter(
            len(row) for _, row in zip(range(50), sample, strict=False) if len(row) > 1
        )
        ((width, times),) = widths.most_common(1) or [(0, 0)]
        return times, width

    return max(DELIMITERS, key=agreement)


# -- workbooks -------------------------------------------------------------------------------------


def _workbook(data: bytes, what: str) -> list[Sheet]:
    if data.startswith(ZIP):
        _check_archive(data, what)
    answer = _ask_child(data, what)
    if "error" in answer:
        raise NotASpreadsheet(f"{what}: {answer['error']}")
    return [Sheet(found["name"], found["rows"], found["numbers"]) for found in answer["sheets"]]


def _check_archive(data: bytes, what: str) -> None:
    try:
        unpacked = sum(part.file_size for part in zipfile.ZipFile(io.BytesIO(data)).infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise NotASpreadsheet(f"{what}: a damaged archive, or one cut short ({error})") from error
    if unpacked > MAX_UNPACKED_BYTES:
        raise NotASpreadsheet(
            f"{what}: {unpacked:,} bytes when unpacked, more than {MAX_UNPACKED_BYTES:,}"
        )


def _ask_child(data: bytes, what: str) -> dict[str, Any]:
    package = Path(__file__).resolve().parents[2]
    path = os.pathsep.join([str(package), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, "-m", "syncer.documents.workbook", str(MEGABYTES), str(int(SECONDS))]
    around = {**os.environ, "PYTHONPATH": path}
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=SECONDS, env=around, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise DocumentTooSlow(f"{what}: not read within {SECONDS:g} seconds") from error
    if done.returncode:
        raise DocumentTooSlow(
            f"{what}: needs more than {MEGABYTES} MB or {SECONDS:g} seconds to read (exit status {done.returncode})"
        )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
