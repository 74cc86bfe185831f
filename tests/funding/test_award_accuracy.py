"""The measure of how well statements of funding are read, and that the promise is kept on the texts
at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.award_accuracy import PRECISION, RECALL, REPORTED, main, measure

HEADER = "file,council,programme,amount_gbp,amount_text,period,announced_date,kind,note\n"


def folder(path: Path, text: str, *rows: str) -> Path:
    (path / "a.txt").write_text(text, encoding="utf-8")
    (path / "expected.csv").write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_an_amount_matches_within_what_was_printed(tmp_path: Path) -> None:
    report = measure(
        folder(
            tmp_path,
            "The DfE awarded Kent £9.59m.",
            "a.txt,Kent County Council,,9600000,£9.6m,,,award,",
        )
    )
    assert (report.recall, report.precision) == (1.0, 1.0)


def test_a_wrong_kind_council_or_amount_is_a_miss_and_a_wrong_statement(tmp_path: Path) -> None:
    for row in (
        "Kent County Council,,5000000,£5m,,,payment,",
        "Essex County Council,,5000000,£5m,,,award,",
        "Kent County Council,,7000000,£7m,,,award,",
    ):
        report = measure(folder(tmp_path, "The DfE awarded Kent £5m.", "a.txt," + row))
        assert (report.recall, report.precision, len(report.missed), len(report.wrong)) == (
            0.0,
            0.0,
            1,
            1,
        )


def test_a_joint_award_has_to_have_the_same_councils(tmp_path: Path) -> None:
    text = "Kent and Medway have jointly been awarded £5m by the DfE."
    assert (
        measure(
            folder(
                tmp_path, text, "a.txt,Kent County Council | Medway Council,,5000000,£5m,,,award,"
            )
        ).recall
        == 1.0
    )
    assert (
        measure(
            folder(
                tmp_path,
                text,
                "a.txt,Kent County Council | Essex County Council,,5000000,£5m,,,award,",
            )
        ).recall
        == 0.0
    )


def test_a_not_an_award_row_counts_when_its_amount_is_told(tmp_path: Path) -> None:
    report = measure(
        folder(
            tmp_path,
            "The DfE awarded Kent £5m.",
            "a.txt,Kent County Council,,5000000,£5m,,,not_an_award,made up",
        )
    )
    assert (report.reported_rate, report.precision) == (1.0, 0.0)


def test_a_duplicate_is_not_asked_for(tmp_path: Path) -> None:
    report = measure(
        folder(
            tmp_path,
            "The DfE awarded Kent up to £505,200.",
            'a.txt,Kent County Council,,505200,"up to £505,200",,,award,',
            "a.txt,Kent County Council,,500000,£500k,,,award,ROUNDED duplicate",
        )
    )
    assert (report.asked, report.recall) == (1, 1.0)


def test_instalments_may_be_expected_as_their_sum(tmp_path: Path) -> None:
    row = "DfE,DEPARTMENT FOR EDUCATION,{0},Grants,KENT COUNTY COUNCIL,{1},{2}"
    text = "\n".join(
        [
            "Family,Entity,Date,Expense type,Supplier,Transaction Number,Amount",
            row.format("22/04/2015", 1, 100),
            row.format("25/06/2015", 2, 50),
        ]
    )
    report = measure(
        folder(
            tmp_path, text, "a.txt,Kent County Council,,150,150,,,payment,sum of listed instalments"
        )
    )
    assert (report.recall, report.precision) == (1.0, 1.0)


def test_nothing_to_measure_is_said_and_is_no_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path)]) == 0
    assert "nothing to measure" in capsys.readouterr().out


@pytest.mark.xfail(
    strict=True, reason="texts it was not written for; the reader of money is to be replaced"
)
def test_the_promise_is_kept_on_the_texts_at_hand(shared: Path) -> None:
    report = measure(shared / "awards")
    assert report.recall >= RECALL
    assert report.precision >= PRECISION
    assert report.reported_rate <= REPORTED
    assert not [row for row in report.reported if row.file < "06"]
