"""Which days of a report can be true, and by which it is dated (DESIGN §6.12)."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest
from real_reports import RealReports
from records import day

from syncer.model import InspectionFields, ReportFields
from syncer.records.days import (
    Sighting,
    believed_day,
    fault_of_document,
    fault_of_listing,
    fits_sighting,
)
from syncer.reports.cover import dates_of
from syncer.reports.layout import all_lines

WATCHED = Sighting(day("2024-07-10"), True, day("2024-07-10"))
FIRST_READ = Sighting(day("2024-07-10"), False, day("2024-07-10"))


def of(first: str, last: str) -> ReportFields:
    return InspectionFields(first_day=day(first), last_day=day(last))


@pytest.mark.parametrize(
    ("first", "last", "possible"),
    [
        ("2024-05-13", "2024-05-24", True),
        ("2024-05-13", "2024-05-13", True),
        ("2024-05-13", "2024-05-12", False),
        ("2023-05-13", "2024-05-13", True),
        ("2023-05-13", "2024-05-14", False),
        ("2024-07-08", "2024-07-12", True),
        ("2024-07-08", "2024-07-13", False),
    ],
)
def test_a_document_s_days_go_forward_within_a_year_and_are_not_to_come(
    first: str, last: str, possible: bool
) -> None:
    assert (fault_of_document(of(first, last), WATCHED) == "") is possible


@pytest.mark.parametrize(
    ("published", "possible"),
    [
        ("2024-05-23", False),
        ("2024-05-24", True),
        ("2024-07-12", True),
        ("2024-07-13", False),
        ("2023-07-10", False),
    ],
)
def test_a_report_is_published_after_its_last_day_and_not_on_a_day_to_come(
    published: str, possible: bool
) -> None:
    assert (
        fault_of_listing(day(published), of("2024-05-13", "2024-05-24"), WATCHED) == ""
    ) is possible


def test_a_report_is_published_within_a_year_of_its_last_day() -> None:
    said = of("2023-05-13", "2023-05-24")
    assert fault_of_listing(day("2024-05-24"), said, WATCHED) == ""
    assert "more than a year" in fault_of_listing(day("2024-05-25"), said, WATCHED)


@pytest.mark.parametrize(
    ("last", "sighting", "fits"),
    [
        ("2024-07-10", WATCHED, True),
        ("2024-07-11", WATCHED, False),
        ("2023-07-10", WATCHED, True),
        ("2023-07-09", WATCHED, False),
        ("2015-07-09", FIRST_READ, True),
        ("2024-07-11", FIRST_READ, False),
    ],
)
def test_what_appears_while_we_watch_was_inspected_in_the_year_before(
    last: str, sighting: Sighting, fits: bool
) -> None:
    assert fits_sighting(of(last, last), sighting) is fits


@pytest.mark.parametrize(
    ("known", "sighting", "believed"),
    [
        (None, WATCHED, "2024-07-10"),
        ("2024-07-01", WATCHED, "2024-07-01"),
        ("2023-07-01", WATCHED, "2024-07-10"),
        (None, FIRST_READ, "2024-05-24"),
    ],
)
def test_a_report_is_dated_by_what_was_known_else_the_sighting_else_its_last_day(
    known: str | None, sighting: Sighting, believed: str
) -> None:
    said = of("2024-05-13", "2024-05-24")
    assert believed_day(said, day(known) if known else None, sighting) == day(believed)


def test_every_real_report_is_possible_and_far_from_the_limits(
    shared: Path, real_reports: RealReports
) -> None:
    world = shared / "replay" / "world"
    lags, lengths = [], []
    first_pages = real_reports.first_pages()
    listed = (world / "reports.csv").read_text(encoding="utf-8").splitlines()
    for row in csv.DictReader(listed):
        path = world / "pdf" / (row["pdf"] or "none")
        found = dates_of(all_lines(first_pages[path.name])) if path.exists() else None
        if found:
            said, published = found[0], dt.date.fromisoformat(row["published"])
            fields = InspectionFields(first_day=said.start, last_day=said.end)
            sighting = Sighting(published, True, published)
            assert fault_of_document(fields, sighting) == "", row
            assert fault_of_listing(published, fields, sighting) == "", row
            lags.append((published - said.end).days)
            lengths.append((said.end - said.start).days)
    assert (min(lags), max(lags), max(lengths)) == (18, 203, 108)
