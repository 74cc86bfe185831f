"""What a report's file says, as an observation of the page that lists it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace

from syncer.model import (
    Evidence,
    FileKind,
    InspectionFields,
    Observation,
    RecordKind,
    ReportFields,
    VisitFields,
)
from syncer.reading import File, Page
from syncer.register.frameworks import FRAMEWORKS
from syncer.reports.improvements import ListName
from syncer.reports.paper import ReportReading
from syncer.sources.ofsted.pages import ReportLink, kind_of

SOURCE = "ofsted_reports"
PARSER = 3
"""2: what must improve, and the report's own address. 3: a report of no known kind is unread;
themes in words of their own."""
SHORT_DAYS = 6
"""A short inspection ends at most so many days after it began."""
FIELD_OF_LIST = {
    ListName.IMPROVE: "improve",
    ListName.PRIORITY: "immediate_actions",
    ListName.AREAS: "areas_for_improvement",
    ListName.RECOMMENDATIONS: "recommendations",
}


def known_of(link: ReportLink, page: Page) -> Observation:
    """Return what is known of an entry without its file: what it said before, else that it is
    listed and unread."""
    before = page.before.get(link.file_id)
    if before is None or before.unread:
        return _unread(link, page)
    return replace(before, published=link.published, url=page.link)


def observation_of(link: ReportLink, page: Page, file: File, reading: ReportReading) -> Observation:
    """Return what a report says, with where it says so."""
    record, _ = _record_of(reading.kind)
    return Observation(
        SOURCE,
        page.key,
        link.file_id,
        record,
        (page.council,),
        _fields(link, file, reading),
        link.published,
        page.link,
        file.sha256,
        PARSER,
        _evidence(file, reading),
    )


def _unread(link: ReportLink, page: Page) -> Observation:
    kind = kind_of(link.title)
    record, fields_of = _record_of(kind)
    return Observation(
        SOURCE,
        page.key,
        link.file_id,
        record,
        (page.council,),
        fields_of(file_id=link.file_id, kind=kind),
        link.published,
        page.link,
        parser=PARSER,
        unread=True,
    )


def _record_of(kind: FileKind) -> tuple[RecordKind, type[ReportFields]]:
    if kind is FileKind.INSPECTION:
        return RecordKind.INSPECTION, InspectionFields
    return RecordKind.VISIT, VisitFields


# -- Where it stands -------------------------------------------------------------------------------


def _evidence(file: File, reading: ReportReading) -> dict[str, Evidence]:
    """Return where each value stands: those of a judgement by its area, an item of what must
    improve by its list and number (`improve 3`)."""
    found = {}
    for name, (number, quote) in reading.quotes.items():
        cell = "judgement table" if name in reading.judgements else ""
        found[name] = Evidence(file.sha256, quote, number, cell)

    counts: Counter[str] = Counter()
    for item in reading.improvements:
        field = FIELD_OF_LIST[ListName(item.list)]
        counts[field] += 1
        found[f"{field} {counts[field]}"] = Evidence(file.sha256, item.text, item.page)
    return found


# -- What it says ----------------------------------------------------------------------------------


def _fields(link: ReportLink, file: File, reading: ReportReading) -> ReportFields:
    """Return what the report says, and nothing that it does not."""
    _, fields_of = _record_of(reading.kind)
    fields = fields_of(
        file_id=link.file_id,
        report_url=file.url,
        title=link.title,
        kind=reading.kind,
        title_kind=kind_of(link.title),
        framework=reading.framework,
        lead_inspector="; ".join(reading.lead_inspectors) or None,
        theme=reading.theme or None,
        priority_actions=tuple(reading.priority_actions) or None,
        send_outcome=reading.send_outcome or None,
    )
    fields = _with_days(fields, reading)
    if not isinstance(fields, InspectionFields):
        return fields
    return _with_improvements(fields, reading).with_grades(reading.judgements)


def _with_days(fields: ReportFields, reading: ReportReading) -> ReportFields:
    first, last = reading.inspection_start, reading.inspection_end
    if first is None or last is None:
        return fields

    fields = replace(fields, first_day=first, last_day=last)
    if not FRAMEWORKS.is_ilacs(reading.framework):
        return fields
    is_short = (last - first).days <= SHORT_DAYS
    return replace(fields, length="short" if is_short else "standard")


def _with_improvements(fields: InspectionFields, reading: ReportReading) -> InspectionFields:
    lists: defaultdict[str, list[str]] = defaultdict(list)
    for item in reading.improvements:
        name = FIELD_OF_LIST[ListName(item.list)]
        lists[name].append(item.text)

    texts = {name: tuple(items) for name, items in lists.items()}
    return replace(
        fields,
        improve=texts.get("improve"),
        recommendations=texts.get("recommendations"),
        immediate_actions=texts.get("immediate_actions"),
        areas_for_improvement=texts.get("areas_for_improvement"),
    )
