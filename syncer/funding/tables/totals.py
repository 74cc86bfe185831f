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
    """Whether a column's heading says that it adds up others."""
    return bool(_TOTAL_COLUMN.search(title))


def is_whole_total(label: str) -> bool:
    """Whether the row is the total of all rows of the table, by its name."""
    return bool(_WHOLE.match(label))


def adds_up(whole: int, parts: int) -> bool:
    """Whether the sum is the other, to the nearest hundredth."""
    return abs(whole - parts) * _TOLERANCE <= abs(whole)


def total_columns(
    titles: Sequence[str], figures: Mapping[int, Sequence[int | None]]
) -> frozenset[int]:
    """Return the places of columns that are called a total and are the sum of the others in most
    rows. `figures` are the pounds of each column, row by row."""
    named = [place for place in figures if is_called_total(titles[place])]
    if not named or len(figures) < 2:
        return frozenset()
    rows = len(next(iter(figures.values())))
    sums = [
        sum(column[row] or 0 for place, column in figures.items() if place not in named)
        for row in range(rows)
    ]
    return frozenset(place for place in named if _is_sum(figures[place], sums))


def _is_sum(column: Sequence[int | None], sums: Sequence[int]) -> bool:
    pairs = [(whole, parts) for whole, parts in zip(column, sums, strict=True) if whole]
    fitting = sum(adds_up(whole, parts) for whole, parts in pairs)
    return bool(pairs) and fitting * 2 > len(pairs)
