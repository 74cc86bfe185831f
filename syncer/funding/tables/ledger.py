"""Lists of payments ("spend over £25,000"): a supplier, a transaction number, a date → the
department's own grants to councils. Negative rows are reversals.

The files of other departments, and of councils, have the same form: only rows whose payer is a
ministry in scope are told.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from syncer.errors import CouncilError, UnreadableTable
from syncer.funding.payments import FORMULA, SCHOOLS_AGENCY
from syncer.funding.tables.cells import is_figure, pounds_of
from syncer.funding.tables.grid import Grid, NumberedRow
from syncer.funding.tables.names import CellReader, Payees, looks_like_council, may_be_council
from syncer.funding.tables.reading import RowFault, TableReading, fault, quote_of
from syncer.funding.tables.scope import Scope, Surroundings, Whose
from syncer.model import FundingKind, Statement
from syncer.quantities.dates import day_of_cell
from syncer.register.councils import Register
from syncer.register.ministries import EDUCATION
from syncer.register.programmes import Programmes

_SUPPLIER = re.compile(r"^\W*(?:supplier|vendor|payee|beneficiary|merchant)\b", re.I)
_LEDGER_WORDS = re.compile(
    r"\b(?:supplier|vendor|transaction|expens\w+|expenditure type|payee|invoice|merchant)\b", re.I
)
_TYPE = re.compile(r"\b(?:expens\w+|expenditure|payment) (?:type|category)\b", re.I)
_GRANT = re.compile("grant", re.I)
_AREA = re.compile(r"\b(?:expens\w+|expenditure) area\b", re.I)
_DATE = re.compile(r"\bdate\b", re.I)
_AMOUNT = re.compile(r"\b(?:net )?(?:amount|value)\b|^\W*£\W*$|\bpaid\b|\btotal\b", re.I)
_PAYER = re.compile(
    r"\b(?:entity|department(?:al)?(?: family)?|body(?: name)?|organi[sz]ation)\b", re.I
)
_EDUCATION = re.compile(r"\bDepartment for Education\b|\bDfE\b", re.I)
_OUR_AREAS = re.compile(
    r"^(?=.*\b(?:child|famil|adopti|safeguard|social care|early intervention))"
    r".*\b(?:Division|Group|Directorate)$",
    re.I,
)
"""The ministry's divisions, as its lists of payments name them."""


@dataclass(frozen=True)
class _Places:
    supplier: int
    amount: int
    date: int | None
    types: tuple[int, ...]
    payers: tuple[int, ...]
    areas: tuple[int, ...]


def is_ledger(grid: Grid) -> bool:
    """Return whether the headings are those of a list of payments."""
    headings = _under(_LEDGER_WORDS, grid)
    suppliers = _under(_SUPPLIER, grid)
    if not suppliers:
        return False
    return len(headings) >= 2


def read_ledger(
    grid: Grid, around: Surroundings, register: Register, programmes: Programmes
) -> TableReading:
    """Return the grants among the payments. Raises UnreadableTable where no column holds
    amounts."""
    places = _places(grid)
    cells = CellReader(register, around.published)
    by_caption = _is_captioned_ours(grid, around, programmes)

    statements: list[Statement] = []
    unmatched: list[RowFault] = []
    for row in _our_grants(grid, places, by_caption):
        supplier = row.cell(places.supplier)
        payees = cells.read(supplier)
        if not isinstance(payees, CouncilError):
            statements += _payment(row, places, payees, around)
        elif may_be_council(payees) and looks_like_council(supplier):
            unmatched.append(fault(row, str(payees)))

    return TableReading(tuple(statements), tuple(unmatched))


def _our_grants(grid: Grid, places: _Places, by_caption: bool) -> Iterator[NumberedRow]:
    """Yield the rows of the grants that the education ministry pays."""
    for row in grid.body:
        if _is_grant(row, places) and _is_paid_by_us(row, places, by_caption):
            yield row


def _is_captioned_ours(grid: Grid, around: Surroundings, programmes: Programmes) -> bool:
    """Return whether what stands about the list says that the education ministry pays."""
    captioned = replace(
        around,
        near=(*grid.caption, *around.near),
        alone=False,
    )
    giver = Scope(captioned, programmes).table
    if giver.whose is not Whose.OURS:
        return False
    return giver.funder == EDUCATION


def _places(grid: Grid) -> _Places:
    dates = _under(_DATE, grid)
    return _Places(
        supplier=_under(_SUPPLIER, grid)[0],
        amount=_amount_column(grid),
        date=dates[0] if dates else None,
        types=tuple(_under(_TYPE, grid)),
        payers=tuple(_under(_PAYER, grid)),
        areas=tuple(_under(_AREA, grid)),
    )


def _amount_column(grid: Grid) -> int:
    """Return the last column of amounts. Raises UnreadableTable where there is none."""
    amounts = [place for place in _under(_AMOUNT, grid) if _is_amounts(grid, place)]
    if not amounts:
        raise UnreadableTable("No column of the payments holds amounts.")
    return amounts[-1]


def _under(pattern: re.Pattern[str], grid: Grid) -> list[int]:
    places: list[int] = []
    for place, title in enumerate(grid.titles):
        if pattern.search(title):
            places.append(place)

    return places


def _is_amounts(grid: Grid, place: int) -> bool:
    filled = 0
    figures = 0
    for row in grid.body[:50]:
        cell = row.cell(place)
        if cell:
            filled += 1
            figures += is_figure(cell)

    return figures * 2 > filled


def _is_grant(row: NumberedRow, places: _Places) -> bool:
    """Return whether the row is a grant by its types, and no part of the formula grants for
    schools. What a division for children pays is its own grant, under whichever accounting
    words."""
    if _says(SCHOOLS_AGENCY, row):
        return False
    if _says(FORMULA, row) and not _is_our_area(row, places):
        return False

    types = [row.cell(place) for place in places.types]
    return all(_GRANT.search(name) for name in types)


def _says(pattern: re.Pattern[str], row: NumberedRow) -> bool:
    """Return whether any cell of the row says it."""
    return any(pattern.search(cell) for cell in row.cells)


def _is_our_area(row: NumberedRow, places: _Places) -> bool:
    areas = [row.cell(place) for place in places.areas]
    return any(_OUR_AREAS.search(area) for area in areas)


def _is_paid_by_us(row: NumberedRow, places: _Places, by_caption: bool) -> bool:
    """Return whether the education ministry pays: the row says so, else what stands above the
    list."""
    says_payer = False
    for place in places.payers:
        payer = row.cell(place)
        if _EDUCATION.search(payer):
            return True
        if payer:
            says_payer = True

    if says_payer:
        return False
    return by_caption or _is_our_area(row, places)


def _payment(
    row: NumberedRow, places: _Places, payees: Payees, around: Surroundings
) -> Sequence[Statement]:
    money = pounds_of(row.cell(places.amount), 1)
    if money is None:
        return ()

    slugs = [council.slug for council in payees.councils]
    payment = Statement(
        FundingKind.PAYMENT,
        tuple(sorted(slugs)),
        quote_of(row.cells),
        funder=EDUCATION,
        money=money,
        announced=_day(row, places) or around.published,
        joint=len(slugs) > 1,
    )
    return (payment,)


def _day(row: NumberedRow, places: _Places) -> dt.date | None:
    if places.date is None:
        return None

    try:
        return day_of_cell(row.cell(places.date))
    except ValueError:
        return None
