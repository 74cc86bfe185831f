"""Every real report, against what a careful reader found in it."""

from __future__ import annotations

from pathlib import Path

from benchmarks.report_accuracy import compare


def test_every_real_report_is_read_right(shared: Path) -> None:
    counts, _, wrong = compare(shared)
    assert wrong == []
    assert counts.total() >= 400
