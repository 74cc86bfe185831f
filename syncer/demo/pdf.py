"""A report as a PDF, made from its facts: two pages of text in the layout of Ofsted's reports, in
the smallest PDF there can be.

Only what a text page needs of ISO 32000-1: one stream of lines placed by coordinates, and two of
the fonts that every reader has.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from syncer.demo.world import Provider, Report
from syncer.model import Area, Grade

LEFT, GRADES_AT = 60, 400
"""Points from the left edge of an A4 page (595 × 842)."""

LEADING = 14
"""Points from one line of a label to the next."""

BETWEEN_ROWS = 16
FONTS = (b"Helvetica", b"Helvetica-Bold")
FIRST_PAGE = 5
"""The number of the first page's object: the catalogue, the list of pages and the fonts stand
before it. Each page is followed by its content."""
LARGEST_PLAIN = 11
"""Points: a line in larger letters is bold."""


class Line(NamedTuple):
    """One line of text: where it begins in points from the left and from the bottom, and the size
    of its letters."""

    x: int
    y: int
    size: int
    text: str


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
    """Return the report's cover with its table of judgements, and a page that says what this file
    is."""
    return pdf_of([_cover(provider, report), _note(report)])


def _cover(provider: Provider, report: Report) -> list[Line]:
    return [
        Line(LEFT, 770, 18, f"Inspection of {provider.short} local authority"),
        Line(LEFT, 746, 18, "children\u2019s services"),
        *_when_and_by_whom(report),
        Line(LEFT, 650, 12, "Judgement"),
        Line(GRADES_AT, 650, 12, "Grade"),
        *_table(report, 622),
    ]


def _when_and_by_whom(report: Report) -> Iterator[Line]:
    days = _days(report.first_day, report.last_day)
    yield Line(LEFT, 714, 11, f"Inspection dates: {days}")
    yield Line(LEFT, 694, 11, f"Lead inspector: {report.inspector}, His Majesty\u2019s Inspector")


def _note(report: Report) -> list[Line]:
    day = _day(report.published)
    return [
        Line(LEFT, 770, 12, "About this file"),
        Line(
            LEFT,
            744,
            10,
            "Made by syncer for its demonstration. The facts on the first page are those that "
            "Ofsted published on",
        ),
        Line(LEFT, 730, 10, f"{day}; the inspectors\u2019 own words are not here."),
    ]


def pdf_of(pages: Sequence[Sequence[Line | tuple[int, int, int, str]]]) -> bytes:
    """Return a PDF file of these pages. Raises UnicodeEncodeError for characters beyond
    Windows-1252, which the fonts used do not have."""
    objects = _head(len(pages))
    for page in pages:
        content = b"\n".join(_shown(Line(*line)) for line in page)
        content_number = len(objects) + 2
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
            b"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> /Contents %d 0 R >>" % content_number
        )
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content))
    return _file(objects)


def _head(pages: int) -> list[bytes]:
    """Return the objects before the first page: the catalogue, the list of pages, the fonts."""
    numbers = range(FIRST_PAGE, FIRST_PAGE + 2 * pages, 2)
    kids = b" ".join(b"%d 0 R" % number for number in numbers)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%b] >>" % (pages, kids),
    ]
    for font in FONTS:
        objects.append(
            b"<< /Type /Font /Subtype /Type1 /BaseFont /%b /Encoding /WinAnsiEncoding >>" % font
        )
    return objects


def _table(report: Report, top: int) -> Iterator[Line]:
    """Yield the rows from the top down; a label of two lines has its grade beside the first."""
    for area, grade in report.grades.items():
        label = _label(area, report)
        for number, text in enumerate(label):
            yield Line(LEFT, top - LEADING * number, 11, text)
        yield Line(GRADES_AT, top, 11, WORDS[grade])
        top -= LEADING * len(label) + BETWEEN_ROWS


def _label(area: Area, report: Report) -> tuple[str, ...]:
    """Return the lines of an area's label; before care leavers were judged apart, it named them."""
    if area is Area.CARE and Area.CARE_LEAVERS not in report.grades:
        return TOGETHER
    return LABELS[area]


def _shown(line: Line) -> bytes:
    """Return the operators that draw a line."""
    text = line.text.encode("cp1252")
    for special in (b"\\", b"(", b")"):
        text = text.replace(special, b"\\" + special)

    font = 2 if line.size > LARGEST_PLAIN else 1
    return b"BT /F%d %d Tf %d %d Td (%b) Tj ET" % (font, line.size, line.x, line.y, text)


def _file(objects: list[bytes]) -> bytes:
    """Return the objects, numbered from 1, with the table of where each begins."""
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, body)

    return data + _places(places) + _trailer(len(objects) + 1, len(data))


def _places(places: list[int]) -> bytes:
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    rows = [b"%010d 00000 n \n" % place for place in places]
    return head + b"".join(rows)


def _trailer(size: int, begin: int) -> bytes:
    """Return how many places there are, and where the table of them begins."""
    return b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, begin)


def _days(first: dt.date, last: dt.date) -> str:
    """Return the days as Ofsted prints them: no month or year twice."""
    if first.year != last.year:
        return f"{_day(first)} to {_day(last)}"
    if first.month != last.month:
        return f"{first.day} {first:%B} to {_day(last)}"
    return f"{first.day} to {_day(last)}"


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"
