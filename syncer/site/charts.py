"""Where the bars, lines and words of a chart stand: numbers in, places out. Pure.

A chart is drawn in a box of so many units, each a CSS pixel at full size; y grows downwards, as in
SVG. Edges are rounded to hundredths before heights are taken, so that the parts of a bar have
neither gap nor overlap, and add up to the bar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

BAR = 0.82
"""The part of its slot that a bar fills: the rest is the gap to the next."""

SHARES = (0, 25, 50, 75, 100)
"""Per cent: where the lines across the chart are."""

YEAR_WIDTH = 34.0
"""Units that the number of a year needs."""


@dataclass(frozen=True)
class Box:
    """The size of a chart, and the margins for its words around the part that is drawn on; `line`
    is the height of a line of words above it, `label` that of a label beside it."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    line: float = 17
    label: float = 17

    @property
    def inner_width(self) -> float:
        """The width of what is drawn on."""
        return self.width - self.left - self.right

    @property
    def inner_height(self) -> float:
        """The height of what is drawn on."""
        return self.height - self.top - self.bottom

    @property
    def floor(self) -> float:
        """Where the bars stand."""
        return self.height - self.bottom

    @property
    def end(self) -> float:
        """Where the last bar's slot ends."""
        return self.width - self.right


@dataclass(frozen=True)
class Count:
    """How many there were of each kind at the end of one day."""

    day: dt.date
    numbers: Mapping[str, int]

    @property
    def total(self) -> int:
        """All kinds together."""
        return sum(self.numbers.values())


