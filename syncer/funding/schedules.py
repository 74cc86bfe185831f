"""A table of years and sums that names no council, in a paper about one: the instalments of an
agreement ("Year | £m of DSG")."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain

from syncer.funding.attributes import QUOTE
from syncer.funding.lexicon import load_lexicon, tokens
from syncer.funding.tables.cells import pounds_of
from syncer.funding.tables.units import unit_in
from syncer.model import FundingKind, Statement
from syncer.quantities.periods import find_periods

_GIVES = re.compile(
    r"\b(?:pay(?:s|ments?)?|grants?|award(?:ed|s)?|fund(?:ing|s)?|allocat\w+|receiv\w+"
    r"|instal+ments?)\b",
    re.I,
)
_NOT_GIVEN = frozenset(("LOSS", "OWN", "SPEND", "BID", "BACK"))
_AMOUNT = re.compile("£|amount", re.I)


def instalments(
    rows: Sequence[Sequence[str]], council: tuple[str, ...], lead: str, pattern: Statement
) -> list[Statement]:
    """Return one statement for each year's sum; none where the rows are of other things. `lead` is
    what introduces the table, `pattern` holds what is alike in all: programme, funder, day."""
    header, *body = _filled(rows)
    column = _paid_column(header, lead)
    if not council or column is None or not _begin_with_periods(body):
        return []

    alike = replace(pattern, kind=FundingKind.AWARD, councils=council)
    return _of_years(body, column, header, alike)


def _begin_with_periods(rows: Iterable[Sequence[str]]) -> bool:
    """Return whether the first cell of each row is a period."""
    return all(_is_period(row[0]) for row in rows)


def _of_years(
    body: Sequence[Sequence[str]], column: int, header: Sequence[str], alike: Statement
) -> list[Statement]:
    """Return the statements of the years that have a sum in this column."""
    found = []
    for row in body:
        instalment = _instalment(row, column, header, alike)
        if instalment is not None:
            found.append(instalment)

    return found


def _paid_column(header: Sequence[str], lead: str) -> int | None:
    """Return the place of the one column that holds what is paid; None where several do, or
    none."""
    columns = [place for place, title in enumerate(header) if place and _pays(title, lead)]
    if len(columns) != 1:
        return None
    return columns[0]


def _filled(rows: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """Return the rows that hold anything, without the white space around their cells."""
    stripped = [tuple(cell.strip() for cell in row) for row in rows]
    return [row for row in stripped if any(row)]


def _instalment(
    row: Sequence[str], place: int, header: Sequence[str], alike: Statement
) -> Statement | None:
    """Return the statement of one year's sum; None where the row has none."""
    if place >= len(row):
        return None

    money = pounds_of(row[place], unit_in(header[place]) or 1)
    if money is None:
        return None

    quote = " | ".join((header[place], *row))
    return replace(
        alike,
        money=money,
        period=find_periods(row[0])[0].text,
        quote=quote[:QUOTE],
    )


def _pays(title: str, lead: str) -> bool:
    """Return whether a column holds what is paid to the council: its title says so, or what stands
    before the table does."""
    if _is_of_other_things(title):
        return False
    if not _GIVES.search(title) and not _AMOUNT.search(title):
        return False
    return _GIVES.search(f"{title} {lead}") is not None


def _is_of_other_things(title: str) -> bool:
    """Return whether a column's title has a word for what is not given."""
    classes = load_lexicon().classes(tokens(title))
    return not _NOT_GIVEN.isdisjoint(chain.from_iterable(classes))


def _is_period(cell: str) -> bool:
    periods = find_periods(cell)
    if len(periods) != 1:
        return False

    other_words = len(cell) - len(periods[0].text)
    return other_words <= 12
