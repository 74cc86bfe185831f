"""A report file's bytes → what it says: the one way in for sources and for `syncer parse`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from syncer.documents import pdf
from syncer.model import Area, FileKind
from syncer.register.frameworks import FRAMEWORKS
from syncer.reports.improvements import ListName
from syncer.reports.layout import Line, lines_of
from syncer.reports.paper import PdfPage, ReportReading
from syncer.reports.report import read_lines

COVER = slice(0, 2)  # title, days, table and headline always stand here


@dataclass(frozen=True)
class Step:
    """More pages to read, if what they may hold is still missing."""

    pages: slice
    is_needed: Callable[[ReportReading], bool]


def read_pdf(data: bytes) -> ReportReading:
    """Return what a report says, from as few pages as it takes: two or three for most inspections,
    all for letters and where something is not found. To be called through `DocumentReader`.

    Raises what `pdf.pages` raises: NotAPdf, ReportNotFound, NoTextLayer, DocumentError. What is
    wrong with the report itself is in the reading's `problems`.
    """
    known: dict[int, tuple[Line, ...]] = {}
    reading = _read_with(known, pdf.pages(data, COVER))
    is_inspection = reading.kind is FileKind.INSPECTION

    for step in INSPECTION_STEPS if is_inspection else LETTER_STEPS:
        if step.is_needed(reading):
            reading = _read_with(known, pdf.pages(data, step.pages))
    return reading


def _read_with(known: dict[int, tuple[Line, ...]], pages: Iterable[PdfPage]) -> ReportReading:
    """Add these pages to those that are `known`, by number, and return what all of them say. The
    words of each page are made lines of once, however often the report is read."""
    for page in pages:
        known[page.number] = lines_of(page)

    lines: list[Line] = []
    for number in sorted(known):
        lines += known[number]
    return read_lines(lines)


def reading_as_json(path: str, reading: ReportReading) -> dict[str, Any]:
    """Return one line of `syncer parse`: ISO days or null, grades by area in Ofsted's order,
    several lead inspectors joined by "; "."""
    framework = reading.framework
    return {
        "path": path,
        "kind": reading.kind.value,
        "framework": framework.value if framework else None,
        "inspection_start": _iso(reading.inspection_start),
        "inspection_end": _iso(reading.inspection_end),
        "judgements": _judgements(reading),
        "lead_inspector": "; ".join(reading.lead_inspectors),
        "improve": _what_must_improve(reading),
        "recommendations": _recommendations(reading),
        "problems": _problems(reading),
        "theme": reading.theme,
        "priority_actions": list(reading.priority_actions),
        "send_outcome": reading.send_outcome,
    }


def _problems(reading: ReportReading) -> list[dict[str, str]]:
    return [{"name": problem.name, "message": problem.message} for problem in reading.problems]


def _what_must_improve(reading: ReportReading) -> list[str]:
    """Return the items of the one list of an ILACS report."""
    return [item.text for item in reading.improvements if item.list == ListName.IMPROVE]


def _recommendations(reading: ReportReading) -> list[dict[str, str]]:
    """Return the items of the lists of a single inspection, each with the name of its list."""
    found = []
    for item in reading.improvements:
        if item.list != ListName.IMPROVE:
            found.append({"list": item.list, "text": item.text})
    return found


def _judgements(reading: ReportReading) -> dict[str, str]:
    judged = (area for area in Area if area in reading.judgements)
    return {area.value: reading.judgements[area].value for area in judged}


def _iso(day: dt.date | None) -> str | None:
    if day:
        return day.isoformat()
    return None


# -- Which pages -----------------------------------------------------------------------------------


def _lacks_the_list(reading: ReportReading) -> bool:
    return not reading.improvements_ended


def _lacks_the_list_of_a_single_inspection(reading: ReportReading) -> bool:
    return _lacks_the_list(reading) and not FRAMEWORKS.is_ilacs(reading.framework)


def _lacks_a_name(reading: ReportReading) -> bool:
    """Return whether something other than the list is missing; an ILACS report that names its lead
    inspector does so on its cover."""
    is_named = bool(reading.lead_inspectors) or FRAMEWORKS.is_ilacs(reading.framework)
    return bool(reading.problems) or not is_named


def _is_of_a_known_kind(reading: ReportReading) -> bool:
    return reading.kind is not FileKind.OTHER


# What needs to improve ends on page 4 at the latest in an ILACS report, about page 10 in a single
# inspection's. "Information about this inspection", with the inspectors' names, ends reports of
# 2014–2018 and follows the summary in older ones; the table of 2012–2013 ends the report. Whatever
# is still missing then may be anywhere.
INSPECTION_STEPS = (
    Step(slice(2, 3), _lacks_the_list),
    Step(slice(3, 4), _lacks_the_list),
    Step(slice(4, 8), _lacks_the_list_of_a_single_inspection),
    Step(slice(8, 10), _lacks_the_list_of_a_single_inspection),
    Step(slice(10, 14), _lacks_the_list_of_a_single_inspection),
    Step(slice(-2, None), _lacks_a_name),
    Step(slice(2, 12), _lacks_a_name),
    Step(slice(12, -2), _lacks_a_name),
)
LETTER_STEPS = (Step(slice(2, None), _is_of_a_known_kind),)
