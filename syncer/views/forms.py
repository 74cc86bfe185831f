"""One list in the forms that programs read: CSV, JSON, JSON lines and XLSX. Pure."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from syncer.views.cells import CONTROLS, defanged, harmless, in_iso, plain_text

if TYPE_CHECKING:
    from syncer.views.listing import Listing

CSV_FOR_EXCEL = "csv-bom"
"""CSV with a byte order mark: without it Excel does not take the file for UTF-8."""


def json_text(value: Any, indent: int | None = None) -> str:
    """Return JSON in which what could steer a terminal stands as an escape: the value is whole."""
    text = json.dumps(
        value,
        ensure_ascii=False,
        indent=indent,
        default=in_iso,
    )
    return CONTROLS.sub(_escaped, text)


def _escaped(control: re.Match[str]) -> str:
    code = ord(control[0])
    return f"\\u{code:04x}"


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


TEXTS: Mapping[str, Callable[[Listing], str]] = {
    "csv": to_csv,
    "json": to_json,
    "jsonl": to_jsonl,
}
"""What makes a list a text, by the name of the form."""


def as_bytes(listing: Listing, form: str) -> bytes:
    """Return a list as the bytes of a file in one of the forms of programs: csv, json, jsonl, xlsx;
    or CSV_FOR_EXCEL."""
    if form == "xlsx":
        from syncer.views.workbook import to_xlsx  # few ask for one, and it takes long to import

        return to_xlsx(listing)
    if form == CSV_FOR_EXCEL:
        return codecs.BOM_UTF8 + to_csv(listing).encode()
    text = TEXTS[form](listing)
    return text.encode()
