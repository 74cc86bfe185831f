"""The rows of the register's file → councils, and every fault in them.

`councils.csv` is packaged; the operator may name a second file of the same columns."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields
from importlib import resources

from syncer.model import Council
from syncer.register.council_names import key_of

REGIONS = (
    "East Midlands",
    "East of England",
    "London",
    "North East",
    "North West",
    "South East",
    "South West",
    "West Midlands",
    "Yorkshire and the Humber",
)
COLUMNS = tuple(field.name for field in fields(Council))
_LISTS = ("provider_ids", "old_gss", "aliases", "predecessors", "successors", "neighbours")
_DATES = ("opened", "closed")
_NEEDED = ("name", "official_name", "region", "type")
_ERASED = "-"
_SLUG = re.compile(r"[a-z]+(?:-[a-z]+)*")


def rows_with(text: str, faults: list[str]) -> dict[str, dict[str, str]]:
    """Return the packaged rows by slug, with those of this text added to them."""
    rows = packaged_rows()
    for number, row in _rows(text, faults):
        slug = row["slug"]
        cells = rows.setdefault(slug, {})
        cells.update(_filled(row))
        cells["line"] = f"line {number}"

    return rows


def _filled(row: Mapping[str, str]) -> dict[str, str]:
    """Return the cells of a row that say something; one that erases what the packaged row says is
    empty."""
    filled: dict[str, str] = {}
    for column, cell in row.items():
        if cell:
            filled[column] = "" if cell == _ERASED else cell

    return filled


def packaged_rows() -> dict[str, dict[str, str]]:
    """Return the packaged rows by slug."""
    file = resources.files("syncer.register").joinpath("councils.csv")
    text = file.read_text(encoding="utf-8")

    rows: dict[str, dict[str, str]] = {}
    for _, row in _rows(text, []):
        rows[row["slug"]] = row
    return rows


def _rows(text: str, faults: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows with their line numbers; faults in the header, and rows without a slug of
    their own, are noted."""
    reader = csv.DictReader(io.StringIO(text), restkey="more", restval="")
    columns = reader.fieldnames or ()
    faults += _faults_of_header(columns)
    if "slug" not in columns:
        return

    seen: set[str] = set()
    for row in reader:
        slug = row["slug"]
        line = reader.line_num
        if "more" in row or slug in seen or not _SLUG.fullmatch(slug):
            fault = f"too many cells, or slug {slug!r} repeated or not like a-b"
            faults.append(f"line {line}: {fault}")
            continue

        seen.add(slug)
        yield line, _known_cells(row)


def _known_cells(row: Mapping[str, str]) -> dict[str, str]:
    """Return the cells of the columns that the register has, without white space around them."""
    return {column: row[column].strip() for column in COLUMNS if column in row}


def _faults_of_header(columns: Sequence[str]) -> list[str]:
    faults = [f"unknown column {column!r}" for column in columns if column not in COLUMNS]
    if "slug" not in columns:
        faults.append("there is no column slug")
    return faults


def councils_of(rows: Mapping[str, Mapping[str, str]], faults: list[str]) -> list[Council]:
    """Return the councils of these rows; every fault found is added to `faults`."""
    councils = [_council(row, faults) for row in rows.values()]
    owners: dict[str, str] = {}

    for council in councils:
        where = _where(rows[council.slug])
        for fault in _faults_of(council, rows):
            faults.append(f"{where}: {fault}")
        for fault in _faults_of_codes(council, owners):
            faults.append(f"{where}: {fault}")

    return councils


def _faults_of_codes(council: Council, owners: dict[str, str]) -> Iterator[str]:
    """Yield which of a council's codes, or its official name, is another's; and note its own among
    the owners."""
    for code in codes_of(council) | {key_of(council.official_name)}:
        owner = owners.setdefault(code, council.slug)
        if owner != council.slug:
            yield f"{code} is also that of {owner}"


def _where(row: Mapping[str, str]) -> str:
    """Return how a fault names its row: by the line, where the file is the operator's, and slug."""
    line = row.get("line", "")
    return f"{line} {row['slug']}".strip()


def _faults_of(council: Council, known: Collection[str]) -> Iterator[str]:
    """Yield what is wrong with one row, the others being those of the `known` slugs."""
    for column in _NEEDED:
        if not getattr(council, column):
            yield f"no {column}"

    for other in sorted(_others(council).difference(known)):
        yield f"no council {other!r}"

    if council.region not in REGIONS:
        regions = ", ".join(REGIONS)
        yield f"the region {council.region!r} is not one of {regions}"
    if _is_closed_before_it_opened(council):
        yield "closed before it opened"


def _others(council: Council) -> set[str]:
    """Return the slugs of the other councils that a row names."""
    return {*council.predecessors, *council.successors, *council.neighbours}


def _is_closed_before_it_opened(council: Council) -> bool:
    if council.opened is None or council.closed is None:
        return False
    return council.opened >= council.closed


def codes_of(council: Council) -> set[str]:
    """Return every code by which a council is known, or was."""
    codes = {council.gss, council.dfe_code}
    codes.update(council.old_gss)
    codes.update(council.provider_ids)
    codes.discard("")
    return codes


def _council(row: Mapping[str, str], faults: list[str]) -> Council:
    values = {column: _value(row, column, faults) for column in COLUMNS}
    return Council(**values)  # type: ignore[arg-type]


def _value(row: Mapping[str, str], column: str, faults: list[str]) -> object:
    """Return what a row says in a column: text, a list or a day."""
    if column in _DATES:
        return _day(row, column, faults)

    cell = row.get(column, "")
    return _items(cell) if column in _LISTS else cell


def _items(cell: str) -> tuple[str, ...]:
    """Return the items of a cell that holds a list: "a|b"."""
    items: list[str] = []
    for part in cell.split("|"):
        item = part.strip()
        if item:
            items.append(item)
    return tuple(items)


def _day(row: Mapping[str, str], column: str, faults: list[str]) -> dt.date | None:
    cell = row.get(column)
    if not cell:
        return None

    try:
        return dt.date.fromisoformat(cell)
    except ValueError:
        where = _where(row)
        faults.append(f"{where}: {column} {cell!r} is not a date like 2027-04-01")
        return None
