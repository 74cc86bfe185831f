"""A report is read from as few pages as it takes, and says what all of its pages say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from real_reports import RealReports

from syncer.demo.pdf import pdf_of
from syncer.documents.pdf import OpenPdf, pages
from syncer.documents.report import read_pdf
from syncer.errors import DocumentError
from syncer.model import Area, Framework, Grade
from syncer.reports.improvements import announced_page, is_contents
from syncer.reports.letters import WITHOUT_PRIORITY_ACTIONS, may_name_priority_actions
from syncer.reports.paper import ReportReading
from syncer.reports.report import read_report

EVERY_PAGE = slice(0, None)
EVERY = 11
"""Every so many of the real reports is read whole."""

CONTENTS = ["Contents", "Executive summary 2", "Information about this local authority area"]
LIST = "Recommendations 7"
AFTER = "Summary for children and young people 8"
OF_THE_BOARD = "Recommendations 36"


def test_a_report_says_what_all_of_its_pages_say(real_reports: RealReports, shared: Path) -> None:
    folder = shared / "replay" / "world" / "pdf"
    readings = [
        (name, reading)
        for name, reading in sorted(real_reports.readings().items())
        if isinstance(reading, ReportReading)
    ]
    assert len(readings) > EVERY
    for name, reading in readings[::EVERY]:
        every_page = pages((folder / name).read_bytes(), EVERY_PAGE)
        assert reading == read_report(every_page), name


def test_only_failings_have_areas_for_priority_action(
    real_reports: RealReports, shared: Path
) -> None:
    folder = shared / "replay" / "world" / "pdf"
    letters = {
        name: reading
        for name, reading in real_reports.readings().items()
        if isinstance(reading, ReportReading) and reading.send_outcome
    }
    assert len(letters) > 40
    for name, reading in letters.items():
        if reading.send_outcome in WITHOUT_PRIORITY_ACTIONS:
            every_page = pages((folder / name).read_bytes(), EVERY_PAGE)
            assert reading == read_report(every_page), name
        else:
            assert reading.priority_actions, name


def test_the_contents_say_where_the_list_begins() -> None:
    assert is_contents(CONTENTS)
    assert announced_page([*CONTENTS, LIST, AFTER, OF_THE_BOARD], Framework.SIF) == 7


@pytest.mark.parametrize("lines", [[AFTER, OF_THE_BOARD], ["Recommendations", AFTER], []])
def test_a_list_of_the_safeguarding_board_is_not_taken_for_that_of_the_authority(
    lines: list[str],
) -> None:
    assert announced_page([*CONTENTS, *lines], Framework.SIF) is None


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("Areas for priority action", True),
        ("action areas Priority : for", True),  # drawn in another order than it is read
        ("sub-\0Priority\0\r\nactions:", True),
        ("no areas for priority action.", False),
        ("a prioritised plan of action", False),
    ],
)
def test_a_page_without_the_words_of_the_heading_cannot_have_it(text: str, may: bool) -> None:
    assert may_name_priority_actions(text) is may


COVER = (
    "Leeds City Council",
    "Inspection of services for children in need of help and",
    "protection, children looked after and care leavers",
    "Inspection date: 20 January 2015 \u2013 11 February 2015",
    "The overall judgement is good",
    "1. Children who need help and protection | Good",
    "2. Children looked after and achieving permanence | Good",
    "2.1 Adoption performance | Good",
    "2.2 Experiences and progress of care leavers | Outstanding",
    "3. Leadership, management and governance | Inadequate",
)


@pytest.mark.parametrize("on_first_page", range(1, len(COVER) + 1))
def test_where_a_cover_goes_on_over_the_page_it_is_read_to_its_end(on_first_page: int) -> None:
    last = ["Information about this inspection", "Lead inspector: Emmy Tomsett HMI"]
    printed = (COVER[:on_first_page], COVER[on_first_page:], [*CONTENTS, LIST], last, ["4"])
    pdf = pdf_of([list(_lines(page)) for page in printed])
    reading = read_pdf(pdf)
    assert reading == read_report(pages(pdf, EVERY_PAGE))
    assert reading.judgements[Area.LEADERSHIP] is Grade.INADEQUATE
    assert (len(reading.judgements), reading.lead_inspectors) == (6, ("Emmy Tomsett",))


def test_a_table_that_is_whole_on_the_cover_is_read_from_there_whatever_follows() -> None:
    again = ["2.1 Adoption performance | Inadequate", "The overall judgement is inadequate"]
    last = ["Information about this inspection", "Lead inspector: Emmy Tomsett HMI", *again]
    printed = (COVER, again, [*CONTENTS, LIST], again, last, ["4"])
    pdf = pdf_of([list(_lines(page)) for page in printed])
    reading = read_pdf(pdf)
    assert reading == read_report(pages(pdf, EVERY_PAGE))
    assert (reading.judgements[Area.ADOPTION], reading.judgements[Area.OVERALL]) == (
        Grade.GOOD,
        Grade.GOOD,
    )
    assert reading.lead_inspectors == ("Emmy Tomsett",)


def _lines(printed: Sequence[str]) -> Iterator[tuple[int, int, int, str]]:
    """The lines of a page, what follows a bar in a column of its own."""
    for number, text in enumerate(printed):
        for x, cell in zip((60, 400), text.split(" | "), strict=False):
            yield x, 770 - 20 * number, 11, cell


def cut_short() -> bytes:
    """A PDF that lists two pages, the second of which is not in the file."""
    parts = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R 9 0 R] /Count 2 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    )
    body = "%PDF-1.4\n"
    for number, part in enumerate(parts, 1):
        body += f"{number} 0 obj\n{part}\nendobj\n"
    return f"{body}trailer << /Size 4 /Root 1 0 R >>\n%%EOF".encode("latin-1")


def test_a_page_that_is_passed_over_has_to_be_in_the_file() -> None:
    with OpenPdf(cut_short()) as document:
        document.check(slice(0, 1))
        with pytest.raises(DocumentError, match="cannot be read"):
            document.check(slice(0, 2))
