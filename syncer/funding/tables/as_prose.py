"""A table that names no councils → its rows as sentences, each sum printed in pounds: the grants of
one council's own paper ("Staying Put, DfE: £412,000 (2024/25), £431,000 (2025/26)"), which prose is
read for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from syncer.funding.tables.cells import is_figure, pounds_of
from syncer.funding.tables.grid import Grid, NumberedRow, grid_of
from syncer.funding.tables.text import TextTable
from syncer.funding.tables.units import unit_in
from syncer.quantities.money import format_pounds
from syncer.quantities.periods import find_periods

_LETTERS = re.compile(r"[A-Za-z]{3}")
_UNIT_OF_TITLE = re.compile(r"£ ?['’]?(?:000s?|millions?|thousands?|m|k)?(?!\w)|[();:]", re.I)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")


def rows_as_prose(table: TextTable) -> list[str]:
    """Return a line for each row, in their order; figures of a column that is of money stand in
    whole pounds, with the year that heads their column."""
    grid = grid_of(table.rows)
    around = (*grid.caption, *table.before, *table.after)
    units = _units(grid, around)
    return [_as_line(row, units, grid.titles) for row in grid.body]


def _units(grid: Grid, around: Sequence[str]) -> list[int | None]:
    """Return how many pounds one printed unit of each column is; None where it is not of money."""
    nearest = next(_known_units(around), None)
    units = []
    for place, title in enumerate(grid.titles):
        own = unit_in(title)
        is_money = bool(find_periods(title)) or _has_thousands(grid, place)
        units.append(nearest if own is None and is_money else own)

    return units


def _has_thousands(grid: Grid, place: int) -> bool:
    """Return whether the column has figures as long as sums of money are."""
    return any(_THOUSANDS.fullmatch(row.cell(place)) for row in grid.body)


def _known_units(words: Iterable[str]) -> Iterator[int]:
    for line in words:
        unit = unit_in(line)
        if unit is not None:
            yield unit


def _as_line(row: NumberedRow, units: Sequence[int | None], titles: Sequence[str]) -> str:
    names: list[str] = []
    figures: list[str] = []
    for cell, unit, title in zip(row.cells, units, titles, strict=False):
        if is_figure(cell) and (unit or "£" in cell):
            figures.append(_in_pounds(cell, unit or 1, title))
        elif cell:
            names.append(cell)

    named = ", ".join(names)
    return f"{named}: {'; '.join(figures)}" if figures else named


def _in_pounds(cell: str, unit: int, title: str) -> str:
    """Return the figure as pounds, with the year or the words that head it; as printed where it is
    none."""
    money = pounds_of(cell, unit)
    if money is None or money.pounds <= 0:
        return cell

    printed = format_pounds(money.pounds)
    years = find_periods(title)
    if years:
        year = years[0].text
        return f"{printed} ({year})"

    words = _words_of(title)
    return f"{words} {printed}" if words else printed


def _words_of(title: str) -> str:
    """Return what a heading says beside its unit."""
    words = _UNIT_OF_TITLE.sub(" ", title)
    return " ".join(words.split()) if _LETTERS.search(words) else ""
