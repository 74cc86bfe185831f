"""Every real report, against what a careful reader found in it."""

from __future__ import annotations

from pathlib import Path

from real_reports import RealReports

from benchmarks.report_accuracy import compare


def test_every_real_report_is_read_right(shared: Path, real_reports: RealReports) -> None:
    readings = real_reports.readings()
    counts, _, wrong = compare(shared, lambda _, path: readings[path.name])
    assert wrong == []
    assert counts.total() >= 400
