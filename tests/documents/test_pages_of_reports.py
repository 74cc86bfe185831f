"""A report is read from as few pages as it takes, and says what all of its pages say."""

from __future__ import annotations

from pathlib import Path

import pytest
from real_reports import RealReports

from syncer.documents.pdf import OpenPdf, pages
from syncer.errors import DocumentError
from syncer.model import Framework
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
