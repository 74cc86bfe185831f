"""Ofsted's official statistics: local authority inspection outcomes, one spreadsheet a year. A
cross-check of what the reports say, and history back to 2018; what it adds is history, never news.

- 2024 (published 2024-08-30): no GSS codes; the list of 31 March has no publication dates, the wide
  history no inspection dates.
- 2025 (published 2025-09-25): GSS codes (old ones for Barnsley and Sheffield), one row an
  inspection, all dates.
- Official tables err too: Staffordshire's care leavers 2023 were "Good" in 2024's and "Requires
  improvement" (the report's) in 2025's. Columns are found by their headings; the headings differ
  from year to year, the words in them hardly.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from syncer.documents import sheets
from syncer.documents.sheets import Sheet
from syncer.errors import CouncilError, UnreadableTable
from syncer.model import (
    Area,
    Evidence,
    FileKind,
    Grade,
    InspectionFields,
    Observation,
    Problem,
    RecordKind,
    ReportFields,
    VisitFields,
)
from syncer.reading import Entry, File, Page, Reading
from syncer.register.councils import Register
from syncer.register.frameworks import FRAMEWORKS
from syncer.sources import SourceContext
from syncer.sources.govuk.content import content, search
from syncer.sources.govuk.items import Item

NAME = "ofsted_statistics"
TITLE = "Ofsted statistics of inspection outcomes"
PARSER = 1
GIVES = (RecordKind.INSPECTION, RecordKind.VISIT)
HISTORY = True

QUERY = "local authority inspection outcomes"
SERIES = re.compile(
    r"local[- ]authority[- ]inspection[- ]outcomes[- ]as[- ]at[- ]31[- ]march[- ](\d{4})", re.I
)
NAME_COLUMN = "local authority name"
ASKED_AGAIN = dt.timedelta(days=7)
USUALLY_PUBLISHED_WITHIN = dt.timedelta(days=50)

AREAS = (
    ("overall", Area.OVERALL),
    ("leaders", Area.LEADERSHIP),
    ("help and protection", Area.HELP),
    ("children in care", Area.CARE),
    ("care leavers", Area.CARE_LEAVERS),
)
"""Words of a heading and what the column is; the first that stands in it counts ("children in care
and care leavers" is one judgement)."""
KINDS = (
    ("focused visit", FileKind.FOCUSED_VISIT),
    ("monitoring visit", FileKind.MONITORING_VISIT),
    ("inspection", FileKind.INSPECTION),
)
GRADES = {
    "outstanding": Grade.OUTSTANDING,
    "good": Grade.GOOD,
    "requires improvement to be good": Grade.REQUIRES_IMPROVEMENT,
    "requires improvement": Grade.REQUIRES_IMPROVEMENT,
    "inadequate": Grade.INADEQUATE,
    "not judged": Grade.NOT_JUDGED,
}
LENGTHS = ("short", "standard")
NUMBERS = ("first", "second", "third", "fourth", "fifth")


@dataclass
class Row:
    """What the sheets of one file say of one inspection or visit."""

    kind: FileKind
    council: str = ""
    first_day: str = ""
    published: str = ""
    length: str = ""
    theme: str = ""
    grades: dict[Area, Grade] = field(default_factory=dict)
    quote: str = ""
    sheet: str = ""


def fetch(context: SourceContext) -> Iterator[Page]:
    """Each year's page with its spreadsheet; a page known is asked again once a week, for silent
    replacements."""
    paths = dict.fromkeys(
        found.path
        for found in search(context, q=QUERY, filter_organisations="ofsted")
        if SERIES.search(found.path)
    )
    due = [path for path in paths if context.full or _is_due(path, context)]
    context.expect(len(due))
    for path in due:
        try:
            item = content(context, path)
            yield Page(
                path,
                item.link,
                b"",
                item.sha256,
                seen=item.digest,
                files={"table": _table(item, context)},
            )
        except Exception as error:
            context.fail(error, path)
            continue
        context.succeed(path)


def parse(page: Page, context: SourceContext) -> Reading:
    """One observation per inspection and visit in the spreadsheet."""
    file, as_at = page.files["table"], SERIES.search(page.key)
    assert as_at is not None  # only such pages are fetched
    rows, problems = context.documents.call(
        _read, file.data, file.url, context.register, page.key, page.link
    )
    observations = tuple(_observation(row, page, file, f"{as_at[1]}-03-31") for row in rows)
    entries = tuple(
        Entry(o.key, row.sheet, o.published, file.url, file="table")
        for o, row in zip(observations, rows, strict=True)
    )
    return Reading(entries, observations, tuple(problems))


def _is_due(path: str, context: SourceContext) -> bool:
    known = context.memory.page(path)
    if known is None or known.last_good is None or context.now - known.last_good >= ASKED_AGAIN:
        return True
    return any(o.parser < PARSER for o in context.memory.observations(path).values())


def _table(item: Item, context: SourceContext) -> File:
    """The spreadsheet of a year's page. Raises UnreadableTable when there is none."""
    found = [
        a
        for a in item.attachments
        if a.kind == "file" and a.url.lower().endswith((".ods", ".xlsx", ".csv"))
    ]
    if not found:
        raise UnreadableTable(
            f"{item.path} has no spreadsheet", "Look at the page; its attachments may have moved."
        )
    answer = context.client.get(found[0].url)
    return File(
        "table", found[0].url, answer.sha256, answer.data, answer.etag, answer.last_modified
    )


# -- The spreadsheet -------------------------------------------------------------------------------


def _read(
    data: bytes, url: str, register: Register, key: str, link: str
) -> tuple[list[Row], list[Problem]]:
    return _merged(sheets.rows(data, url), register, key, link)


def _merged(
    book: Sequence[Sheet], register: Register, key: str, link: str
) -> tuple[list[Row], list[Problem]]:
    """One row per inspection, from all sheets: they know different dates of it."""
    rows: list[Row] = []
    problems: dict[str, Problem] = {}
    for sheet in book:
        for row in _rows(sheet, register, problems, link):
            if (twin := next((r for r in rows if _is_twin(r, row)), None)) is None:
                rows.append(row)
            else:
                twin.first_day, twin.published = (
                    twin.first_day or row.first_day,
                    twin.published or row.published,
                )
                twin.length, twin.theme = twin.length or row.length, twin.theme or row.theme
    if not rows:
        raise UnreadableTable(f"{key}: no sheet has inspections in a form that is known")
    return rows, list(problems.values())


def _is_twin(a: Row, b: Row) -> bool:
    """Whether two rows tell of one inspection: a day in common and none that differs, or (one knows
    the first day, the other the publication) the same grades."""
    if (a.council, a.kind) != (b.council, b.kind):
        return False
    pairs = [(a.first_day, b.first_day), (a.published, b.published)]
    both = [(x, y) for x, y in pairs if x and y]
    if both:
        return all(x == y for x, y in both)
    first, out = a.first_day or b.first_day, a.published or b.published
    return a.grades == b.grades and dt.timedelta() < dt.date.fromisoformat(
        out
    ) - dt.date.fromisoformat(first) < dt.timedelta(days=300)


def _rows(
    sheet: Sheet, register: Register, problems: dict[str, Problem], link: str
) -> Iterator[Row]:
    headings: list[str] = []
    for cells in sheet.rows:
        if any(
            NAME_COLUMN in cell.lower() for cell in cells
        ):  # a sheet may hold several tables, each with its own headings
            headings = [" ".join(cell.lower().split()) for cell in cells]
            continue
        named = dict(zip(headings, cells, strict=False))
        if not (name := named.get(NAME_COLUMN, "").strip()):
            continue
        for row in filter(None, (_row(part, sheet, cells) for part in _parts(named))):
            try:
                row.council = _council(
                    name, named.get("local authority area code", ""), row, register
                )
                yield row
            except CouncilError as error:
                problems[name] = Problem(error.name, f"{sheet.name}: {error}", link, error.hint)


def _council(name: str, code: str, row: Row, register: Register) -> str:
    """By code where there is one, else by name on the day of the inspection: a county and its
    successors can share a name."""
    try:
        return register.by_gss(code.strip()).slug
    except CouncilError:
        return register.find(name, dt.date.fromisoformat(row.first_day or row.published)).slug


def _parts(named: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The inspections of one row: one, or in a wide history the first, second, … with their own
    columns."""
    if not any(h.startswith("first ") for h in named):
        yield dict(named)
        return
    for number in NUMBERS:
        part = {
            h.removeprefix(number + " "): v for h, v in named.items() if h.startswith(number + " ")
        }
        if any(v.strip() for v in part.values()):
            yield part


def _row(named: Mapping[str, str], sheet: Sheet, cells: Sequence[str]) -> Row | None:
    """Return what one row says of an inspection or visit; None where it tells of neither."""
    quote = " | ".join(cell for cell in cells if cell)[:400]
    row = Row(FileKind.INSPECTION, sheet=sheet.name, quote=quote)
    for heading, value in named.items():
        _read_cell(row, heading, " ".join(value.split()))

    if row.kind is FileKind.OTHER or not (row.first_day or row.published):
        return None
    return row if row.grades or row.kind is not FileKind.INSPECTION else None


def _read_cell(row: Row, heading: str, value: str) -> None:
    """Add to the row what one cell says, by the words of its column's heading."""
    words = value.lower()
    area = next((area for sign, area in AREAS if sign in heading), None)
    if area and words in GRADES:
        row.grades[area] = GRADES[words]
    elif "publication date" in heading:
        row.published = value[:10]
    elif "date" in heading:
        row.first_day = value[:10]
    elif "type" in heading and value:
        row.kind = next((kind for sign, kind in KINDS if sign in words), FileKind.OTHER)
        row.length = next((length for length in LENGTHS if length in words), "")
    elif "theme" in heading:
        row.theme = value


def _observation(row: Row, page: Page, file: File, as_at: str) -> Observation:
    fields = _fields(row, as_at)
    is_inspection = isinstance(fields, InspectionFields)
    record = RecordKind.INSPECTION if is_inspection else RecordKind.VISIT
    evidence = {name: Evidence(file.sha256, row.quote, None, row.sheet) for name in fields.said()}
    published = dt.date.fromisoformat(row.published) if row.published else None
    key = f"{row.council} {row.kind} {row.first_day or 'published ' + row.published}"
    return Observation(
        NAME,
        page.key,
        key,
        record,
        (row.council,),
        fields,
        published,
        page.link,
        file.sha256,
        PARSER,
        evidence,
    )


def _fields(row: Row, as_at: str) -> ReportFields:
    """Return what the sheets say of one inspection or visit. One without its first day is taken to
    have begun as long before its publication as most do: only the framework follows from that."""
    first_day = dt.date.fromisoformat(row.first_day) if row.first_day else None
    fields_of = InspectionFields if row.kind is FileKind.INSPECTION else VisitFields
    fields = fields_of(
        kind=row.kind,
        as_at=dt.date.fromisoformat(as_at),
        first_day=first_day,
        theme=row.theme or None,
        length=row.length or None,
    )
    if not isinstance(fields, InspectionFields):
        return fields
    began = first_day or dt.date.fromisoformat(row.published) - USUALLY_PUBLISHED_WITHIN
    return replace(fields.with_grades(row.grades), framework=FRAMEWORKS.ilacs_framework(began))
