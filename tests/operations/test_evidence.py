"""`syncer verify`: is a line still what the archived bytes say?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from records import NOW, day

from syncer.documents.reader import DocumentReader
from syncer.fetching.snapshots import Snapshots
from syncer.model import Event, EventKind, Evidence, RecordKind
from syncer.operations.verify import check
from syncer.register.councils import load_register

SPEND = (
    "Entity,Date,Expense Type,Expense Area,Supplier,Transaction Number,Amount,Description\n"
    'DfE,25/03/2015,Grants,Children in Care,LEEDS CITY COUNCIL,1,"800,000.00",Grants paid to local authorities outside AEF\n'
)
LINE = Event(
    RecordKind.INSPECTION,
    EventKind.ADDED,
    ("leeds",),
    "leadership",
    "good",
    "requires_improvement",
    day("2015-09-01"),
    None,
    NOW,
    "ofsted_reports",
    "https://example.org/leeds",
)


@pytest.fixture(scope="module")
def reader() -> Iterator[DocumentReader]:
    with DocumentReader() as reader:
        yield reader


def found(
    line: Event, data: bytes, evidence: Evidence, folder: Path, reader: DocumentReader
) -> dict[str, Any]:
    """What `check` finds when the line rests on these bytes."""
    snapshots = Snapshots(folder)
    return check(
        replace(line, evidence=replace(evidence, sha256=snapshots.keep(data))),
        snapshots,
        reader,
        load_register(),
    )


@pytest.mark.parametrize(
    ("said", "confirmed"), [("requires_improvement", True), ("inadequate", False)]
)
def test_a_grade_is_confirmed_by_the_report_s_own_row(
    said: str, confirmed: bool, shared: Path, tmp_path: Path, reader: DocumentReader
) -> None:
    report = (shared / "replay" / "world" / "pdf" / "2754222.pdf").read_bytes()
    result = found(replace(LINE, new=said), report, Evidence("", "", 1), tmp_path, reader)
    assert (
        (result["confirmed"], result["reads"]) == (confirmed, "requires_improvement")
        and result["page"]
        and result["quote"]
    )


def test_an_area_the_report_does_not_have_is_not_confirmed(
    shared: Path, tmp_path: Path, reader: DocumentReader
) -> None:
    letter = (shared / "replay" / "world" / "pdf" / "2754222.pdf").read_bytes()
    line = replace(LINE, record=RecordKind.VISIT, area="", new="neglect")
    assert found(line, letter, Evidence("", ""), tmp_path, reader)["confirmed"] is False


@pytest.mark.parametrize(
    ("pounds", "row", "same"),
    [("800000", "row 2", True), ("900000", "row 2", False), ("800000", "row 3", False)],
)
def test_a_payment_is_confirmed_by_its_row(
    pounds: str, row: str, same: bool, tmp_path: Path, reader: DocumentReader
) -> None:
    line = replace(LINE, record=RecordKind.PAYMENT, area="amount", new=pounds)
    assert (
        found(line, SPEND.encode(), Evidence("", "", None, row), tmp_path, reader)["confirmed"]
        is same
    )


@pytest.mark.parametrize(
    ("quote", "stand"),
    [
        ("awarded  Leeds £9.6m", True),
        ("awarded Leeds £9.7m", False),
        ("Leeds | 9,600,000", True),
        ("Kent | 9,600,000", False),
        ("", False),
    ],
)
def test_words_are_confirmed_where_they_stand_together_or_in_one_row(
    quote: str, stand: bool, tmp_path: Path, reader: DocumentReader
) -> None:
    table = "<table><tr><td>Leeds<td>2025<td>9,600,000<tr><td>Kent<td>1</table>"
    page = f"<main><h1>Money</h1><p>We have awarded\nLeeds £9.6m.</p>{table}</main>"
    line = replace(LINE, record=RecordKind.AWARD, area="amount", new="9600000")
    assert found(line, page.encode(), Evidence("", quote), tmp_path, reader)["confirmed"] is stand


def test_a_line_without_archived_bytes_is_not_confirmed(
    tmp_path: Path, reader: DocumentReader
) -> None:
    assert (
        check(LINE, Snapshots(tmp_path), reader, load_register())["reason"]
        == "no bytes were archived for this line"
    )
