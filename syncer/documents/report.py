"""A report file's bytes → what it says: the one way in for sources and for `syncer parse`."""

from __future__ import annotations

from typing import Any

from syncer.documents.pdf import PdfReader
from syncer.model import Area, FileKind, PdfPage, ReportReading
from syncer.reports import read_report

FIRST_PAGES = 3  # cover, table and headline always stand here
LAST_PAGES = 3  # "Information about this inspection" in reports of 2014–2018


def read_pdf(reader: PdfReader, data: bytes) -> ReportReading:
    """Reads as many pages as it takes: three for most inspections, all for letters and where something is not found.

    Raises what `PdfReader.pages` raises: NotAPdf, ReportNotFound, NoTextLayer, DocumentTooSlow, DocumentError.
    What is wrong with the report itself is in the reading's `problems`.
    """
    pages = reader.pages(data, slice(0, FIRST_PAGES))
    reading = read_report(pages)
    if reading.kind is FileKind.OTHER or _is_settled(reading):
        return reading
    if reading.kind is FileKind.INSPECTION and not reading.problems:
        settled = read_report(_together(pages, reader.pages(data, slice(-LAST_PAGES, None))))
        if _is_settled(settled):
            return settled
    return read_report(_together(pages, reader.pages(data, slice(FIRST_PAGES, None))))


def reading_as_json(path: str, reading: ReportReading) -> dict[str, Any]:
    """One line of `syncer parse`: ISO days or null, grades by area in Ofsted's order, several lead inspectors joined by "; "."""
    return {
        "path": path,
        "kind": reading.kind.value,
        "framework": reading.framework.value if reading.framework else None,
        "inspection_start": reading.inspection_start.isoformat() if reading.inspection_start else None,
        "inspection_end": reading.inspection_end.isoformat() if reading.inspection_end else None,
        "judgements": {area.value: reading.judgements[area].value for area in Area if area in reading.judgements},
        "lead_inspector": "; ".join(reading.lead_inspectors),
        "problems": [{"name": problem.name, "message": problem.message} for problem in reading.problems],
        "theme": reading.theme,
        "priority_actions": list(reading.priority_actions),
        "send_outcome": reading.send_outcome,
    }


def _is_settled(reading: ReportReading) -> bool:
    return reading.kind is FileKind.INSPECTION and not reading.problems and bool(reading.lead_inspectors)


def _together(*parts: tuple[PdfPage, ...]) -> tuple[PdfPage, ...]:
    """The pages of all parts in order, each once."""
    return tuple(page for _, page in sorted({page.number: page for part in parts for page in part}.items()))
