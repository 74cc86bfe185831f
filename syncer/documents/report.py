"""A report file's bytes → what it says: the one way in for sources and for `syncer parse`."""

from __future__ import annotations

from typing import Any

from syncer.documents import pdf
from syncer.model import Area, FileKind
from syncer.reports.paper import PdfPage, ReportReading
from syncer.reports.report import ILACS_FORMS, read_report

COVER = slice(0, 2)  # title, days, table and headline always stand here
# "Information about this inspection", with the inspectors' names, ends reports of 2014–2018 and
# follows the summary in older ones; the table of 2012–2013 ends the report. Whatever is still
# missing then may be anywhere.
INSPECTION_STEPS = (slice(-2, None), slice(2, 12), slice(12, -2))
LETTER_STEPS = (slice(2, None),)


def read_pdf(data: bytes) -> ReportReading:
    """Return what a report says, from as many pages as it takes: two for most inspections, all for
    letters and where something is not found. To be called through `DocumentReader`.

    Raises what `pdf.pages` raises: NotAPdf, ReportNotFound, NoTextLayer, DocumentError. What is wrong with the report itself is in the reading's `problems`.
    """
    pages = pdf.pages(data, COVER)
    reading = read_report(pages)
    for step in INSPECTION_STEPS if reading.kind is FileKind.INSPECTION else LETTER_STEPS:
        if _is_settled(reading):
            break
        pages = _together(pages, pdf.pages(data, step))
        reading = read_report(pages)
    return reading


def reading_as_json(path: str, reading: ReportReading) -> dict[str, Any]:
    """One line of `syncer parse`: ISO days or null, grades by area in Ofsted's order, several lead
    inspectors joined by "; "."""
    return {
        "path": path,
        "kind": reading.kind.value,
        "framework": reading.framework.value if reading.framework else None,
        "inspection_start": reading.inspection_start.isoformat()
        if reading.inspection_start
        else None,
        "inspection_end": reading.inspection_end.isoformat() if reading.inspection_end else None,
        "judgements": {
            area.value: reading.judgements[area].value
            for area in Area
            if area in reading.judgements
        },
        "lead_inspector": "; ".join(reading.lead_inspectors),
        "problems": [
            {"name": problem.name, "message": problem.message} for problem in reading.problems
        ],
        "theme": reading.theme,
        "priority_actions": list(reading.priority_actions),
        "send_outcome": reading.send_outcome,
    }


def _is_settled(reading: ReportReading) -> bool:
    """Whether further pages can add nothing: an ILACS report that names its lead inspector does so
    on its cover."""
    named = bool(reading.lead_inspectors) or reading.framework in ILACS_FORMS
    return reading.kind is FileKind.OTHER or (
        reading.kind is FileKind.INSPECTION and not reading.problems and named
    )


def _together(*parts: tuple[PdfPage, ...]) -> tuple[PdfPage, ...]:
    """The pages of all parts in order, each once."""
    return tuple(
        page for _, page in sorted({page.number: page for part in parts for page in part}.items())
    )
