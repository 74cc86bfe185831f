"""The country over time: what is drawn adds up, stays in its box, and is what the table says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from records import day, grades, inspection
from site_facts import facts, rows, shown

from syncer.model import Area
from syncer.site.charts import Box, Count, StackedBars, spread, stacked_bars
from syncer.site.over_time import area_chart

KINDS = ("outstanding", "good", "unknown")
BOX = Box(width=400, height=300, left=40, right=100, top=30, bottom=20)
OLD = inspection(1, "2018-10-29", grades("good"))
LAST = inspection(2, "2026-04-27", grades(None, leavers="good"))


@st.composite
def counted(draw: st.DrawFn) -> list[Count]:
    """What was counted at the end of some quarters; never nothing at all."""
    numbers = st.lists(st.integers(0, 153), min_size=3, max_size=3).filter(any)
    days = draw(st.integers(1, 60))
    return [
        Count(
            dt.date(2013 + n // 4, n % 4 * 3 + 1, 28), dict(zip(KINDS, draw(numbers), strict=True))
        )
        for n in range(days)
    ]


def heights(chart: StackedBars) -> dict[float, float]:
    """The height of each bar, by where it stands."""
    found: dict[float, float] = {}
    for band in chart.bands:
        for part in band.parts:
            found[part.x] = found.get(part.x, 0) + part.height
    return found


@given(counted())
def test_the_parts_of_every_bar_add_up_to_the_height_of_the_chart(counts: Sequence[Count]) -> None:
    bars = heights(stacked_bars(counts, KINDS, BOX))
    assert len(bars) == len(counts)
    assert all(abs(height - BOX.inner_height) < 0.05 for height in bars.values())


@given(counted())
def test_nothing_is_drawn_outside_the_box_and_no_bar_on_another(counts: Sequence[Count]) -> None:
    chart = stacked_bars(counts, KINDS, BOX)
    for band in chart.bands:
        for part in band.parts:
            assert BOX.left <= part.x and part.x + part.width <= BOX.end + 0.01
            assert BOX.top - 0.01 <= part.y and part.y + part.height <= BOX.floor + 0.01
    bars = sorted({(part.x, part.width) for band in chart.bands for part in band.parts})
    assert all(x + width < after for (x, width), (after, _) in zip(bars, bars[1:], strict=False))


@given(counted())
def test_a_part_is_as_high_as_its_share(counts: Sequence[Count]) -> None:
    for band in stacked_bars(counts, KINDS, BOX).bands:
        there = [count for count in counts if count.numbers[band.kind]]
        for part, count in zip(band.parts, there, strict=True):
            wanted = BOX.inner_height * count.numbers[band.kind] / count.total
            assert abs(part.height - wanted) < 0.02


@given(st.lists(st.floats(30, 280), max_size=8).map(sorted))
def test_labels_stay_in_their_order_apart_and_in_the_box(wanted: list[float]) -> None:
    places = spread(wanted, 30, 280, 17)
    assert all(30 + 8.5 - 0.01 <= y <= 280 - 8.5 + 0.01 for y in places)
    assert all(after - y > 16.98 for y, after in zip(places, places[1:], strict=False))


def test_the_numbers_of_the_table_are_those_that_are_drawn() -> None:
    page = shown(facts(OLD, LAST), "over-time/")
    chart = area_chart(facts(OLD, LAST), Area.LEADERSHIP)
    caption = "Leadership: councils at each grade, and their share, at the end of each quarter"
    newest = rows(page, caption)[0]
    assert newest[0] == "30 June 2026"
    assert newest[1:] == ["0", "1 1%", "0", "0", "0", "152 99%", "0", "153"]
    for _, drawn in chart.drawings:
        labels = {label.kind: label.number for label in drawn.labels}
        assert labels == {"good": 1, "never_judged": 152}


def test_the_end_of_the_overall_judgement_is_drawn_and_said_as_an_end() -> None:
    page = shown(facts(OLD, LAST), "over-time/")
    section = page.select("section")[0]
    assert "April 2026: no longer judged" in section.select("svg")[0].get_text(" ")
    assert "do not give an overall judgement" in section.get_text(" ")
    assert section.select("svg .no_longer_judged")
    after = shown(facts(OLD, today=day("2026-03-31")), "over-time/").select("section")[0]
    assert "April 2026" not in after.get_text(" ")


def test_what_the_pages_do_not_reach_is_drawn_as_not_known_and_never_as_never_judged() -> None:
    chart = area_chart(facts(OLD), Area.OVERALL)
    first = chart.rows[-1]
    numbers = {kind.key: cell.number for kind, cell in zip(chart.kinds, first.cells, strict=True)}
    assert first.day == day("2013-03-31")
    assert (numbers["unknown"], numbers["never_judged"]) == (first.total, 0)


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_each_drawing_has_a_title_and_a_description_of_its_own(size: str) -> None:
    page = shown(facts(OLD, LAST), "over-time/")
    for drawing in page.select(f"svg.{size}"):
        named = str(drawing["aria-labelledby"]).split()
        found = [node for name in named for node in page.select(f"#{name}")]
        assert drawing["role"] == "img"
        assert [node.name for node in found] == ["title", "desc"]
        assert "Last bar:" in found[1].get_text()
