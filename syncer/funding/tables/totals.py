"""Rows and columns that add up others: told with these, money would be told twice; and where a
total does not fit its rows, something was read wrong or is missing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_TOTAL_COLUMN = re.compile(r"\b(?:total|sum|overall|combined|all years)\b", re.I)
_WHOLE = re.compile(r"^\W*(?:grand )?total(?: (?:grant|allocations?|funding))?\W*$", re.I)
_TOLERANCE = 100
"""A total fits where it differs by no more than a hundredth: figures are rounded."""


def is_called_total(title: str) -> bool:
    """Return whether a column's heading says that it adds up others."""
    found = _TOTAL_COLUMN.search(title)
    return found is not None


def is_whole_total(label: str) -> bool:
    """Return whether the row is the total of all rows of the table, by its name."""
    found = _WHOLE.match(label)
    return found is not None


def adds_up(whole: int, parts: int) -> bool:
    """Return whether the sum is the other, to the nearest hundredth."""
    difference = abs(whole - parts)
    return difference * _TOLERANCE <= abs(whole)


def total_columns(
    titles: Sequence[str], figures: Mapping[int, Sequence[int | None]]
) -> frozenset[int]:
    """Return the places of columns that are called a total and are the sum of the others in most
    rows. `figures` are the pounds of each column, row by row."""
    named = [place for place in figures if is_called_total(titles[place])]
    if not named or len(figures) < 2:
        return frozenset()

    sums = _sums_of_others(named, figures)
    totals: set[int] = set()
    for place in named:
        if _is_sum(figures[place], sums):
            totals.add(place)

    return frozenset(totals)


def _sums_of_others(named: Sequence[int], figures: Mapping[int, Sequence[int | None]]) -> list[int]:
    """Return what the columns that are not called a total add up to in each row."""
    others = []
    for place, column in figures.items():
        if place not in named:
            others.append(column)

    rows = len(figures[named[0]])
    return _sums_by_row(others, rows)


def _sums_by_row(columns: Sequence[Sequence[int | None]], rows: int) -> list[int]:
    """Return what the columns add up to in each row; an empty cell adds nothing."""
    sums = [0] * rows
    for column in columns:
        for row, pounds in enumerate(column):
            sums[row] += pounds or 0

    return sums


def _is_sum(column: Sequence[int | None], sums: Sequence[int]) -> bool:
    filled = 0
    fitting = 0
    for whole, parts in zip(column, sums, strict=True):
        if not whole:
            continue
        filled += 1
        fitting += adds_up(whole, parts)

    # An empty column is the sum of nothing: 0 * 2 > 0 is false.
    return fitting * 2 > filled
