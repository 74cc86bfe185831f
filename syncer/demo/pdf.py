"""A report as a PDF, made from its facts: two pages of text in the layout of Ofsted's reports, in
the smallest PDF there can be.

Only what a text page needs of ISO 32000-1: one stream of lines placed by coordinates, and two of
the fonts that every reader has.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from syncer.demo.world import Provider, Report
from syncer.model import Area, Grade

LEFT, GRADES_AT = 60, 400  # points from the left edge of an A4 page (595 × 842)
FONTS = (b"Helvetica", b"Helvetica-Bold")
Line = tuple[
    int, int, int, str
]  # x and y of its beginning, y upwards from the bottom; size, bold when over 11; text

LABELS = {
    Area.LEADERSHIP: (
        "The impact of leaders on social work practice",
        "with children and families",
    ),
    Area.HELP: ("The experiences and progress of children who", "need help and protection"),
    Area.CARE: ("The experiences and progress of children in care",),
    Area.CARE_LEAVERS: ("The experiences and progress of care leavers",),
    Area.OVERALL: ("Overall effectiveness",),
}
TOGETHER = ("The experiences and progress of children in care", "and care leavers")
WORDS = {
    Grade.OUTSTANDING: "Outstanding",
    Grade.GOOD: "Good",
    Grade.REQUIRES_IMPROVEMENT: "Requires improvement to be good",
    Grade.INADEQUATE: "Inadequate",
}


def report_pdf(provider: Provider, report: Report) -> bytes:
    """The report's cover with its table of judgements, and a page that says what this file is."""
    cover = [
        (LEFT, 770, 18, f"Inspection of {provider.short} local authority"),
        (LEFT, 746, 18, "children\u2019s services"),
        (LEFT, 714, 11, f"Inspection dates: {_days(report.first_day, report.last_day)}"),
        (LEFT, 694, 11, f"Lead inspector: {report.inspector}, His Majesty\u2019s Inspector"),
        (LEFT, 650, 12, "Judgement"),
        (GRADES_AT, 650, 12, "Grade"),
        *_table(report, 622),
    ]
    note = [
        (LEFT, 770, 12, "About this file"),
        (
            LEFT,
            744,
            10,
            (
                "Made by syncer for its demonstration. The facts on the first page are those "
                "that Ofsted published on"
            ),
        ),
        (LEFT, 730, 10, f"{_day(report.published)}; the inspectors\u2019 own words are not here."),
    ]
    return pdf_of([cover, note])


def pdf_of(pages: list[list[Line]]) -> bytes:
    """A PDF file of these pages. Characters beyond Windows-1252 are not to be had in the fonts
    used, and raise UnicodeEncodeError."""
    numbers = [5 + 2 * index for index in range(len(pages))]
    kids = b" ".join(b"%d 0 R" % number for number in numbers)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%b] >>" % (len(pages), kids),
        *(
            b"<< /Type /Font /Subtype /Type1 /BaseFont /%b /Encoding /WinAnsiEncoding >>" % font
            for font in FONTS
        ),
    ]
    for number, page in zip(numbers, pages, strict=True):
        content = b"\n".join(_shown(line) for line in page)
        fonts = b"<< /Font << /F1 3 0 R /F2 4 0 R >> >>"
        box = b"/MediaBox [0 0 595 842]"
        objects.append(
            b"<< /Type /Page /Parent 2 0 R %b /Resources %b /Contents %d 0 R >>"
            % (box, fonts, number + 1)
        )
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content))
    return _file(objects)


def _table(report: Report, top: int) -> Iterator[Line]:
    """The rows from the top down; a label of two lines has its grade beside the first."""
    for area, grade in report.grades.items():
        label = (
            TOGETHER
            if area is Area.CARE and Area.CARE_LEAVERS not in report.grades
            else LABELS[area]
        )
        yield from ((LEFT, top - 14 * number, 11, text) for number, text in enumerate(label))
        yield (GRADES_AT, top, 11, WORDS[grade])
        top -= 14 * len(label) + 16


def _shown(line: Line) -> bytes:
    x, y, size, text = line
    written = (
        text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    )
    return b"BT /F%d %d Tf %d %d Td (%b) Tj ET" % (2 if size > 11 else 1, size, x, y, written)


def _file(objects: list[bytes]) -> bytes:
    """The objects, numbered from 1, with the table of where each begins."""
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(data))
    return data + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + trailer


def _days(first: dt.date, last: dt.date) -> str:
    """As Ofsted prints them: no month or year twice."""
    if first.year != last.year:
        return f"{_day(first)} to {_day(last)}"
    return (
        f"{first.day} to {_day(last)}"
        if first.month == last.month
        else f"{first.day} {first:%B} to {_day(last)}"
    )


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"
