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
from collections.abc import Iterator
from dataclasses import replace

from syncer.errors import UnreadableTable
from syncer.model import (
    Evidence,
    FileKind,
    InspectionFields,
    Observation,
    RecordKind,
    ReportFields,
    VisitFields,
)
from syncer.reading import Entry, File, Page, Reading
from syncer.register.frameworks import FRAMEWORKS
from syncer.sources import SourceContext
from syncer.sources.govuk.content import content, search
from syncer.sources.govuk.items import Item
from syncer.sources.ofsted import outcomes
from syncer.sources.ofsted.outcomes import Row

NAME = "ofsted_statistics"
TITLE = "Ofsted statistics of inspection outcomes"
PARSER = 1
GIVES = (RecordKind.INSPECTION, RecordKind.VISIT)
HISTORY = True

QUERY = "local authority inspection outcomes"
SERIES = re.compile(
    r"local[- ]authority[- ]inspection[- ]outcomes[- ]as[- ]at[- ]31[- ]march[- ](\d{4})", re.I
)
SPREADSHEETS = (".ods", ".xlsx", ".csv")
ASKED_AGAIN = dt.timedelta(days=7)
USUALLY_PUBLISHED_WITHIN = dt.timedelta(days=50)


def fetch(context: SourceContext) -> Iterator[Page]:
    """Each year's page with its spreadsheet; a page known is asked again once a week, for silent
    replacements."""
    found = search(context, q=QUERY, filter_organisations="ofsted")
    paths = dict.fromkeys(each.path for each in found if SERIES.search(each.path))
    due = [path for path in paths if context.full or _is_due(path, context)]
    context.expect(len(due))
    for path in due:
        try:
            yield _page(path, context)
        except Exception as error:
            context.fail(error, path)
            continue
        context.succeed(path)


def _is_due(path: str, context: SourceContext) -> bool:
    known = context.memory.page(path)
    if known is None or known.last_good is None or context.now - known.last_good >= ASKED_AGAIN:
        return True
    return any(o.parser < PARSER for o in context.memory.observations(path).values())


def _page(path: str, context: SourceContext) -> Page:
    item = content(context, path)
    table = _table(item, context)
    return Page(
        path,
        item.link,
        b"",
        item.sha256,
        seen=item.digest,
        files={"table": table},
    )


def _table(item: Item, context: SourceContext) -> File:
    """The spreadsheet of a year's page. Raises UnreadableTable when there is none."""
    files = [each.url for each in item.attachments if each.kind == "file"]
    urls = [url for url in files if url.lower().endswith(SPREADSHEETS)]
    if not urls:
        hint = "Look at the page; its attachments may have moved."
        raise UnreadableTable(f"{item.path} has no spreadsheet", hint)

    answer = context.client.get(urls[0])
    return File("table", urls[0], answer.sha256, answer.data, answer.etag, answer.last_modified)


def parse(page: Page, context: SourceContext) -> Reading:
    """One observation per inspection and visit in the spreadsheet."""
    file, as_at = page.files["table"], _as_at(page)
    rows, problems = context.documents.call(
        outcomes.read, file.data, file.url, context.register, page.key, page.link
    )

    entries, observations = [], []
    for row in rows:
        said = _observation(row, page, file, as_at)
        entry = Entry(said.key, row.sheet, said.published, file.url, file="table")
        entries.append(entry)
        observations.append(said)

    return Reading(
        tuple(entries),
        tuple(observations),
        tuple(problems),
    )


def _as_at(page: Page) -> dt.date:
    """Return the day for which a year's spreadsheet speaks."""
    series = SERIES.search(page.key)
    assert series is not None  # only such pages are fetched
    year = int(series[1])
    return dt.date(year, 3, 31)


def _observation(row: Row, page: Page, file: File, as_at: dt.date) -> Observation:
    fields = _fields(row, as_at)
    is_inspection = isinstance(fields, InspectionFields)
    quote = Evidence(file.sha256, row.quote, None, row.sheet)
    day = row.first_day or f"published {row.published}"
    return Observation(
        NAME,
        page.key,
        f"{row.council} {row.kind} {day}",
        RecordKind.INSPECTION if is_inspection else RecordKind.VISIT,
        (row.council,),
        fields,
        dt.date.fromisoformat(row.published) if row.published else None,
        page.link,
        file.sha256,
        PARSER,
        dict.fromkeys(fields.said(), quote),
    )


def _fields(row: Row, as_at: dt.date) -> ReportFields:
    """Return what the sheets say of one inspection or visit. One without its first day is taken to
    have begun as long before its publication as most do: only the framework follows from that."""
    first_day = dt.date.fromisoformat(row.first_day) if row.first_day else None
    fields_of = InspectionFields if row.kind is FileKind.INSPECTION else VisitFields
    fields = fields_of(
        kind=row.kind,
        as_at=as_at,
        first_day=first_day,
        theme=row.theme or None,
        length=row.length or None,
    )
    if not isinstance(fields, InspectionFields):
        return fields

    began = first_day or dt.date.fromisoformat(row.published) - USUALLY_PUBLISHED_WITHIN
    return replace(fields.with_grades(row.grades), framework=FRAMEWORKS.ilacs_framework(began))
