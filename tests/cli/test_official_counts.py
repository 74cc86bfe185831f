"""`counts`: the country over time, against Ofsted's own figures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from official import BEST_FIRST, FIGURES, statistics_read
from replay import Replay


@pytest.fixture(scope="module")
def statistics(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    with statistics_read(shared, tmp_path_factory.mktemp("counts") / "replay") as replay:
        yield replay


def counted(replay: Replay, *words: str) -> list[dict[str, int]]:
    done = replay.cli("counts", "--by", "grade", "--area", "overall_effectiveness", *words)
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, int]] = json.loads(done.stdout)
    return rows


@pytest.mark.parametrize(("on", "published", "official"), FIGURES)
def test_the_counts_are_the_official_figures_as_of_their_publication(
    statistics: Replay, on: str, published: str, official: list[int]
) -> None:
    words = ("--since", on, "--until", on, "--step", "quarter", "--json")
    (row,) = counted(statistics, *words, "--as-of", published)
    assert [row[grade] for grade in BEST_FIRST] == official
    assert sum(row[name] for name in row if name != "day") == 153
    assert row["unknown"] == 0


def test_known_on_a_day_is_what_the_store_had_read_by_then(statistics: Replay) -> None:
    words = ("--since", "2024-03-31", "--until", "2025-03-31", "--step", "year", "--json")
    before = counted(statistics, *words, "--known-on", "2024-09-01")
    then = counted(statistics, *words, "--known-on", "2024-09-02")
    now = counted(statistics, *words)
    assert [row["unknown"] for row in before] == [153]
    assert [(row["day"], row["inadequate"]) for row in then] == [("2024-03-31", 17)]
    assert [row["inadequate"] for row in now] == [17, 19]


def test_no_day_after_the_day_of_the_question_has_a_row(statistics: Replay) -> None:
    words = ("--since", "2025-01-01", "--until", "2030-01-01", "--step", "month", "--json")
    assert [row["day"] for row in counted(statistics, *words)][-1] == "2025-09-30"
