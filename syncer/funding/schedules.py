"""A table of years and sums that names no council, in a paper about one: the instalments of an
agreement ("Year | £m of DSG")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from syncer.funding.lexicon import load_lexicon, tokens
from syncer.funding.tables.cells import pounds_of
from syncer.funding.tables.units import unit_in
from syncer.model import FundingKind, Money, Statement
from syncer.quantities.periods import find_periods

_GIVES = re.compile(
    r"\b(?:pay(?:s|ments?)?|grants?|award(?:ed|s)?|fund(?:ing|s)?|allocat\w+|receiv\w+"
    r"|instal+ments?)\b",
    re.I,
)
_NOT_GIVEN = frozenset(("LOSS", "OWN", "SPEND", "BID", "BACK"))
_QUOTE = 400


def instalments(
    rows: Sequence[Sequence[str]], council: tuple[str, ...], lead: str, pattern: Statement
) -> list[Statement]:
    """One statement for each year's sum; none where the rows are of other things. `lead` is what
    introduces the table, `pattern` holds what is alike in all: programme, funder, day."""
    table = [tuple(cell.strip() for cell in row) for row in rows if any(map(str.strip, row))]
    header, body = table[0], table[1:]
    columns = [place for place, title in enumerate(header) if place and _pays(title, lead)]
    if not council or len(columns) != 1 or not all(row and _is_period(row[0]) for row in body):
        return []
    read = (_instalment(row, columns[0], header, council, pattern) for row in body)
    return [one for one in read if one is not None]


def _instalment(
    row: Sequence[str],
    place: int,
    header: Sequence[str],
    council: tuple[str, ...],
    pattern: Statement,
) -> Statement | None:
    """Return the statement of one year's sum; None where the row has none."""
    money = _amount(row[place], header[place]) if place < len(row) else None
    if money is None:
        return None
    return replace(
        pattern,
        kind=FundingKind.AWARD,
        councils=council,
        money=money,
        period=find_periods(row[0])[0].text,
        quote=" | ".join((header[place], *row))[:_QUOTE],
    )


def _pays(title: str, lead: str) -> bool:
    """Whether a column holds what is paid to the council: its title says so, or what stands before
    the table does."""
    classes = frozenset().union(*load_lexicon().classes(tokens(title)))
    names_money = _GIVES.search(title) or re.search("£|amount", title, re.I)
    if classes & _NOT_GIVEN or not names_money:
        return False
    return bool(_GIVES.search(f"{title} {lead}"))


def _is_period(cell: str) -> bool:
    periods = find_periods(cell)
    return len(periods) == 1 and len(cell) - len(periods[0].text) <= 12


def _amount(cell: str, title: str) -> Money | None:
    return pounds_of(cell, unit_in(title) or 1)
