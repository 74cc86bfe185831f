"""Tables beside a message, as CSV that a spreadsheet opens as it is (a byte order mark for Excel),
the same bytes for the same lines. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from syncer.digest import items, wording
from syncer.digest.folding import Line
from syncer.digest.message_model import Attachment, DigestContext
from syncer.errors import UnknownCouncil
from syncer.model import Event
from syncer.subscriptions.match import kind_of
from syncer.views.cells import defanged

EVERYTHING = "changes.csv"
COLUMNS = (
    "council",
    "gss",
    "kind",
    "what",
    "from",
    "to",
    "change",
    "published",
    "title",
    "report",
    "page",
)


def table(filename: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Attachment:
    """Return a CSV file; no cell of it is a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([safe_cell(cell) for cell in row])
    return _csv_file(filename, out.getvalue())


def _csv_file(filename: str, text: str) -> Attachment:
    """Return the text as a file that a spreadsheet takes for UTF-8."""
    data = text.encode("utf-8-sig")
    return Attachment(filename, "text/csv", data)


def safe_cell(value: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; plain numbers stay numbers."""
    line = wording.one_line(value)
    if _is_number(line):
        return line
    return defanged(line)


def _is_number(text: str) -> bool:
    found = re.fullmatch(r"-?\d+(\.\d+)?", text)
    return found is not None


def codes(event: Event, context: DigestContext) -> str:
    """Return the codes of an event's councils; of one the register does not know, its name."""
    return " ".join(_code(slug, context) for slug in event.councils)


def _code(slug: str, context: DigestContext) -> str:
    try:
        return context.register.by_slug(slug).gss
    except UnknownCouncil:
        return slug


def everything(lines: Iterable[Line], context: DigestContext) -> Attachment:
    """Return every line of a digest, one row each."""
    return table(EVERYTHING, COLUMNS, [_row(line.event, context) for line in lines])


def _row(event: Event, context: DigestContext) -> tuple[str, ...]:
    old, new = _before_and_now(event)
    change = str(event.change or event.kind)
    return (
        items.council_names(context, event.councils),
        codes(event, context),
        kind_of(event),
        wording.area(event.area),
        old,
        new,
        change.replace("_", " "),
        str(event.published or ""),
        _title(event),
        items.report_address(event, context),
        event.url,
    )


def _title(event: Event) -> str:
    if kind_of(event) == "rating":
        return items.inspection_title(event)
    return items.title_of(event)


def _before_and_now(event: Event) -> tuple[str, str]:
    """Return two cells: grades by their names, all else as it is held."""
    if kind_of(event) == "rating":
        return wording.grade(event.old), wording.grade(event.new)
    return event.old, event.new
