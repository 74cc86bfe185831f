"""The chart of the country over time, against Ofsted's own figures as of their publication."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from official import BEST_FIRST, FIGURES, statistics_read
from records import day
from replay import Replay

from syncer.app import App
from syncer.model import Area
from syncer.operations.publishing import gather
from syncer.site.over_time import area_chart


@pytest.fixture(scope="module")
def statistics(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    with statistics_read(shared, tmp_path_factory.mktemp("chart") / "replay") as replay:
        yield replay


@pytest.mark.parametrize(("on", "published", "official"), FIGURES)
def test_the_table_under_the_chart_has_the_official_figures(
    statistics: Replay, on: str, published: str, official: list[int]
) -> None:
    with App(statistics.config, statistics.now) as app:
        chart = area_chart(gather(app, day(published)), Area.OVERALL)
    row = next(each for each in chart.rows if each.day == day(on))
    numbers = {kind.key: cell.number for kind, cell in zip(chart.kinds, row.cells, strict=True)}
    assert [numbers[grade] for grade in BEST_FIRST] == official
    assert row.total == 153 and numbers["unknown"] == 0