@dataclass(frozen=True)
class Part:
    """One part of a bar."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """Halfway down."""
        return self.y + self.height / 2


@dataclass(frozen=True)
class Band:
    """The parts of one kind in every bar, from left to right."""

    kind: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Label:
    """The words beside the last bar: they name its part, whose middle is at `part`."""

    kind: str
    number: int
    share: int
    y: float
    part: float


@dataclass(frozen=True)
class Tick:
    """A line across, or a number below: where, and what it says."""

    at: float
    text: str


@dataclass(frozen=True)
class Mark:
    """An upright line at the day on which something changed; the words stand on its own line above
    the bars, left of it where `before`."""

    x: float
    y: float
    text: str
    before: bool


@dataclass(frozen=True)
class StackedBars:
    """A bar a day, each as high as the others: the shares of the kinds."""

    box: Box
    bands: tuple[Band, ...]
    labels: tuple[Label, ...]
    shares: tuple[Tick, ...]
    years: tuple[Tick, ...]
    marks: tuple[Mark, ...]


def stacked_bars(
    counts: Sequence[Count],
    kinds: Sequence[str],
    box: Box,
    turns: Sequence[tuple[dt.date, str]] = (),
) -> StackedBars:
    """Return a bar for each day, its kinds from the floor upwards in their order. `turns` are the
    days on which something changed, in order, and what did."""
    bars = [_bar(count, kinds, place, len(counts), box) for place, count in enumerate(counts)]
    return StackedBars(
        box=box,
        bands=_bands(bars, kinds),
        labels=_labels(counts[-1], bars[-1], kinds, box) if bars else (),
        shares=_shares(box),
        years=_years(counts, box),
        marks=_marks(turns, counts, box),
    )


def share(number: int, total: int) -> int:
    """Return a part of the whole in per cent, to the nearest whole one; 0 of nothing."""
    return round(100 * number / total) if total else 0


# -- Bars ------------------------------------------------------------------------------------------

Bar = Mapping[str, Part]
"""The parts of one bar; a kind of which there is nothing has none."""


def _bar(count: Count, kinds: Sequence[str], place: int, days: int, box: Box) -> Bar:
    slot = box.inner_width / days
    x = round(box.left + (place + (1 - BAR) / 2) * slot, 2)
    width = round(slot * BAR, 2)

    edges = _edges(count, kinds, box)
    bar = {}
    for number, kind in enumerate(kinds):
        bottom, top = edges[number], edges[number + 1]
        if bottom > top:
            bar[kind] = Part(x, top, width, round(bottom - top, 2))
    return bar


def _edges(count: Count, kinds: Sequence[str], box: Box) -> list[float]:
    """Return the lower and upper edges of all parts, from the floor upwards."""
    unit = box.inner_height / count.total if count.total else 0
    numbers = [count.numbers.get(kind, 0) for kind in kinds]
    sums = accumulate(numbers, initial=0)
    return [round(box.floor - below * unit, 2) for below in sums]


def _bands(bars: Sequence[Bar], kinds: Sequence[str]) -> tuple[Band, ...]:
    """Return the bars by kind; a kind that no bar has is left out."""
    bands = []
    for kind in kinds:
        parts = tuple(bar[kind] for bar in bars if kind in bar)
        if parts:
            bands.append(Band(kind, parts))
    return tuple(bands)


# -- Words beside the last bar ---------------------------------------------------------------------


def _labels(count: Count, bar: Bar, kinds: Sequence[str], box: Box) -> tuple[Label, ...]:
    """Return what names the parts of the last bar, from the top down."""
    named = [kind for kind in reversed(kinds) if kind in bar]
    middles = [bar[kind].middle for kind in named]
    places = spread(middles, box.top, box.floor, box.label)

    labels = []
    for kind, middle, y in zip(named, middles, places, strict=True):
        number = count.numbers[kind]
        labels.append(Label(kind, number, share(number, count.total), y, round(middle, 2)))
    return tuple(labels)


def spread(wanted: Sequence[float], top: float, floor: float, height: float) -> list[float]:
    """Return places for labels of a height, from the top down, near where each is wanted: none on
    another, and none outside as long as there is room for all."""
    places: list[float] = []
    lowest = top + height / 2
    for y in wanted:
        lowest = max(y, lowest)
        places.append(lowest)
        lowest += height

    highest = floor - height / 2
    for number in range(len(places) - 1, -1, -1):
        highest = min(places[number], highest)
        places[number] = highest
        highest -= height
    return [round(y, 2) for y in places]


# -- Lines and numbers around it -------------------------------------------------------------------


def _shares(box: Box) -> tuple[Tick, ...]:
    ticks = []
    for percent in SHARES:
        y = box.floor - box.inner_height * percent / 100
        ticks.append(Tick(round(y, 2), f"{percent}%"))
    return tuple(ticks)


def _years(counts: Sequence[Count], box: Box) -> tuple[Tick, ...]:
    """Return the years below the bars, each where its days are; where there is no room for all,
    every second, or third, and so on."""
    days_of: dict[int, list[int]] = {}
    for place, count in enumerate(counts):
        days_of.setdefault(count.day.year, []).append(place)
    if not days_of:
        return ()

    slot = box.inner_width / len(counts)
    every = 1
    while every < len(days_of) and box.inner_width * every < YEAR_WIDTH * len(days_of):
        every += 1

    ticks = []
    for year, places in list(days_of.items())[::every]:
        middle = (places[0] + places[-1] + 1) / 2
        ticks.append(Tick(round(box.left + middle * slot, 2), str(year)))
    return tuple(ticks)


def _marks(
    turns: Sequence[tuple[dt.date, str]], counts: Sequence[Count], box: Box
) -> tuple[Mark, ...]:
    """Return an upright line for each turn, before the first bar that it can be seen in; none for
    one that lies before the first bar or after the last."""
    days = [count.day for count in counts]
    shown = [turn for turn in turns if days and days[0] < turn[0] <= days[-1]]

    marks = []
    for number, (day, text) in enumerate(shown):
        place = sum(1 for each in days if each < day)
        x = box.left + place * box.inner_width / len(days)
        y = box.top - (len(shown) - number) * box.line
        is_late = x > box.left + box.inner_width / 2
        marks.append(Mark(round(x, 2), round(y, 2), text, is_late))
    return tuple(marks)
